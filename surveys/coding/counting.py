"""What counts of all codings, and how far a frame is. Numbers on pages stop at a bound."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from surveys.coding.agreement import Pair
from surveys.coding.codings import AGREED, FIRST, SECOND
from surveys.models import Code, Coding, CodingFrame, Response, Uncoded, User
from surveys.themes import what_counts

BOUND = 10_000
"""Nobody reads further than this, and counting a million rows for one page takes too long."""
LATEST = 2000
"""The latest codings that the frequency of codes is told of."""
DOUBLES = 2000
"""The latest answers coded twice that agreement is told of."""

COUNTS = """
SELECT frame.id,
  (SELECT count(*) FROM (SELECT FROM surveys_coding c
    WHERE c.frame_id = frame.id AND c.turn = 1 LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT FROM surveys_uncoded u
    WHERE u.frame_id = frame.id AND u.turn = 1 LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT FROM surveys_coding c
    WHERE c.frame_id = frame.id AND c.turn = 2 LIMIT %(most)s) x),
  (SELECT count(*) FROM (SELECT FROM surveys_uncoded u
    WHERE u.frame_id = frame.id AND u.turn = 2 LIMIT %(most)s) x)
FROM surveys_codingframe frame WHERE frame.id = ANY(%(frames)s)
"""


@dataclass(frozen=True)
class Progress:
    """Numbers up to BOUND + 1, which stands for more than BOUND."""

    coded: int = 0
    left: int = 0
    doubles: int = 0
    doubles_left: int = 0

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        everything = self.coded + self.left
        return self.coded * 100 // everything if everything else 0


def progress_of(frames: Collection[int]) -> dict[int, Progress]:
    """How far each frame is, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"most": BOUND + 1, "frames": list(frames)})
        return {row[0]: Progress(*row[1:]) for row in cursor.fetchall()}


def counted_codings(frame: CodingFrame) -> QuerySet[Coding]:
    """What counts of a frame, the latest first."""
    return what_counts(frame.codings.all()).order_by("-id")


def times_applied(frame: CodingFrame) -> list[tuple[Code, int]]:
    """How many of the latest codings that count have each code, the most frequent first."""
    # Read first, so that what counts is looked up for these alone.
    latest = list(frame.codings.order_by("-id").values_list("pk", flat=True)[:LATEST])
    counted = counted_codings(frame).filter(pk__in=latest).values("pk")
    links = Coding.codes.through.objects.filter(coding__in=counted)
    times = Counter(dict(links.values_list("code").annotate(n=Count("id"))))
    codes = frame.codes.filter(Q(merged_into=None, split_at=None) | Q(pk__in=times))
    return sorted(((code, times[code.pk]) for code in codes), key=lambda pair: -pair[1])


def codings_per_coder(frame: CodingFrame) -> list[tuple[User | None, int, int]]:
    """How many of the latest codings each coder has made, in the first turn and in the second."""
    latest = frame.codings.filter(turn__in=[FIRST, SECOND]).order_by("-id").values("pk")[:BOUND]
    rows = (
        Coding.objects.filter(pk__in=latest)
        .order_by()
        .values("coder")
        .annotate(first=Count("id", Q(turn=FIRST)), second=Count("id", Q(turn=SECOND)))
    )
    people = User.objects.in_bulk([row["coder"] for row in rows])
    found = [(people.get(row["coder"]), row["first"], row["second"]) for row in rows]
    return sorted(found, key=lambda row: -row[1] - row[2])


@dataclass(frozen=True)
class Double:
    """An answer that two people have coded, of the words as they are now."""

    response: Response
    first: Coding
    second: Coding
    agreed: Coding | None

    @property
    def pair(self) -> Pair:
        return _numbers(self.first), _numbers(self.second)

    @property
    def codings(self) -> tuple[Coding, Coding]:
        return self.first, self.second

    @property
    def differs(self) -> bool:
        return self.pair[0] != self.pair[1]


def doubles(frame: CodingFrame) -> list[Double]:
    """The latest answers that two people have coded, the latest first."""
    changed = Uncoded.objects.filter(frame=frame, response=OuterRef("response"), turn=FIRST)
    seconds = frame.codings.filter(~Exists(changed), turn=SECOND).order_by("-id")
    seconds = seconds.filter(response__in=Response.objects.sent())
    responses = list(seconds.values_list("response", flat=True)[:DOUBLES])
    there = (
        frame.codings.filter(response__in=responses)
        .select_related("response", "coder")
        .prefetch_related("codes")
    )
    return list(_paired(responses, there))


def _paired(responses: Iterable[UUID], codings: Iterable[Coding]) -> Iterable[Double]:
    by_turn = {(coding.response_id, coding.turn): coding for coding in codings}
    for response in responses:
        first, second = by_turn.get((response, FIRST)), by_turn.get((response, SECOND))
        if first and second and first.digest == second.digest:
            yield Double(first.response, first, second, by_turn.get((response, AGREED)))


def _numbers(coding: Coding) -> frozenset[int]:
    return frozenset(code.number for code in coding.codes.all())
