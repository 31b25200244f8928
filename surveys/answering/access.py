"""Who may do what: every view starts with one of these."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from surveys.models import Consultation, Organisation, Questionnaire, Version


def get_questionnaire(answered_by: str) -> Questionnaire:
    """The current consultation's questionnaire for these respondents, or 404."""
    consultation = Consultation.objects.with_programme().current()
    questionnaire = Questionnaire.objects.filter(
        consultation=consultation, answered_by=answered_by
    ).first()
    if questionnaire is None:
        raise Http404("There is no such questionnaire")
    return questionnaire


def get_current_version(questionnaire: Questionnaire) -> Version:
    """What is answered now, with everything it takes to show it, or 404."""
    version = (
        Version.objects.published()
        .with_questions()
        .filter(questionnaire=questionnaire)
        .order_by("-number")
        .first()
    )
    if version is None:
        raise Http404("This questionnaire has not been published")
    return version


def is_cross_site(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this form.

    The citizen form carries no cookie, so there is no token to compare; browsers tell the sender.
    """
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def for_organisations(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign in first; then the view gets the member's organisation as second argument."""

    @wraps(view)
    @login_required
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = Organisation.objects.filter(
            members__username=request.user.get_username()
        ).first()
        if organisation is None:
            ctx = {"signed_in": True}
            return render(request, "surveys/answering/no_organisation.html", ctx, status=403)
        response = view(request, organisation, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return wrapped
