"""The report: what it says, its documents in every language, its texts, and who may publish it."""

import hashlib
import io
import re
import zipfile
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import docx as word
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx.oxml.ns import qn
from lxml import etree

from surveys.campaigns.answers import open_questions
from surveys.campaigns.finding import find_campaigns
from surveys.models import (
    AuditEntry,
    Campaign,
    CampaignSearch,
    Consultation,
    Release,
    ReportEdition,
    ReportFile,
    ReportText,
    Target,
    User,
)
from surveys.reporting.content import (
    BarChart,
    Columns,
    DivergingChart,
    Heading,
    Note,
    Picture,
    Quotation,
    Table,
    Text,
    TileMap,
)
from surveys.reporting.making import NothingReleased, report_in, written
from surveys.reporting.source import source
from surveys.reporting.states import place_states
from surveys.reporting.texts import method, said
from surveys.roles import MANAGING_AUTHORITY, secretariat
from surveys.translated import Text as Translated
from tests.kept_rows import put_once
from tests.surveys.quoting_cast import answered, decided, quoted
from tests.surveys.report_cast import answered_by, released
from tests.surveys.report_sample import HOSTILE, sample
from tests.surveys.results_cast import open_now
from tests.surveys.seeing import seen_on, stored_beside
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_coverage import respond
from tests.surveys.test_printing import STUMBLES, closed_up, complaints, read

# Those who look at the same documents are one process.
pytestmark = pytest.mark.xdist_group("report")

LANGUAGES = ["en", "ro", "sr", "sr-latn"]
SCRIPTS = {"en": "en", "ro": "ro", "sr": "sr-Cyrl", "sr-latn": "sr-Latn"}
DRAWING = {"wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"}


class Page(HTMLParser):
    """The words of a page, its tables, and the languages it names."""

    def __init__(self):
        super().__init__()
        self.words, self.rows, self.languages = [], [], []
        self.skipping = self.in_cell = False

    def handle_starttag(self, tag, attrs):
        self.languages += [value for name, value in attrs if name == "lang"]
        self.skipping = tag == "style"
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.in_cell = ("class", "drawn") not in attrs
            self.rows[-1] += [""] if self.in_cell else []

    def handle_endtag(self, tag):
        self.skipping = False
        self.in_cell = self.in_cell and tag not in ("th", "td")

    def handle_data(self, data):
        if self.skipping:
            return
        self.words.append(data)
        if self.in_cell:
            self.rows[-1][-1] += data


def parsed(page):
    parser = Page()
    parser.feed(page.decode())
    return parser


_documents = {}


def document_of(report, format):
    """Made once of each content, however many tests look at it."""
    key = repr(report), format
    if key not in _documents:
        _documents[key] = written(report, format)
    return _documents[key]


def opened(document):
    return word.Document(io.BytesIO(document))


def xml(document):
    """Every part of a Word document that is XML, by name."""
    with zipfile.ZipFile(io.BytesIO(document)) as file:
        return {
            name: etree.fromstring(file.read(name))
            for name in file.namelist()
            if name.endswith((".xml", ".rels"))
        }


def tables(report):
    """The rows of every table and chart, header first, as the content has them."""
    for block in report.blocks():
        if isinstance(block, BarChart):
            yield [list(block.header), *([bar.label, *bar.numbers] for bar in block.bars)]
        elif isinstance(block, Table | Picture):
            table = block.table if isinstance(block, Picture) else block
            yield [list(table.header), *map(list, table.rows)]


def words_of(report):
    """Everything that is said outside tables."""
    yield from (report.title, report.subtitle, report.programme)
    for part in report.parts:
        yield part.title
        for block in part.blocks:
            if isinstance(block, Text):
                yield from block.paragraphs
            elif isinstance(block, Heading):
                yield f"{block.number} {block.text}"
            elif isinstance(block, Quotation):
                yield from (block.words, block.translation, block.who)
            elif isinstance(block, Table | BarChart):
                yield block.note


@pytest.fixture
def figures(listens):
    """A released consultation with population figures and targets."""
    return put_once(make_figures, listens)


def make_figures(listens):
    answered_by(listens)
    citizens = listens.questionnaires.get(slug="citizens")
    for place in listens.programme.countries.get(code="ro").places.all():
        Target.objects.create(
            questionnaire=citizens,
            dimension="place",
            code=place.code,
            population=200_000,
            source="made up",
            wanted=50,
        )
    released(listens)
    return listens


@pytest.fixture
def desk():
    def sign_in(*roles):
        user = User.objects.create_user(f"user{User.objects.count()}", is_staff=True)
        user.groups.add(*[role.group() for role in roles] or [secretariat()])
        client = Client()
        sign_in_staff(client, user)
        return client

    return sign_in


@pytest.fixture
def made(listens):
    """An edition with documents in every language, short ones."""
    edition = ReportEdition.objects.create(
        consultation=listens, release=released(listens), made_at=timezone.now()
    )
    content = {
        "pdf": b"%PDF-1.7",
        "docx": b"PK",
        "html": b"<!doctype html><style>p { color: red; }</style><p>A report</p>",
    }
    for language in LANGUAGES:
        for format, beginning in content.items():
            whole = beginning + language.encode()
            ReportFile.objects.create(
                edition=edition,
                language=language,
                format=format,
                content=whole,
                size=len(whole),
                sha256=hashlib.sha256(whole).hexdigest(),
                made_at=timezone.now(),
            )
    return edition


def make(client):
    """What the page says at the end of making the report."""
    response = client.post(reverse("admin:report_make"))
    return b"".join(response.streaming_content).decode()


# Every document says what the content says


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_page_is_the_contents(figures, language):
    report = report_in(figures, language)

    page = parsed(document_of(report, "html"))

    rows = [row for table in tables(report) for row in table]
    assert [[cell.strip() for cell in row if cell.strip()] for row in page.rows] == [
        ["".join(cell.splitlines()) for cell in row if cell] for row in rows
    ]
    everything = closed_up("".join(page.words))
    assert [each for each in words_of(report) if closed_up(each) not in everything] == []
    assert SCRIPTS[language] in page.languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_word_document_is_the_contents(figures, language):
    report = report_in(figures, language)

    document = opened(document_of(report, "docx"))

    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    expected = []
    for block_rows, table in zip(tables(report), document.tables, strict=True):
        has_bars = len(table.columns) > len(block_rows[0])
        for position, row in enumerate(block_rows):
            drawn = [table.rows[position].cells[-1].text] if has_bars else []
            expected.append([*row, *drawn])
    assert rows == expected
    everything = closed_up("".join(p.text for p in document.paragraphs))
    assert [each for each in words_of(report) if closed_up(each) not in everything] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_pdf_is_the_contents(figures, language):
    report = report_in(figures, language)

    pdf = document_of(report, "pdf")

    printed = read(pdf)
    numbers = [closed_up("".join(row)) for table in tables(report) for row in table[1:]]
    # A row that holds a list of codes may go on on the next page.
    short = [row for row in numbers if len(row) < 100]
    assert len(short) > 100
    assert [row for row in short if closed_up(row) not in printed] == []
    assert [each for each in words_of(report) if closed_up(each)[:60] not in printed] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_and_long_texts_come_out_as_texts_everywhere(listens, language, tmp_path):
    report = sample(language)
    page, document, pdf = (document_of(report, format) for format in ("html", "docx", "pdf"))

    times = sum(HOSTILE in str(block) for block in report.blocks())
    assert closed_up(HOSTILE) in closed_up("".join(parsed(page).words))
    assert "".join(xml(document)["word/document.xml"].itertext()).count(HOSTILE) >= times
    assert closed_up(HOSTILE) in read(pdf)
    assert complaints(pdf, tmp_path) == ([], STUMBLES)


def test_characters_that_xml_cannot_hold_are_left_out(listens):
    report = replace(sample("en"), title="A\x00B\x0bC\ud800")

    assert "ABC" in opened(document_of(report, "docx")).core_properties.title


@pytest.mark.parametrize("format", ["html", "docx", "pdf"])
def test_a_place_whose_name_holds_a_control_character_stops_no_document(listens, format):
    report = sample("en")
    (tiles,) = [block for block in report.blocks() if isinstance(block, TileMap)]
    spoilt = deepcopy(tiles.ground)
    spoilt["tiles"][0]["lines"][0]["text"] = "Bo\x0br\x07"
    part = replace(report.parts[0], blocks=(replace(tiles, ground=spoilt),))

    document = document_of(replace(report, parts=(part,)), format)

    assert format != "html" or "Bor" in parsed(document).words
    assert document


def test_a_quotation_with_an_emoji_is_printed_with_its_name(listens):
    report = sample("en")
    words = "Un pod nou 🙂"
    quotation = Quotation(words=words, language="ro", translation="", who="Timiș")
    part = replace(report.parts[0], blocks=(quotation,))

    printed = read(written(replace(report, parts=(part,)), "pdf"))

    assert closed_up("Un pod nou [slightly smiling face]") in printed
    assert closed_up("this document has no letters for") in printed


# How documents are built


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_run_of_a_word_document_names_its_language(listens, language):
    document = xml(document_of(sample(language), "docx"))["word/document.xml"]

    spoken = [
        (run.findtext(qn("w:t")), [lang.get(qn("w:val")) for lang in run.iter(qn("w:lang"))])
        for run in document.iter(qn("w:r"))
        if (run.findtext(qn("w:t")) or "").strip()
    ]
    assert {len(tags) for _words, tags in spoken} == {1}
    quotation = next(tags for words, tags in spoken if words.startswith("Spitalul"))
    assert quotation == ["ro-RO"]
    assert {tags[0] for _words, tags in spoken} == {
        settings.SPOKEN[language].word_tag,
        "en-GB",
        "ro-RO",
        "sr-Cyrl-RS",
    }


def test_headings_of_a_word_document_skip_no_level(figures):
    document = opened(document_of(report_in(figures, "en"), "docx"))

    levels = [
        int(p.style.name.removeprefix("Heading "))
        for p in document.paragraphs
        if p.style.name.startswith("Heading")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert {1, 2, 3} == set(levels)


@pytest.mark.parametrize(("language", "words"), [("en", "under 20"), ("sr", "испод 20")])
def test_steps_of_a_map_are_told_without_zeros_at_their_end(figures, language, words):
    maps = [block for block in report_in(figures, language).blocks() if isinstance(block, TileMap)]

    assert maps[0].legend[0] == (1, words)


def test_tables_of_a_word_document_repeat_their_header_and_keep_rows_whole(figures):
    document = opened(document_of(report_in(figures, "en"), "docx"))

    for table in document.tables:
        first, *rest = (row._tr.trPr for row in table.rows)
        assert first.find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:tblHeader")) is None for row in rest)
        assert all(row.find(qn("w:cantSplit")) is not None for row in (first, *rest))
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


def test_pictures_of_a_word_document_are_told_in_words(figures):
    report = report_in(figures, "ro")
    document = xml(document_of(report, "docx"))["word/document.xml"]

    told = [each.get("descr") for each in document.iterfind(".//wp:docPr", DRAWING)]

    assert all(told)
    pictures = [block for block in report.blocks() if isinstance(block, Picture)]
    assert {TileMap, Columns, DivergingChart} == {type(block) for block in pictures}
    assert [each.alternative for each in pictures if each.alternative not in told] == []


def test_a_word_document_has_a_table_of_contents_and_page_numbers(figures):
    parts = xml(document_of(report_in(figures, "en"), "docx"))
    text = qn("w:instrText")

    contents = [each.text for each in parts["word/document.xml"].iter(text)]
    footers = [
        each.text for name, part in parts.items() if "footer" in name for each in part.iter(text)
    ]
    assert ' TOC \\o "1-2" \\h \\z \\u ' in contents
    assert footers == [" PAGE ", " NUMPAGES "]
    places = {
        mark.get(qn("w:name")) for mark in parts["word/document.xml"].iter(qn("w:bookmarkStart"))
    }
    links = {
        link.get(qn("w:anchor")) for link in parts["word/document.xml"].iter(qn("w:hyperlink"))
    }
    assert links <= places


def test_captions_are_numbered_through(figures):
    report = report_in(figures, "en")

    for label in ("Figure", "Table"):
        numbers = [b.number for b in report.blocks() if getattr(b, "label", "") == label]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers


# What it says


def test_it_says_that_figures_describe_those_who_answered(figures):
    for language in LANGUAGES:
        notes = [b for b in report_in(figures, language).blocks() if isinstance(b, Note)]
        assert len(notes[0].text) > 100


def test_serbian_speaks_of_consultations_in_the_plural(listens):
    released(listens)

    after_closing = "\n".join(words_of(report_in(listens, "sr")))
    while_open = "\n".join(words_of(report_in(open_now(listens), "sr")))

    assert " Затворене су " in after_closing
    assert " Отворене су до " in while_open


def test_a_period_is_written_as_each_language_writes_it(listens):
    released(listens)
    Consultation.objects.filter(pk=listens.pk).update(
        opens_at=datetime(2026, 11, 9, 7, tzinfo=UTC),
        closes_at=datetime(2027, 2, 28, 21, 59, tzinfo=UTC),
    )
    listens.refresh_from_db()

    periods = {language: report_in(listens, language).facts[0] for language in LANGUAGES}

    assert periods == {
        "en": ("Period", "9 November 2026 – 28 February 2027"),
        "ro": ("Perioada", "9 noiembrie 2026 – 28 februarie 2027"),
        "sr": ("Период", "од 9. новембра 2026. до 28. фебруара 2027."),
        "sr-latn": ("Period", "od 9. novembra 2026. do 28. februara 2027."),
    }


def test_days_are_those_of_the_clock_of_the_site(listens):
    released(listens)
    read = source(listens)
    read.consultation.extended_from = datetime(2027, 2, 14, 22, 30, tzinfo=UTC)
    read.release.made_at = datetime(2027, 3, 31, 21, 30, tzinfo=UTC)

    told = method(read)

    assert "it was to close on 15 February 2027." in told
    assert "made on 1 April 2027." in told


def test_the_time_of_the_figures_is_told_on_the_clocks_of_both_countries(listens):
    released(listens)

    facts = dict(report_in(listens, "en").facts)

    assert re.fullmatch(
        r"\d+ \w+ \d{4}, \d\d:\d\d \(Romania\), \d\d:\d\d \(Serbia\)", facts["Figures as of"]
    )


def test_a_chart_has_what_was_counted_and_no_number_under_ten(listens):
    citizens = listens.questionnaires.get(slug="citizens")
    first, second = _options(citizens, "C1")[:2]
    respond(citizens, 30, {"place": "timis", "C1": first.code})
    respond(citizens, 4, {"place": "borski", "C1": second.code})
    respond(citizens, 12, {"place": "borski"})
    released(listens)

    report = report_in(listens, "en")

    chart = next(b for b in report.blocks() if getattr(b, "caption", "").startswith("Border"))
    bars = [(bar.label, bar.numbers, bar.shares) for bar in chart.bars[:2]]
    assert bars == [
        (str(first.label), ("30", "88%"), (30 / 34,)),
        (str(second.label), ("not shown", "not shown"), (None,)),
    ]
    assert _text_with(report, "Asked: 46; Answered: 34; Skipped the question: 12;")
    assert _text_with(report_in(listens, "ro"), "Întrebați: 46; Au răspuns: 34;")
    assert _text_with(report_in(listens, "sr"), "Питано: 46; Одговорило: 34;")


def _options(questionnaire, name):
    questions = questionnaire.current_version().questions
    return list(next(q for q in questions if q.name == name).options.all())


def _text_with(report, words):
    return [b.text for b in report.blocks() if isinstance(b, Text) and words in b.text]


def test_audiences_and_both_sides_of_the_border_stand_side_by_side(figures):
    parts = {part.key: part for part in report_in(figures, "en").parts}

    audiences = [b.series for b in parts["audiences"].blocks if isinstance(b, BarChart)]
    countries = [b.series for b in parts["borders"].blocks if isinstance(b, BarChart)]
    assert set(audiences) == {("Citizens", "Organisations")}
    assert set(countries) == {("Romania", "Serbia")}


def test_balance_is_told_where_there_are_figures_and_targets(figures):
    parts = {part.key: part for part in report_in(figures, "en").parts}

    captions = [b.caption for b in parts["participation"].blocks if isinstance(b, Table)]
    assert captions == [
        "Responses",
        "Balance against the population: Where you live",
        "Responses against targets: Where you live",
    ]


def test_quotations_are_those_that_may_be_shown(listens):
    shown = answered(listens, "Un pod nou.", answers={"C5": "Un pod nou.", "place": "timis"})
    totals = answered(listens, "Numai în total.", publication="totals")
    for response in (shown, totals):
        decided(response)
    quoted(listens, shown, en="A new bridge.")
    answered_by(listens)
    released(listens)

    blocks = [b for b in report_in(listens, "en").blocks() if isinstance(b, Quotation)]

    assert [(b.words, b.language, b.translation) for b in blocks] == [
        ("Un pod nou.", "ro", "A new bridge.")
    ]
    assert "Timiș" in blocks[0].who


def test_copies_and_campaigns_are_counted_side_by_side(listens):
    citizens = listens.questionnaires.get(slug="citizens")
    rows = respond(citizens, 14, {"C5": "Build the bridge now, we all need it"})
    respond(citizens, 11, {"C5": "Something else"})
    campaign = Campaign.objects.create(
        questionnaire=citizens,
        question="C5",
        state="campaign",
        label="Bridge",
        found_at=timezone.now(),
    )
    for response in rows[:12]:
        campaign.texts.create(
            questionnaire=citizens, question="C5", response=response, likeness=100
        )
    CampaignSearch.objects.create(questionnaire=citizens, question="C5", at=timezone.now())
    released(listens)

    parts = {part.key: part for part in report_in(listens, "en").parts}

    table = next(b for b in parts["campaigns"].blocks if isinstance(b, Table))
    assert table.rows[0][1:] == ("25", "14", "12", "1")


def test_copies_nobody_has_looked_for_are_not_counted(listens):
    citizens = listens.questionnaires.get(slug="citizens")
    respond(citizens, 14, {"C5": "Build the bridge now, we all need it"})
    released(listens)

    (part,) = [part for part in report_in(listens, "en").parts if part.key == "campaigns"]

    assert [each.text for each in part.blocks] == [
        "Copies among the answers have not been looked for."
    ]


def test_questions_whose_copies_nobody_has_looked_for_are_named(listens):
    citizens = listens.questionnaires.get(slug="citizens")
    respond(citizens, 14, {"C5": "Build the bridge now", "C1_comment": "Tuesday is too late"})
    find_campaigns(citizens, "C1_comment", timezone.now())
    released(listens)

    (part,) = [part for part in report_in(listens, "en").parts if part.key == "campaigns"]

    (table,) = [each for each in part.blocks if isinstance(each, Table)]
    assert [row[1:] for row in table.rows] == [("14", "not shown", "0", "0")]
    asked = next(each for each in open_questions(citizens) if each.name == "C5")
    assert [each.text for each in part.blocks if isinstance(each, Note)] == [
        "No campaign was found.",
        "Copies have not been looked for among the answers to: "
        f"Citizen questionnaire: {asked.label}.",
    ]


def test_what_was_not_counted_is_told_in_numbers(figures):
    parts = {part.key: part for part in report_in(figures, "en").parts}

    table = next(b for b in parts["record"].blocks if isinstance(b, Table))
    assert [row[1:] for row in table.rows] == [("150", "12", "3"), ("30", "12", "3")]


# Texts


def write(consultation, key, **words):
    return ReportText.objects.create(
        consultation=consultation,
        key=key,
        text=Translated(words),
        about=Release.objects.filter(consultation=consultation).first(),
        edited_at=timezone.now(),
    )


def test_a_text_of_staff_stands_in_place_of_the_written_one_and_survives(figures):
    write(figures, "introduction", en="Our own words.")
    write(figures, "comment-citizens-C1", en="More than half.")
    before = report_in(figures, "en")
    respond(figures.questionnaires.get(slug="citizens"), 20, {"place": "timis"})
    released(figures)

    after = report_in(figures, "en")

    for report in (before, after):
        said_there = [block.text for block in report.blocks() if isinstance(block, Text)]
        assert "Our own words." in said_there
        assert "More than half." in said_there
    assert next(tables(before))[1] != next(tables(after))[1]


def test_a_missing_translation_is_told_and_never_silent(figures):
    write(figures, "conclusions", en="A conclusion.", sr="Закључак.")

    found = {
        language: next(p for p in report_in(figures, language).parts if p.key == "conclusions")
        for language in LANGUAGES
    }

    blocks = {language: part.blocks[0] for language, part in found.items()}
    assert {language: block.text for language, block in blocks.items()} == {
        "en": "A conclusion.",
        "ro": "A conclusion.",
        "sr": "Закључак.",
        "sr-latn": "Zaključak.",
    }
    assert [language for language in LANGUAGES if blocks[language].mark] == ["ro"]
    assert blocks["ro"].language == "en"


def test_a_text_says_that_it_is_about_other_figures(figures):
    write(figures, "method", en="As planned.")
    fresh = {each.place.key: each.stale for each in place_states(source(figures))}
    released(figures)

    stale = {each.place.key: each.stale for each in place_states(source(figures))}

    assert fresh["method"] == ""
    assert stale["method"].startswith("Written about the figures of ")
    assert stale["introduction"] == ""


def test_nothing_is_said_where_nobody_wrote_and_nothing_follows_from_the_data():
    assert said({}, "conclusions") == []


# At the desk


def test_staff_write_a_text_and_take_it_back(figures, desk):
    client = desk()
    address = reverse("admin:report_text", args=["introduction"])

    entered = {"text_en": "Our words", "text_ro": "Cuvintele noastre"}
    first = client.post(address, seen_on(client.get(address)) | entered)
    text = ReportText.objects.get()
    listed = client.get(reverse("admin:report_texts")).content.decode()
    client.post(address, seen_on(client.get(address)) | {"text_en": "", "text_ro": ""})

    assert first.status_code == 302
    assert (text.text, text.about) == (
        {"en": "Our words", "ro": "Cuvintele noastre"},
        Release.objects.get(),
    )
    assert "Not translated into: Serbian, Latin script, Serbian, Cyrillic script" in listed
    assert not ReportText.objects.exists()
    assert AuditEntry.objects.filter(model="reporttext").count() == 2


def test_a_text_that_a_colleague_saved_meanwhile_is_told_and_not_overwritten(figures, desk):
    client = desk()
    address = reverse("admin:report_text", args=["introduction"])
    opened = seen_on(client.get(address))
    client.post(address, opened | {"text_en": "Hers", "text_ro": "Al ei"})

    refused = client.post(address, opened | {"text_en": "Ours"})

    assert refused.status_code == 422
    assert "Somebody changed this since you opened it." in refused.content.decode()
    assert ">Ours</textarea>" in refused.content.decode()
    assert stored_beside(refused) == ["Text", "English: Hers", "Romanian: Al ei"]
    assert ReportText.objects.get().text == {"en": "Hers", "ro": "Al ei"}
    assert client.post(address, seen_on(refused) | {"text_en": "Ours"}).status_code == 302
    assert ReportText.objects.get().text == {"en": "Ours"}


def test_a_text_that_is_too_long_is_kept_and_told(figures, desk):
    long = "a" * 5001

    page = desk().post(reverse("admin:report_text", args=["method"]), {"text_en": long})

    assert page.status_code == 422
    assert "at most 5000 characters" in page.content.decode()
    assert long in page.content.decode()
    assert not ReportText.objects.exists()


def test_languages_of_a_text_are_called_and_set_as_in_other_forms(figures, desk):
    page = desk().get("/ro/admin/report/texts/introduction/").content.decode()

    assert ">Engleză</label>" in page
    assert "css/desk/drafting" in page


def test_there_is_no_text_for_a_place_that_is_not_there(figures, desk):
    assert desk().get(reverse("admin:report_text", args=["nowhere"])).status_code == 404


def test_the_button_makes_every_document_and_touches_no_text(figures, desk):
    write(figures, "introduction", en="Our own words.")

    ending = make(desk())

    files = ReportFile.objects.filter(edition=ReportEdition.objects.get())
    assert "The report is made" in ending
    assert {(file.language, file.format) for file in files} == {
        (language, format) for language in LANGUAGES for format in ("html", "docx", "pdf")
    }
    for file in files:
        content = bytes(file.content)
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert "Our own words." in bytes(files.get(language="en", format="html").content).decode()
    assert ReportText.objects.get().text == {"en": "Our own words."}


def test_the_page_names_the_document_that_could_not_be_made_and_why(figures, desk, monkeypatch):
    def refuse(report):
        raise ValueError("failed to parse SVG")

    monkeypatch.setattr("surveys.reporting.making.docx", refuse)

    ending = make(desk())

    assert "because of one document (Word document, English): failed to parse SVG" in ending
    assert "Nothing was changed." in ending
    assert not ReportEdition.objects.exists()


def test_only_a_published_report_is_public_and_always_the_same(client, made, desk):
    before = client.get("/ro/results/report.pdf")
    staff = desk()
    staff.post(reverse("admin:report_publish", args=[made.pk]))
    first, second = (client.get("/ro/results/report.pdf") for _time in range(2))
    others = [client.get(f"/{code}/results/report.docx").status_code for code in LANGUAGES]
    staff.post(reverse("admin:report_take_back", args=[made.pk]))
    after = client.get("/ro/results/report.pdf")

    assert [page.status_code for page in (before, first, after)] == [404, 200, 404]
    assert first.content == second.content
    assert others == [200] * 4
    assert first.content == b"%PDF-1.7ro"
    assert client.get("/ro/results/report.exe").status_code == 404


def test_a_report_is_not_public_before_the_results_are(client, made, desk):
    made.consultation.opinions_published_at = None
    made.consultation.save()

    page = desk().post(reverse("admin:report_publish", args=[made.pk]), follow=True)

    assert "Publish the results first" in page.content.decode()
    assert not ReportEdition.objects.filter(published_at__isnull=False).exists()


def test_one_edition_takes_the_place_of_another(made, desk):
    client = desk()
    client.post(reverse("admin:report_publish", args=[made.pk]))
    other = ReportEdition.objects.create(
        consultation=made.consultation, release=made.release, made_at=timezone.now()
    )

    client.post(reverse("admin:report_publish", args=[other.pk]))

    published = ReportEdition.objects.filter(published_at__isnull=False)
    assert list(published) == [other]
    assert AuditEntry.objects.filter(action="published", model="reportedition").count() == 2


def test_the_database_changes_no_document(made):
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportFile.objects.filter(edition=made).update(content=b"other")


def test_the_page_brings_styles_that_the_browser_is_told_of(client, made, desk):
    desk().post(reverse("admin:report_publish", args=[made.pk]))

    page = client.get("/sr/results/report.html")

    policy = page["Content-Security-Policy"]
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/=]+'", policy)
    assert "default-src 'none'" in policy
    assert " style=" not in page.content.decode()
    assert "<script" not in page.content.decode()


def test_before_anything_was_released_words_say_so(listens, desk, tmp_path):
    client = desk()

    pages = [client.get(reverse(f"admin:{name}")) for name in ("report", "report_texts")]
    made = client.post(reverse("admin:report_make"))

    assert ["Nothing was released yet" in page.content.decode() for page in pages] == [True] * 2
    assert made.status_code == 302
    with pytest.raises(NothingReleased):
        report_in(listens, "en")
    with pytest.raises(CommandError, match="Nothing was released yet"):
        call_command("make_report", format="pdf", output=tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


def test_who_only_reads_sees_no_buttons(made, desk):
    page = desk(MANAGING_AUTHORITY).get(reverse("admin:report")).content.decode()

    assert "Made from release 1" in page
    assert "Make the report" not in page
    assert "Publish this report" not in page


@pytest.mark.parametrize("format", ["html", "docx", "pdf"])
def test_the_command_writes_a_document(figures, format, tmp_path):
    path = tmp_path / f"report.{format}"

    call_command("make_report", language="ro", format=format, output=path)

    start = {"html": b"<!doctype html>", "docx": b"PK", "pdf": b"%PDF-1.7"}[format]
    assert path.read_bytes().startswith(start)
