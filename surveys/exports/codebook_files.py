"""The codebook to keep: as a web page in one file, and as PDF."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.codebook import NOT_ASKED
from surveys.exports.codebook_rows import CodebookRow, codebook_row
from surveys.exports.data import Data
from surveys.printing import typeset_codebook


def lead() -> list[str]:
    """How cells are to be read, whatever the format."""
    return [
        _("One row per response that was sent. An empty cell: asked, no answer."),
        _(
            "%(code)s: not asked, because the respondent’s version had no such question or their "
            "earlier answers did not lead to it."
        )
        % {"code": NOT_ASKED},
        _(
            "In JSON Lines no answer is null, and what a question has a column for each option or "
            "row of is one object under the question’s name. Numbers are numbers, all else is text."
        ),
        _(
            "In SPSS files the codes of a scale are numbers, and reasons for no answer are numbers "
            "from -91 down; their labels say which."
        ),
        _("In CSV, words that a spreadsheet would calculate begin with an apostrophe."),
    ]


def context(data: Data) -> dict[str, Any]:
    """What both the file and the desk's page show."""
    return {
        "questionnaire": data.questionnaire,
        "lead": lead(),
        "rows": [codebook_row(column) for column in data.columns],
        "tag": settings.LANGUAGE_TAGS[get_language() or "en"],
    }


def codebook_html(data: Data) -> bytes:
    return render_to_string("exports/codebook.html", context(data)).encode()


def codebook_pdf(data: Data) -> bytes:
    """Tagged, for everybody (PDF/UA-1)."""
    questionnaire = data.questionnaire
    title = f"{_('Codebook')}: {questionnaire.consultation.short_title}, {questionnaire}"
    rows = [_printed(codebook_row(column)) for column in data.columns]
    return typeset_codebook(str(questionnaire.consultation.programme.name), title, lead(), rows)


def _printed(row: CodebookRow) -> dict[str, Any]:
    missing = [(code, f"{label} ({_('missing value')})") for code, label in row.missing]
    versions = _("versions %(numbers)s") % {"numbers": row.versions} if row.versions else ""
    return {
        "name": row.name,
        "label": row.label,
        "question": "" if row.question == row.label else row.question,
        "holds": " · ".join(filter(None, (row.cell, row.measure, versions))),
        "codes": [*row.codes, *missing],
    }
