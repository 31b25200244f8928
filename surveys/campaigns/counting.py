"""Counts with and without copies. Nothing is ever left out of the raw count."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, OuterRef, Q, Subquery

from surveys.campaigns.answers import answers_with_words
from surveys.models import Campaign, CampaignText, Questionnaire

COUNTED_AT_ONCE = 10_000
COUNTED_EVERY = 60
"""Seconds. More than COUNTED_AT_ONCE are not counted anew for each look at a page."""


@dataclass(frozen=True)
class Counts:
    """`raw` answers with words; `distinct` with each group of copies once; in a `campaign`.

    What staff found to be alike by chance is no group of copies: those answers count one by one.
    """

    raw: int
    distinct: int
    campaign: int


@dataclass(frozen=True)
class Copies:
    """That an answer is one of a group, for a flag: which, and of how many."""

    campaign: int
    size: int
    is_campaign: bool


def counts(questionnaire: Questionnaire, question: str) -> Counts:
    """The three counts of one question, as of the last time groups were looked for."""
    answers = answers_with_words(questionnaire, question)
    groups = (
        CampaignText.objects.filter(questionnaire=questionnaire, question=question)
        .filter(taken_out=False, response__in=answers.values("pk"))
        .exclude(campaign__state=Campaign.State.CHANCE)
        .values("campaign", "campaign__state")
        .annotate(size=Count("pk"))
        .order_by()
    )
    raw = _raw(questionnaire, question)
    copies = campaign = 0
    for group in groups:
        copies += group["size"] - 1
        if group["campaign__state"] == Campaign.State.CAMPAIGN:
            campaign += group["size"]
    return Counts(raw, raw - copies, campaign)


def _raw(questionnaire: Questionnaire, question: str) -> int:
    key = f"campaigns:{questionnaire.pk}:{question}"
    known: int | None = cache.get(key)
    if known is not None:
        return known
    counted = answers_with_words(questionnaire, question).count()
    if counted > COUNTED_AT_ONCE:
        cache.set(key, counted, COUNTED_EVERY)
    return counted


def possible_copies(responses: Collection[UUID]) -> dict[tuple[UUID, str], Copies]:
    """By response and question, the groups that answers of these responses are in. One query.

    Groups that are alike by chance, and groups of one, are none to point at.
    """
    others = (
        CampaignText.objects.filter(campaign=OuterRef("campaign"), taken_out=False)
        .order_by()
        .values("campaign")
        .annotate(size=Count("pk"))
        .values("size")
    )
    rows = (
        CampaignText.objects.filter(response__in=responses, taken_out=False)
        .filter(~Q(campaign__state=Campaign.State.CHANCE))
        .annotate(size=Subquery(others), state=F("campaign__state"))
        .filter(size__gt=1)
        .values_list("response", "question", "campaign", "size", "state")
    )
    return {
        (response, question): Copies(campaign, size, state == Campaign.State.CAMPAIGN)
        for response, question, campaign, size, state in rows
    }
