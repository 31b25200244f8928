"""Themes of open answers, and how many answers were coded with each. Outside the desk too."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from surveys.models import Code, Coding, CodingFrame, Consultation, Response, Uncoded
from surveys.tabulation.small_cells import SMALL

LATEST = 20_000
"""The latest codings of a frame that its themes are counted in."""
KEPT_SECONDS = 300


@dataclass(frozen=True)
class Themes:
    """The themes of one question, the most frequent first, each with its number of answers.

    None where it is fewer than ten. `coded` are the answers that were read for it.
    """

    frame: CodingFrame
    coded: int
    counts: list[tuple[Code, int | None]]


def themes_of(consultation: Consultation) -> list[Themes]:
    """Of every question whose answers are coded; as they were at most five minutes ago."""
    frames = CodingFrame.objects.filter(questionnaire__consultation=consultation)
    return [
        _themes(frame) for frame in frames.select_related("questionnaire").prefetch_related("codes")
    ]


def with_theme(codes: QuerySet[Code]) -> QuerySet[Coding]:
    """Codings that count with one of the codes."""
    return what_counts(Coding.objects.filter(codes__in=codes))


def what_counts(codings: QuerySet[Coding]) -> QuerySet[Coding]:
    """Of each answer what was agreed, or else the first coding.

    Only of responses that count, and only of the words as they are now.
    """
    same = {"frame": OuterRef("frame"), "response": OuterRef("response")}
    agreed = Coding.objects.filter(**same, turn=Coding.Turn.AGREED)
    changed = Uncoded.objects.filter(**same, turn=Coding.Turn.FIRST)
    sent = Response.objects.sent().filter(pk=OuterRef("response"))
    turn = Q(turn=Coding.Turn.AGREED) | Q(turn=Coding.Turn.FIRST) & ~Exists(agreed)
    return codings.filter(turn).filter(~Exists(changed), Exists(sent)).order_by()


def _themes(frame: CodingFrame) -> Themes:
    key = f"themes:{frame.pk}"
    found = cache.get(key)
    if found is None:
        found = _count(frame)
        cache.set(key, found, KEPT_SECONDS)
    coded, times = found
    codes = [code for code in frame.codes.all() if code.merged_into_id is None]
    there = sorted((code for code in codes if times.get(code.pk)), key=lambda c: -times[c.pk])
    counts = [(code, times[code.pk] if times[code.pk] >= SMALL else None) for code in there]
    return Themes(frame, coded, counts)


def _count(frame: CodingFrame) -> tuple[int, dict[int, int]]:
    # Read first, so that what counts is looked up for these alone.
    latest = list(frame.codings.order_by("-id").values_list("pk", flat=True)[:LATEST])
    counted = what_counts(Coding.objects.filter(pk__in=latest))
    keys = list(counted.values_list("pk", flat=True))
    links = Coding.codes.through.objects.filter(coding__in=keys)
    return len(keys), dict(links.values_list("code").annotate(n=Count("id")))
