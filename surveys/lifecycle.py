"""Verbs that write: save a draft, send a response."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from surveys.identifiers import new_reference
from surveys.models import Organisation, Questionnaire, Response, Version

REFERENCE_TRIES = 5


def send_citizen_response(
    version: Version, *, key: str, answers: dict[str, Any], language: str
) -> Response:
    """Store the response once: the same key gives the response that is already there."""
    moment = timezone.now()
    for _try in range(REFERENCE_TRIES):
        existing = Response.objects.filter(submission_key=key).first()
        if existing:
            return existing
        try:
            with transaction.atomic():
                return Response.objects.create(
                    questionnaire_id=version.questionnaire_id,
                    version=version,
                    state=Response.State.SENT,
                    language=language,
                    answers=answers,
                    submission_key=key,
                    reference=new_reference(),
                    started_at=moment,
                    sent_at=moment,
                )
        except IntegrityError:
            # Either the same form was sent at the same moment, or, once in a blue moon, the
            # reference is taken: look again.
            continue
    raise RuntimeError("No free reference was found")


def draft_of(
    organisation: Organisation, questionnaire: Questionnaire, version: Version
) -> Response:
    """The organisation's response, or a new one that is not stored yet."""
    response = Response.objects.filter(
        organisation=organisation, questionnaire=questionnaire
    ).first()
    return response or Response(
        organisation=organisation,
        questionnaire=questionnaire,
        version=version,
        state=Response.State.DRAFT,
        started_at=timezone.now(),
    )


def save_section(
    draft: Response, *, keys: list[str], answers: dict[str, Any], language: str
) -> Response:
    """Replace the answers under `keys` in the stored draft and leave all others alone."""
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
        if stored.is_draft:
            kept = {name: value for name, value in stored.answers.items() if name not in keys}
            stored.answers = kept | answers
            stored.language = language
            stored.save(update_fields=["answers", "language", "changed_at"])
    return stored


def send_draft(draft: Response, *, publication: str, language: str) -> Response:
    """Send an organisation's draft; sending what was sent already changes nothing."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=draft.pk)
        if stored.is_draft:
            stored.state = Response.State.SENT
            stored.sent_at = timezone.now()
            stored.publication = publication
            stored.language = language
            stored.save(update_fields=["state", "sent_at", "publication", "language", "changed_at"])
    stored.refresh_from_db()
    return stored
