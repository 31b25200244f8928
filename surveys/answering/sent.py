"""What an organisation has sent: its receipt, its answers and versions, changing, withdrawing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import outbox, teamwork_letters
from surveys.answering.access import for_members
from surveys.answering.printing import papers_are_limited, pdf_response
from surveys.answering.shared import receipt_context, receipt_file
from surveys.answering.workspaces import closed_page, get_workspace
from surveys.history import note, tell
from surveys.landing import dates
from surveys.lifecycle import begin_change, drop_change, whole, withdraw_for_organisation
from surveys.methods import takes_form
from surveys.models import Amendment, Event, Member, Response, Role, Version
from surveys.notices import read_by_sender
from surveys.printing import copy_of_response
from surveys.progress import progress


def _once_sent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For members once there is something sent; the view gets Member and Response.

    A draft leads to its sections; what was withdrawn is gone (410).
    """

    @for_members
    @wraps(view)
    def wrapped(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponse:
        draft, version = get_workspace(request, member.organisation)
        response = draft.response if isinstance(draft, Amendment) else draft
        # The version comes with the database's time, which decides what is still taken.
        response.questionnaire = version.questionnaire
        if response.state == Response.State.DRAFT:
            return redirect("stakeholder_sections", member.organisation_id)
        if response.state == Response.State.WITHDRAWN:
            ctx = {"signed_in": True, "reference": response.reference}
            return render(request, "surveys/answering/stakeholder_withdrawn.html", ctx, status=410)
        if response.state == Response.State.RESTRICTED:
            ctx = {"signed_in": True, "reference": response.reference}
            return render(request, "surveys/answering/restricted.html", ctx, status=403)
        return view(request, member, response, *args, **kwargs)

    return wrapped


def _context(member: Member, response: Response, **ctx: Any) -> dict[str, Any]:
    consultation = response.questionnaire.consultation
    return {
        **receipt_context(response),
        **dates(consultation),
        "signed_in": True,
        "organisation": member.organisation,
        "member": member,
        "can_change": consultation.takes(None),
        "is_changing": Amendment.objects.filter(response=response).exists(),
        **ctx,
    }


@_once_sent
@require_safe
def stakeholder_receipt(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    ctx = _context(member, response)
    return render(request, "surveys/answering/stakeholder_receipt.html", ctx)


@_once_sent
@require_safe
def stakeholder_versions(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """What was sent, and what it said before it was changed: each in full."""
    version = Version.objects.with_questions().get(pk=response.version_id)
    revisions = list(response.revisions.order_by("-number"))
    ctx = _context(
        member,
        response,
        progress=progress(version, response.answers),
        publication=response.get_publication_display(),
        notice_read=read_by_sender(response),
        earlier=[(revision, progress(version, revision.answers)) for revision in revisions],
        print_code=version.print_code(get_language() or ""),
    )
    return render(request, "surveys/answering/stakeholder_versions.html", ctx)


@_once_sent
@require_safe
@papers_are_limited
def stakeholder_copy(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """What was sent, as a PDF."""
    return pdf_response(copy_of_response(response), f"{response.reference}.pdf")


@_once_sent
@require_safe
def stakeholder_proof(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """The receipt file: the answers, the salt, and the proof that they are in the public list."""
    return receipt_file(response)


@_once_sent
@require_POST
def stakeholder_change(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """Begin to change what was sent; the sections then show the change."""
    consultation = response.questionnaire.consultation
    if not consultation.takes(None):
        messages.error(request, _("The consultation is closed: your response stays as it is."))
        return redirect("stakeholder_receipt", member.organisation_id)
    begin_change(response, moment=consultation.now, by=member.user)
    return redirect("stakeholder_sections", member.organisation_id)


@_once_sent
@takes_form
def stakeholder_drop(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """Throw away a change that was begun; what was sent stays."""
    if request.method == "POST":
        moment = response.questionnaire.consultation.now
        if drop_change(response, moment=moment, by=member.user):
            messages.success(request, _("The change was dropped. What you sent stays."))
        # Else its page says what became of it.
        return redirect("stakeholder_receipt", member.organisation_id)
    ctx = _context(member, response)
    return render(request, "surveys/answering/stakeholder_drop.html", ctx)


@_once_sent
@takes_form
def stakeholder_withdraw(request: HttpRequest, member: Member, response: Response) -> HttpResponse:
    """What withdrawing deletes and what stays; then it is done."""
    allowed = member.can_send and response.questionnaire.consultation.takes(None)
    if request.method == "POST" and allowed:
        moment = response.questionnaire.consultation.now
        withdraw_for_organisation(response, moment=moment, by=member.user)
        return redirect("stakeholder_receipt", member.organisation_id)
    ctx = _context(member, response, allowed=allowed)
    status = 403 if request.method == "POST" else 200
    return render(request, "surveys/answering/stakeholder_withdraw.html", ctx, status=status)


@for_members
@require_POST
def stakeholder_ask(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask those who can send to check the response and to send it."""
    draft, version = get_workspace(request, member.organisation)
    if not draft.is_draft or draft._state.adding:
        return redirect("stakeholder_sections", member.organisation_id)
    if not version.consultation.takes(draft.started_at):
        return closed_page(request, draft, version)
    senders = Member.objects.filter(organisation=member.organisation_id, role=Role.SEND)
    senders = senders.exclude(user__email="").exclude(pk=member.pk).select_related("user")
    # A second click tells nobody twice; another answer makes it another question.
    seen = whole(draft).fingerprint()
    letters = [
        outbox.compose(
            lambda: teamwork_letters.approval(member.organisation, member.user),
            kind="approval",
            to=sender.user.email,
            language=sender.user.language,
            key=f"approval:{draft.pk}:{seen}:{member.user_id}:{sender.user_id}",
        )
        for sender in senders
    ]
    with transaction.atomic():
        if asked := outbox.put(letters):
            asked_about = draft.response if isinstance(draft, Amendment) else draft
            note(asked_about, Event.Kind.ASKED, member.user, version.consultation.now)
    names = ", ".join(str(sender.user) for sender in senders)
    if not names:
        nobody = _(
            "Nobody was asked: no colleague who can send has an e-mail address here. Tell them "
            "yourself that the response is ready to be sent. “Colleagues” shows who can send."
        )
        messages.error(request, nobody)
    elif asked:
        messages.success(request, _("We have asked by e-mail: %(names)s.") % {"names": names})
    else:
        messages.info(request, _("They were asked already: %(names)s.") % {"names": names})
    return redirect("stakeholder_check", member.organisation_id)


@for_members
@require_safe
def stakeholder_history(request: HttpRequest, member: Member) -> HttpResponse:
    """Who changed what, and when; the newest first."""
    draft, version = get_workspace(request, member.organisation)
    response = draft.response if isinstance(draft, Amendment) else draft
    events = Event.objects.filter(response=response.pk).order_by("-at", "-pk")
    ctx = {
        "signed_in": True,
        "organisation": member.organisation,
        "events": tell(events, version),
    }
    return render(request, "surveys/answering/stakeholder_history.html", ctx)
