"""From a questionnaire to the columns of its data file. Header and order come from here alone."""

from dataclasses import replace

from django.utils.translation import gettext as _
from psycopg import sql

from surveys.models import Questionnaire, Response, Version
from surveys.question_types import Variable, question_types
from surveys.rights import Rights

NOT_ASKED = "-66"
"""The cell of a question the respondent's version did not ask; an empty cell: asked, no answer."""


def about_the_response() -> list[Variable]:
    """The columns before the answers. Times are in UTC (ISO 8601)."""
    time = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    states = {value: str(label) for value, label in Response.State.choices}
    channels = {value: str(label) for value, label in Response.Channel.choices}
    publications = {value: str(label) for value, label in Response.Publication.choices}
    return [
        Variable("reference", _("Reference"), sql.SQL("reference"), identifies=True),
        Variable("state", _("State"), sql.SQL("state"), states),
        Variable("version", _("Version"), sql.SQL("version_number::text")),
        Variable("language", _("Language"), sql.SQL("language")),
        Variable("channel", _("Channel"), sql.SQL("channel"), channels),
        Variable(
            "sent_at",
            _("Sent"),
            sql.SQL(time).format(sql.Identifier("sent_at")),
            identifies=True,
        ),
        Variable(
            "organisation",
            _("Organisation"),
            sql.SQL("organisation_name"),
            is_words=True,
            identifies=True,
        ),
        Variable("publication", _("Publication"), sql.SQL("nullif(publication, '')"), publications),
    ]


def variables(questionnaire: Questionnaire) -> list[Variable]:
    """Every column of the questionnaire's data file, labelled in the active language.

    All published versions are one data set: what only an older version asked stands at the end.
    """
    versions = list(
        Version.objects.published()
        .with_questions()
        .filter(questionnaire=questionnaire)
        .order_by("-number")
    )
    found: dict[str, Variable] = {}
    asked_in: dict[str, list[int]] = {}
    for version in versions:
        for kind in question_types(version):
            for variable in kind.variables():
                found.setdefault(variable.name, variable)
                asked_in.setdefault(variable.name, []).append(version.pk)
    answers = [
        variable
        if len(asked_in[name]) == len(versions)
        else replace(variable, asked_in=tuple(asked_in[name]))
        for name, variable in found.items()
    ]
    return about_the_response() + answers


def visible(columns: list[Variable], rights: Rights) -> list[Variable]:
    """Those of the columns that may be seen; a file of somebody without a right lacks the others.

    Names of organisations are words that identify: it takes the right to see who answered.
    """
    return [
        column
        for column in columns
        if (rights.identity or not column.identifies)
        and (rights.words or not column.is_words or column.identifies)
    ]
