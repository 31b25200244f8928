"""Paper and phone: what staff typed in becomes a response."""

from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import audit
from surveys.identifiers import REFERENCE_TRIES, new_reference
from surveys.journey import only_asked
from surveys.ledger.committing import commit
from surveys.models import AuditEntry, Response, Transcript, User, Version
from surveys.verbatims import note_words


class AnsweredAlready(Exception):
    """The organisation has a response to this questionnaire; it cannot have another."""


def take_transcript(
    transcript: Transcript, *, answers: dict[str, Any], moment: datetime, by: User
) -> Response:
    """Make the response of a form that staff typed in, once: a second call returns the first's.

    It counts from noon of the day on which it was received, or from now where that is earlier.
    Raises AnsweredAlready.
    """
    with transaction.atomic():
        locked = Transcript.objects.select_for_update(of=("self",))
        # Not its response: who waited for the lock would see that table as it was before.
        related = "version__questionnaire__consultation", "organisation"
        stored = locked.select_related(*related).get(pk=transcript.pk)
        if stored.response:
            return stored.response
        version = Version.objects.with_questions().get(pk=stored.version_id)
        stored.response = _response_of(stored, only_asked(version, answers), moment)
        stored.state = Transcript.State.DONE
        stored.save()
        audit.record(by, AuditEntry.Action.ADDED, stored.response, transcript=stored.pk)
        return stored.response


def _response_of(transcript: Transcript, answers: dict[str, Any], moment: datetime) -> Response:
    questionnaire = transcript.version.questionnaire
    sent_at = min(_counts_from(transcript), moment)
    for _try in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                response = Response(
                    questionnaire=questionnaire,
                    version=transcript.version,
                    organisation=transcript.organisation,
                    state=Response.State.SENT,
                    channel=transcript.channel,
                    language=transcript.language,
                    answers=answers,
                    reference=new_reference(),
                    started_at=sent_at,
                    sent_at=sent_at,
                )
                note_words(response)
                response.save()
                commit(response)
                return response
        except IntegrityError as error:
            theirs = Response.objects.filter(
                questionnaire=questionnaire, organisation=transcript.organisation
            )
            if transcript.organisation and theirs.exists():
                raise AnsweredAlready from error
            # The reference is taken, once in a blue moon.
            continue
    raise RuntimeError("No free reference was found")


def _counts_from(transcript: Transcript) -> datetime:
    """Noon of the day it came, and not outside the time in which answers are taken."""
    consultation = transcript.version.questionnaire.consultation
    noon = timezone.make_aware(datetime.combine(transcript.received_on, time(12)))
    return min(max(noon, consultation.opens_at), consultation.closes_at)
