"""The codebook in every form says of each column what the data files hold."""

import io
import json
import re
import tomllib
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xmlschema
from csvw import CSVW
from defusedxml.ElementTree import fromstring
from django.core.management import CommandError, call_command
from django.utils.translation import override
from pypdf import PdfReader

from consultation import VERSION
from surveys.codebook import missing_values, variables
from surveys.exports.about import FileFacts
from surveys.exports.codebook_files import codebook_html, codebook_pdf
from surveys.exports.csvw import csvw
from surveys.exports.ddi import ddi
from surveys.models import AuditEntry, Option, Question, Section, Version
from surveys.question_types import Cell, Measure
from tests.surveys.exports_cast import data_of, made_up, respond, written
from tests.surveys.test_codebook import publish_second_version

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "schemas" / "ddi-codebook-2.5-used.xsd"
DDI = "{ddi:codebook:2_5}"


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


def by_name(questionnaire):
    return {column.name: column for column in variables(questionnaire)}


def test_columns_have_types_and_measures_from_their_kinds(stakeholders):
    found = by_name(stakeholders)

    told = {
        name: (found[name].cell, found[name].measure) for name in ("sent_at", "S1", "S1_comment")
    }
    assert told == {
        "sent_at": (Cell.TIME, Measure.SCALE),
        "S1": (Cell.CODE, Measure.NOMINAL),
        "S1_comment": (Cell.WORDS, Measure.NOMINAL),
    }
    assert (found["S3_info"].cell, found["S3_info"].measure) == (Cell.CODE, Measure.ORDINAL)
    assert (found["S2_health"].cell, found["S2_health"].measure) == (Cell.NUMBER, Measure.ORDINAL)
    assert (found["S3_info"].root, found["S3_info"].part) == ("S3", "info")


def test_reasons_for_no_answer_are_told_from_answers(citizens):
    publish_second_version(citizens)
    found = by_name(citizens)

    assert missing_values(found["age"]) == {"na": "I prefer not to say", "-66": "Not asked"}
    assert missing_values(found["state"]) == {}
    assert (found["age"].versions, found["C6"].versions) == ((1,), (2,))


def test_a_code_that_only_an_earlier_version_has_keeps_its_label(citizens):
    second = Version.objects.create(questionnaire=citizens, number=2)
    section = Section.objects.create(version=second, position=1, name="home")
    question = Question.objects.create(
        version=second, section=section, position=1, name="C1", kind="single"
    )
    Option.objects.create(question=question, position=1, code="new", label={"en": "Something new"})
    Version.objects.filter(pk=second.pk).update(published_at="2026-11-20T00:00Z")

    codes = by_name(citizens)["C1"].codes

    assert list(codes)[0] == "new"
    assert codes["both"] == "Both in equal measure"


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_the_ddi_keeps_the_order_and_values_of_the_standard(listens, slug, language):
    questionnaire = listens.questionnaires.get(slug=slug)
    publish_second_version(questionnaire)
    files = [FileFacts("data.csv", "csv", 1, "0" * 64, 3, 4)]

    with override(language):
        document = ddi(data_of(questionnaire), files)

    xmlschema.XMLSchema(SCHEMA).validate(io.BytesIO(document))
    names = [var.get("name") for var in fromstring(document).iter(f"{DDI}var")]
    assert names == [column.name for column in data_of(questionnaire).columns]


def test_the_ddi_has_labels_questions_and_missing_values(citizens):
    root = fromstring(ddi(data_of(citizens)))

    (age,) = [var for var in root.iter(f"{DDI}var") if var.get("name") == "age"]
    categories = {
        one.findtext(f"{DDI}catValu"): (one.findtext(f"{DDI}labl"), one.get("missing"))
        for one in age.iter(f"{DDI}catgry")
    }
    assert age.findtext(f"{DDI}qstn/{DDI}qstnLit") == "How old are you?"
    assert categories["na"] == ("I prefer not to say", "Y")
    assert categories["u18"][1] == "N"


def test_the_ddi_tells_the_days_on_the_clock_of_the_site(citizens):
    citizens.consultation.opens_at = datetime(2026, 11, 8, 22, tzinfo=UTC)
    citizens.consultation.closes_at = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)

    root = fromstring(ddi(data_of(citizens)))

    days = {each.get("event"): each.get("date") for each in root.iter(f"{DDI}collDate")}
    assert days == {"start": "2026-11-09", "end": "2027-03-01"}


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_csvw_validates_the_csv(listens, tmp_path, slug, labels):
    questionnaire = listens.questionnaires.get(slug=slug)
    made_up(questionnaire, 25)
    data = data_of(questionnaire, labels=labels)
    (tmp_path / "data.csv").write_bytes(written(data, "csv"))
    (tmp_path / "data.csv-metadata.json").write_bytes(csvw(data, "data.csv"))

    checked = CSVW(str(tmp_path / "data.csv"), validate=True)

    assert checked.is_valid
    assert len(checked.to_json()["tables"][0]["row"]) == 25


def test_csvw_refuses_a_code_that_no_option_has(citizens, tmp_path):
    respond(citizens, {"place": "atlantis"})
    data = data_of(citizens)
    (tmp_path / "data.csv").write_bytes(written(data, "csv"))
    (tmp_path / "data.csv-metadata.json").write_bytes(csvw(data, "data.csv"))

    with warnings.catch_warnings(action="always"):
        assert not CSVW(str(tmp_path / "data.csv"), validate=True).is_valid


def test_the_web_page_and_the_pdf_have_every_column_with_its_codes(citizens):
    data = data_of(citizens)

    page = codebook_html(data).decode()
    pdf = PdfReader(io.BytesIO(codebook_pdf(data)))

    text = "\n".join(each.extract_text() for each in pdf.pages)
    for column in data.columns:
        assert f"<code>{column.name}</code>" in page
        assert column.name in text
    assert "Bor District" in page
    assert "Bor District" in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_words_in_the_codebook_are_never_markup(citizens):
    second = Version.objects.create(questionnaire=citizens, number=2)
    section = Section.objects.create(version=second, position=1, name="home")
    Question.objects.create(
        version=second,
        section=section,
        position=1,
        name="C9",
        kind="text",
        text={"en": "<script>#let x & y"},
    )
    Version.objects.filter(pk=second.pk).update(published_at="2026-11-20T00:00Z")
    data = data_of(citizens)

    assert "&lt;script&gt;#let x &amp; y" in codebook_html(data).decode()
    assert codebook_pdf(data).startswith(b"%PDF")
    assert "<script>#let x & y" in [q.text for q in fromstring(ddi(data)).iter(f"{DDI}qstnLit")]


def test_the_command_writes_every_format_and_the_codebook(citizens, tmp_path):
    made_up(citizens, 5)
    folder = tmp_path / "codebook"
    output = tmp_path / "c.csv"

    call_command("export_responses", questionnaire="citizens", output=output, codebook=folder)

    assert sorted(file.name for file in folder.iterdir()) == [
        *("c.csv-metadata.json", "citizens-codebook.html", "citizens-codebook.pdf"),
        "citizens-codebook.xml",
    ]
    assert json.loads((folder / "c.csv-metadata.json").read_bytes())["url"] == "c.csv"
    for name in ("jsonl", "xlsx", "ods", "sav", "sps"):
        file = tmp_path / f"c.{name}"
        call_command("export_responses", questionnaire="citizens", output=file, format=name)
        assert file.stat().st_size > 500


def test_what_the_command_writes_is_in_the_log(citizens, tmp_path):
    output = tmp_path / "c.csv"

    call_command("export_responses", questionnaire="citizens", output=output, labels=True)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.model, entry.object_id) == (
        *("exported", "questionnaire"),
        str(citizens.pk),
    )
    assert (entry.user_id, entry.details) == (None, {"format": "csv", "labels": True})


def test_the_command_knows_the_languages_of_the_site_alone(citizens, tmp_path):
    arguments = ["--questionnaire=citizens", "--language=de", f"--output={tmp_path / 'c.csv'}"]

    with pytest.raises(CommandError, match="invalid choice: 'de'"):
        call_command("export_responses", *arguments)


def test_the_command_leaves_no_half_of_a_file(citizens, tmp_path, monkeypatch):
    monkeypatch.setattr("surveys.exports.spss.MOST_ROWS", 1)
    made_up(citizens, 2)

    with pytest.raises(CommandError, match="1 row at most"):
        call_command(
            "export_responses", questionnaire="citizens", output=tmp_path / "c.sav", format="sav"
        )

    assert list(tmp_path.iterdir()) == []


def test_the_version_that_files_name_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
