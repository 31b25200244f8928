"""Translations as XLIFF and as a spreadsheet: out, and back in all or nothing."""

from copy import deepcopy
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.interchange.faults import Refused
from surveys.interchange.texts import TARGETS, Incoming, compare, units_of
from surveys.interchange.translation_sheet import read_sheet, write_sheet
from surveys.interchange.whole import Whole, canonical, whole_of
from surveys.interchange.xliff import read_xliff, write_xliff
from surveys.models import Version
from surveys.organisation_lists import read_sheets
from tests.surveys.interchange_documents import documents, whole

SLOW = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ID = "question/Q/text"


def through_xliff(said):
    return [
        each
        for language in TARGETS
        for each in read_xliff(write_xliff(said, language), said.slug)
        if each.text
    ]


def through_sheet(said):
    return read_sheet(read_sheets(write_sheet(said)), said.slug)


def without_translations(sections):
    stripped = deepcopy(sections)
    for unit in units_of(stripped):
        unit.row[unit.name] = {"en": unit.source}
        unit.row.pop("translated_from", None)
    return stripped


def texts(sections):
    return {unit.id: canonical(unit.text) for unit in units_of(sections)}


def question(**row):
    text = {"en": "Where do you live?", "ro": "Unde locuiți?", "sr": "Где живите?"}
    said = {"name": "Q", "kind": "text", "text": text} | row
    return [{"name": "one", "title": {"en": "One"}, "questions": [said]}]


def brought(text, sections=None, language="sr", source="Where do you live?", **more):
    incoming = Incoming("row 2", ID, language, source, text, **more)
    return compare([incoming], sections or question())


# Round trips


@pytest.mark.parametrize("through", [through_xliff, through_sheet])
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_the_translations_of_listens_come_back(listens, slug, through):
    there = whole_of(Version.objects.with_questions().get(questionnaire__slug=slug))
    stripped = without_translations(there.sections)

    same = compare(through(there), there.sections)
    again = compare(through(there), stripped)

    assert (same.faults, same.changes, same.sections) == ([], [], there.sections)
    assert again.faults == []
    assert texts(again.sections) == texts(there.sections)
    assert len(again.changes) == sum(len(text) - 1 for text in texts(there.sections).values())


@SLOW
@given(documents(), st.sampled_from([through_xliff, through_sheet]))
def test_the_translations_of_any_document_come_back(sections, through):
    again = compare(through(whole(sections)), without_translations(sections))
    same = compare(through(whole(sections)), sections)

    assert (again.faults, same.faults, same.changes) == ([], [], [])
    assert texts(again.sections) == texts(sections)


def test_every_text_has_an_id_of_its_own(listens):
    for version in Version.objects.with_questions():
        ids = [unit.id for unit in units_of(whole_of(version).sections)]
        assert len(ids) == len({*ids})
        assert {"question/place/text", "question/place/short"} <= {*ids}


def test_what_is_stale_is_marked_and_shows_what_it_was_made_from():
    sections = question(translated_from={"text": {"ro": "Where did you live?"}})
    said = Whole({"slug": "citizens"}, sections)

    xliff = write_xliff(said, "ro").decode()
    sheet = dict(zip(*read_sheets(write_sheet(said))["translations"][:2], strict=True))
    row = dict(
        zip(*[read_sheets(write_sheet(said))["translations"][n] for n in (0, 2)], strict=True)
    )

    assert '<target state="needs-review-translation">Unde locuiți?</target>' in xliff
    assert "<source>Where did you live?</source>" in xliff
    assert sheet["status: Romanian (ro)"] == "missing"
    assert (row["id"], row["status: Romanian (ro)"]) == (ID, "stale")
    assert (row["status: Serbian (sr)"], row["Serbian (sr)"]) == ("translated", "Где живите?")
    assert row["status: Serbian Latin (sr-Latn)"] == "derived"


# What a translation does


def test_a_translation_remembers_what_it_was_made_from():
    found = brought("Где станујете?")

    (change,) = found.changes
    assert (change.old, change.new) == ("Где живите?", "Где станујете?")
    assert found.sections[0]["questions"][0]["text"]["sr"] == "Где станујете?"
    assert found.sections[0]["questions"][0]["translated_from"] == {
        "text": {"sr": "Where do you live?"}
    }


def test_a_translation_of_an_older_source_is_stale_and_told():
    found = brought("Где станујете?", source="Where did you live?")

    assert [str(warning) for warning in found.warnings] == [
        "row 2: The source text was changed since; the translation counts as stale."
    ]
    (unit,) = [unit for unit in units_of(found.sections) if unit.id == ID]
    assert unit.status("sr") == "stale"


def test_a_stale_translation_that_comes_back_as_finished_is_confirmed():
    sections = question(translated_from={"text": {"sr": "Where did you live?"}})

    confirmed = brought("Где живите?", sections)
    untouched = brought("Где живите?", sections, is_done=False)

    assert [change.note for change in confirmed.changes] == [
        "Confirmed: it fits the source text as it is now."
    ]
    assert units_of(confirmed.sections)[1].status("sr") == "translated"
    assert (untouched.changes, untouched.sections) == ([], sections)


def test_an_empty_translation_erases_nothing():
    assert (brought("").changes, brought("  \n").changes) == ([], [])


@pytest.mark.parametrize(
    ("language", "text", "fault"),
    [
        ("sr", "Gde živite?", "This is Serbian in Latin letters; here it is written in Cyrillic."),
        ("ro", "Где живите?", "This is written in Cyrillic letters; it stands in the wrong "),
        ("sr-latn", "Где живите?", "This is written in Cyrillic letters; it stands in the wrong "),
        ("ro", "a" * 5001, "has 5001 characters; it may have 5000"),
        ("ro", "a\x00", "holds a character that cannot be stored"),
        ("ro", "Unde %(place)s?", "These placeholders must be in it as they are in the source: %("),
    ],
)
def test_a_translation_that_cannot_be_right_is_refused_in_words(language, text, fault):
    found = brought(text, language=language)

    assert str(found.faults[0]).startswith(f"row 2: {fault}")
    assert (found.changes, found.sections) == ([], question())


def test_a_placeholder_that_is_missing_is_told():
    found = brought("Зашто?", source="Why {name}?")

    assert [fault.what for fault in found.faults] == [
        "These placeholders must be in it as they are in the source: {name}"
    ]


def test_a_name_that_is_the_same_in_every_script_is_no_fault():
    assert brought("Interreg", source="Interreg").faults == []


def test_an_unknown_id_and_one_that_is_there_twice_are_told():
    twice = Incoming("row 3", ID, "ro", "Where do you live?", "Unde?")
    unknown = Incoming("row 4", "question/X/text", "ro", "?", "?")

    assert list(map(str, compare([twice, twice, unknown], question()).faults)) == [
        "row 3: “question/Q/text” is there twice",
        "row 4: There is no text with this id in the questionnaire: question/X/text",
    ]


# Files


def xliff(body="", original="citizens/1", source="en", target="ro", version="1.2"):
    return (
        f'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="{version}"><file '
        f'original="{original}" source-language="{source}" target-language="{target}">'
        f"<body>{body}</body></file></xliff>"
    ).encode()


UNIT = '<trans-unit id="a"><source>S</source><target>T</target></trans-unit>'


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<a", "file: This is not XML: "),
        (b"<a/>", "file: This is not XLIFF 1.2."),
        (xliff(UNIT, version="2.1"), "file: This is not XLIFF 1.2."),
        (xliff(), "file: There is no text in it."),
        (xliff(UNIT, original="stakeholders/1"), "original: It is for “stakeholders” and not for "),
        (xliff(UNIT, source="ro"), "source-language: Translations are made from English here."),
        (xliff(UNIT, target="fr"), "target-language: “fr” is no language that is translated into"),
        (xliff(UNIT, target="en"), "target-language: “en” is no language that is translated into"),
        (
            b'<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>',
            "file: It declares entities or a document type, which are not read.",
        ),
        (
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
            "file: It declares entities or a document type, which are not read.",
        ),
    ],
)
def test_what_is_no_xliff_of_this_questionnaire_is_refused(content, fault):
    with pytest.raises(Refused) as refused:
        read_xliff(content, "citizens")

    assert str(refused.value).startswith(fault)


def test_marks_that_a_tool_put_into_a_text_are_taken_away():
    body = (
        '<trans-unit id="a"><source>A <g id="1">b</g></source>'
        '<target state="final"><mrk mtype="seg" mid="0">C <g id="1">d</g></mrk></target>'
        "</trans-unit>"
    )

    (said,) = read_xliff(xliff(body, target="sr_Latn"), "citizens")

    assert (said.source, said.text, said.language, said.is_done) == ("A b", "C d", "sr-latn", True)


HEAD = ["id", "context", "source: English (en)", "Romanian (ro)"]
ABOUT = [["questionnaire"], ["citizens"]]


@pytest.mark.parametrize(
    ("sheets", "fault"),
    [
        ({"translations": [HEAD]}, "about: It is for “” and not for “citizens”."),
        (
            {"translations": [], "about": ABOUT},
            "translations: The first row must hold the headings",
        ),
        (
            {"translations": [["id", "source: English (en)", "French (fr)"], ["a", "b", "c"]]}
            | {"about": ABOUT},
            "translations: “french (fr)” is no language that is translated into here.",
        ),
    ],
)
def test_what_is_no_sheet_of_this_questionnaire_is_refused(sheets, fault):
    with pytest.raises(Refused) as refused:
        read_sheet(sheets, "citizens")

    assert str(refused.value).startswith(fault)


CELLS = st.text(max_size=8) | st.sampled_from([*HEAD, ID, "status: Romanian (ro)", "translated"])


@SLOW
@given(st.lists(st.lists(CELLS, max_size=6), max_size=5))
@example([HEAD, ["a"], ["b", "c", "d", "e", "f"]])
def test_any_sheet_is_read_or_refused_in_words(rows):
    try:
        compare(read_sheet({"translations": rows, "about": ABOUT}, "citizens"), question())
    except Refused as refused:
        assert refused.faults[0].what  # noqa: PT017 - either way is right


@SLOW
@given(st.text(max_size=60) | st.text("<>/!&;abc =\"'-[]", max_size=60))
@example("&lol;")
def test_any_xml_is_read_or_refused_in_words(text):
    for content in (
        text,
        xliff(text).decode(),
        xliff(UNIT, original=escape(text, {'"': ""})).decode(),
    ):
        try:
            read_xliff(content.encode(errors="replace"), "citizens")
        except Refused as refused:
            assert refused.faults[0].what  # noqa: PT017 - either way is right
