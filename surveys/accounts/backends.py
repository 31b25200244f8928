"""What passwords open: nothing but the demonstration accounts of `make run`."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

DEMONSTRATION = ("secretariat", "stakeholder")


class PasswordlessBackend(AuthenticationBackend):
    """For sessions that a code or a passkey opened. It takes no password, not even a right one."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        return None


class DemonstrationBackend(ModelBackend):
    """User name and password, for the demonstration accounts alone and only where DEBUG is on."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        if not settings.DEBUG or username not in DEMONSTRATION:
            return None
        return super().authenticate(request, username, password, **kwargs)

    def get_user(self, user_id: Any) -> Any:
        # A session that was opened while DEBUG was on ends with it.
        return super().get_user(user_id) if settings.DEBUG else None
