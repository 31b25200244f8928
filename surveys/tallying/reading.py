"""Tallies as tables. They hold all responses that count, and are exact: not for the public."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from surveys.models import Place, Questionnaire, Tallied, Tally
from surveys.question_types import QuestionType
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table
from surveys.tallying.counting import ANSWERED, ASKED, RESPONSES, dimensions, questions

PLACE = "place"
Cells = Mapping[tuple[str, str], int]
"""By question and cell."""


def as_of(questionnaire: Questionnaire) -> datetime | None:
    """Until when all changes are in the tallies; None where nothing was tallied yet."""
    return Tallied.objects.filter(questionnaire=questionnaire).values_list("at", flat=True).first()


def kinds(questionnaire: Questionnaire) -> dict[str, QuestionType]:
    """Every question that was ever published, by name, as its latest version words it."""
    return {name: asked.kind for name, asked in questions(questionnaire).items()}


def dimension_names(questionnaire: Questionnaire) -> list[str]:
    """What its tables can be told apart by, besides EVERYBODY; COUNTRY where there is a place."""
    names = dimensions(questions(questionnaire))
    return [*([COUNTRY] if PLACE in names else []), *names]


def tables(
    questionnaire: Questionnaire,
    dimension: str = EVERYBODY,
    of: Mapping[str, QuestionType] | None = None,
) -> dict[str, Table]:
    """Every question, open ones too, in the groups that somebody is in. Two queries and a few.

    `of` are its `kinds`, for whoever asks for one dimension after the other.
    """
    by_group = _by_group(questionnaire, dimension)
    return {
        name: Table(
            name,
            dimension,
            {group: counted(kind, cells) for group, cells in by_group.items()},
        )
        for name, kind in (of or kinds(questionnaire)).items()
    }


def counted(kind: QuestionType, cells: Cells) -> Counted:
    """One question of what one group was tallied."""
    name = kind.name
    return Counted(
        total=cells.get((RESPONSES, ""), 0),
        asked=cells.get((name, ASKED), 0),
        answered=cells.get((name, ANSWERED), 0),
        cells={key: cells.get((name, key), 0) for key in kind.cell_keys()},
    )


def totals(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, int]:
    """How many responses there are in each group that somebody is in."""
    rows = _rows(questionnaire, dimension).filter(question=RESPONSES, cell="")
    found: dict[str, int] = defaultdict(int)
    for group, number in rows.values_list("group", "n"):
        found[_group(dimension, group, _countries(questionnaire, dimension))] += number
    return dict(found)


def all_totals(questionnaire: Questionnaire) -> dict[str, dict[str, int]]:
    """The same by every dimension it has, in one query, so that all sum to the same number."""
    found: dict[str, dict[str, int]] = {EVERYBODY: {EVERYBODY: 0}}
    countries = _countries(questionnaire, COUNTRY)
    rows = Tally.objects.filter(questionnaire=questionnaire, question=RESPONSES, cell="", n__gt=0)
    for dimension, group, number in rows.values_list("dimension", "group", "n"):
        found.setdefault(dimension, {})[group] = number
        if dimension == PLACE:
            country = countries.get(group, group)
            summed = found.setdefault(COUNTRY, {})
            summed[country] = summed.get(country, 0) + number
    return found


def weeks(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, dict[date, int]]:
    """Responses of each group by the Monday of the week they were sent in; no empty weeks."""
    countries = _countries(questionnaire, dimension)
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = _rows(questionnaire, dimension).filter(question=RESPONSES).exclude(cell="")
    for group, monday, number in rows.values_list("group", "cell", "n"):
        found[_group(dimension, group, countries)][date.fromisoformat(monday)] += number
    return {group: dict(sorted(mondays.items())) for group, mondays in found.items()}


def comments(questionnaire: Questionnaire) -> int:
    """How many texts were written: open answers, and words beside closed questions."""
    open_names = [name for kind in kinds(questionnaire).values() for name in kind.words_names()]
    rows = _rows(questionnaire, EVERYBODY).filter(question__in=open_names, cell=ANSWERED)
    return sum(rows.values_list("n", flat=True))


def _rows(questionnaire: Questionnaire, dimension: str) -> QuerySet[Tally]:
    stored = PLACE if dimension == COUNTRY else dimension
    return Tally.objects.filter(questionnaire=questionnaire, dimension=stored, n__gt=0)


def _by_group(questionnaire: Questionnaire, dimension: str) -> dict[str, Cells]:
    countries = _countries(questionnaire, dimension)
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    rows = _rows(questionnaire, dimension).values_list("group", "question", "cell", "n")
    for group, question, cell, number in rows:
        found[_group(dimension, group, countries)][question, cell] += number
    if dimension == EVERYBODY:
        # Also of nobody.
        found[EVERYBODY]
    return dict(found)


def _group(dimension: str, group: str, countries: Mapping[str, str]) -> str:
    """Places are summed into countries; what is no place of the programme stays itself."""
    return countries.get(group, group) if dimension == COUNTRY else group


def _countries(questionnaire: Questionnaire, dimension: str) -> dict[str, str]:
    if dimension != COUNTRY:
        return {}
    places: Iterable[tuple[str, str]] = Place.objects.filter(
        country__programme__consultations=questionnaire.consultation_id
    ).values_list("code", "country__code")
    return dict(places)
