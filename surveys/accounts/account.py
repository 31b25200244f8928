"""One's account: name, language of e-mails, passkeys, one's own data, and the end of it."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.accounts.forms import AccountForm, AddAuthenticatorForm, AddPasskeyForm
from surveys.accounts.second_factor import remember_second_factor
from surveys.answering.access import signed_in
from surveys.answering.printing import papers_are_limited, pdf_response
from surveys.methods import takes_form
from surveys.models import Member, User
from surveys.own_data import own_data, own_data_pdf
from surveys.people import close_account, left_without_sender


def _user(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise TypeError("This page is for people who are signed in")
    return user


@signed_in
@takes_form
def account(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = AccountForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account was changed."))
        return redirect("account")
    keys = Authenticator.objects.filter(user=user).order_by("created_at")
    ctx = {
        "signed_in": True,
        "form": form,
        "members": Member.objects.filter(user=user).select_related("organisation"),
        "passkeys": [key.wrap() for key in keys if key.type == Authenticator.Type.WEBAUTHN],
        "has_authenticator": any(key.type == Authenticator.Type.TOTP for key in keys),
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/accounts/account.html", ctx, status=status)


@signed_in
@require_safe
def account_data(request: HttpRequest) -> HttpResponse:
    """Everything that is kept about this person, for machines."""
    document = json.dumps(own_data(_user(request)), ensure_ascii=False, indent=2)
    return HttpResponse(
        document,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_file_name()}.json"'},
    )


@signed_in
@require_safe
@papers_are_limited
def account_data_pdf(request: HttpRequest) -> HttpResponse:
    """The same to read and to print."""
    return pdf_response(own_data_pdf(_user(request)), f"{_file_name()}.pdf")


def _file_name() -> str:
    return f"my-data-{timezone.localdate():%Y%m%d}"


@signed_in
@takes_form
def account_close(request: HttpRequest) -> HttpResponse:
    """What closing deletes and what stays; then it is done."""
    user = _user(request)
    if request.method == "POST" and _is_closed_now(user):
        logout(request)
        return render(request, "surveys/accounts/account_closed.html")
    ctx = {
        "signed_in": True,
        "held_by": left_without_sender(user),
        "members": Member.objects.filter(user=user).select_related("organisation"),
        "is_staff": user.is_staff,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "surveys/accounts/account_close.html", ctx, status=status)


def _is_closed_now(user: User) -> bool:
    """Whether the account could be closed, and was."""
    if user.is_staff:
        return False
    try:
        close_account(user)
    except ValueError:
        return False
    return True


class _AccountPage:
    """Pages of the library within one's account."""

    request: HttpRequest
    adds = False

    def get_success_url(self) -> str:
        return reverse("account")

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        if self.adds:
            remember_second_factor(self.request)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ctx: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"signed_in": True, **ctx}


class AddPasskey(_AccountPage, AddWebAuthnView):
    template_name = "surveys/accounts/passkey_add.html"
    form_class = AddPasskeyForm
    adds = True


class _RemovalPage(_AccountPage):
    def form_valid(self, form: Any) -> HttpResponse:
        if self._is_needed_for_the_desk():
            words = _("The desk needs a passkey or an authenticator app. Add another one first.")
            messages.error(self.request, words)
            return redirect("account")
        return super().form_valid(form)

    def _is_needed_for_the_desk(self) -> bool:
        user = _user(self.request)
        return user.is_staff and Authenticator.objects.filter(user=user).count() == 1


class RemovePasskey(_RemovalPage, RemoveWebAuthnView):
    template_name = "surveys/accounts/passkey_remove.html"


class AddAuthenticator(_AccountPage, ActivateTOTPView):
    template_name = "surveys/accounts/authenticator_add.html"
    form_class = AddAuthenticatorForm
    adds = True


class RemoveAuthenticator(_RemovalPage, DeactivateTOTPView):
    template_name = "surveys/accounts/authenticator_remove.html"


passkey_add = signed_in(AddPasskey.as_view())
passkey_remove = signed_in(RemovePasskey.as_view())
authenticator_add = signed_in(AddAuthenticator.as_view())
authenticator_remove = signed_in(RemoveAuthenticator.as_view())
