"""Coming in: by an invitation's link, or by registering an organisation nobody invited."""

from typing import Any

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from surveys.accounts.adapters import TOO_MANY
from surveys.accounts.forms import OrganisationForm, RegistrationForm, active_language
from surveys.answering.again import is_only_shown, notice_of
from surveys.landing import dates
from surveys.membership import accept_invitations
from surveys.methods import takes_form
from surveys.models import Consultation, Invitation, Questionnaire, User
from surveys.people import (
    find_person,
    let_in_whoever_is_invited,
    make_person,
    register_organisation,
)
from surveys.rate_limits import REGISTRATIONS

REGISTRATION = "registration"

TOO_MANY_TODAY = gettext_lazy(
    "Too many organisations were registered from this network today. Try again tomorrow"
)


@never_cache
@takes_form
def register(request: HttpRequest) -> HttpResponse:
    """Register an organisation. For a stranger the address is checked by a code first."""
    if isinstance(request.user, User):
        return _register_another(request, request.user)
    if request.method != "POST":
        return _page(request, RegistrationForm())
    if is_only_shown(request):
        return _page(request, RegistrationForm(initial=request.POST.dict()))
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="request_login_code", key=email.lower()):
        form.add_error(None, TOO_MANY)
        return _page(request, form, 429)
    request.session[REGISTRATION] = form.cleaned_data
    person = make_person(email, name=form.cleaned_data["name"], language=active_language())
    _send_code(request, person)
    return redirect("sign_in_code")


def _register_another(request: HttpRequest, user: User) -> HttpResponse:
    if is_only_shown(request):
        return _page(request, OrganisationForm(initial=request.POST.dict()), signed_in=True)
    form = OrganisationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, 422 if form.errors else 200, signed_in=True)
    if not REGISTRATIONS.lets(request):
        form.add_error(None, str(TOO_MANY_TODAY))
        return _page(request, form, 429, signed_in=True)
    organisation = register_organisation(user, form.cleaned_data["organisation"])
    return redirect("stakeholder_sections", organisation.pk)


def _page(request: HttpRequest, form: Any, status: int = 200, **ctx: Any) -> HttpResponse:
    ctx |= {"form": form, "notice": notice_of(request)}
    return render(request, "surveys/accounts/register.html", ctx, status=status)


def _send_code(request: HttpRequest, person: User) -> None:
    LoginCodeVerificationProcess.initiate(request=request, user=person, email=person.email)


@never_cache
@takes_form
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody is invited to; the button sends a code to the address that was invited."""
    found = Invitation.objects.select_related("organisation").filter(token=token).first()
    if found is None:
        return _unknown(request)
    user = request.user
    if isinstance(user, User):
        return _invited_while_signed_in(request, found, user)
    if request.method != "POST":
        if request.method == "GET":
            # Scanners of e-mails ask for the head of each link.
            _remember_opening(found)
        return _invitation_page(request, found)
    if not ratelimit.consume(request, action="request_login_code", key=found.email.lower()):
        return _invitation_page(request, found, 429, notice=TOO_MANY)
    let_in_whoever_is_invited(found.email)
    person = find_person(found.email)
    if person is None or not person.is_active:
        raise Http404("This account is closed")
    _send_code(request, person)
    return redirect("sign_in_code")


def _unknown(request: HttpRequest) -> HttpResponse:
    """It was withdrawn or made anew, or the link was cut: 404 with the ways in that remain."""
    return render(request, "surveys/accounts/invitation_unknown.html", status=404)


def _invited_while_signed_in(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    if user.email.lower() != found.email.lower():
        return _invitation_page(request, found, other=user.email or user.username, signed_in=True)
    accept_invitations(user, timezone.now())
    return redirect("stakeholder_sections", found.organisation_id)


def _remember_opening(found: Invitation) -> None:
    Invitation.objects.filter(pk=found.pk, opened_at=None).update(opened_at=timezone.now())


def _invitation_page(
    request: HttpRequest, found: Invitation, status: int = 200, **ctx: Any
) -> HttpResponse:
    consultation = Consultation.objects.with_programme().current()
    questionnaires = Questionnaire.objects.filter(
        consultation=consultation, answered_by=Questionnaire.AnsweredBy.ORGANISATIONS
    )
    ctx |= {
        "invitation": found,
        "organisation": found.organisation,
        "questionnaire": questionnaires.first(),
        **(dates(consultation) if consultation else {}),
    }
    return render(request, "surveys/accounts/invitation.html", ctx, status=status)


@never_cache
@takes_form
def invitation_decline(request: HttpRequest, token: str) -> HttpResponse:
    """No further e-mails to this address; who changes their mind signs in all the same."""
    found = Invitation.objects.select_related("organisation").filter(token=token).first()
    if found is None:
        return _unknown(request)
    if request.method == "POST":
        Invitation.objects.filter(pk=found.pk, declined_at=None).update(declined_at=timezone.now())
        found = Invitation.objects.select_related("organisation").filter(token=token).first()
        if found is None:
            return _unknown(request)
    ctx = {"invitation": found, "organisation": found.organisation}
    return render(request, "surveys/accounts/invitation_decline.html", ctx)


@receiver(user_logged_in)
def let_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever signs in becomes a member where that was wanted.

    Only somebody who reads the address's e-mails gets this far, so it needs no other proof.
    """
    accept_invitations(user, timezone.now())
    wanted = request.session.pop(REGISTRATION, None)
    if wanted and wanted["email"].lower() == user.email.lower():
        register_organisation(user, wanted["organisation"])
