"""Verbs that write: save a draft, send a response, change it, withdraw it, erase what is due.

Every verb locks the row it changes, takes the `moment` it happens from its caller, and raises
Conflict rather than overwrite what its caller has not seen.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys import audit, outbox
from surveys import teamwork_letters as letters
from surveys.history import forget_what_was_said, note, note_saving
from surveys.identifiers import new_reference, secret_hash
from surveys.letters import Letter
from surveys.models import (
    Amendment,
    AuditEntry,
    Event,
    Member,
    Organisation,
    Questionnaire,
    Response,
    Revision,
    Transcript,
    User,
    Version,
)
from surveys.parts import Part

REFERENCE_TRIES = 5

Draft = Response | Amendment
"""What is worked on: a response that was not sent, or the change of one that was."""


class Conflict(Exception):
    """What is stored is neither what the form was made from nor what it says now."""

    def __init__(self, stored: Draft) -> None:
        super().__init__(str(stored))
        # Of the same kind as what was to be written, which its catcher knows.
        self.stored: Any = stored


class AlreadySent(Exception):
    """It is no draft any more; what was to be written was not."""

    def __init__(self, stored: Response) -> None:
        super().__init__(stored.reference)
        self.stored = stored


def _refuse_conflict(stored: Draft, part: Part, seen: str) -> None:
    if stored._state.adding:
        # Nothing is there yet that could be overwritten.
        return
    there = Part.of(stored, part.names).fingerprint()
    if there not in (seen, part.fingerprint()):
        raise Conflict(stored)


# Citizens


def find_by_secret(reference: str, secret: str) -> Response | None:
    """The response they open together. It takes as long whichever of them is wrong."""
    response = (
        Response.objects.select_related("questionnaire__consultation__programme", "version")
        .filter(secret_hash=secret_hash(secret))
        .first()
    )
    return response if response and response.reference == reference else None


def is_known(secret: str) -> bool:
    """Whether a form with this secret was saved or sent before."""
    return Response.objects.filter(secret_hash=secret_hash(secret)).exists()


def send_citizen_response(
    version: Version, *, secret: str, part: Part, seen: str, language: str, moment: datetime
) -> Response:
    """Send what a form says, once: the same secret gives the response that is already there.

    Raises Conflict where a draft with this secret holds something else. A response that was sent
    already is returned as it is, so the caller compares.
    """

    def send(stored: Response) -> None:
        if stored.is_draft:
            _refuse_conflict(stored, part, seen)
            part.put_into(stored)
            stored.state = Response.State.SENT
            stored.sent_at = max(moment, stored.started_at)
            stored.language = language
            stored.save()

    return _by_secret(version, secret, language, moment, send)


def save_citizen_draft(
    version: Version, *, secret: str, part: Part, seen: str, language: str, moment: datetime
) -> Response:
    """Keep what a form holds, finished or not. Raises Conflict, or AlreadySent."""

    def save(stored: Response) -> None:
        if not stored.is_draft:
            raise AlreadySent(stored)
        _refuse_conflict(stored, part, seen)
        part.put_into(stored)
        stored.language = language
        stored.save()

    return _by_secret(version, secret, language, moment, save)


def _by_secret(
    version: Version,
    secret: str,
    language: str,
    moment: datetime,
    write: Callable[[Response], None],
) -> Response:
    """Let `write` save the response of this secret, locked; or a new one that starts now."""
    hashed = secret_hash(secret)
    for _try in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                stored = Response.objects.select_for_update().filter(secret_hash=hashed).first()
                if stored is None:
                    stored = Response(
                        questionnaire_id=version.questionnaire_id,
                        version=version,
                        state=Response.State.DRAFT,
                        language=language,
                        secret_hash=hashed,
                        reference=new_reference(),
                        started_at=moment,
                    )
                write(stored)
                return stored
        except IntegrityError:
            # Either the same form came at the same moment, or, once in a blue moon, the
            # reference is taken: look again.
            continue
    raise RuntimeError("No free reference was found")


def change_response(
    response: Response, *, part: Part, seen: str, language: str, moment: datetime
) -> Response:
    """Let a sent response say something else, and keep what it said. Raises Conflict."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state != Response.State.SENT:
            raise Conflict(stored)
        _refuse_conflict(stored, part, seen)
        if part.answers == stored.answers:
            return stored
        _keep_revision(stored, moment)
        part.put_into(stored)
        stored.language = language
        stored.save()
    return stored


def _keep_revision(stored: Response, moment: datetime) -> Revision:
    last = stored.last_revision()
    return Revision.objects.create(
        response=stored,
        number=last.number + 1 if last else 1,
        answers=stored.answers,
        language=stored.language,
        publication=stored.publication,
        said_since=last.replaced_at if last else stored.sent_at or moment,
        replaced_at=moment,
    )


def withdraw(response: Response) -> None:
    """Erase what a sent response says and ever said; that it was sent and withdrawn remains."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state == Response.State.SENT:
            stored.revisions.all().delete()
            Amendment.objects.filter(response=stored).delete()
            forget_what_was_said(stored)
            stored.answers = {}
            stored.unread = []
            stored.state = Response.State.WITHDRAWN
            stored.save()


def erase_draft(response: Response) -> None:
    """Delete a citizen's draft. What was sent in the meantime stays."""
    Response.objects.filter(pk=response.pk, state=Response.State.DRAFT).delete()


def erase_drafts_without_account(moment: datetime) -> int:
    """Delete the citizens' drafts of consultations that closed long enough ago; how many."""
    closed_before = moment - timedelta(days=settings.DRAFTS_KEPT_DAYS)
    erased, _by_model = Response.objects.filter(
        state=Response.State.DRAFT,
        organisation=None,
        questionnaire__consultation__closes_at__lt=closed_before,
    ).delete()
    return erased


# Organisations


def draft_of(
    organisation: Organisation, questionnaire: Questionnaire, version: Version, moment: datetime
) -> Draft:
    """The organisation's response or the change of it, or a new one that is not stored yet."""
    stored = Response.objects.select_related("amendment", "organisation", "questionnaire")
    response = stored.filter(organisation=organisation, questionnaire=questionnaire).first()
    if response and hasattr(response, "amendment"):
        return response.amendment
    return response or Response(
        organisation=organisation,
        questionnaire=questionnaire,
        version=version,
        state=Response.State.DRAFT,
        started_at=moment,
    )


def save_section(
    draft: Draft, *, part: Part, seen: str, language: str, moment: datetime, by: User
) -> Draft:
    """Replace a part of the stored draft and leave all others alone.

    Raises Conflict where somebody else changed the same part, AlreadySent where it was sent.
    """
    if isinstance(draft, Amendment):
        return _save_amendment(draft, part, seen, moment, by)
    with transaction.atomic():
        stored, _created = Response.objects.select_for_update().get_or_create(
            organisation=draft.organisation,
            questionnaire=draft.questionnaire,
            defaults={
                "version": draft.version,
                "state": Response.State.DRAFT,
                "language": language,
                "started_at": draft.started_at,
            },
        )
        if not stored.is_draft:
            raise AlreadySent(stored)
        _refuse_conflict(stored, part, seen)
        note_saving(stored, by, Part.of(stored, part.names), part, moment)
        part.put_into(stored)
        stored.language = language
        stored.save()
    return stored


def _save_amendment(
    draft: Amendment, part: Part, seen: str, moment: datetime, by: User
) -> Amendment:
    with transaction.atomic():
        amendments = Amendment.objects.select_for_update(of=("self",))
        stored = amendments.select_related("response").filter(pk=draft.pk).first()
        if stored is None:
            # A colleague has sent the change, or dropped it.
            raise AlreadySent(draft.response)
        _refuse_conflict(stored, part, seen)
        note_saving(stored.response, by, Part.of(stored, part.names), part, moment)
        part.put_into(stored)
        stored.save()
    return stored


def send_draft(
    draft: Draft, *, seen: str, publication: str, language: str, moment: datetime, by: User
) -> Response:
    """Send an organisation's draft; sending what was sent already changes nothing.

    `seen` is the fingerprint of all that was checked. Raises Conflict where it is another now.
    Every member is told by e-mail, in the same transaction.
    """
    if isinstance(draft, Amendment):
        return _send_amendment(draft, seen, publication, language, moment, by)
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=draft.pk)
        if not stored.is_draft:
            return stored
        if whole(stored).fingerprint() != seen:
            raise Conflict(stored)
        stored.state = Response.State.SENT
        stored.sent_at = max(moment, stored.started_at)
        stored.publication = publication
        stored.language = language
        stored.save()
        note(stored, Event.Kind.SENT, by, moment)
        _tell_members(stored, "sent:0", lambda organisation: letters.sent(stored, organisation, by))
    return stored


def _send_amendment(
    draft: Amendment, seen: str, publication: str, language: str, moment: datetime, by: User
) -> Response:
    with transaction.atomic():
        response = Response.objects.select_for_update().get(pk=draft.response_id)
        stored = Amendment.objects.filter(pk=draft.pk).select_related("response").first()
        if stored is None:
            return response
        if whole(stored).fingerprint() != seen:
            raise Conflict(stored)
        if (stored.answers, publication) != (response.answers, response.publication):
            number = _keep_revision(response, moment).number
            response.answers = stored.answers
            response.publication = publication
            response.language = language
            response.save()
            note(response, Event.Kind.CHANGED, by, moment)
            _tell_members(
                response,
                f"sent:{number}",
                lambda organisation: letters.changed(response, organisation, by),
            )
        stored.delete()
    return response


def begin_change(response: Response, *, moment: datetime, by: User) -> None:
    """Let an organisation change what it has sent; until that is sent too, nothing changes.

    Beginning what was begun already changes nothing.
    """
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state == Response.State.SENT:
            _amendment, is_new = Amendment.objects.get_or_create(
                response=stored, defaults={"answers": stored.answers, "started_at": moment}
            )
            if is_new:
                note(stored, Event.Kind.REOPENED, by, moment)


def drop_change(response: Response, *, moment: datetime, by: User) -> None:
    """Throw away a change that was not sent."""
    with transaction.atomic():
        dropped, _by_model = Amendment.objects.filter(response=response).delete()
        if dropped:
            note(response, Event.Kind.DROPPED, by, moment)


def withdraw_for_organisation(response: Response, *, moment: datetime, by: User) -> None:
    """Withdraw an organisation's response, and tell its members."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state != Response.State.SENT:
            return
        withdraw(stored)
        note(stored, Event.Kind.WITHDRAWN, by, moment)
        _tell_members(
            stored, "withdrawn", lambda organisation: letters.withdrawn(stored, organisation, by)
        )


def _tell_members(response: Response, what: str, write: Callable[[Organisation], Letter]) -> None:
    """An e-mail to each member in their language; once for each thing that is told."""
    organisation = response.organisation
    if organisation is None:
        return
    members = Member.objects.filter(organisation=organisation).exclude(user__email="")
    outbox.put(
        [
            outbox.compose(
                lambda: write(organisation),
                kind="receipt",
                to=member.user.email,
                language=member.user.language,
                key=f"{what}:{response.pk}:{member.user_id}",
            )
            for member in members.select_related("user")
        ]
    )


# Paper and phone


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
        stored.response = _response_of(stored, answers, moment)
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
                return Response.objects.create(
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


def whole(response: Draft) -> Part:
    """Everything a response says."""
    return Part.of(response, {*response.answers, *response.unfinished})
