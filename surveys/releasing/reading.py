"""What the public may read: who took part, and the tables that were released.

Public pages, the report and the open data read here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Func, QuerySet, Subquery

from surveys.models import Consultation, Place, Questionnaire, Release, ReleasedTable
from surveys.releasing.participants import by_country, by_place, countries_of, unless_small
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Number
from surveys.tallying import reading as tallies

PLACE = "place"


@dataclass(frozen=True)
class Participants:
    """Who has answered one questionnaire, as of a moment; None where nothing was counted yet.

    `groups` are by dimension, and `weeks` by their Monday, without those nobody answered in. A
    number of theirs is None where it is under ten, or where one under ten could be told from it.
    The total is never hidden. `answered` is how many of the `places` somebody answered from.
    """

    questionnaire: Questionnaire
    total: int
    as_of: datetime | None
    groups: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)
    weeks: Mapping[date, Number] = field(default_factory=dict)
    answered: int = 0
    places: int = 0
    comments: int = 0


@dataclass(frozen=True)
class Participation:
    """The same of all questionnaires of a consultation, in their order."""

    of: tuple[Participants, ...]
    answered: int
    places: int
    """Of the programme, and from how many of them anybody answered."""

    @property
    def total(self) -> int:
        return sum(each.total for each in self.of)

    @property
    def comments(self) -> int:
        return sum(each.comments for each in self.of)

    @property
    def as_of(self) -> datetime | None:
        """Until when everything is counted."""
        return min((each.as_of for each in self.of if each.as_of), default=None)


def participation(consultation: Consultation) -> Participation:
    """Who has taken part by now. It is counted all the time and public all the time."""
    places = countries_by_place(consultation)
    found, seen = [], set()
    for questionnaire in consultation.questionnaires.all():
        counted = tallies.all_totals(questionnaire)
        here = places.keys() & counted.get(PLACE, {})
        seen |= here
        found.append(_participants(questionnaire, counted, places, len(here)))
    return Participation(tuple(found), len(seen), len(places))


def countries_by_place(consultation: Consultation) -> dict[str, str]:
    """The code of each place's country."""
    places = Place.objects.filter(country__programme=consultation.programme_id)
    return dict(places.values_list("code", "country__code"))


def _participants(
    questionnaire: Questionnaire,
    counted: Mapping[str, Mapping[str, int]],
    places: Mapping[str, str],
    answered: int,
) -> Participants:
    groups = {name: unless_small(numbers) for name, numbers in counted.items() if name}
    if PLACE in counted:
        countries = countries_of(counted[PLACE], places)
        groups[COUNTRY] = by_country(countries)
        groups[PLACE] = by_place(countries)
    return Participants(
        questionnaire,
        counted[EVERYBODY][EVERYBODY],
        tallies.as_of(questionnaire),
        groups,
        unless_small(tallies.weeks(questionnaire).get(EVERYBODY, {})),
        answered,
        len(places),
        tallies.comments(questionnaire),
    )


def opinions_are_public(consultation: Consultation) -> bool:
    """Whether anybody may see the released tables now.

    While it is open only where staff switched that on; once it is closed, only after staff have
    published them since.
    """
    return are_shown(consultation) and Release.objects.of(consultation).exists()


def are_shown(consultation: Consultation, at: datetime | None = None) -> bool:
    """The same of a consultation that has a release: what staff decided for its stage."""
    stage, published = consultation.stage(at), consultation.opinions_published_at
    if stage == Consultation.Stage.OPEN:
        return consultation.opinions_while_open
    # Who published before a deadline that was extended since publishes again.
    is_closed = stage == Consultation.Stage.CLOSED
    return is_closed and published is not None and published >= consultation.closes_at


def current(consultation: Consultation) -> Release | None:
    """The latest release, whether or not it is public now; see `opinions_are_public`."""
    return Release.objects.of(consultation).first()


def released(questionnaire: Questionnaire, dimension: str = EVERYBODY) -> dict[str, ReleasedTable]:
    """Of every question the table that stands now, by the question's name. One query."""
    tables = standing(questionnaire.consultation_id).filter(
        questionnaire=questionnaire, dimension=dimension
    )
    return {table.question: table for table in tables}


def released_question(questionnaire: Questionnaire, name: str) -> dict[str, ReleasedTable]:
    """Of one question all tables that stand now, by dimension. One query."""
    tables = standing(questionnaire.consultation_id).filter(
        questionnaire=questionnaire, question=name
    )
    return {table.dimension: table for table in tables}


def released_tables(release: Release) -> QuerySet[ReleasedTable]:
    """Everything that stands in one release, in order."""
    return (
        ReleasedTable.objects.filter(pk__in=release.tables)
        .select_related("questionnaire")
        .order_by("pk")
    )


def standing(consultation_id: int) -> QuerySet[ReleasedTable]:
    """The tables that stand in the consultation's latest release."""
    releases = Release.objects.filter(consultation=consultation_id).order_by("-number")
    latest = Release.objects.filter(pk=Subquery(releases.values("pk")[:1]))
    keys = latest.annotate(key=Func(F("tables"), function="unnest"))
    return ReleasedTable.objects.filter(pk__in=keys.order_by().values("key"))
