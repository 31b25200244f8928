"""Signing in: an address, the code that is sent to it, and for staff a second factor."""

from typing import Any

from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from surveys.accounts.forms import (
    CodeForm,
    DemonstrationForm,
    SecondFactorAgainForm,
    SecondFactorForm,
    SignInForm,
)
from surveys.answering.again import is_only_shown, notice_of


class SignIn(RequestLoginCodeView):
    """Ask for an address. What follows looks the same whether it is known or not."""

    template_name = "surveys/accounts/sign_in.html"
    form_class = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_only_shown(request):
            form = SignInForm(initial={"email": request.POST.get("email", "")})
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Whoever mistyped the address comes back to this page, and gets another code."""

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            notice=notice_of(self.request),
            shows_messages=bool(self.request.session.session_key),
            demonstration=DemonstrationForm() if settings.DEBUG else None,
            **kwargs,
        )


class SignInCode(ConfirmLoginCodeView):
    """Ask for the code."""

    template_name = "surveys/accounts/sign_in_code.html"
    form_class = CodeForm

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        if self._process.user is None:
            # Today's letter to a stranger is composed again, and left out of the outbox: without
            # that work the answer comes in a third of the time.
            send_unknown_account_mail(self.request, self._process.state["email"])
        answer: HttpResponse = super()._resend_form_valid(form)
        return answer

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        answer = super().form_invalid(form)
        if answer.status_code == 200:
            answer.status_code = 422
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(shows_messages=True, **kwargs)


class SignInPasskey(LoginWebAuthnView):
    """What a browser's passkey says; the page it is asked for on is SignIn."""


class SecondFactor(AuthenticateView):
    """What staff show besides the code from the e-mail."""

    template_name = "surveys/accounts/second_factor.html"
    form_class = SecondFactorForm


class SecondFactorAgain(ReauthenticateView):
    """The same once more, before something about the account is changed."""

    template_name = "surveys/accounts/second_factor.html"
    form_class = SecondFactorAgainForm


class PasskeyAgain(ReauthenticateWebAuthnView):
    template_name = "surveys/accounts/second_factor.html"


class DemonstrationSignIn(LoginView):
    """User name and password, where DEBUG is on."""

    template_name = "surveys/accounts/sign_in_demonstration.html"
    form_class = DemonstrationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEBUG:
            raise Http404("Demonstration accounts exist only where DEBUG is on")
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()
sign_in_code = SignInCode.as_view()
sign_in_passkey = SignInPasskey.as_view()
sign_in_demonstration = DemonstrationSignIn.as_view()
second_factor = SecondFactor.as_view()
second_factor_again = SecondFactorAgain.as_view()
passkey_again = PasskeyAgain.as_view()
