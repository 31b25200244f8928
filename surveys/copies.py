"""How many open answers there are, with copies and without, and in campaigns."""

from collections.abc import Iterator
from dataclasses import dataclass

from surveys.campaigns.answers import open_questions
from surveys.campaigns.counting import counts
from surveys.models import Campaign, CampaignSearch, Questionnaire


@dataclass(frozen=True)
class Copies:
    """Exact numbers of one open question, or of the words beside a closed one."""

    name: str
    label: str
    raw: int
    distinct: int
    campaign: int
    """How many answers belong to campaigns."""
    campaigns: int
    """How many campaigns there are."""
    is_sought: bool
    """Whether copies were looked for: without it, `distinct` is only what nobody has compared."""


def copies(questionnaire: Questionnaire) -> Iterator[Copies]:
    """Of every question that asks for words, in codebook order."""
    found = Campaign.objects.filter(questionnaire=questionnaire, state=Campaign.State.CAMPAIGN)
    searches = CampaignSearch.objects.filter(questionnaire=questionnaire)
    sought = set(searches.values_list("question", flat=True))
    for question in open_questions(questionnaire):
        counted = counts(questionnaire, question.name)
        yield Copies(
            question.name,
            question.label,
            counted.raw,
            counted.distinct,
            counted.campaign,
            found.filter(question=question.name).count(),
            question.name in sought,
        )
