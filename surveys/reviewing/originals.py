"""Hidden words are kept for a while, for whoever has to look again; then they are erased."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from surveys.ledger.committing import forget_salts
from surveys.models import Amendment, Decision, Response
from surveys.retention import BY_KEY
from surveys.reviewing.redaction import placeholder, redacted
from surveys.verbatims import digest_of

LEAST_SNIPPET = 3


def erase_originals(moment: datetime) -> int:
    """Erase what was hidden in consultations that closed long enough ago; in how many answers."""
    due = Decision.objects.filter(
        is_current=True,
        verdict=Decision.Verdict.HIDE,
        response__questionnaire__consultation__closes_at__lt=BY_KEY["originals"].before(moment),
    ).exclude(hidden=[])
    return sum(_erase(pk) for pk in due.values_list("pk", flat=True).order_by("pk"))


def _erase(pk: int) -> bool:
    with transaction.atomic():
        response = Response.objects.select_for_update().filter(decisions=pk).first()
        decision = Decision.objects.filter(pk=pk, is_current=True).first()
        words = response.answers.get(decision.question) if response and decision else None
        if not (response and decision and words and digest_of(words) == decision.digest):
            # It was decided anew, changed or withdrawn a moment ago.
            return False
        with translation.override(response.language):
            _write(response, decision, words, placeholder())
        return True


def _write(response: Response, decision: Decision, words: str, instead: str) -> None:
    """Put the placeholder wherever the hidden words are kept."""
    name = decision.question
    snippets = [words[start:end] for start, end in decision.hidden]
    kept = redacted(words, decision.hidden, instead)

    def clean(document: dict[str, Any]) -> dict[str, Any]:
        said = document.get(name)
        if not isinstance(said, str):
            return document
        return document | {name: kept if said == words else _without(said, snippets, instead)}

    Response.objects.filter(pk=response.pk).update(answers=clean(response.answers))
    # With the salt the public commitment would tell whether a guess at them is right.
    forget_salts(response)
    for revision in response.revisions.all():
        revision.answers = clean(revision.answers)
        revision.save(update_fields=["answers"])
    for event in response.events.filter(before__has_key=name):
        event.before = clean(event.before)
        event.save(update_fields=["before"])
    for amendment in Amendment.objects.filter(response=response):
        amendment.answers, amendment.unfinished = map(
            clean, (amendment.answers, amendment.unfinished)
        )
        amendment.save()
    response.working_translations.filter(question=name).delete()
    # A quotation from before the words were hidden may have them in its translations.
    response.quotations.filter(question=name).exclude(digest=digest_of(kept)).delete()
    # Where they stood in words that are gone tells nothing any more.
    decisions = response.decisions.filter(question=name)
    decisions.update(hidden=[], reason="")
    decisions.filter(pk=decision.pk).update(digest=digest_of(kept))


def _without(said: str, snippets: list[str], instead: str) -> str:
    """An earlier wording without what was hidden in the last."""
    for snippet in sorted(snippets, key=len, reverse=True):
        if len(snippet) >= LEAST_SNIPPET:
            said = said.replace(snippet, instead)
    return said
