"""What the desk asks for besides a code from an e-mail."""

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.http import HttpRequest

DEMONSTRATION_BACKEND = "surveys.accounts.backends.DemonstrationBackend"
SHOWN = "second_factor"


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with more than a code from an e-mail.

    The demonstration accounts, which exist only where DEBUG is on, need none.
    """
    if request.session.get(SHOWN):
        return True
    if settings.DEBUG and request.session.get(BACKEND_SESSION_KEY) == DEMONSTRATION_BACKEND:
        return True
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def remember_second_factor(request: HttpRequest) -> None:
    """Who has just set one up has shown it."""
    request.session[SHOWN] = True
