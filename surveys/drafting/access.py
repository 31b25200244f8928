"""Who may write in a draft, and what somebody sees who comes too late for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from surveys.staff_pages import View, staff_page
from surveys.versions import IsPublished


def edits_draft(view: Callable[..., HttpResponse]) -> View:
    """A page that writes in a draft; to a published version it says that it is frozen."""

    @staff_page("surveys.change_version")
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except IsPublished:
            words = _("This version is published and frozen. Begin a new version to correct it.")
            messages.warning(request, words)
            return redirect("admin:drafting_questionnaires")

    return wrapped
