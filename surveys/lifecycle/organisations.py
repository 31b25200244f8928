"""Organisations: colleagues write, send, change and withdraw one response."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from surveys import outbox
from surveys import teamwork_letters as letters
from surveys.history import note, note_saving
from surveys.ledger.committing import commit
from surveys.letters import Letter
from surveys.lifecycle.drafts import (
    AlreadySent,
    Conflict,
    Draft,
    begin,
    keep_revision,
    only_what_is_asked,
    put_version,
    refuse_conflict,
    set_apart,
    version_for,
    whole,
    withdraw,
)
from surveys.models import (
    Amendment,
    Event,
    Member,
    Organisation,
    Questionnaire,
    Response,
    User,
    Version,
)
from surveys.parts import Part
from surveys.verbatims import note_words


class Merged(Exception):
    """Staff have merged the organisation with another: there is nobody to store this for."""


def draft_of(
    organisation: Organisation, questionnaire: Questionnaire, version: Version, moment: datetime
) -> Draft:
    """The organisation's response or the change of it, or a new one that is not stored yet.

    The change of a response that was restricted waits until that is lifted.
    """
    stored = Response.objects.select_related("amendment", "organisation", "questionnaire")
    response = stored.filter(organisation=organisation, questionnaire=questionnaire).first()
    if response and hasattr(response, "amendment") and response.state == Response.State.SENT:
        return response.amendment
    return response or Response(
        organisation=organisation,
        questionnaire=questionnaire,
        version=version,
        state=Response.State.DRAFT,
        started_at=moment,
    )


def save_section(
    draft: Draft,
    *,
    version: Version,
    part: Part,
    seen: str,
    language: str,
    moment: datetime,
    by: User,
) -> Draft:
    """Replace a part of the stored draft, as a form of `version` says it; leave all others alone.

    Raises Conflict where somebody else changed the same part, AlreadySent where it was sent,
    NoLongerAsked where the draft has gone on with a version that does not ask this, and Merged.
    """
    if isinstance(draft, Amendment):
        return _save_amendment(draft, version, part, seen, moment, by)
    with transaction.atomic():
        keep_from_being_merged(draft.organisation_id)
        if draft._state.adding:
            begin(version, moment)
        stored, _created = Response.objects.select_for_update().get_or_create(
            organisation=draft.organisation,
            questionnaire=draft.questionnaire,
            defaults={
                "version": version,
                "state": Response.State.DRAFT,
                "language": language,
                "started_at": draft.started_at,
            },
        )
        if not stored.is_draft:
            raise AlreadySent(stored)
        version = version_for(stored, version, part)
        refuse_conflict(stored, part, seen)
        note_saving(stored, by, Part.of(stored, part.names), part, moment)
        stored.version, stored.moved_from = version, None
        part.put_into(stored)
        set_apart(stored, version)
        stored.language = language
        stored.save()
    return stored


def keep_from_being_merged(organisation_id: int | None) -> None:
    """Until the end of the transaction; first of all locks, as for who merges. Raises Merged."""
    with connection.cursor() as cursor:
        # The lock that a new response takes anyway, but only at the end: no colleague waits for
        # it, nor for a list that is being loaded.
        cursor.execute(
            "SELECT FROM surveys_organisation WHERE id = %s FOR KEY SHARE", [organisation_id]
        )
        if not cursor.rowcount:
            raise Merged


def _save_amendment(
    draft: Amendment, version: Version, part: Part, seen: str, moment: datetime, by: User
) -> Amendment:
    with transaction.atomic():
        # As every verb does, sending the change among them: the response is locked first.
        response = Response.objects.select_for_update().get(pk=draft.response_id)
        stored = Amendment.objects.filter(pk=draft.pk).select_related("response").first()
        if stored is None or response.state != Response.State.SENT:
            # A colleague has sent the change, or dropped it; or the response was restricted.
            raise AlreadySent(response)
        version = version_for(stored, version, part)
        refuse_conflict(stored, part, seen)
        note_saving(stored.response, by, Part.of(stored, part.names), part, moment)
        put_version(stored, version)
        stored.moved_from = None
        part.put_into(stored)
        set_apart(stored, version)
        stored.save()
    return stored


def send_draft(
    draft: Draft, *, seen: str, publication: str, language: str, moment: datetime, by: User
) -> Response:
    """Send an organisation's draft; where it was sent already, or restricted, nothing changes.

    `seen` is the fingerprint of all that was checked, as the draft's version asks it. Raises
    Conflict where either is another now. Every member is told by e-mail, in the same transaction.
    """
    if isinstance(draft, Amendment):
        return _send_amendment(draft, seen, publication, language, moment, by)
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=draft.pk)
        if not stored.is_draft:
            return stored
        _refuse_what_was_not_checked(stored, draft, seen)
        sent = only_what_is_asked(stored, draft.version)
        stored.answers, stored.unfinished = sent.answers, sent.unfinished
        stored.state, stored.moved_from = Response.State.SENT, None
        stored.sent_at = max(moment, stored.started_at)
        stored.publication = publication
        stored.language = language
        note_words(stored)
        stored.save()
        commit(stored)
        note(stored, Event.Kind.SENT, by, moment)
        _tell_members(stored, "sent:0", lambda organisation: letters.sent(stored, organisation, by))
    return stored


def _refuse_what_was_not_checked(stored: Draft, checked: Draft, seen: str) -> None:
    """Raise Conflict where a colleague has changed an answer, or gone on with a later version."""
    if stored.version_id != checked.version_id or whole(stored).fingerprint() != seen:
        raise Conflict(stored)


def _send_amendment(
    draft: Amendment, seen: str, publication: str, language: str, moment: datetime, by: User
) -> Response:
    with transaction.atomic():
        response = Response.objects.select_for_update().get(pk=draft.response_id)
        stored = Amendment.objects.filter(pk=draft.pk).select_related("response").first()
        if stored is None or response.state != Response.State.SENT:
            return response
        _refuse_what_was_not_checked(stored, draft, seen)
        sent = only_what_is_asked(stored, draft.version)
        if (sent.answers, publication) != (response.answers, response.publication):
            number = keep_revision(response, moment).number
            response.answers = sent.answers
            response.version_id = stored.version_id
            response.publication = publication
            response.language = language
            note_words(response)
            response.save()
            commit(response)
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


def drop_change(response: Response, *, moment: datetime, by: User) -> bool:
    """Throw away a change that was not sent; whether what was sent stands without one now.

    Of what was withdrawn or restricted meanwhile nothing is thrown away.
    """
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state != Response.State.SENT:
            return False
        dropped, _by_model = Amendment.objects.filter(response=stored).delete()
        if dropped:
            note(stored, Event.Kind.DROPPED, by, moment)
    return True


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
