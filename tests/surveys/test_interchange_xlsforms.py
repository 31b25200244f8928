"""Public XLSForms: what we have of them comes back without loss, all the rest is named."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.interchange.checking import Known, faults_of
from surveys.interchange.faults import Refused
from surveys.interchange.xlsform import read_xlsform, write_xlsform
from surveys.organisation_lists import read_sheets
from tests.surveys.interchange_documents import whole

FORMS = sorted((Path(__file__).parent / "xlsforms").glob("*.xlsx"))


def read(path):
    return read_xlsform(read_sheets(path.read_bytes()))


def form(survey, choices=(), **sheets):
    return read_xlsform({"survey": survey, "choices": list(choices), **sheets})


def told(read_form):
    return [(each.row, each.column, each.says) for each in read_form.left_out]


YES_NO = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_a_public_form_asks_that_we_do_not_have_is_named_row_by_row(path):
    assert list(map(str, read(path).left_out)) == path.with_suffix(".txt").read_text().splitlines()


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_is_left_of_a_public_form_comes_back_without_loss(path):
    first = read(path)

    again = read_xlsform(read_sheets(write_xlsform(whole(first.sections))))

    assert (again.sections, again.left_out) == (first.sections, [])
    assert {fault.what for fault in faults_of(first.sections, Known())} <= {"There is no question."}


def test_a_form_becomes_sections_questions_and_conditions():
    survey = [
        ["type", "name", "label::English (en)", "label::ro", "relevant", "required", "constraint"],
        ["select_one yn", "q1", "Do you?", "Da?", "", "yes", ""],
        ["begin group", "more", "More", "Mai mult", "${q1} = 'yes'", "", ""],
        ["note", "n", "Why we ask", "", "", "", ""],
        ["text", "why", "Why?", "", "", "", "string-length(.) < 101"],
        ["end group", "", "", "", "", "", ""],
    ]

    read_form = form(survey, YES_NO, settings=[["form_title"], ["A form"]])

    outside, more = read_form.sections
    assert read_form.left_out == []
    assert (outside["title"], more["title"]) == ({"en": "A form"}, {"en": "More", "ro": "Mai mult"})
    assert outside["questions"] == [
        {
            "name": "q1",
            "kind": "single",
            "text": {"en": "Do you?", "ro": "Da?"},
            "short": {"en": "Do you?", "ro": "Da?"},
            "required": True,
            "options": [
                {"code": "yes", "label": {"en": "Yes"}},
                {"code": "no", "label": {"en": "No"}},
            ],
        }
    ]
    assert more["intro"] == {"en": "Why we ask"}
    assert more["conditions"] == [{"source": "q1", "codes": ["yes"]}]
    assert [(q["name"], q["max_length"]) for q in more["questions"]] == [("why", 100)]


def test_a_condition_of_a_group_in_a_group_is_asked_of_each_of_its_questions():
    survey = [
        ["type", "name", "label", "relevant"],
        ["begin_group", "a", "A", ""],
        ["select_one yn", "q1", "Q1", ""],
        ["begin_group", "b", "B", "selected(${q1}, 'no')"],
        ["text", "q2", "Q2", ""],
        ["end_group", "", "", ""],
        ["text", "q3", "Q3", ""],
        ["end_group", "", "", ""],
    ]

    read_form = form(survey, YES_NO)

    (section,) = read_form.sections
    assert [question.get("conditions") for question in section["questions"]] == [
        None,
        [{"source": "q1", "codes": ["no"]}],
        None,
    ]
    assert told(read_form) == [(4, "type", "begin group b"), (4, "label::en", "B")]


def test_names_that_cannot_be_used_are_told_with_a_proposal_and_conditions_follow():
    survey = [
        ["type", "name", "label", "relevant"],
        ["select_one yn", "is-it", "Is it?", ""],
        ["text", "2nd", "Second", "${is-it} = 'Very Good!'"],
    ]
    choices = [["list_name", "name", "label"], ["yn", "Very Good!", "Very good"]]

    read_form = form(survey, choices)

    first, second = read_form.sections[0]["questions"]
    assert (first["name"], second["name"]) == ("is_it", "q_2nd")
    assert first["options"] == [{"code": "very_good", "label": {"en": "Very good"}}]
    assert second["conditions"] == [{"source": "is_it", "codes": ["very_good"]}]
    assert [each.why for each in read_form.left_out] == [
        "This name cannot be used. Proposal: is_it",
        "This name cannot be used. Proposal: q_2nd",
        "Codes have small letters, digits and _ alone. Proposal: very_good",
    ]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        *(("relevant", "${q9} = 'a'"), ("relevant", "${q1} != 'yes'"), ("constraint", ". > 5")),
        *(("calculation", "1 + 1"), ("default", "x"), ("choice_filter", "a=b"), ("image", "a.png")),
        *(("required", "${q1} = 'yes'"), ("appearance", "signature"), ("bind::foo", "x")),
        *(
            ("label::French (fr)", "1 cells"),
            ("listens_number", "many"),
            ("hint::Klingon", "1 cells"),
        ),
    ],
)
def test_a_cell_that_says_something_we_do_not_have_is_told(column, says):
    cell = "Texte" if says == "1 cells" else says
    survey = [
        ["type", "name", "label", column],
        ["select_one yn", "q1", "Q1", ""],
        ["text", "q2", "Q2", cell],
    ]

    assert [(each.column.lower(), each.says) for each in form(survey, YES_NO).left_out] == [
        (column.lower(), says)
    ]


@pytest.mark.parametrize(
    ("survey", "fault"),
    [
        ([["type"], ["begin group"]], "survey, row 2: This group has no end."),
        ([["type"], ["end group"]], "survey, row 2: This end has no beginning."),
        ([["type"], ["begin group"], ["end repeat"]], "survey, row 3: This end has no beginning."),
        ([["type"], *[["begin group"]] * 5000], "survey: The sheet has more than 3,000 rows."),
        ([["type"], *[["begin group"]] * 2000], "survey, row 14: Groups stand in groups too deep."),
    ],
)
def test_a_form_whose_groups_do_not_close_is_refused(survey, fault):
    with pytest.raises(Refused) as refused:
        form(survey)

    assert str(refused.value) == fault


def test_a_list_with_too_many_options_is_told_once():
    options = [["list_name", "name"], *(["yn", f"o{n}"] for n in range(301))]

    read_form = form([["type", "name", "label"], ["select_one yn", "q", "Q"]], options)

    assert told(read_form) == [(2, "type", "select_one yn q"), (2, "list_name", "yn")]


def test_a_fault_in_a_form_is_told_with_its_row():
    survey = [["type", "name", "label"], [], ["text", "q", "x" * 5001]]
    read_form = form(survey)

    (fault,) = faults_of(read_form.sections, Known())

    assert str(read_form.place(fault)).startswith("survey, row 3 text.en: has 5001 characters")


WORDS = st.sampled_from(
    [
        "type",
        "name",
        "label",
        "relevant",
        "constraint",
        "required",
        "list_name",
        "hint",
        "begin group",
    ]
    + ["end group", "begin repeat", "end repeat", "select_one a", "select_multiple a or_other", "a"]
    + [
        "rank a",
        "text",
        "note",
        "yes",
        "${a} = 'a'",
        "label::ro",
        "appearance",
        "table-list",
        "image",
    ]
    + ["listens_part", "comment", "other", "listens_translated_from", "{}", '{"label": 1}', "1e9"]
    + ["listens_number", "listens_kind", "place", "listens_place", "matrix", "disabled"]
)
SHEET = st.lists(st.lists(WORDS | st.text(max_size=6), max_size=8), max_size=10)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(SHEET, SHEET, SHEET, st.booleans())
@example([["type", "name"], ["comment", "x"]], [], [], True)
def test_any_spreadsheet_is_read_or_refused_in_words(survey, choices, other, is_headed):
    heads = ["type", "name", "label", "relevant", "listens_part", "appearance", "required", "hint"]
    if is_headed:
        survey = [heads, *survey]
        choices = [["list_name", "name", "label", "listens_place", "image"], *choices]
    try:
        read_form = form(survey, choices, settings=other, osm=other)
    except Refused as refused:
        assert refused.faults  # noqa: PT017 - either way is right
        return

    if not faults_of(read_form.sections, Known()):
        again = read_xlsform(read_sheets(write_xlsform(whole(read_form.sections))))
        assert again.sections == read_form.sections
