"""Questionnaires as files: out and in again without loss, and every fault told by its place."""

import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.interchange.checking import Known, faults_of
from surveys.interchange.faults import Refused
from surveys.interchange.imports import kind_of
from surveys.interchange.our_json import read_json, write_json
from surveys.interchange.whole import whole_of
from surveys.interchange.xlsform import read_xlsform, write_xlsform
from surveys.interchange.xlsform.expressions import (
    Limits,
    NotExpressible,
    Said,
    constraint,
    read_constraint,
    read_relevant,
)
from surveys.models import Version
from surveys.organisation_lists import Unreadable, read_sheets
from tests.surveys.interchange_documents import KNOWN, documents, whole

SLOW = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def of_listens(slug):
    version = Version.objects.with_questions().get(questionnaire__slug=slug)
    return whole_of(version), Known.of(version.questionnaire, whole_of(version).places)


def document(**question):
    """One section with a question before, and the one that is told."""
    first = {
        "name": "A",
        "kind": "single",
        "text": {"en": "A?"},
        "options": [{"code": "yes", "label": {"en": "Yes"}}],
    }
    second = {"name": "B", "kind": "text", "text": {"en": "B?"}} | question
    return [{"name": "one", "title": {"en": "One"}, "questions": [first, second]}]


def told(sections, known=KNOWN):
    return [str(fault) for fault in faults_of(sections, known)]


# Round trips


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_questionnaire_of_listens_comes_back_from_json(listens, slug):
    there, known = of_listens(slug)

    again = read_json(write_json(there), known)

    assert (again.sections, again.words, again.number) == (there.sections, there.words, 1)


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_questionnaire_of_listens_comes_back_from_an_xlsform(listens, slug):
    there, known = of_listens(slug)

    form = read_xlsform(read_sheets(write_xlsform(there)))

    assert form.left_out == []
    assert form.sections == there.sections
    assert faults_of(form.sections, known) == []


@SLOW
@given(documents())
def test_any_document_comes_back_from_json(sections):
    assert read_json(write_json(whole(sections)), KNOWN).sections == sections


@SLOW
@given(documents())
def test_any_document_comes_back_from_an_xlsform(sections):
    form = read_xlsform(read_sheets(write_xlsform(whole(sections))))

    assert form.left_out == []
    assert form.sections == sections


def test_an_xlsform_says_what_odk_understands(listens):
    there, _known = of_listens("citizens")

    sheets = read_sheets(write_xlsform(there))

    survey = [dict(zip(sheets["survey"][0], row, strict=True)) for row in sheets["survey"][1:]]
    by_name = {row["name"]: row for row in survey if row["name"]}
    assert by_name["place"]["type"] == "select_one place"
    assert by_name["place"]["required"] == "yes"
    assert by_name["C2"]["type"] == "select_multiple C2"
    assert by_name["C2"]["constraint"] == "count-selected(.) <= 3"
    assert by_name["C2_other_text"]["relevant"] == "selected(${C2}, 'other')"
    assert by_name["C5"]["constraint"] == "string-length(.) <= 1000"
    assert by_name["place"]["label::Romanian (ro)"] == "Unde locuiți?"
    assert dict(zip(*sheets["settings"], strict=True)) == {
        "form_title": there.words["title"]["en"],
        "form_id": "citizens",
        "version": "1",
        "default_language": "English (en)",
        "listens_format": "1",
    }


# Faults


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ({"kind": "essay"}, ".kind: “essay” is unknown; known are single, multiple, ranking, "),
        ({"name": "1B"}, ".name: “1B” is not allowed here; its pattern is ^[A-Za-z][A-Za-z0-9_]*$"),
        ({"name": "A"}, ".name: “A” is there twice"),
        ({"name": "B" * 41}, ".name: has 41 characters; it may have 40"),
        ({"text": {}}, ".text: must be there in one language at least"),
        ({"text": "B?"}, ".text: must be an object of texts by language"),
        ({"text": {"fr": "B ?"}}, ".text.fr: is no language of this site"),
        ({"text": {"en": 7}}, ".text.en: must be text in quotation marks"),
        ({"text": {"en": "a\x00"}}, ".text.en: holds a character that cannot be stored"),
        ({"text": {"en": "\ud800"}}, ".text.en: holds a character that cannot be stored"),
        ({"required": 1}, ".required: must be true or false"),
        ({"max_length": True}, ".max_length: must be a whole number from 1 to 100000"),
        ({"max_length": 10**30}, ".max_length: must be a whole number from 1 to 100000"),
        ({"colour": "red"}, ".colour: is unknown"),
        ({"options": {}}, ".options: must be a list"),
        ({"options": [7]}, ".options[0]: must be an object"),
        ({"kind": "single"}, ".options: A question of this kind needs options."),
        ({"kind": "matrix"}, ".options: A question of this kind needs options."),
        ({"items": [{"code": "a", "label": {"en": "A"}}]}, ".items: A matrix needs rows, and no "),
        ({"translated_from": {"code": {}}}, ".translated_from.code: is no text that could be "),
        ({"conditions": [{"source": "A"}]}, ".conditions[0].codes: is missing"),
        (
            {"conditions": [{"source": "Z", "codes": ["a"]}]},
            ".conditions[0].source: There is no closed question “Z” before this.",
        ),
        (
            {"conditions": [{"source": "A", "codes": ["no"]}]},
            ".conditions[0].codes[0]: “A” has no option “no”.",
        ),
        (
            {"conditions": [{"source": "A", "item": "x", "codes": ["yes"]}]},
            ".conditions[0].item: “A” has no row “x”.",
        ),
    ],
)
def test_a_fault_is_told_by_its_place(question, fault):
    (first, *_others) = told(document(**question))

    assert first.startswith(f"sections[0].questions[1]{fault}")


def test_codes_are_told_by_their_place():
    options = [
        {"code": "Yes!", "label": {"en": "Yes"}},
        {"code": "no", "label": {"en": "No"}},
        {"code": "no", "label": {"en": "No"}},
    ]

    assert told(document(kind="single", options=options)) == [
        "sections[0].questions[1].options[0].code: “Yes!” is not allowed here; "
        "its pattern is ^[a-z0-9_]+$",
        "sections[0].questions[1].options[2].code: “no” is there twice",
    ]


def test_a_place_of_the_programme_is_no_option_besides():
    options = [{"code": "timis", "label": {"en": "Timiș"}}]

    assert told(document(kind="place", options=options)) == [
        "sections[0].questions[1].options[0].code: “timis” is a place of the programme already."
    ]


def test_a_name_keeps_the_kind_that_it_was_published_with():
    assert told(document(), Known({"B": "ranking"})) == [
        "sections[0].questions[1].kind: “B” was published as “ranking” and cannot become “text”."
    ]


def test_words_beside_a_question_do_not_have_the_name_of_another():
    sections = document(name="A_comment")
    sections[0]["questions"][0]["comment_max_length"] = 100

    assert told(sections) == ["sections[0].questions[1].name: “A_comment” is there twice"]


def test_a_question_does_not_depend_on_a_later_one():
    sections = document()
    sections[0]["conditions"] = [{"source": "A", "codes": ["yes"]}]

    assert told(sections) == [
        "sections[0].conditions[0].source: There is no closed question “A” before this."
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "file: This is not JSON: Expecting value"),
        (b"{", "file: This is not JSON: Expecting property name"),
        (b"[" * 100_000, "file: This is not JSON: "),
        (b'{"a": 1, "a": 2}', "file: This is not JSON: “a” is there twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", "file: This is not JSON: Exceeds the limit"),
        (b"\xff\xfe", "file: This is not JSON: 'utf-8' codec"),
        (b'{"format": "other"}', "format: must be “listens-questionnaire”"),
    ],
)
def test_what_is_not_our_json_is_refused_in_words(content, fault):
    with pytest.raises(Refused) as refused:
        read_json(content, KNOWN)

    assert str(refused.value).startswith(fault)


def test_all_that_is_wrong_with_a_file_is_told_at_once():
    said = {
        "format": "listens-questionnaire",
        "format_version": 2,
        "sections": [{"name": "one"}],
        "questionnaire": {"slug": "x", "name": {"en": "X"}, "minutes": 0},
        "colour": "red",
    }

    with pytest.raises(Refused) as refused:
        read_json(json.dumps(said).encode(), KNOWN)

    assert list(map(str, refused.value.faults)) == [
        "colour: is unknown",
        "format_version: must be 1; another version of this site wrote it",
        "questionnaire.title: is missing",
        "questionnaire.minutes: must be a whole number from 1 to 32767",
        "sections[0].title: is missing",
        "sections[0].questions: is missing",
    ]


KEYS = st.sampled_from(
    ["name", "title", "questions", "kind", "text", "options", "code", "label", "items", "codes"]
    + ["conditions", "source", "item", "en", "translated_from", "x\ud800"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


@SLOW
@given(JSON)
def test_whatever_a_document_should_be_its_faults_are_told(value):
    for sections in (value, [value], [{"name": "a", "title": {"en": "A"}, "questions": [value]}]):
        assert all(fault.what for fault in faults_of(sections, KNOWN))


@SLOW
@given(documents(), st.data())
def test_one_wrong_value_in_a_document_is_a_fault_or_a_document(sections, data):
    said = json.loads(write_json(whole(sections)))
    holder = said["sections"]
    while isinstance(holder, list | dict) and holder:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], list | dict) or data.draw(st.booleans()):
            holder[key] = data.draw(JSON)
            break
        holder = holder[key]

    try:
        read_json(json.dumps(said).encode(), KNOWN)
    except Refused as refused:
        assert refused.faults  # noqa: PT017 - either way is right


# Expressions


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("${q} = 'a'", [Said("q", ("a",))]),
        ('${q}="a"', [Said("q", ("a",))]),
        ("selected(${q},'a')", [Said("q", ("a",))]),
        ("${q} = 1", [Said("q", ("1",))]),
        ("${q}='a' or ${q}='b' or selected(${q}, 'a')", [Said("q", ("a", "b"))]),
        ("(${q}='a' or ${q}='b') and ${r}='c'", [Said("q", ("a", "b")), Said("r", ("c",))]),
        ("((${q}='a'))", [Said("q", ("a",))]),
    ],
)
def test_a_condition_of_the_standard_is_one_of_ours(expression, said):
    assert read_relevant(expression) == said


@pytest.mark.parametrize(
    "expression",
    [
        *("", "${q}", "${q} = ", "${q} != 'a'", "${q} > 5", "not(${q} = 'a')", "${q}='a' ${r}='b'"),
        *("${q}='a' or ${r}='b'", "${q}='a' or (${q}='b' and ${r}='c')", "${q} = ${r}", "true()"),
        *("(" * 5000, "(" * 100 + "${q}='a'" + ")" * 100, "${q} = 'a", "${q} = 1.5", "\x00"),
    ],
)
def test_what_conditions_cannot_say_is_not_expressible(expression):
    with pytest.raises(NotExpressible):
        read_relevant(expression)


@pytest.mark.parametrize(
    ("expression", "limits"),
    [
        ("count-selected(.) <= 3", Limits(maximum=3)),
        ("count-selected(.)<4", Limits(maximum=3)),
        ("string-length( . ) <= 500", Limits(max_length=500)),
        (
            "count-selected(.) <= 3 and not(selected(., 'none') and count-selected(.) > 1)",
            Limits(maximum=3, exclusive=("none",)),
        ),
    ],
)
def test_a_constraint_of_the_standard_is_one_of_ours(expression, limits):
    assert read_constraint(expression) == limits
    assert read_constraint(constraint(limits)) == limits


@pytest.mark.parametrize(
    "expression", [". > 5", "count-selected(.) >= 1", "count-selected(.) < 1", "regex(., 'a')", ""]
)
def test_other_constraints_are_not_expressible(expression):
    with pytest.raises(NotExpressible):
        read_constraint(expression)


@SLOW
@given(st.text("${}qr='\" ()orandselected,1", max_size=40))
@example("${q}='a' and")
def test_any_expression_is_read_or_not_expressible(expression):
    for read in (read_relevant, read_constraint):
        try:
            read(expression)
        except NotExpressible:
            continue


# Files


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda t: t.encode("utf-16")))
@example(b"PK\x03\x04")
@example(b"\xd0\xcf\x11\xe0 old")
def test_any_bytes_are_of_a_kind_or_refused_in_words(content):
    try:
        assert kind_of(content) in ("json", "xliff")
    except Refused as refused:
        assert refused.faults[0].what  # noqa: PT017 - either way is right


def test_an_old_excel_file_is_refused_in_words():
    with pytest.raises(Refused, match=r"old Excel file \(\.xls\)\. Save it as \.xlsx"):
        kind_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def workbook(sheet, part="xl/worksheets/sheet1.xml"):
    """The workbook that we write, with this as the rows of its first sheet."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        sound = zipfile.ZipFile(io.BytesIO(write_xlsform(whole([]))))
        for name in sound.namelist():
            if name != "xl/worksheets/sheet1.xml":
                packed.writestr(name, sound.read(name))
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        rows = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
        packed.writestr(part, rows)
    return written.getvalue()


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        "<row r='9'><c s='0' r='A1048576'><v>1</v></c></row>",
        '<row r="1048576"><c><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_away_does_not_fill_the_memory(sheet):
    with pytest.raises(Unreadable, match=r"more than 20,000 rows|more than 200 columns"):
        read_sheets(workbook(sheet))


def test_many_sheets_do_not_fill_the_memory_together():
    far = '<row r="20000"><c r="ZZ20000"><v>1</v></c></row>'
    content = workbook(far, "xl/elsewhere/sheet9.xml")
    with zipfile.ZipFile(file := io.BytesIO(content), "a") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{far}</worksheet>")

    with pytest.raises(Unreadable, match="more than 20,000 rows"):
        read_sheets(file.getvalue())


def test_rows_that_a_spreadsheet_only_formatted_are_no_hindrance():
    sheet = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c></row>'
        '<row r="1048576" hidden="1"/><row r="5"><c r="XFD5" s="1"/></row>'
    )

    assert read_sheets(workbook(sheet))["survey"] == [["type"]]
