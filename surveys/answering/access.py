"""Who may do what: every view starts with one of these."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from surveys.answering import again
from surveys.identifiers import read_reference, read_secret
from surveys.lifecycle import Draft, find_by_secret
from surveys.models import Member, Response, Version
from surveys.rate_limits import WRONG_CODES


class TooManyTries(Exception):
    """The page that says so is shown instead."""


def notes_since(draft: Draft, version: Version) -> list[str]:
    """What changed from the version a moved draft was begun with, in the words of its notes."""
    if draft.moved_from is None:
        return []
    later = version.questionnaire.versions.published().filter(
        number__gt=draft.moved_from.number, number__lte=version.number
    )
    return [note.strip() for note in later.order_by("number").values_list("note", flat=True)]


def get_own_response(request: HttpRequest, reference: str, secret: str) -> Response | None:
    """What a reference and its secret open, or None.

    Raises TooManyTries where this network has guessed too often, also for a right guess.
    """
    if WRONG_CODES.is_exceeded(request):
        raise TooManyTries
    # What cannot be one is looked for like any other, so that the answer takes as long.
    response = find_by_secret(read_reference(reference) or "", read_secret(secret) or "")
    if response is None:
        WRONG_CODES.count(request)
    return response


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign in first. What a form held waits meanwhile; nothing of the page is kept by a browser."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method == "POST":
                return again.signed_out(request)
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
        response = again.kept_form(request) or view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return wrapped


def for_members(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For members of the organisation in the address; the view gets the Member instead of its id.

    For everybody else there is no such page: 404 tells a stranger nothing.
    """

    @signed_in
    @wraps(view)
    def wrapped(
        request: HttpRequest, organisation_id: int, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        members = Member.objects.select_related("organisation", "user")
        member = members.filter(user=request.user.pk, organisation=organisation_id).first()
        if member is None:
            raise Http404("There is no such organisation for this person")
        return view(request, member, *args, **kwargs)

    return wrapped
