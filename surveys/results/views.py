"""The public results: what anybody may read of what was answered."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from surveys import asked
from surveys.dimensions import Dimension
from surveys.models import Consultation
from surveys.results import filters, overview
from surveys.results.state import State
from surveys.tabulation.small_cells import SMALL

KEPT_SECONDS = 60
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page that is the same for everybody and asks for no cookie: caches may keep it."""
    kept = cache_control(public=True, max_age=KEPT_SECONDS)
    wrapped: View = require_safe(kept(gzip_page(conditional_page(view))))
    return wrapped


@public
def results(request: HttpRequest) -> HttpResponse:
    """What has come in and, once that is public, what it says."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return render(request, "surveys/nothing_yet.html")
    state = State(consultation)
    ctx: dict[str, Any] = {
        "heading": state.heading(),
        "pill": state.pill(),
        "sentences": state.sentences(),
        "key_figures": [] if state.is_upcoming else overview.key_figures(state.participation),
        "charts": state.has_charts and not state.is_upcoming,
        "small": SMALL,
    }
    if ctx["charts"]:
        ctx |= overview.participation_context(consultation, state.participation)
    if state.has_opinions:
        ctx |= _opinions(request, state)
    return render(request, "surveys/results/results.html", ctx)


def _opinions(request: HttpRequest, state: State) -> dict[str, Any]:
    assert state.release is not None
    questions = asked.asked(state.consultation).values()
    dimensions = overview.dimensions(state.consultation, questions)
    chosen = filters.chosen(request.GET, dimensions)
    found = overview.sides(questions, state.release, chosen)
    lead, groups = overview.groups(found, chosen)
    return {
        "chosen": chosen,
        "filters": filters.filters(dimensions, chosen),
        "country_links": _countries(dimensions, chosen),
        "lead": lead,
        "groups": groups,
    }


def _countries(dimensions: list[Dimension], chosen: filters.Chosen) -> list[filters.FilterLink]:
    return filters.country_links(dimensions, chosen, _("Both countries"))
