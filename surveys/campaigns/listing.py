"""What the pages show of groups and their texts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from surveys.campaigns.answers import OpenQuestion, answers_with_words, open_questions
from surveys.campaigns.comparing import Piece, compared
from surveys.models import (
    Campaign,
    CampaignText,
    Consultation,
    Place,
    Questionnaire,
    Response,
)

CYRILLIC = "[А-Яа-яЂ-џ]"


@dataclass(frozen=True)
class Asked:
    """An open question with how many groups were found in its answers."""

    questionnaire: Questionnaire
    question: OpenQuestion
    groups: int
    waiting: int


def asked_questions() -> Iterator[Asked]:
    """All open questions of all questionnaires."""
    states = (
        _worth_showing()
        .values_list("questionnaire", "question", "state")
        .annotate(number=Count("pk", distinct=True))
        .order_by()
    )
    numbers: Counter[tuple[int, str, str]] = Counter()
    for questionnaire_id, name, state, number in states:
        numbers[questionnaire_id, name, state] = number
    for questionnaire in Questionnaire.objects.select_related("consultation").order_by("pk"):
        for question in open_questions(questionnaire):
            about = questionnaire.pk, question.name
            groups = sum(numbers[*about, state] for state in Campaign.State)
            yield Asked(questionnaire, question, groups, numbers[*about, Campaign.State.FOUND])


def groups_of(questionnaire: Questionnaire, question: str) -> QuerySet[Campaign, Any]:
    """The groups of a question, the largest first, with what their rows say."""
    inside = Q(texts__taken_out=False, texts__response__state=Response.State.SENT)
    words = KeyTextTransform(question, "texts__response__answers")
    return (
        _worth_showing()
        .filter(questionnaire=questionnaire, question=question)
        .alias(words=words)
        .annotate(
            size=Count("texts", filter=inside),
            first=Min("texts__response__sent_at", filter=inside),
            last=Max("texts__response__sent_at", filter=inside),
            least=Min("texts__likeness", filter=inside),
            languages=ArrayAgg("texts__response__language", filter=inside, distinct=True),
            is_cyrillic=BoolOr(Q(words__regex=CYRILLIC), filter=inside),
            is_latin=BoolOr(~Q(words__regex=CYRILLIC), filter=inside),
        )
        .order_by("-size", "pk")
    )


def _worth_showing() -> QuerySet[Campaign, Any]:
    """A group that was labelled, or has two texts in it."""
    inside = Count("texts", filter=Q(texts__taken_out=False))
    return Campaign.objects.alias(inside=inside).filter(
        ~Q(state=Campaign.State.FOUND) | Q(inside__gt=1)
    )


def not_looked_at(consultation: Consultation) -> QuerySet[Campaign, Any]:
    """Groups of which nobody has said yet what they are."""
    return _worth_showing().filter(
        state=Campaign.State.FOUND, questionnaire__consultation=consultation
    )


def texts_of(campaign: Campaign) -> QuerySet[CampaignText, Any]:
    """The counted texts of a group in the order they came, with their `words`."""
    counted = answers_with_words(campaign.questionnaire, campaign.question).values("pk")
    return (
        CampaignText.objects.filter(campaign=campaign, response__in=counted)
        .annotate(words=KeyTextTransform(campaign.question, "response__answers"))
        .select_related("response__organisation")
        .order_by("response__sent_at", "response")
    )


@dataclass(frozen=True)
class Shown:
    """A text of a group as the page shows it."""

    text: Any
    pieces: list[Piece]
    place: str
    language: str
    tag: str


class Showing:
    """Compares texts with the group's first, for who may read words."""

    def __init__(self, first: str, *, with_words: bool) -> None:
        self.first = first
        self.with_words = with_words
        self.places = {place.code: str(place.name) for place in Place.objects.all()}
        self.languages = {code: str(name) for code, name in settings.LANGUAGES}

    def shown(self, text: Any) -> Shown:
        response = text.response
        return Shown(
            text,
            compared(self.first, text.words) if self.with_words else [],
            self.places.get(response.place, "–"),
            self.languages[response.language],
            settings.LANGUAGE_TAGS[response.language],
        )
