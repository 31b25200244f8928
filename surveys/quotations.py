"""Verbs of quotations: choose published words, and which there are to choose from."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Max, Prefetch, Q, QuerySet

from surveys import audit
from surveys.models import (
    AuditEntry,
    Consultation,
    Decision,
    Quotation,
    Response,
    User,
    WorkingTranslation,
)
from surveys.quoting import quotable, spoken, with_decisions
from surveys.text_fields import WRITTEN
from surveys.translated import Text
from surveys.verbatims import digest_of


class NotQuotable(Exception):
    """The words were withdrawn or changed meanwhile, or are not to be published."""


@dataclass(frozen=True)
class Candidate:
    """A published answer; `key` is its decision's number, by which the list goes on."""

    key: int
    response: Response
    question: str
    text: str
    is_chosen: bool

    @property
    def digest(self) -> str:
        return digest_of(self.text)


@dataclass(frozen=True)
class Filters:
    """Which published answers; empty for all."""

    question: str = ""
    place: str = ""
    language: str = ""


def candidates(
    consultation: Consultation, filters: Filters, before: int | None, number: int
) -> list[Candidate]:
    """The next so many published answers, the latest decided first, from below that key."""
    decisions = Decision.objects.filter(
        Q(pk__lt=before) if before else Q(),
        is_current=True,
        verdict__in=Decision.PUBLISHED,
        response__in=Response.objects.sent().filter(questionnaire__consultation=consultation),
        **_conditions(filters),
    )
    return list(islice(_quotable(decisions.order_by("-pk")), number))


def choose(
    consultation: Consultation, response: Response, name: str, digest: str, by: User
) -> Quotation:
    """Quote these words, last of all, or find them quoted already. Raises NotQuotable.

    `digest` is of the words that were shown. What staff have translated of them comes along.
    """
    with transaction.atomic():
        Consultation.objects.select_for_update().get(pk=consultation.pk)
        locked = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
        text = quotable(locked, name)
        if text is None or digest_of(text) != digest:
            raise NotQuotable
        last = consultation.quotations.aggregate(last=Max("position"))["last"]
        of = {"response": locked, "question": name}
        # What was chosen of other words is no quotation of these, nor are its translations.
        Quotation.objects.filter(**of).exclude(digest=digest).delete()
        quotation, is_new = Quotation.objects.get_or_create(
            **of,
            defaults={
                "consultation": consultation,
                "digest": digest,
                "position": (last or 0) + 1,
                "language": locked.language,
                "translations": _translations(locked, name),
                "chosen_by": by,
            },
        )
        if is_new:
            details = {"response": str(response.pk), "question": name}
            audit.record(by, AuditEntry.Action.ADDED, quotation, **details)
    return quotation


def remove(quotation: Quotation, by: User) -> None:
    """Quote the words no more; replies that showed them are there without."""
    with transaction.atomic():
        audit.record(by, AuditEntry.Action.DELETED, quotation)
        quotation.delete()


def _conditions(filters: Filters) -> dict[str, str]:
    given = {
        "question": filters.question,
        "response__place": filters.place,
        "response__language": filters.language,
    }
    return {name: value for name, value in given.items() if value}


def _quotable(decisions: QuerySet[Decision]) -> Iterator[Candidate]:
    responses = with_decisions(Response.objects.all()).prefetch_related("quotations")
    found = decisions.prefetch_related(Prefetch("response", responses))
    for decision in found.iterator(chunk_size=50):
        response, name = decision.response, decision.question
        text = quotable(response, name)
        if text is not None:
            chosen = {(each.question, each.digest) for each in response.quotations.all()}
            is_chosen = (name, digest_of(text)) in chosen
            yield Candidate(decision.pk, response, name, text, is_chosen)


def _translations(response: Response, name: str) -> Text:
    """By staff for staff until now. Where words are hidden, a translation says them: none is."""
    decision = response.decisions.filter(question=name, is_current=True).first()
    if decision is None or decision.verdict == Decision.Verdict.HIDE:
        return Text()
    made = WorkingTranslation.objects.filter(response=response, question=name)
    return Text(
        {
            each.language: each.text
            for each in made
            if each.language in WRITTEN and spoken(each.language) != spoken(response.language)
        }
    )
