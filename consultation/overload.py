"""Under more load than can be served, tell whoever has waited too long to send it again.

Requests wait in a queue of gunicorn's. Without this it grows until nobody is answered in time; an
answer that keeps what was entered takes a fraction of the time of one that stores it.
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from consultation import errors
from consultation.metrics import UNAVAILABLE

log = logging.getLogger(__name__)

RIDDEN_OUT = 3
"""Seconds for which nobody is told so after the queue was short. When a disk or a processor has
stopped for a moment, what came meanwhile is served within them."""
SHORT = 0.5
"""Seconds of waiting in a short queue."""
LONGEST = 60
"""Seconds after which the server in front has given up. Who seems to have waited longer has not:
its clock is another one."""


class OverloadMiddleware:
    """503 with everything entered where a request waited longer than SHED_AFTER_SECONDS.

    Not where the queue was short a moment ago: that was a stop, and it is over.

    The server in front writes when it passed the request on: `X-Request-Start: t=1795633200.123`,
    in seconds. Files are no part of a page that can be sent again, so who brings one waits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.was_short_at = float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._is_too_late(request) and request.content_type != "multipart/form-data":
            log.warning("There is more to do than can be done")
            UNAVAILABLE.labels("load").inc()
            return errors.unavailable(request)
        return self.get_response(request)

    def _is_too_late(self, request: HttpRequest) -> bool:
        waited, now = _waited(request), time.monotonic()
        if waited is None:
            return False
        if waited < SHORT:
            self.was_short_at = now
        limit: float = settings.SHED_AFTER_SECONDS
        return bool(limit) and waited > limit and now - self.was_short_at > RIDDEN_OUT


def _waited(request: HttpRequest) -> float | None:
    """Seconds; None where nobody trustworthy says when it came."""
    if not settings.BEHIND_PROXY:
        return None
    try:
        began = float(request.META.get("HTTP_X_REQUEST_START", "").removeprefix("t="))
    except ValueError:
        return None
    waited = time.time() - began
    return waited if abs(waited) < LONGEST else None
