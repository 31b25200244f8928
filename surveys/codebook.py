"""From a questionnaire to the columns of its data file. Header and order come from here alone."""

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import sql

from surveys.journey import Journey
from surveys.models import Questionnaire, Response, Version
from surveys.question_types import Cell, Measure, Variable
from surveys.rights import Rights

NOT_ASKED = "-66"
"""The cell of a question that the respondent's version did not ask, or not after the answers they
gave before it. An empty cell: asked, no answer."""


def about_the_response() -> list[Variable]:
    """The columns before the answers. Times are in UTC (ISO 8601)."""
    time = "to_char({} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    languages = {code: str(name) for code, name in settings.LANGUAGES}
    states = {value: str(label) for value, label in Response.State.choices}
    channels = {value: str(label) for value, label in Response.Channel.choices}
    publications = {value: str(label) for value, label in Response.Publication.choices}
    return [
        Variable("reference", _("Reference"), sql.SQL("reference"), identifies=True),
        Variable("state", _("State"), sql.SQL("state"), states),
        Variable(
            "version",
            _("Version"),
            sql.SQL("version_number::text"),
            cell=Cell.NUMBER,
            measure=Measure.ORDINAL,
        ),
        Variable("language", _("Language"), sql.SQL("language"), languages),
        Variable("channel", _("Channel"), sql.SQL("channel"), channels),
        Variable(
            "sent_at",
            _("Sent"),
            sql.SQL(time).format(sql.Identifier("sent_at")),
            cell=Cell.TIME,
            identifies=True,
            measure=Measure.SCALE,
        ),
        Variable(
            "organisation",
            _("Organisation"),
            sql.SQL("organisation_name"),
            cell=Cell.WORDS,
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
    asked_in: dict[str, list[Version]] = {}
    asked_if: dict[str, dict[int, sql.Composable]] = {}
    for version in versions:
        for variable, route in _with_routes(version):
            later = found.setdefault(variable.name, variable)
            found[variable.name] = _with_codes_of(later, variable)
            asked_in.setdefault(variable.name, []).append(version)
            if route is not None:
                asked_if.setdefault(variable.name, {})[version.pk] = route
    answers = [
        replace(
            variable,
            asked_in=None
            if len(asked_in[name]) == len(versions)
            else tuple(version.pk for version in asked_in[name]),
            asked_if=asked_if.get(name, {}),
            versions=tuple(sorted(version.number for version in asked_in[name])),
        )
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


def _with_codes_of(later: Variable, earlier: Variable) -> Variable:
    """With the codes that can be chosen in an earlier version alone."""
    if earlier.codes.keys() <= later.codes.keys():
        return later
    return replace(
        later,
        codes={**later.codes, **{c: t for c, t in earlier.codes.items() if c not in later.codes}},
        missing=later.missing | (earlier.missing - later.codes.keys()),
    )


def missing_values(column: Variable) -> dict[str, str]:
    """What stands in its cells where there is a reason for no answer, with labels."""
    labels = {code: label for code, label in column.codes.items() if code in column.missing}
    return labels | ({NOT_ASKED: str(_("Not asked"))} if column.may_be_unasked else {})


def _with_routes(version: Version) -> Iterator[tuple[Variable, sql.Composable | None]]:
    """A version's columns, each with SQL for whether its question is asked; None for always."""
    journey = Journey(version)
    for name, step in journey.steps.items():
        route = journey.is_asked(name)
        for variable in step.kind.variables():
            yield variable, route
