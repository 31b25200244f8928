"""Which texts are near-identical, and how two of them differ. No database."""

import random
import string
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.open_answers import ALTERATIONS, answers, compared
from surveys.campaigns import comparing, likeness
from surveys.campaigns.comparing import Part, Piece
from surveys.campaigns.likeness import Grouping, Member, group_texts
from surveys.campaigns.normalising import core, folded_words
from surveys.serbian import to_latin

SERBIAN = (
    "Мост код Кладова треба да буде отворен и ноћу, јер многи раде на другој обали.",
    "Ђаци из Бора би волели да науче румунски, али за то нема ниједног наставника.",
)
ROMANIAN = "Ambulanța din Orșova ar trebui să poată trece granița fără acte, că altfel moare omul."
ENGLISH = "Please let the small villages apply for a project without hiring a consultant for it."
TEXTS = [*SERBIAN, ROMANIAN, ENGLISH]


def positions(texts):
    return [[member.position for member in group] for group in group_texts(texts)]


# What counts of a text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ђаци, ЏЕП и љубав!", "daci dzep i ljubav"),
        ("Đaci, džep i ljubav", "daci dzep i ljubav"),
        ("Djaci – dzep i Ljubav…", "daci dzep i ljubav"),
        ("Orașul și țara, oraşul şi ţara", "orasul si tara orasul si tara"),
        ("  a\u00a0b_c\n(d)  ", "a b c d"),
        ("?!", ""),
    ],
)
def test_folded_words_are_without_script_case_marks_and_punctuation(text, words):
    assert folded_words(text) == words


@pytest.mark.parametrize(
    "dressed",
    [
        "Dear Sir or Madam,\nWe want a bridge.\nKind regards,\nIon Pop",
        "Hello! We want a bridge. Thank you.",
        "WE WANT A BRIDGE",
    ],
)
def test_greeting_and_signature_are_left_out(dressed):
    assert core(dressed) == "we want a bridge"


def test_what_is_all_greeting_is_kept():
    assert core("Bună ziua!") == "buna ziua"


def test_a_text_that_only_begins_like_a_greeting_is_kept():
    assert core("Dear bread and dear milk are what people here talk of.") == (
        "dear bread and dear milk are what people here talk of"
    )


# Grouping

ALTERED = {
    "script": (SERBIAN[0], to_latin(SERBIAN[0])),
    "no marks": (ROMANIAN, "".join(c for c in unicodedata.normalize("NFD", ROMANIAN)
                                   if not unicodedata.combining(c))),
    "cedilla": (ROMANIAN, ROMANIAN.translate(str.maketrans("șț", "şţ"))),
    "greeting": (f"Hello,\n{ENGLISH}", f"Dear colleagues,\n{ENGLISH}\nYours, Ana"),
    "sentence before": (ENGLISH, f"I have lived here for forty years. {ENGLISH}"),
    "sentence after": (ENGLISH, f"{ENGLISH} I have lived here for forty years."),
    "capitals": (SERBIAN[1], SERBIAN[1].upper()),
}  # fmt: skip


@pytest.mark.parametrize("alteration", ALTERED)
def test_an_altered_copy_is_found_among_others(alteration):
    text, copy = ALTERED[alteration]
    others = [other for other in TEXTS if other not in text]

    assert positions([text, *others, copy]) == [[0, len(others) + 1]]


def test_a_copy_with_a_word_changed_is_found():
    text = f"{ENGLISH} The last call took our mayor nine months and forty pages of forms."

    assert positions([text, text.replace("mayor", "teacher"), *TEXTS[:3]]) == [[0, 1]]


def test_texts_on_one_topic_are_not_grouped():
    assert positions([
        "The bus from Orșova to Kladovo should run at night, so that students come home.",
        "The bus from Vršac to Timișoara should not run at night, it wakes our children.",
        "At night there is no bus from Deva, and students have to sleep in the station.",
    ]) == []  # fmt: skip


def test_a_long_text_that_quotes_a_short_one_is_no_copy():
    long = " ".join([ENGLISH, *SERBIAN, ROMANIAN])

    assert positions([ENGLISH, long]) == []


def test_short_texts_are_grouped_only_if_they_are_equal():
    texts = ["Мост!", "most", "Most i skela", "Мост и скела.", "most i skelu"]

    assert positions(texts) == [[0, 1], [2, 3]]


def test_what_has_no_words_is_in_no_group():
    assert positions(["?", "!!", "", "?"]) == []


def test_a_chain_of_small_changes_does_not_join_its_ends():
    words = [f"word{number}" for number in range(200)]
    chain = [" ".join(words[start : start + 40]) for start in range(0, 100, 3)]

    groups = positions(chain)

    assert max(map(len, groups)) < 8
    assert not any({0, len(chain) - 1} <= set(group) for group in groups)


def test_likeness_is_to_the_first_text():
    one = "one two three four five six seven eight nine ten"

    assert group_texts([one, one.upper(), f"{one} eleven twelve"]) == [
        [Member(0, 100), Member(1, 100), Member(2, 88)]
    ]


def test_batches_make_no_difference():
    made = [each.text for each in answers(400, seed=3)]
    grouping = Grouping()
    for start in range(0, len(made), 7):
        grouping.add(made[start : start + 7])

    assert grouping.groups() == group_texts(made)


MADE = [each.text for each in answers(150, seed=8)] + list(TEXTS)


def partition(texts, order):
    """Groups as sets of what the positions were before the texts were put in this order."""
    return {frozenset(order[place] for place in group) for group in positions(texts)}


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(MADE))))
def test_the_order_of_texts_makes_no_difference(order):
    expected = partition(MADE, range(len(MADE)))

    assert partition([MADE[place] for place in order], order) == expected


def without_marks(text):
    bare = unicodedata.normalize("NFD", text.replace("đ", "dj").replace("Đ", "Dj"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


DRESSES = st.lists(
    st.sampled_from([to_latin, without_marks, str.upper, str.lower, lambda text: f"  {text}… "]),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(MADE), DRESSES)
def test_script_case_marks_and_spaces_make_no_difference(text, dresses):
    copy = to_latin(text)
    for dress in dresses:
        copy = dress(copy)

    assert core(copy) == core(text)
    assert positions([text, copy]) == [[0, 1]]


@given(st.text(min_size=1))
def test_any_text_equals_its_own_copy_if_it_has_words(text):
    assert positions([text, text]) == ([[0, 1]] if folded_words(text) else [])


@given(st.text(string.ascii_letters + " ", min_size=1), st.text(string.punctuation, max_size=3))
def test_punctuation_makes_no_difference_to_words(text, marks):
    assert folded_words(marks + text + marks) == folded_words(text)


def test_planted_copies_are_found_and_distinct_texts_are_not_grouped():
    made = list(answers(5000, seed=21))
    groups = [[member.position for member in group] for group in group_texts(a.text for a in made)]

    found, mixed_groups, mixed_originals = compared(made, groups)

    assert {name for name in found if name in ALTERATIONS} == set(ALTERATIONS)
    assert min(found[name] for name in ALTERATIONS) >= 0.98
    assert found["all"] >= 0.98
    assert mixed_groups < 0.01
    assert mixed_originals < 0.01


def test_a_campaign_of_hundreds_of_different_copies_is_one_group():
    rng = random.Random(5)
    added = [each.text for each in answers(300, seed=13) if "\n" not in each.text]
    copies = [f"{ENGLISH} {SERBIAN[0]} {text[: rng.randint(20, 80)]}" for text in added]

    group, *others = positions([f"{ENGLISH} {SERBIAN[0]}", *copies, *SERBIAN[1:], ROMANIAN])

    assert group == list(range(len(copies) + 1))
    assert others == []


# How two texts differ


def pieces(first, other):
    return [(piece.part.value, piece.text) for piece in comparing.compared(first, other)]


def test_the_same_words_in_another_script_are_the_same():
    assert pieces("Треба нам мост!", "treba NAM most") == [("same", "treba NAM most")]


def test_words_that_were_added_and_words_that_are_missing_are_told():
    assert pieces(
        "We need a bridge here, and a ferry", "Hello! We need a bridge here, and lights"
    ) == [
        ("added", "Hello!"),
        ("same", "We need a bridge here, and"),
        ("added", "lights"),
        ("missing", "a ferry"),
    ]


def test_a_word_that_is_the_same_between_changes_makes_no_piece():
    assert pieces("one two three four five", "one 2 three 4 five") == [
        ("same", "one"),
        ("added", "2 three 4"),
        ("missing", "two three four"),
        ("same", "five"),
    ]


@given(st.text(), st.text())
def test_pieces_are_the_other_text(first, other):
    shown = comparing.compared(first, other)

    assert (
        "".join(piece.text + piece.gap for piece in shown if piece.part != Part.MISSING)
        == other.lstrip()
    )


def test_very_long_texts_are_not_compared():
    long = "word " * (comparing.LONGEST + 1)

    assert comparing.compared("word", long) == [Piece(long, Part.SAME)]


def test_memory_is_numbers_alone():
    grouping = Grouping()
    grouping.add(each.text for each in answers(2000, seed=2))
    grouping.groups()

    kept = sum(part.nbytes for block in grouping._blocks for part in block)
    assert kept < 2000 * 300
    assert likeness.FUNCTIONS == 64
