"""What django-allauth asks the project: how mail leaves, who needs a second factor, its words."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys import outbox
from surveys.accounts import letters
from surveys.models import Member, User
from surveys.people import find_person
from surveys.rate_limits import hashed_network

TOO_MANY = _("Too many tries. Wait a few minutes, then try again")


def _hashed(told: str) -> str:
    """Equal for equal words, of one length, and of no use without SECRET_KEY."""
    return salted_hmac("surveys.accounts", told, algorithm="sha256").hexdigest()


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _(
            "This is not the code we sent. Check the latest e-mail, or have a new code sent"
        ),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by himself here: organisations register, members are invited."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Whether the address is known or not, a letter is written: that takes equally long."""
        known = find_person(email)
        language = (known.language if known else get_language()) or "en"
        if template_prefix == "account/email/login_code":
            key = f"code:{uuid.uuid4()}"
            message = outbox.compose(
                lambda: letters.code(context["code"]),
                kind="code",
                to=email,
                language=get_language() or language,
                key=key,
            )
        else:
            day = timezone.localdate()
            message = outbox.compose(
                letters.unknown_address,
                kind="code",
                to=email,
                language=language,
                # A stranger's address can be typed by anybody: it gets one such letter a day.
                key=f"unknown:{_hashed(email.lower())}:{day}",
            )
        outbox.put([message])

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person that a passkey or an authenticator was added to the account or removed."""
        if not user.email:
            return
        is_new = template_prefix.endswith(("_added", "_activated"))
        message = outbox.compose(
            lambda: letters.second_factor(is_new=is_new),
            kind="security",
            to=user.email,
            language=user.language,
            key=f"security:{uuid.uuid4()}",
        )
        outbox.put([message])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what the library says in our own words; its pages say the rest themselves."""
        if message:
            super().add_message(request, level, extra_tags=extra_tags, message=message)

    def get_client_ip(self, request: HttpRequest) -> str:
        """What tries are counted by: a hash of the day, because no address is stored."""
        return hashed_network(request, "sign-in", timezone.now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff to their desk, everybody else to the organisation's pages."""
        user = request.user
        is_member = Member.objects.filter(user=user.pk).exists()
        is_staff = isinstance(user, User) and user.is_staff
        return reverse("admin:index" if is_staff and not is_member else "stakeholder_home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """By a second factor, from who has one; a password, which the library likes, opens none."""
        has_one = get_mfa_adapter().is_mfa_enabled(self.request.user)
        return has_one and super().is_reauthentication_required(app=app, **kwargs)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("sign_in")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This was not accepted. Try again"),
        "unverified_email": _("Sign in once with a code from an e-mail first"),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Members sign in with a code or with a passkey, as they like; staff need both."""
        return bool(user.is_authenticated and user.is_staff and super().is_mfa_enabled(user, types))
