"""Counts with and without copies. Nothing is ever left out of the raw count."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

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


def counts(questionnaire: Questionnaire, question: str) -> Counts:
    """The three counts of one question, as of the last time groups were looked for."""
    answers = answers_with_words(questionnaire, question)
    groups = (
        CampaignText.objects.filter(questionnaire=questionnaire, question=question)
        .filter(taken_out=False, response__in=answers.values("pk"))
        .exclude(campaign__state=Campaign.State.CHANCE)
        .values("campaign", "campaign__state")
        .annotate(number=Count("pk"))
        .order_by()
    )
    raw = _raw(questionnaire, question)
    copies = campaign = 0
    for group in groups:
        copies += group["number"] - 1
        if group["campaign__state"] == Campaign.State.CAMPAIGN:
            campaign += group["number"]
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
