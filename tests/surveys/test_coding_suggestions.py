"""Suggestions: better than guessing, in every script, and never more than suggestions."""

import random
import re
import time
from collections import Counter

import pytest

from surveys.coding.frames import change_frame, open_frame
from surveys.coding.suggesting import Example, Model
from surveys.coding.suggestions import suggestions
from surveys.models import CodingFrame
from surveys.question_types.sentences import SENTENCES
from surveys.serbian import to_latin
from tests.surveys.coding_cast import (
    address,
    answer,
    at_the_desk,
    code_it,
    new_code,
    person,
)

# What the five sentences of each language are about, and other ways to say it.
THEMES = {
    1: "bus train autobuz tren autobus voz station stație stanica student studenti",
    2: "ambulance hospital ambulanță spital hitna bolnica doctor medic lekar",
    3: "river litter water fluviu gunoi apă reka smeće voda clean curat čisto",
    4: "project paper form proiect hârtie formular projekat papir obrazac",
    5: "border waiting queue vamă așteptare coadă granica čekanje red prelaz",
}
FILLER = """
    we need more of this in our town because nobody does anything every year people say the same
    avem nevoie de mai mult în orașul nostru pentru că nimeni nu face nimic fiecare an oamenii spun
    treba nam više toga u našem gradu jer niko ništa ne radi svake godine ljudi kažu isto
"""


def made_up(rng):
    """An answer about one theme or two, most of it filler and at times a stray word, with codes."""
    codes = frozenset(rng.choices([1, 2, 3, 4, 5], [5, 3, 2, 2, 1], k=rng.choice([1, 1, 1, 2])))
    words = [
        word for code in codes for word in rng.sample(THEMES[code].split(), rng.choice([1, 2]))
    ]
    if rng.random() < 0.4:
        words.append(rng.choice(THEMES[rng.randint(1, 5)].split()))
    words += rng.sample(FILLER.split(), 9)
    rng.shuffle(words)
    return Example(" ".join(words), codes)


def precision(suggested, held_back):
    """How many of the first suggestions are right, of all that were made."""
    pairs = zip(suggested, held_back, strict=True)
    right = [numbers[0] in example.codes for numbers, example in pairs if numbers]
    return sum(right) / len(right), len(right) / len(held_back)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_suggestions_are_right_more_often_than_the_most_frequent_code(seed):
    rng = random.Random(seed)
    known, held_back = [[made_up(rng) for _ in range(number)] for number in (150, 300)]
    model = Model(known, dict.fromkeys(THEMES, ""))

    suggested = [[s.number for s in model.suggest(example.text)] for example in held_back]

    frequent = Counter(code for example in known for code in example.codes).most_common(1)[0][0]
    guessed, _all = precision([[frequent]] * len(held_back), held_back)
    right, share = precision(suggested, held_back)
    print(f"precision {right:.2f} on {share:.0%} of the answers; most frequent code {guessed:.2f}")
    assert right > guessed + 0.3
    assert share > 0.8


def test_both_scripts_and_no_diacritics_are_one_language():
    cyrillic = SENTENCES["sr"]
    model = Model(
        [Example(text, frozenset([number])) for number, text in enumerate(cyrillic, 1)],
        dict.fromkeys(range(1, 6), ""),
    )
    latin = [to_latin(text) for text in cyrillic]
    bare = [text.translate(str.maketrans("čćšžđ", "ccszd")) for text in latin]

    for texts in (cyrillic, latin):
        assert [model.suggest(text)[0].number for text in texts] == [1, 2, 3, 4, 5]
    assert [model.suggest(text)[0].number for text in bare] == [1, 2, 3, 4, 5]


def test_the_words_that_spoke_for_a_code_are_told_as_they_were_written():
    model = Model(
        [
            Example("Ambulanța să treacă granița", frozenset([1])),
            Example("Un pod nou", frozenset([2])),
        ],
        {1: "", 2: ""},
    )

    suggestion = model.suggest("Vrem AMBULANȚA aici")[0]

    assert suggestion.number == 1
    assert suggestion.words[0] == "AMBULANȚA"


@pytest.mark.parametrize("text", ["", "12 34 !!", "xyzzy", "\ud800 abc", "a" * 100_000])
def test_where_nothing_is_alike_nothing_is_suggested(text):
    known = [Example("Un pod nou", frozenset([1])), Example("Мост", frozenset([2]))]
    assert Model(known, {1: "", 2: ""}).suggest(text) == []
    assert Model([], {}).suggest(text) == []


def test_a_definition_is_enough_to_begin_with(listens):
    ana = person("ana")
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    new_code(frame, "Health", ana, definition="Ambulances, hospitals and doctors")
    new_code(frame, "Transport", ana, definition="Buses and trains")

    assert list(suggestions(frame, "The ambulance and the hospital")) == [1]


def test_suggestions_follow_what_is_coded_and_what_codes_there_are(listens):
    ana = person("ana")
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    change_frame(frame, 0, [], ana)
    frame = CodingFrame.objects.get()
    code, other = new_code(frame, "A", ana), new_code(frame, "B", ana)
    assert suggestions(frame, "Скела преко Дунава") == {}

    code_it(frame, answer(frame, "Skela preko Dunava"), ana, code)
    code_it(frame, answer(frame, "Više autobusa"), ana, other)

    assert list(suggestions(frame, "Скела преко Дунава")) == [code.number]


def test_a_suggestion_is_told_and_not_ticked(listens):
    ana = person("ana")
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    new_code(frame, "Health", ana, definition="Ambulances, hospitals and doctors")
    new_code(frame, "Transport", ana, definition="Buses and trains")
    response = answer(frame, "The ambulance and the hospital", language="en")

    page = at_the_desk(ana).get(address("coding_answer", frame.pk, response.pk)).content.decode()

    assert page.count(">suggested<") == 1
    assert "because of: ambulance, hospital" in re.sub(r"\s+", " ", page)
    assert "checked" not in page


def test_learning_from_a_thousand_answers_and_asking_takes_little_time():
    rng = random.Random(1)
    known = [made_up(rng) for _ in range(1000)]
    begun = time.perf_counter()
    model = Model(known, dict.fromkeys(THEMES, ""))
    learnt = time.perf_counter() - begun
    begun = time.perf_counter()
    for example in known[:100]:
        model.suggest(example.text)
    asked = (time.perf_counter() - begun) / 100

    print(f"learnt in {learnt * 1000:.0f} ms, asked in {asked * 1000:.2f} ms")
    assert asked < 0.05
    assert learnt < 10
