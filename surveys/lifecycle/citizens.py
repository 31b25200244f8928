"""Citizens: a form's secret opens what it became."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from surveys.identifiers import REFERENCE_TRIES, new_reference, secret_hash
from surveys.ledger.committing import commit, commit_first
from surveys.lifecycle.drafts import (
    AlreadySent,
    Conflict,
    begin,
    journey_of,
    keep_revision,
    only_what_is_asked,
    refuse_conflict,
    set_apart,
    take_version,
)
from surveys.models import Response, Version
from surveys.parts import Part
from surveys.retention import BY_KEY
from surveys.verbatims import note_words


def find_by_secret(reference: str, secret: str) -> Response | None:
    """The response they open together. It takes as long whichever of them is wrong."""
    response = Response.objects.filter(secret_hash=secret_hash(secret)).first()
    return response if response and response.reference == reference else None


def is_known(secret: str) -> bool:
    """Whether a form with this secret was saved or sent before."""
    return Response.objects.filter(secret_hash=secret_hash(secret)).exists()


def is_sent(secret: str) -> bool:
    """Whether a form with this secret was sent before, whatever has become of it since."""
    known = Response.objects.filter(secret_hash=secret_hash(secret))
    return known.exclude(state=Response.State.DRAFT).exists()


def send_citizen_response(
    version: Version, *, secret: str, part: Part, seen: str, language: str, moment: datetime
) -> Response:
    """Send what a form says, once: the same secret gives the response that is already there.

    Raises Conflict where a draft with this secret holds something else. A response that was sent
    already is returned as it is, so the caller compares.
    """

    def send(stored: Response) -> None:
        if stored.is_draft:
            refuse_conflict(stored, part, seen)
            part.put_into(stored)
            take_version(stored, version, part.names)
            sent = only_what_is_asked(stored, version)
            stored.answers, stored.unfinished = sent.answers, sent.unfinished
            stored.state = Response.State.SENT
            stored.sent_at = max(moment, stored.started_at)
            stored.language = language
            note_words(stored)
            stored.save()
            commit_first(stored)

    return _by_secret(version, secret, seen, language, moment, send)


def save_citizen_draft(
    version: Version, *, secret: str, part: Part, seen: str, language: str, moment: datetime
) -> Response:
    """Keep what a form holds, finished or not. Raises Conflict, or AlreadySent."""

    def save(stored: Response) -> None:
        if not stored.is_draft:
            raise AlreadySent(stored)
        refuse_conflict(stored, part, seen)
        part.put_into(stored)
        take_version(stored, version, part.names)
        set_apart(stored, version)
        stored.language = language
        stored.save()

    return _by_secret(version, secret, seen, language, moment, save)


def _by_secret(
    version: Version,
    secret: str,
    seen: str,
    language: str,
    moment: datetime,
    write: Callable[[Response], None],
) -> Response:
    """Let `write` save the response of this secret, locked; or a new one that starts now.

    Where nothing was `seen` there is nothing, mostly: it is written without looking, and looked
    for once the database says that the secret is known.
    """
    hashed = secret_hash(secret)
    secrets = Response.objects.filter(secret_hash=hashed)
    for tried in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                stored = secrets.select_for_update().first() if seen or tried else None
                if stored is None:
                    begin(version, moment)
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
        part = part.only_asked(journey_of(stored, response.version))
        refuse_conflict(stored, part, seen)
        if part.answers == stored.answers:
            return stored
        keep_revision(stored, moment)
        part.put_into(stored)
        stored.language = language
        note_words(stored)
        stored.save()
        commit(stored)
    return stored


def erase_draft(response: Response) -> bool:
    """Delete a citizen's draft; whether there was one. What was sent in the meantime stays."""
    drafts = Response.objects.filter(pk=response.pk, state=Response.State.DRAFT)
    with transaction.atomic():
        # Django looks for what hangs on it first, and deletes by the key alone.
        draft = drafts.select_for_update().first()
        if draft:
            draft.delete()
    return draft is not None


def due_without_account(moment: datetime) -> QuerySet[Response]:
    """The citizens' drafts of consultations that closed long enough ago."""
    return Response.objects.filter(
        state=Response.State.DRAFT,
        organisation=None,
        questionnaire__consultation__closes_at__lt=BY_KEY["drafts"].before(moment),
    )
