"""What every page of an organisation begins with: its draft, and the version that it answers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from surveys.answering.access import notes_since
from surveys.answering.form_key import FormKey
from surveys.answering.public import not_open
from surveys.answering.shared import not_stored
from surveys.answering.versions import get_version
from surveys.landing import dates
from surveys.lifecycle import Draft, draft_of, move_on, put_version, whole
from surveys.models import Amendment, Organisation, Questionnaire, Version
from surveys.moving import fits
from surveys.notices import told_since
from surveys.parts import Part
from surveys.progress import progress

ORGANISATIONS = Questionnaire.AnsweredBy.ORGANISATIONS


def get_workspace(request: HttpRequest, organisation: Organisation) -> tuple[Draft, Version]:
    """The organisation's draft (stored or still to be) and the version it answers."""
    key = FormKey.of(request)
    # A form that was opened before a new version came out answers the one it showed.
    version = get_version(ORGANISATIONS, key.version_id if key else None)
    draft = draft_of(organisation, version.questionnaire, version, version.consultation.now)
    if draft.version_id != version.pk:
        if key is None and draft.is_draft and fits(version, whole(draft).entered()):
            move_on(draft, version)
        else:
            version = get_version(ORGANISATIONS, draft.version_id)
    if draft.version_id == version.pk:
        # With its questions, which decide what of a form is an answer.
        put_version(draft, version)
    return draft, version


def is_taken(draft: Draft, version: Version, key: FormKey) -> bool:
    """Whether this may still be saved and sent: in time, or begun in time and hardly late."""
    consultation = version.consultation
    return consultation.takes(key.opened_at) or consultation.takes(draft.started_at)


def form_key_of(request: HttpRequest, draft: Draft, version: Version, part: Part) -> FormKey:
    now = version.consultation.now
    fresh = FormKey(now, version.pk, part.fingerprint(), secret="")
    return FormKey.of(request) or fresh


def workspace_context(draft: Draft, version: Version, **ctx: Any) -> dict[str, Any]:
    return {
        "signed_in": True,
        "draft": draft,
        "organisation": draft.organisation,
        "is_change": isinstance(draft, Amendment),
        "moved_notes": notes_since(draft, version),
        "notices_since": told_since(version.consultation, draft.started_at)
        if draft.is_draft
        else [],
        "questionnaire": version.questionnaire,
        "progress": progress(version, draft.answers, draft.unfinished),
        **dates(version.consultation),
        **ctx,
    }


def closed_page(request: HttpRequest, draft: Draft, version: Version) -> HttpResponse:
    """Not open: a draft that was not sent can be read and copied."""
    consultation = version.consultation
    if consultation.stage() == consultation.Stage.UPCOMING or not whole(draft).entered():
        return not_open(request, version, signed_in=True)
    reason = (
        _("The consultation closed before this change was sent. What you sent before counts.")
        if isinstance(draft, Amendment)
        else _("The consultation closed before this draft was sent.")
    )
    return not_stored(request, version, whole(draft), reason, status=200, signed_in=True)
