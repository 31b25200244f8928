"""The last page of an organisation's journey: check all answers, then send them."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from surveys.answering.access import for_members
from surveys.answering.again import is_only_shown, notice_of
from surveys.answering.forms import CheckForm
from surveys.answering.versions import get_version
from surveys.answering.workspaces import (
    ORGANISATIONS,
    closed_page,
    form_key_of,
    get_workspace,
    is_taken,
    workspace_context,
)
from surveys.lifecycle import Conflict, Draft, put_version, send_draft, whole
from surveys.methods import takes_form
from surveys.models import Member, Section, Version
from surveys.progress import left_to_do, whole_progress

CORRECTED = gettext_lazy("The questionnaire was corrected. Check your answers and send them again.")


@for_members
@takes_form
def stakeholder_check(request: HttpRequest, member: Member) -> HttpResponse:
    """Check your answers, then send them."""
    draft, version = get_workspace(request, member.organisation)
    if not draft.is_draft:
        return redirect("stakeholder_receipt", member.organisation_id)
    key = form_key_of(request, draft, version, whole(draft))
    if not is_taken(draft, version, key):
        return closed_page(request, draft, version)
    left = left_to_do(version, draft.answers, draft.unfinished)
    if request.method != "POST" or is_only_shown(request):
        form = CheckForm(initial=request.POST.dict())
        return _check_page(request, member, draft, version, form, notice=notice_of(request))
    form = CheckForm(request.POST)
    if not member.can_send:
        notice = _("Only colleagues who can send may send it. Ask for approval below.")
        return _check_page(request, member, draft, version, form, 403, notice=notice)
    if not form.is_valid() or left:
        return _check_page(request, member, draft, version, form, 422, left=left)
    if key.version_id != version.pk:
        notice = str(CORRECTED)
        return _check_page(request, member, draft, version, form, 409, notice=notice)
    try:
        send_draft(
            draft,
            seen=key.seen,
            publication=form.cleaned_data["publication"],
            language=get_language() or "",
            moment=version.consultation.now,
            by=member.user,
        )
    except Conflict as conflict:
        return _check_again(request, member, conflict.stored, version, form)
    return redirect("stakeholder_receipt", member.organisation_id)


def _check_again(
    request: HttpRequest, member: Member, stored: Draft, checked: Version, form: CheckForm
) -> HttpResponse:
    """What a colleague has changed meanwhile, as the version asks it that the draft is at now."""
    notice = _("Answers were changed while this page was open. Check them and send again.")
    version = checked
    if stored.version_id != checked.pk:
        notice = str(CORRECTED)
        version = get_version(ORGANISATIONS, stored.version_id)
        put_version(stored, version)
    return _check_page(request, member, stored, version, form, 409, notice=notice)


def _check_page(
    request: HttpRequest,
    member: Member,
    draft: Draft,
    version: Version,
    form: CheckForm,
    status: int = 200,
    left: list[tuple[Section, str]] | None = None,
    notice: str = "",
) -> HttpResponse:
    stored = whole(draft)
    key = form_key_of(request, draft, version, stored)
    key = replace(key, seen=stored.fingerprint(), version_id=version.pk)
    every = whole_progress(version, draft.answers, draft.unfinished)
    ctx = workspace_context(
        draft,
        version,
        set_apart=[entry for part in every for entry in part.set_apart],
        form=form,
        key=key.signed(),
        member=member,
        left=left or [],
        notice=notice,
        switches_language=True,
    )
    return render(request, "surveys/answering/stakeholder_check.html", ctx, status=status)
