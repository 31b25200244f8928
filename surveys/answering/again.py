"""Showing a form again with what was entered, where it could not be taken.

A view that gets such a request shows its form as it was filled in, says why, and stores nothing.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_csrf_failure

FORM_PAGES = (
    *("citizens", "citizen_draft", "citizen_change"),
    *("stakeholder_section", "stakeholder_check", "sign_in", "register"),
)
KEPT = "kept"
# Of a stranger, who may send what they like, no more than the longest answers take.
KEPT_AT_MOST = 400_000
LOOKS_LIKE_A_CODE = re.compile(r"[a-z0-9_]{0,40}|\s*")


def is_cross_site(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this form, also a neighbour under one name.

    The citizen form carries no cookie, so there is no token to compare; browsers tell the sender.
    Old ones tell it by Origin alone.
    """
    if told := request.headers.get("Sec-Fetch-Site"):
        return told in ("cross-site", "same-site")
    origin = request.headers.get("Origin")
    # Another port may stand before ours.
    return bool(origin) and urlsplit(origin).hostname != split_domain_port(request.get_host())[0]


def is_only_shown(request: HttpRequest) -> bool:
    """Whether what was posted is to be shown again, and not stored.

    So it is where another language was chosen, and where something stood in the way.
    """
    return "switch" in request.POST or bool(notice_of(request))


def notice_of(request: HttpRequest) -> str:
    """What stood in the way, in words; empty if nothing did."""
    return getattr(request, "notice", "")


def show_again(
    request: HttpRequest, address: str, entered: QueryDict, notice: str
) -> HttpResponse | None:
    """The form at that address of this site with what was entered; None if there is no form."""
    try:
        match = resolve(address)
    except Resolver404:
        return None
    if match.url_name not in FORM_PAGES:
        return None
    again: Any = request
    again.POST, again.method, again.notice = entered, "POST", notice
    if address != request.path:
        again.path = again.path_info = address
        again.META = request.META | {"QUERY_STRING": ""}
    again.resolver_match = match
    response: HttpResponse = match.func(again, *match.args, **match.kwargs)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls this where a form's token is missing or not this browser's any more."""
    notice = _(
        "This page was open too long, so nothing was stored yet. What you entered is still here: "
        "select the button once more."
    )
    if "autosave" in request.POST:
        return JsonResponse({"status": _("Not saved yet. Select the button.")}, status=403)
    # What another site entered is neither shown as somebody's own words nor kept as such.
    is_own = not is_cross_site(request)
    response = show_again(request, request.path_info, request.POST, notice) if is_own else None
    if response is None:
        return plain_csrf_failure(request, reason)
    if response.status_code == 200:
        response.status_code = 403
    return response


def signed_out(request: HttpRequest) -> HttpResponse:
    """A form came from somebody who is not signed in any more: keep it until they are again.

    It waits in the session that signing in goes on with, so that neither the code nor a second
    factor on the way makes it lost. `kept_form` gives it back.
    """
    if "autosave" in request.POST:
        words = _("Not saved: you are signed out. Select the button to sign in again.")
        return JsonResponse({"status": words}, status=403)
    kept = request.POST.urlencode()
    if is_kept := len(kept) <= KEPT_AT_MOST:
        request.session[KEPT] = {"address": request.path, "entered": kept}
    ctx = {
        "is_kept": is_kept,
        "entered": entered_words(request.POST),
        "next": request.path,
        # Another language would be asked for without what is kept here.
        "language_links": [],
    }
    return render(request, "surveys/answering/signed_out.html", ctx, status=403)


def kept_form(request: HttpRequest) -> HttpResponse | None:
    """The form that waited for its sender to sign in, at its own address; None if none did."""
    kept = request.session.get(KEPT)
    if request.method != "GET" or not kept or kept["address"] != request.path:
        return None
    del request.session[KEPT]
    notice = _("You are signed in again. Check your answers: they are not saved yet.")
    return show_again(request, request.path, QueryDict(kept["entered"]), notice)


def entered_words(entered: QueryDict) -> list[str]:
    """Of what was entered, the words: whatever does not look like the code of an option."""
    hidden = ("csrfmiddlewaretoken", "key", "username", "password", "next")
    return [
        value
        for name, values in entered.lists()
        if name not in hidden
        for value in values
        if not LOOKS_LIKE_A_CODE.fullmatch(value)
    ]
