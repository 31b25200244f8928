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

LONGEST = 60
"""Seconds after which the server in front has given up. Who seems to have waited longer has not:
its clock is another one."""


class OverloadMiddleware:
    """503 with everything entered where a request waited longer than SHED_AFTER_SECONDS.

    The server in front writes when it passed the request on: `X-Request-Start: t=1795633200.123`,
    in seconds. Files are no part of a page that can be sent again, so who brings one waits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        limit: float = settings.SHED_AFTER_SECONDS
        if limit and _waited(request) > limit and request.content_type != "multipart/form-data":
            log.warning("There is more to do than can be done")
            UNAVAILABLE.labels("load").inc()
            return errors.unavailable(request)
        return self.get_response(request)


def _waited(request: HttpRequest) -> float:
    """Seconds; none where nobody trustworthy says when it came."""
    if not settings.BEHIND_PROXY:
        return 0.0
    try:
        began = float(request.META.get("HTTP_X_REQUEST_START", "").removeprefix("t="))
    except ValueError:
        return 0.0
    waited = time.time() - began
    return waited if waited < LONGEST else 0.0
