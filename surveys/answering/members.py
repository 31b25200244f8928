"""Who works on an organisation's response: members, invitations, approval."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import membership
from surveys.answering.access import for_members
from surveys.answering.forms import HandOverForm, InviteForm, RoleForm
from surveys.methods import takes_form
from surveys.models import Invitation, Member
from surveys.rate_limits import COLLEAGUES

NOBODY_COULD_SEND = gettext_lazy(
    "Somebody has to be able to send. Let another colleague send first."
)

ALREADY_THERE = gettext_lazy("This person is a member or is invited already")

TOO_MANY_TODAY = gettext_lazy(
    "Too many invitations were sent from this network today. Try again tomorrow"
)


def _told_if_they_may_no_longer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A colleague can take their role, their place or the invitation away while they act."""

    @wraps(view)
    def wrapped(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, member, *args, **kwargs)
        except membership.MayNoLonger as refused:
            if refused.member:
                problem = _ask_those_who_can_send()
                return _members_page(request, refused.member, 403, problem=problem)
        except membership.WaitsNoLonger:
            messages.error(request, _("This invitation was withdrawn or answered meanwhile."))
            return redirect("stakeholder_members", member.organisation_id)
        told = _("You are not a member of %(organisation)s any more. Nothing was changed.")
        messages.error(request, told % {"organisation": member.organisation})
        return redirect("stakeholder_home")

    return wrapped


def for_managers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For members who can send; the others are told whom to ask."""

    @for_members
    @wraps(view)
    def wrapped(request: HttpRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponse:
        if not member.can_manage:
            return _members_page(request, member, 403, problem=_ask_those_who_can_send())
        return _told_if_they_may_no_longer(view)(request, member, *args, **kwargs)

    return wrapped


def _ask_those_who_can_send() -> str:
    return _("Only colleagues who can send may do this. Ask one of them.")


@for_members
@require_safe
def stakeholder_members(request: HttpRequest, member: Member) -> HttpResponse:
    """Everybody who works on the response, and who was asked to."""
    return _members_page(request, member)


def _members_page(
    request: HttpRequest, member: Member, status: int = 200, **ctx: Any
) -> HttpResponse:
    organisation = member.organisation
    language = get_language() or ""
    ctx = {
        "signed_in": True,
        "organisation": organisation,
        "me": member,
        "members": organisation.member_set.select_related("user").order_by("joined_at", "pk"),
        "invitations": organisation.invitations.filter(accepted_at=None).order_by("created_at"),
        "invite_form": InviteForm(initial={"language": language}),
        **ctx,
    }
    return render(request, "surveys/answering/stakeholder_members.html", ctx, status=status)


@for_managers
@require_POST
def member_invite(request: HttpRequest, member: Member) -> HttpResponse:
    form = InviteForm(request.POST)
    if form.is_valid() and not COLLEAGUES.lets(request):
        form.add_error(None, str(TOO_MANY_TODAY))
        return _members_page(request, member, 429, invite_form=form)
    if form.is_valid():
        try:
            membership.invite(member, moment=timezone.now(), **form.cleaned_data)
        except membership.AlreadyThere:
            form.add_error("email", str(ALREADY_THERE))
        else:
            told = _("An invitation is on its way to %(email)s.")
            messages.success(request, told % {"email": form.cleaned_data["email"]})
            return redirect("stakeholder_members", member.organisation_id)
    return _members_page(request, member, 422, invite_form=form)


@for_managers
@require_POST
def invitation_again(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    invitation = get_object_or_404(
        Invitation,
        pk=pk,
        organisation=member.organisation_id,
        accepted_at=None,
        declined_at=None,
    )
    if not COLLEAGUES.lets(request):
        messages.error(request, TOO_MANY_TODAY)
        return redirect("stakeholder_members", member.organisation_id)
    membership.invite_again(invitation, moment=timezone.now(), by=member)
    told = _("An invitation is on its way to %(email)s.") % {"email": invitation.email}
    messages.success(request, told)
    return redirect("stakeholder_members", member.organisation_id)


@for_managers
@require_POST
def invitation_withdraw(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    invitation = get_object_or_404(
        Invitation, pk=pk, organisation=member.organisation_id, accepted_at=None
    )
    membership.withdraw_invitation(invitation, by=member)
    told = _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email}
    messages.success(request, told)
    return redirect("stakeholder_members", member.organisation_id)


@for_managers
@takes_form
def member_role(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    other = _colleague(member, pk)
    form = RoleForm(
        request.POST if request.method == "POST" else None, initial={"role": other.role}
    )
    if request.method == "POST" and form.is_valid():
        try:
            membership.change_role(other, form.cleaned_data["role"], by=member)
            return redirect("stakeholder_members", member.organisation_id)
        except membership.NobodyCouldSend:
            form.add_error("role", str(NOBODY_COULD_SEND))
    ctx = {"signed_in": True, "organisation": member.organisation, "other": other, "form": form}
    status = 422 if form.errors else 200
    return render(request, "surveys/answering/member_role.html", ctx, status=status)


@for_members
@_told_if_they_may_no_longer
@takes_form
def member_remove(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Remove a colleague, or leave oneself."""
    other = _colleague(member, pk)
    is_me = other.pk == member.pk
    if not is_me and not member.can_manage:
        return _members_page(request, member, 403, problem=_ask_those_who_can_send())
    problem = ""
    if request.method == "POST":
        try:
            if is_me:
                membership.leave(other)
                return redirect("stakeholder_home")
            membership.remove(other, by=member)
            return redirect("stakeholder_members", other.organisation_id)
        except membership.NobodyCouldSend:
            problem = str(NOBODY_COULD_SEND)
    ctx = {
        "signed_in": True,
        "organisation": member.organisation,
        "other": other,
        "is_me": is_me,
        "is_last": member.organisation.member_set.count() == 1,
        "problem": problem,
    }
    status = 409 if problem else 200
    return render(request, "surveys/answering/member_remove.html", ctx, status=status)


def _colleague(member: Member, pk: int) -> Member:
    members = Member.objects.select_related("user", "organisation")
    return get_object_or_404(members, pk=pk, organisation=member.organisation_id)


@for_members
@_told_if_they_may_no_longer
@takes_form
def member_hand_over(request: HttpRequest, member: Member) -> HttpResponse:
    """Somebody else takes my place."""
    form = HandOverForm(
        request.POST if request.method == "POST" else None, initial={"language": get_language()}
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["email"].lower() == member.user.email.lower():
            form.add_error("email", _("This is your own address. Enter somebody else’s"))
        elif not COLLEAGUES.lets(request):
            form.add_error(None, str(TOO_MANY_TODAY))
        else:
            try:
                return _handed_over(request, member, **form.cleaned_data)
            except membership.AlreadyThere:
                form.add_error("email", str(ALREADY_THERE))
    ctx = {"signed_in": True, "organisation": member.organisation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "surveys/answering/member_hand_over.html", ctx, status=status)


def _handed_over(request: HttpRequest, member: Member, email: str, language: str) -> HttpResponse:
    colleague = membership.hand_over(member, email=email, language=language, moment=timezone.now())
    if colleague:
        told = _("%(person)s has your place now.")
        messages.success(request, told % {"person": colleague.user})
        return redirect("stakeholder_home")
    told = _("An invitation is on its way to %(email)s.")
    messages.success(request, told % {"email": email})
    return redirect("stakeholder_members", member.organisation_id)


@for_managers
@require_POST
def stakeholder_approval(request: HttpRequest, member: Member) -> HttpResponse:
    """Whether only those who can send may send."""
    membership.set_approval(needed="needed" in request.POST, by=member)
    messages.success(request, _("Your choice was saved."))
    return redirect("stakeholder_members", member.organisation_id)
