"""What a citizen's device says of itself: that many use it, and what it has sent today."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from surveys.parts import Part

SALT = "answered"
A_DAY = timedelta(days=1)


def is_kiosk(request: HttpRequest) -> bool:
    """Whether this is a computer that many use, which is to keep nothing."""
    return "kiosk" in request.GET


def with_kiosk(request: HttpRequest, name: str, *args: str) -> str:
    return reverse(name, args=args) + ("?kiosk=1" if is_kiosk(request) else "")


def answered_today(request: HttpRequest) -> str | None:
    """The digest of what this device sent in the last 24 hours, if it did."""
    if is_kiosk(request):
        return None
    return request.get_signed_cookie(settings.ANSWERED_COOKIE_NAME, default=None, max_age=A_DAY)


def digest_of(part: Part) -> str:
    """Says whether other answers are the same, and nothing of what they are."""
    return salted_hmac(SALT, part.fingerprint(), algorithm="sha256").hexdigest()


def remember_answer(answer: HttpResponse, part: Part) -> None:
    """Let the device say for a day what it has sent."""
    answer.set_signed_cookie(
        settings.ANSWERED_COOKIE_NAME,
        digest_of(part),
        max_age=A_DAY,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
