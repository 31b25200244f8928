"""Pages for what goes wrong below the views. None of them asks the database for anything."""

import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import defaults

from consultation import logs
from consultation.metrics import UNAVAILABLE
from surveys import faults

RETRY_AFTER = 10  # seconds
NOT_SENT_BACK = ("password", "csrfmiddlewaretoken")
# After a failover a connection may lead to a server that only reads: SQLSTATE class 25.
INVALID_TRANSACTION_STATE = "25"


def is_database_away(error: BaseException | None) -> bool:
    """Whether the error passes by itself, so that trying again is worth while."""
    if isinstance(error, InternalError):
        return str(getattr(error.__cause__, "sqlstate", "")).startswith(INVALID_TRANSACTION_STATE)
    return isinstance(error, OperationalError | InterfaceError)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with all that was entered, and a button that sends it again."""
    entered = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(part in name for part in NOT_SENT_BACK)
        for value in values
    ]
    is_post = request.method == "POST"
    language = get_language() or settings.LANGUAGE_CODE
    context: dict[str, Any] = {
        "html_lang": settings.LANGUAGE_TAGS[language],
        "is_post": is_post,
        "heading": _("We cannot store anything just now")
        if is_post
        else _("We cannot show this page just now"),
        "entered": entered,
        "words": [value for name, value in entered if " " in value.strip() and name != "kept"],
        "token": request.POST.get("csrfmiddlewaretoken"),
        "address": request.get_full_path(),
        "number": logs.number(),
    }
    return HttpResponse(
        render_to_string("503.html", context),
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"},
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database was away outside a view."""
    if is_database_away(sys.exc_info()[1]):
        return database_away(request)
    _note(request)
    page = render_to_string("500.html", {"number": logs.number()})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _note(request: HttpRequest) -> None:
    """For staff who are told the number."""
    kind, _error, trace = sys.exc_info()
    if kind and logs.number():
        faults.note(logs.number(), logs.name_of(request), kind.__name__, logs.frames(trace))


def database_away(request: HttpRequest) -> HttpResponse:
    """The same, counted as what it is."""
    UNAVAILABLE.labels("database").inc()
    return unavailable(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where more was sent than any questionnaire has room for."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return defaults.bad_request(request, exception)
