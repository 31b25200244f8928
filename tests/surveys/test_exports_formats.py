"""Every format says the same, as other libraries than those that wrote it read it."""

import csv
import io
import json
import tracemalloc
import zipfile

import polars
import polars_readstat
import pytest
import python_calamine
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.codebook import NOT_ASKED
from surveys.exports import spss, xlsx
from surveys.exports.data import CannotWrite
from surveys.exports.dataset import csv_blocks
from surveys.exports.formats import FORMATS
from surveys.exports.harmless import harmless
from surveys.models import Organisation, Response
from tests.surveys.exports_cast import data_of, made_up, respond, written
from tests.surveys.test_codebook import publish_second_version

SHEETS = ["xlsx", "ods"]


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


def sheet_rows(content, number=0):
    """As dictionaries of what calamine reads, None for an empty cell."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    header, *rows = book.get_sheet_by_index(number).to_python()
    width = len(header)
    return [
        dict(zip(header, [None if cell == "" else cell for cell in row], strict=True))
        for row in rows
        if len(row) == width
    ]


def csv_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def read_sav(content, tmp_path):
    path = tmp_path / "data.sav"
    path.write_bytes(content)
    return polars_readstat.scan_readstat(str(path), missing_string_as_null=True).collect(), path


def missing_and_odd(citizens):
    """A response of each version, and words that look like something else."""
    second = publish_second_version(citizens)
    first = citizens.versions.get(number=1)
    respond(citizens, {"place": "na", "C2": ["health"], "C5": "=1+1"}, first)
    respond(citizens, {"C6": "'=1"}, second)


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_the_csv_of_plain_rows_is_byte_for_byte_what_postgresql_writes(listens, slug, labels):
    questionnaire = listens.questionnaires.get(slug=slug)
    made_up(questionnaire, 40)
    if slug == "citizens":
        missing_and_odd(questionnaire)

    by_postgresql = b"".join(csv_blocks(questionnaire, Response.objects.all(), labels=labels))

    assert written(data_of(questionnaire, labels=labels), "csv") == by_postgresql


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_a_spreadsheet_says_what_the_csv_says(listens, slug, name):
    questionnaire = listens.questionnaires.get(slug=slug)
    made_up(questionnaire, 60)
    data = data_of(questionnaire)

    rows = sheet_rows(written(data, name))

    expected = csv_rows(written(data, "csv"))
    assert [list(row) for row in rows] == [list(row) for row in expected]
    assert [as_csv(row) for row in rows] == [bare(row) for row in expected]


def as_csv(row):
    """What a CSV would say of these cells."""
    return {name: cell_as_csv(name, cell) for name, cell in row.items()}


def cell_as_csv(name, cell):
    if cell is None:
        return ""
    if name == "sent_at":
        return f"{cell:%Y-%m-%dT%H:%M:%SZ}"
    return str(int(cell)) if isinstance(cell, float) else cell


def bare(row):
    """Without the apostrophe that only a CSV needs."""
    return {name: cell.removeprefix("'") for name, cell in row.items()}


@pytest.mark.parametrize("name", SHEETS)
def test_cells_have_types_and_not_asked_is_told_from_no_answer(citizens, name):
    missing_and_odd(citizens)

    old, new = sorted(sheet_rows(written(data_of(citizens), name)), key=lambda row: row["version"])

    assert (old["version"], old["place"], old["C5"]) == (1.0, "na", "=1+1")
    assert (old["C1"], old["C2_health"], old["C6"]) == (None, "1", -66.0)
    assert (new["place"], new["C5"], new["C6"]) == ("-66", -66.0, "'=1")


@pytest.mark.parametrize("name", SHEETS)
def test_no_cell_is_a_formula_and_the_header_stands_still(citizens, name):
    missing_and_odd(citizens)

    archive = zipfile.ZipFile(io.BytesIO(written(data_of(citizens), name)))

    texts = {member: archive.read(member).decode() for member in archive.namelist()}
    assert not any("<f>" in text or "table:formula" in text for text in texts.values())
    split = "VerticalSplitPosition" if name == "ods" else 'state="frozen"'
    assert any(split in text for text in texts.values())
    if name == "ods":
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)


@pytest.mark.parametrize("name", SHEETS)
def test_the_second_sheet_is_the_codebook(citizens, name):
    publish_second_version(citizens)

    rows = {row["Name"]: row for row in sheet_rows(written(data_of(citizens), name), 1)}

    assert list(rows) == [column.name for column in data_of(citizens).columns]
    place = rows["place"]
    assert place["Label"] == "Where do you live?"
    assert (place["Holds"], place["Measure"], place["Versions"]) == ("code", "nominal", "1")
    assert "borski = Bor District" in place["Codes"].splitlines()
    assert place["Missing values"].splitlines()[-1] == "-66 = Not asked"


def test_labels_are_in_the_language_that_was_asked_for(citizens):
    respond(citizens, {"place": "borski", "C1": "both"})

    with override("sr"):
        (row,) = sheet_rows(written(data_of(citizens, labels=True), "ods"))

    assert row["place"] == "Борски округ"


def test_json_lines_say_what_the_csv_says(stakeholders):
    made_up(stakeholders, 40)
    data = data_of(stakeholders)

    frame = polars.read_ndjson(io.BytesIO(written(data, "jsonl")), infer_schema_length=None)

    expected = csv_rows(written(data, "csv"))
    assert len(frame) == len(expected) == 40
    flat = [flattened(row, data.columns) for row in frame.iter_rows(named=True)]
    assert flat == [bare(row) for row in expected]


def flattened(row, columns):
    cells = {
        column.name: (row[column.root] or {}).get(column.part) if column.part else row[column.name]
        for column in columns
    }
    return {name: "" if cell is None else str(cell) for name, cell in cells.items()}


def test_json_tells_codes_numbers_no_answer_and_not_asked_apart(listens, stakeholders):
    organisation = Organisation.objects.create(name="Dunărea")
    respond(stakeholders, {"S1": "both"}, organisation=organisation, publication="named")
    publish_second_version(stakeholders)

    (row,) = map(json.loads, written(data_of(stakeholders), "jsonl").decode().splitlines())

    assert (row["version"], row["S1"], row["organisation"]) == (1, "both", "Dunărea")
    assert row["S2"]["health"] is None
    assert row["C6"] == NOT_ASKED


def variables_of(path):
    found = polars_readstat.ScanReadstat(str(path)).metadata["variables"]
    return {one["name"]: one for one in found}


def test_an_spss_file_has_labels_measures_and_missing_values(citizens, tmp_path):
    missing_and_odd(citizens)

    frame, path = read_sav(written(data_of(citizens), "sav"), tmp_path)

    place, chosen, age = (variables_of(path)[name] for name in ("place", "C2_health", "age"))
    assert (place["label"], place["measure"]) == ("Where do you live?", "Nominal")
    assert place["value_labels"]["borski"] == "Bor District"
    assert place["missing_strings"] == ["na", "-66"]
    assert chosen["value_labels"] == {"0": "Not chosen", "1": "Chosen", "-66": "Not asked"}
    assert (chosen["missing_doubles"], chosen["type"]) == ([-66.0], "Numeric")
    assert age["missing_strings"] == ["na", "-66"]
    # Nobody's place is known: one did not say, and one was not asked.
    assert frame["place"].to_list() == [None, None]
    assert frame["C2_health"].to_list() == [1.0, None]


def test_codes_of_a_scale_are_numbers_in_spss_and_reasons_are_missing(stakeholders, tmp_path):
    respond(stakeholders, {"S3": {"info": "4", "apply": "na"}})

    frame, path = read_sav(written(data_of(stakeholders), "sav"), tmp_path)

    scale = variables_of(path)["S3_info"]
    assert scale["value_labels"]["4"] == "Good"
    assert scale["value_labels"]["-91"] == "No experience"
    assert (scale["measure"], scale["missing_doubles"]) == ("Ordinal", [-91.0])
    assert (frame["S3_info"].to_list(), frame["S3_apply"].to_list()) == ([4.0], [None])


def test_values_in_spss_are_those_of_the_csv(citizens, tmp_path):
    made_up(citizens, 50)
    missing_and_odd(citizens)
    data = data_of(citizens)

    frame, _path = read_sav(written(data, "sav"), tmp_path)

    reasons = {"", "na", NOT_ASKED}
    rows = csv_rows(written(data, "csv"))
    for name in ("C5", "place", "age", "reference", "C1_comment"):
        cells = [row[name].removeprefix("'") for row in rows]
        assert frame[name].to_list() == [None if cell in reasons else cell for cell in cells]


def test_an_spss_file_is_refused_over_so_many_rows_and_words_lead_to_csv(citizens, monkeypatch):
    monkeypatch.setattr(spss, "MOST_ROWS", 2)
    made_up(citizens, 3)

    with pytest.raises(CannotWrite, match="2 rows at most. Take CSV and the SPSS syntax"):
        written(data_of(citizens), "sav")


def test_an_excel_sheet_is_refused_over_so_many_rows(citizens, monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    made_up(citizens, 3)

    with pytest.raises(CannotWrite, match="no room for so many rows"):
        written(data_of(citizens), "xlsx")


def test_spss_names_are_valid_and_differ_in_more_than_case():
    names = ["to", "a" * 70, "a" * 80, "C1", "c1"]
    taken = set()

    given_names = [spss._name(name, taken) for name in names]

    assert given_names == ["to_", "a" * 64, f"{'a' * 60}_2", "C1", "c1_2"]


def test_the_syntax_reads_every_column_and_labels_it(stakeholders):
    made_up(stakeholders, 3)

    syntax = written(data_of(stakeholders), "sps").decode("utf-8-sig")

    assert "/FILE='stakeholders.csv'" in syntax
    assert "RECODE @S3_info ('na'=-91) (CONVERT) INTO S3_info." in syntax
    assert "VARIABLE LEVEL S3_info (ORDINAL)." in syntax
    for column in data_of(stakeholders).columns:
        assert f"VARIABLE LABELS {column.name} " in syntax


def test_tabs_and_spaces_are_kept_in_an_opendocument_cell(citizens):
    respond(citizens, {"C5": "a\tb  c"})

    archive = zipfile.ZipFile(io.BytesIO(written(data_of(citizens), "ods")))

    assert (
        '<text:p>a<text:tab/>b<text:s text:c="2"/>c</text:p>'
        in archive.read("content.xml").decode()
    )


# What no form takes, or makes something else of, cannot be in an answer.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"),
    min_size=1,
    max_size=60,
).filter(str.strip)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example("=1+1")
@example("  +cmd|' /C calc'!A0")
@example("＝SUM(A1)")
@example("@\n-a")
@example('Ђердап, „Дунав“; "quoted"\tтаб\n\nžćčš șțăîâ 🇷🇸🏞️')
@example("_x0041_ &amp; <b>")
@example(" leading and trailing  ")
@example("-66")
@given(words=WORDS)
def test_words_come_back_as_they_were_from_every_format(citizens, tmp_path, words):
    Response.objects.all().delete()
    respond(citizens, {"C5": words})
    data = data_of(citizens)

    read = {name: sheet_rows(written(data, name))[0]["C5"] for name in SHEETS}
    # It reads over the element that OpenDocument has for a tab.
    without_tabs = words.replace("\t", "") or None
    assert read.pop("ods") == without_tabs
    read["jsonl"] = json.loads(written(data, "jsonl"))["C5"]
    cell = csv_rows(written(data, "csv"))[0]["C5"]
    read["csv"] = cell.removeprefix("'") if cell != words else cell
    frame, _path = read_sav(written(data, "sav"), tmp_path)
    # SPSS pads texts with spaces and so knows none at their ends.
    assert frame["C5"].to_list() == [words.rstrip(" ")]

    assert read == dict.fromkeys(read, words)


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "ods", "sps"])
def test_memory_does_not_grow_with_the_rows(citizens, name, tmp_path):
    made_up(citizens, 1)
    data = data_of(citizens)
    (row,) = data.rows()

    def peak(number):
        many = type(data)(
            data.questionnaire,
            data.columns,
            lambda: (row for _ in range(number)),
            False,
            data.made_at,
        )
        with (tmp_path / "file").open("wb") as file:
            tracemalloc.start()
            FORMATS[name].write(many, file)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    peak(10)
    assert peak(4000) < 1.5 * peak(500)


def test_words_that_began_with_an_apostrophe_can_be_told_from_those_that_got_one():
    words = ["=1", "'=1", "''\n0", "'a", "a=1"]

    assert [harmless(each) for each in words] == ["'=1", "''=1", "'''\n0", "'a", "a=1"]
