"""The pages that only tell something."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.answering.accessibility import statement_page
from surveys.answering.kept import keep
from surveys.answering.privacy import notice_page
from surveys.landing import dates, landing_context, passages_by_slot
from surveys.models import Consultation, Version


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return render(request, "surveys/nothing_yet.html")
    ctx = landing_context(request, consultation) | {"consultation": consultation}
    return keep(render(request, "surveys/landing.html", ctx))


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    headings = {
        "privacy": _("Privacy notice"),
        "help": _("Help and contact"),
    }
    consultation = Consultation.objects.with_programme().current()
    if consultation and slug == "privacy" and (notice := consultation.privacy_notices.newest()):
        return notice_page(request, notice)
    if consultation and slug == "accessibility":
        return statement_page(request, consultation)
    passages = passages_by_slot(consultation).get(slug) if consultation else None
    if slug not in headings or not passages:
        raise Http404("There is no such page")
    ctx = {"heading": headings[slug], "passages": passages}
    return render(request, "surveys/page.html", ctx)


def not_open(request: HttpRequest, version: Version, **ctx: Any) -> HttpResponse:
    """The page that says when; a form that comes too early is refused with it."""
    ctx |= dates(version.consultation) | {"questionnaire": version.questionnaire}
    status = 200 if request.method in ("GET", "HEAD") else 403
    return render(request, "surveys/not_open.html", ctx, status=status)
