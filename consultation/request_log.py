"""One line and a few counts for every request."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from consultation import logs, metrics

log = logging.getLogger("consultation.requests")


class RequestLogMiddleware:
    """Give a request its id, send the id back, and note how the request ended.

    It stands before all others: what they answer by themselves is counted too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        response = self.get_response_with_id(request)
        seconds = perf_counter() - began
        page, status = logs.name_of(request), response.status_code
        method = metrics.known(request.method)
        metrics.count(page, method, status, seconds)
        if log.isEnabledFor(logging.INFO):
            ms = round(seconds * 1000, 1)
            extra = {"page": page, "method": method, "status": status, "ms": ms}
            log.info("%s %s %s %s ms", method, page, status, ms, extra=extra)
        return response

    def get_response_with_id(self, request: HttpRequest) -> HttpResponseBase:
        request_id = logs.begin(request)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response
