"""Questionnaires and responses as tagged PDF (PDF/UA-1), set by typst with the fonts it brings."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.dates import long_date, on_every_clock, when_sent
from surveys.journey import Journey, Step, only_if
from surveys.ledger.receipts import commitment_of, grouped
from surveys.models import Consultation, Programme, Response, Version
from surveys.notices import read_by_sender
from surveys.progress import progress
from surveys.stand_ins import SURROGATES, is_drawn_with_others, one_of, with_stand_ins

TEMPLATES = Path(__file__).parent / "typst"
PIXELS_PER_INCH = 200
# As typst complains: the text `"\u{1}"` could not be displayed with font `"Libertinus Serif"`.
UNDISPLAYED = re.compile(r'(?:the text|the disallowed codepoint) `"(.+?)"`')
CODE = re.compile(r"\\u\{([0-9a-f]+)\}")


def typst_language(code: str) -> dict[str, str] | None:
    """What typst calls it; None for what the site does not speak."""
    language = settings.SPOKEN.get(code)
    script = "cyrl" if language and language.is_cyrillic else "latn"
    return {"language": code.partition("-")[0], "script": script} if language else None


def _inputs(data: dict[str, Any]) -> str:
    note = _(
        "Words and codes in square brackets, such as %(example)s, stand for characters that this "
        "document has no letters for. What was written is kept as it was."
    ) % {"example": "[slightly smiling face]"}
    shared = {
        "lang": typst_language(get_language() or settings.LANGUAGE_CODE),
        "note_on_stand_ins": note,
        "has_stand_ins": False,
    }
    return _dumped(_with_stand_ins(shared | data, SURROGATES))


def _dumped(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _with_stand_ins(data: dict[str, Any], choice: str) -> dict[str, Any]:
    changed: dict[str, Any] = with_stand_ins(data, choice)
    return changed if changed == data else changed | {"has_stand_ins": True}


def _typeset(template: str, inputs: str) -> bytes:
    """The PDF of a template. What people wrote goes in as JSON, which typst never runs.

    People write characters that no font at hand has: typst names them, and they get a stand-in.
    """
    while True:
        try:
            return _compiled(template, inputs)
        except typst.TypstError as error:
            complained_of = _complained_of(error)
            if not complained_of:
                raise
            unshown = one_of(_to_replace(complained_of))
            changed = _dumped(_with_stand_ins(json.loads(inputs), unshown))
            if changed == inputs:
                raise
            inputs = changed


def _compiled(template: str, inputs: str) -> bytes:
    pdf = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        sys_inputs={"data": inputs},
    )
    assert isinstance(pdf, bytes)  # noqa: S101 - without `output` it is one PDF in memory
    return pdf


def _complained_of(error: typst.TypstError) -> set[str]:
    """The characters that could not be displayed, but for those that stand-ins are made of."""
    found = set()
    for quoted in UNDISPLAYED.findall(error.diagnostic):
        found |= set(CODE.sub(lambda code: chr(int(code[1], 16)), quoted))
    return {each for each in found if not (each.isascii() and each.isprintable())}


def _to_replace(complained_of: set[str]) -> set[str]:
    """Those that no font has; or else the marks that no font has together with their letter."""
    try:
        _compiled("alone.typ", _dumped(sorted(complained_of)))
    except typst.TypstError as error:
        return _complained_of(error)
    return set(filter(is_drawn_with_others, complained_of)) or complained_of


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of a template and what it shows, in the active language."""
    return _typeset(template, _inputs(data))


def picture(svg: str) -> bytes:
    """A drawing as PNG, for files that take no vector graphics."""
    png = typst.compile(
        str(TEMPLATES / "picture.typ"),
        root=str(TEMPLATES),
        format="png",
        ppi=PIXELS_PER_INCH,
        ignore_system_fonts=True,
        sys_inputs={"data": svg},
    )
    assert isinstance(png, bytes)  # noqa: S101 - without `output` it is one picture in memory
    return png


# Blank questionnaires are asked for again and again; what somebody answered is not kept.
_typeset_once = lru_cache(maxsize=32)(_typeset)


def copy_of_response(response: Response) -> bytes:
    """What was sent, in the active language: every question with its answer."""
    version = Version.objects.with_questions().get(pk=response.version_id)
    consultation = version.questionnaire.consultation
    commitment = commitment_of(response)
    inputs = _inputs(
        {
            "programme": str(consultation.programme.name),
            "title": _("Copy of your answers"),
            "questionnaire": f"{consultation.short_title} · {version.questionnaire.name}",
            "reference_label": _("Reference"),
            "reference": response.reference,
            "dates": [*when_sent(response), *_notice_read(response)],
            "commitment_label": _("Code in the public record"),
            "commitment": " ".join(grouped(commitment.digest)) if commitment else "",
            "code": f"{version.print_code(get_language() or '')} · {response.reference}",
            "not_provided": _("Not provided"),
            "questions": [
                {
                    "text": _numbered(entry.question),
                    "lines": [line.text for line in entry.lines],
                }
                for part in progress(version, response.answers)
                for entry in part.questions
            ],
        }
    )
    return _typeset("copy.typ", inputs)


def _notice_read(response: Response) -> list[str]:
    notice = read_by_sender(response)
    if notice is None or notice.published_at is None:
        return []
    date = long_date(timezone.localtime(notice.published_at))
    version = _("Version %(number)s of %(date)s") % {"number": notice.number, "date": date}
    return [f"{_('Privacy notice at that time:')} {version}"]


def typeset_record(title: str, date: str, sections: list[dict[str, Any]]) -> bytes:
    """Headings (`heading`) with lines (`rows`) under them, in the active language."""
    consultation = Consultation.objects.with_programme().current()
    programme = str(consultation.programme.name) if consultation else ""
    inputs = {
        "programme": programme,
        "title": title,
        "date": date,
        "code": "",
        "sections": sections,
    }
    return _typeset("record.typ", _inputs(inputs))


def typeset_codebook(
    programme: str, title: str, lead: list[str], rows: list[dict[str, Any]]
) -> bytes:
    """What the columns of a data file hold, in the active language."""
    inputs = {"programme": programme, "title": title, "lead": lead, "rows": rows, "code": ""}
    return _typeset("codebook.typ", _inputs(inputs))


def blank_questionnaire(version: Version) -> bytes:
    """The questionnaire to fill in by hand, in the active language."""
    questionnaire = version.questionnaire
    consultation = questionnaire.consultation
    countries = list(consultation.programme.countries.all())
    inputs = _inputs(
        {
            "programme": str(consultation.programme.name),
            "title": str(questionnaire.title),
            "lead": str(questionnaire.lead),
            "instructions": [
                _("Closes on %(date)s")
                % {"date": on_every_clock(consultation.closes_at, countries)},
                _("Tick the boxes and write on the lines, in any language and script."),
            ],
            "code": version.print_code(get_language() or ""),
            "questions": [_printed(step) for step in Journey.of(version).steps.values()],
            "return_heading": _("Where to send it"),
            "return_lines": return_lines(consultation.programme),
            "website": consultation.programme.website,
        }
    )
    return _typeset_once("questionnaire.typ", inputs)


def return_lines(programme: Programme) -> list[str]:
    """Where a sheet of paper goes."""
    lines = [*str(programme.postal_address).splitlines(), programme.email, programme.phone]
    return [str(programme.name), *filter(None, lines)]


def _printed(step: Step) -> dict[str, Any]:
    kind = step.kind
    groups = [{"heading": heading, "labels": labels} for heading, labels in kind.printed_groups()]
    return {
        "text": _numbered(kind.question),
        "only_if": only_if(step.needs) if step.needs else "",
        "hint": kind.printed_hint(),
        "groups": groups,
        "is_scale": kind.is_scale,
        "lines": kind.printed_lines,
        "words": [str(field.label) for field in kind.word_fields().values()],
    }


def _numbered(question: Any) -> str:
    return f"{question.number}. {question.text}" if question.number else str(question.text)
