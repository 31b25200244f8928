"""The PDFs: tagged, with their fonts inside, and with the right letters in them."""

import io
import re

import pdfua
import pypdf
import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.models import Response, Version
from surveys.printing import blank_questionnaire, copy_of_response, typeset
from tests.surveys.fuzzing import some
from tests.surveys.keys import new_key

LANGUAGES = ["en", "ro", "sr", "sr-latn"]
LETTERS = "ș ț ă â î Ș Ț Ă Â Î č ć đ š ž Č Ć Đ Š Ž ђ ј љ њ ћ џ Ђ Ј Љ Њ Ћ Џ „podul” – 5 < 6 & 7"
# pdfua's rule on empty headings stumbles over the attributes typst writes.
STUMBLES = {"UA-14-001"}


def closed_up(text):
    """Without white space, for lines are broken anywhere."""
    return re.sub(r"\s+", "", str(text))


def read(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return closed_up("".join(page.extract_text() for page in pages))


def complaints(pdf, folder):
    """What it finds, and the rules it could not apply."""
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    outcomes = pdfua.validate(str(path)).outcomes
    findings = [str(finding) for outcome in outcomes for finding in outcome.findings]
    return findings, {outcome.rule_id for outcome in outcomes if outcome.skipped_reason}


def fonts(pdf):
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()


@pytest.fixture
def sent(client, listens):
    client.post("/en/citizens/", {"key": new_key(), "place": "borski", "C5": LETTERS})
    return Response.objects.get()


def version(slug):
    return Version.objects.with_questions().get(questionnaire__slug=slug)


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_questionnaire_asks_everything_in_its_language(listens, slug, language):
    with translation.override(language):
        printed = read(blank_questionnaire(version(slug)))
        for question in version(slug).questions:
            assert closed_up(question.text) in printed
            for option in question.options.all():
                assert closed_up(f"☐{option.label}") in printed
        assert f"LISTENS-2027-{slug.upper()}-1-{language.upper()}1/" in printed
        for line in str(listens.programme.postal_address).splitlines():
            assert closed_up(line) in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_has_every_letter_that_was_written(sent, language):
    with translation.override(language):
        printed = read(copy_of_response(sent))

    assert closed_up(LETTERS) in printed
    assert sent.reference in printed


def test_a_copy_tells_which_privacy_notice_held(sent):
    with translation.override("en"):
        assert "Privacynoticeatthattime:Version1of" in read(copy_of_response(sent))


@pytest.mark.parametrize(
    "words", ['#read("/etc/passwd")', "*bold* _x_ #panic()", "= Heading", "#{1+1} \\ $x$", "@label"]
)
def test_what_looks_like_code_is_printed_as_it_is(sent, words):
    Response.objects.update(answers={"C5": words})

    assert closed_up(words) in read(copy_of_response(Response.objects.get()))


@pytest.mark.parametrize(
    ("words", "printed_words"),
    [
        ("Mulțumesc 🙂!", "Mulțumesc [slightly smiling face]!"),
        ("你好, Belgrade", "[U+4F60, U+597D], Belgrade"),
        ("👩\u200d👧 👍🏽", "[woman, girl] [thumbs up sign, emoji modifier fitzpatrick type-4]"),
        ("a\x01b\tc", "a[U+0001]b c"),
        ("Да\ufeff, мост", "Да, мост"),
        ("1\ufe0f\u20e3 чекање", "1[U+20E3] чекање"),
        ("n\u0e49 мост", "n[U+0E49] мост"),
        ("\U000f0000 \U0010ffff", "[U+F0000] [U+10FFFF]"),
    ],
)
def test_a_copy_tells_which_characters_it_has_no_letters_for(sent, words, printed_words):
    Response.objects.update(answers={"C5": words})

    with translation.override("en"):
        printed = read(copy_of_response(Response.objects.get()))

    assert closed_up(printed_words) in printed
    assert closed_up("stand for characters that this document has no letters for") in printed


def test_a_copy_speaks_of_missing_letters_only_where_some_are_missing(sent):
    with translation.override("en"):
        assert closed_up("has no letters for") not in read(copy_of_response(sent))


@example("\ud83d half")
@example("ş\u030c\u0489\u0fb0")
@example("\u202eשלום\u2066 हिन्दी ไทย 𝒳 🇷🇴 1️⃣ ❤️\u00ad\u0301\u2028\x85\x1f")
@some(in_the_suite=40)
@given(st.text())
def test_fuzz_whatever_was_written_is_printed(words):
    record = {"programme": "", "title": f"A {words}", "date": "", "code": ""}
    section = {"heading": f"B {words}", "rows": [words, f"До {words}"]}

    pdf = typeset("record.typ", record | {"sections": [section]})

    assert pdf.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_checker_finds_nothing(sent, language, tmp_path):
    with translation.override(language):
        pdfs = [blank_questionnaire(version("citizens")), copy_of_response(sent)]

    for pdf in [*pdfs, blank_questionnaire(version("stakeholders"))]:
        assert complaints(pdf, tmp_path) == ([], STUMBLES)


def test_the_checker_finds_nothing_where_letters_are_missing(sent, tmp_path):
    Response.objects.update(answers={"C5": "🙂 你好 a\u0e49"})

    assert complaints(copy_of_response(Response.objects.get()), tmp_path) == ([], STUMBLES)


def test_what_the_checker_leaves_out_holds_too(sent):
    with translation.override("sr"):
        pdf = blank_questionnaire(version("citizens"))
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]

    assert root["/Lang"] == "sr"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    for font in fonts(pdf):
        assert "/ToUnicode" in font
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_anyone_can_print_a_questionnaire_and_only_the_sender_a_copy(client, sent):
    blank = client.get("/sr/questionnaires/stakeholders.pdf")
    nothing = client.get("/sr/questionnaires/nobody.pdf")
    copy = client.get(f"/sr/citizens/sent/{sent.reference}/wrong/copy.pdf")

    assert blank["Content-Type"] == "application/pdf"
    assert blank.content.startswith(b"%PDF-1.7")
    assert (nothing.status_code, copy.status_code) == (404, 404)
