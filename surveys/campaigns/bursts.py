"""When the answers of a group came, beside when all came: by the hour, day or week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Max, Min, QuerySet
from django.db.models.functions import Trunc
from django.utils import timezone

from surveys.campaigns.answers import answers_with_words
from surveys.models import Campaign, Response

HOURS = timedelta(days=2)
DAYS = timedelta(days=90)
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
HEIGHT = 100


@dataclass(frozen=True)
class Column:
    """One hour, day or week."""

    begins: datetime
    group: int
    all: int
    place: int
    """From the left, counted from 0."""
    group_height: int
    all_height: int
    """Of HEIGHT, each against the highest of its own."""

    @property
    def group_top(self) -> int:
        return HEIGHT - self.group_height

    @property
    def all_top(self) -> int:
        return HEIGHT - self.all_height


@dataclass(frozen=True)
class Burst:
    unit: str
    columns: list[Column]

    @property
    def most_of_group(self) -> int:
        return max(column.group for column in self.columns)

    @property
    def most_of_all(self) -> int:
        return max(column.all for column in self.columns)

    @property
    def filled(self) -> list[Column]:
        return [column for column in self.columns if column.all]

    @property
    def peak(self) -> Column:
        """The column with most of the group."""
        return max(self.columns, key=lambda column: column.group)


def burst(campaign: Campaign, *, by_hour: bool) -> Burst | None:
    """None if no answer of the group is counted any more.

    A group that came within two days is shown hour by hour, if that may be known; any other
    against the whole time of the consultation.
    """
    everything = answers_with_words(campaign.questionnaire, campaign.question)
    group = everything.filter(campaign_texts__campaign=campaign, campaign_texts__taken_out=False)
    first, last = _span(group)
    if first is None or last is None:
        return None
    if by_hour and last - first <= HOURS:
        first, last = first - HOURS / 8, last + HOURS / 8
        return _drawn("hour", first, last, group, everything.filter(sent_at__range=(first, last)))
    first, last = _span(everything)
    unit = "day" if last - first <= DAYS else "week"
    return _drawn(unit, first, last, group, everything)


def _span(responses: QuerySet[Response, Any]) -> tuple[Any, Any]:
    span = responses.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    return span["first"], span["last"]


def _drawn(
    unit: str,
    first: datetime,
    last: datetime,
    group: QuerySet[Response, Any],
    everything: QuerySet[Response, Any],
) -> Burst:
    of_group, of_all = _counted(group, unit), _counted(everything, unit)
    most = max(of_group.values()), max(of_all.values())
    columns = []
    for place, begins in enumerate(_beginnings(unit, first, last)):
        numbers = of_group.get(_key(begins), 0), of_all.get(_key(begins), 0)
        heights = (_height(number, top) for number, top in zip(numbers, most, strict=True))
        columns.append(Column(begins, *numbers, place, *heights))
    return Burst(unit, columns)


def _counted(responses: QuerySet[Response, Any], unit: str) -> dict[str, int]:
    # Hours are told apart in UTC, where none comes twice.
    zone = UTC if unit == "hour" else None
    begins = Trunc("sent_at", unit, output_field=DateTimeField(), tzinfo=zone)
    rows = responses.order_by().values(begins=begins).annotate(number=Count("pk"))
    return {_key(row["begins"]): row["number"] for row in rows}


def _beginnings(unit: str, first: datetime, last: datetime) -> Iterator[datetime]:
    if unit == "hour":
        begins = first.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    else:
        begins = timezone.localtime(first).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        begins -= timedelta(days=begins.weekday())
    while begins <= last:
        yield begins
        begins += STEPS[unit]


def _key(begins: datetime) -> str:
    """The same for one beginning, whether the database or we have counted on to it."""
    return begins.replace(tzinfo=None).isoformat()


def _height(number: int, most: int) -> int:
    """What is there is seen, however little."""
    return max(round(HEIGHT * number / most), 3) if number else 0
