"""The content of the LISTENS consultation is complete and consistent, read as plain YAML."""

import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from surveys.serbian import to_latin

FOLDER = Path(__file__).resolve().parent.parent / "surveys" / "content" / "listens"


def read(path):
    # BaseLoader makes nothing but strings, lists and mappings.
    return yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506


FILES = {path.stem: read(path) for path in FOLDER.glob("*.yaml")}
PROGRAMME, CONSULTATION = FILES["programme"], FILES["consultation"]
QUESTIONNAIRES = [FILES["citizens"], FILES["stakeholders"]]

LANGUAGES = {"en", "ro", "sr"}
LATIN_IN_SERBIAN = {
    "Interreg",
    "EU",
    "IPA",
    "III",
    "IP",
    "GDPR",
    "WCAG",
    "EN",
    "V",
    "AA",
    "ANSPDCP",
}
ADDRESS = re.compile(r"www\.[a-z.-]+[a-z]")
WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def mappings(value):
    """Every mapping of a file, at any depth."""
    if isinstance(value, dict):
        yield value
    children = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    for child in children:
        yield from mappings(child)


MAPPINGS = [mapping for file in FILES.values() for mapping in mappings(file)]
TEXTS = [mapping for mapping in MAPPINGS if mapping.keys() & (LANGUAGES | {"sr-latn"})]
PLACES = [place for country in PROGRAMME["countries"] for place in country["places"]]


def questions(questionnaire):
    return [question for section in questionnaire["sections"] for question in section["questions"]]


ALL_QUESTIONS = [question for each in QUESTIONNAIRES for question in questions(each)]
NAMED = {question["name"]: question for question in ALL_QUESTIONS if question["name"] != "place"}


def options(question):
    given = question.get("options", [])
    return given if isinstance(given, list) else CONSULTATION["lists"][given]


def codes(entries):
    return [entry["code"] for entry in entries]


def test_there_are_five_files():
    assert sorted(FILES) == ["citizens", "consultation", "privacy", "programme", "stakeholders"]


def test_every_text_stands_in_three_languages():
    assert [text for text in TEXTS if not all(text.get(language) for language in LANGUAGES)] == []


def test_serbian_is_cyrillic_but_for_names_that_stay_latin():
    words = [word for text in TEXTS for word in WORD.findall(ADDRESS.sub("", text["sr"]))]

    assert {word for word in words if LATIN.search(word)} <= LATIN_IN_SERBIAN


def test_no_word_mixes_the_two_scripts():
    words = [word for text in TEXTS for value in text.values() for word in WORD.findall(value)]

    assert [word for word in words if LATIN.search(word) and CYRILLIC.search(word)] == []


def test_english_romanian_and_the_latin_overrides_have_no_cyrillic():
    values = [text.get(code, "") for text in TEXTS for code in ("en", "ro", "sr-latn")]

    assert [value for value in values if CYRILLIC.search(value)] == []


def test_serbian_latin_overrides_the_rule_only_for_the_endings_of_interreg():
    overridden = {to_latin(text["sr"]): text["sr-latn"] for text in TEXTS if "sr-latn" in text}

    assert overridden == {
        "Slabo poznavanje Interreg-a": "Slabo poznavanje Interrega",
        "Da li znate za neki projekat u vašoj blizini finansiran iz Interreg-a?": (
            "Da li znate za neki projekat u vašoj blizini finansiran iz Interrega?"
        ),
    }


def test_romanian_is_written_with_commas_below_not_cedillas():
    assert [text["ro"] for text in TEXTS if re.search("[şţŞŢ]", text["ro"])] == []


@pytest.mark.parametrize(("language", "quotes"), [("en", "“”"), ("ro", "„”"), ("sr", "„“")])
def test_quotation_marks_are_those_of_the_language(language, quotes):
    used = {mark for text in TEXTS for mark in re.findall('[“”„«»"]', text[language])}

    assert used == set(quotes)


def test_from_one_number_to_another_stands_a_dash():
    ranges = re.compile(r"^\d+-\d+$|\b20\d\d-20\d\d\b")

    assert [text for text in TEXTS if any(ranges.search(value) for value in text.values())] == []


def test_only_the_slogan_exclaims():
    exclaiming = [text for text in TEXTS if any("!" in value for value in text.values())]

    assert exclaiming == [CONSULTATION["title"]]


def test_hints_do_not_end_in_a_full_stop():
    hints = [question["hint"] for question in ALL_QUESTIONS if "hint" in question]

    assert [hint for hint in hints if any(value.endswith(".") for value in hint.values())] == []


def test_codes_are_small_letters_digits_and_underscores():
    found = [mapping["code"] for mapping in MAPPINGS if "code" in mapping]

    assert [code for code in found if not re.fullmatch("[a-z0-9_]+", code)] == []


@pytest.mark.parametrize("question", ALL_QUESTIONS, ids=lambda question: question["name"])
def test_the_codes_of_a_question_are_unique_and_not_those_of_a_place(question):
    answers = codes(options(question)) + (codes(PLACES) if question["kind"] == "place" else [])

    assert [code for code, n in Counter(answers).items() if n > 1] == []
    assert [code for code, n in Counter(codes(question.get("items", []))).items() if n > 1] == []


@pytest.mark.parametrize("questionnaire", QUESTIONNAIRES, ids=lambda q: q["slug"])
def test_names_of_questions_and_sections_are_unique_within_a_questionnaire(questionnaire):
    names = [entry["name"] for entry in questions(questionnaire) + questionnaire["sections"]]

    assert [name for name, n in Counter(names).items() if n > 1] == []
    assert [name for name in names if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name)] == []


@pytest.mark.parametrize(
    ("questionnaire", "prefix", "count"),
    [(FILES["citizens"], "C", 5), (FILES["stakeholders"], "S", 10)],
)
def test_citizens_are_asked_five_numbered_questions_and_organisations_ten(
    questionnaire, prefix, count
):
    numbered = [(q["name"], q["number"]) for q in questions(questionnaire) if "number" in q]

    assert numbered == [(f"{prefix}{number}", f"{number}") for number in range(1, count + 1)]


def test_only_the_place_and_the_kind_of_organisation_must_be_given():
    required = [[q["name"] for q in questions(each) if "required" in q] for each in QUESTIONNAIRES]

    assert required == [["place"], ["org_type", "place"]]


def test_citizens_and_organisations_choose_from_the_same_lists():
    assert NAMED["C1"]["options"] == NAMED["S1"]["options"] == "opportunity"
    assert NAMED["C2"]["options"] == NAMED["S2"]["options"] == "topics"
    assert len(CONSULTATION["lists"]["topics"]) == 17


def test_the_difficulties_of_citizens_share_seven_codes_with_the_obstacles_of_organisations():
    shared = set(codes(options(NAMED["C4"]))) & set(codes(NAMED["S4"]["items"]))

    assert shared == {
        "crossing", "transport", "law", "language", "economy", "knowledge", "trust",
    }  # fmt: skip


def test_every_other_is_named_and_nothing_else_is():
    named = [mapping["code"] for mapping in MAPPINGS if "names_other" in mapping]
    other = [mapping["code"] for mapping in MAPPINGS if mapping.get("code") == "other"]

    assert named == other
    assert len(named) == 4


def test_nothing_is_an_answer_that_excludes_the_others():
    exclusive = [
        (question["name"], option["code"])
        for question in ALL_QUESTIONS
        for option in options(question)
        if "exclusive" in option
    ]

    assert sorted(exclusive) == [("C4", "nothing"), ("S5", "nothing")]


def test_answers_that_are_reasons_for_having_none_say_which():
    missing = {
        (question["name"], option["code"], option["missing"])
        for question in ALL_QUESTIONS
        for option in options(question)
        if "missing" in option
    }

    assert missing == {
        ("place", "na", "refused"),
        ("crossing", "na", "refused"),
        ("age", "na", "refused"),
        ("S3", "na", "no_experience"),
        ("S4", "dk", "dont_know"),
        ("S8", "dk", "dont_know"),
    }


def test_a_limit_is_smaller_than_the_number_of_answers():
    limits = {
        question["name"]: (int(question["max"]), len(options(question)))
        for question in ALL_QUESTIONS
        if "max" in question
    }

    assert limits == {
        "C2": (3, 17),
        "C4": (3, 11),
        "S2": (5, 17),
        "S6": (3, 9),
        "S7": (3, 9),
        "S9": (3, 8),
    }


def test_the_area_is_three_counties_and_six_districts_each_on_its_own_tile():
    assert [len(country["places"]) for country in PROGRAMME["countries"]] == [3, 6]
    assert len({tuple(place["tile"]) for place in PLACES}) == 9


def test_what_pays_for_a_project_adds_up_to_the_whole():
    shares = [[int(f["percent"]) for f in c["funding"]] for c in PROGRAMME["countries"]]

    assert shares == [[85, 13, 2], [85, 15]]


def test_the_consultation_opens_before_it_closes_at_a_stated_offset():
    opens, closes = (datetime.fromisoformat(CONSULTATION[key]) for key in ("opens_at", "closes_at"))

    assert opens < closes
    assert opens.utcoffset() == closes.utcoffset() == timedelta(hours=2)


def test_every_passage_has_a_heading_and_all_but_the_fields_a_text():
    counts = {slot: len(passages) for slot, passages in CONSULTATION["passages"].items()}
    bare = [slot for slot, all_of in CONSULTATION["passages"].items() if "text" not in all_of[0]]

    assert counts == {
        "why": 3,
        "next": 4,
        "replies": 1,
        "fields": 4,
        "faq": 6,
        "accessibility-commitment": 1,
        "accessibility-feedback": 1,
        "accessibility-enforcement": 1,
        "help": 5,
    }
    assert bare == ["fields"]
