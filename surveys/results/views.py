"""The public results: what anybody may read of what was answered."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, cache_page
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from consultation.middleware import brings_session
from consultation.replica import reads_replica
from surveys import asked, quoting, wording
from surveys.current import current_consultation
from surveys.dimensions import Dimension
from surveys.ledger.reading import summary
from surveys.models import Consultation, Release
from surveys.releasing.reading import released_question
from surveys.results import comments, filters, overview, words
from surveys.results.cards import card
from surveys.results.made import downloads
from surveys.results.question import cross, figure_list, figures_file, wordings
from surveys.results.state import State
from surveys.tabulation.counted import EVERYBODY
from surveys.tabulation.small_cells import SMALL
from surveys.themes import themes_of

KEPT_SECONDS = 30
"""By us and by whoever has asked for it together, since we tell how old ours is.

With the second or two that tallies need, nobody reads numbers a minute old.
"""
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page that is the same for everybody and asks for no cookie: caches may keep it."""
    kept = cache_control(public=True, max_age=KEPT_SECONDS)
    drawn = _drawn_for_all(reads_replica()(view))
    wrapped: View = require_safe(kept(gzip_page(conditional_page(drawn))))
    return wrapped


def _drawn_for_all(view: View) -> View:
    """One drawing is for all who ask within `KEPT_SECONDS`: it takes as long as hundreds of forms.

    For who is signed in it is drawn anew: staff look at what they have just done.
    """
    for_all: View = cache_page(KEPT_SECONDS, cache="pages")(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (view if brings_session(request) else for_all)(request, *args, **kwargs)

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
        "clocks": state.countries,
        "sentences": state.sentences(),
        "key_figures": [] if state.is_upcoming else overview.key_figures(state.participation),
        "charts": state.has_charts and not state.is_upcoming,
        "small": SMALL,
        "record": None if state.is_upcoming else summary(consultation),
    }
    if ctx["charts"]:
        ctx |= overview.participation_context(state)
    if state.release and state.has_opinions:
        ctx |= _opinions(request, state, state.release)
    return render(request, "surveys/results/results.html", ctx)


def _opinions(request: HttpRequest, state: State, release: Release) -> dict[str, Any]:
    by_name = asked.asked(state.consultation)
    questions = by_name.values()
    dimensions = overview.dimensions(state.consultation, questions)
    chosen = filters.chosen(request.GET, dimensions)
    found = overview.sides(questions, release, chosen)
    countries = [country.code for country in state.countries]
    leads, groups = overview.groups(found, chosen)
    return {
        "chosen": chosen,
        "filters": filters.filters(dimensions, chosen),
        "country_links": filters.country_links(dimensions, chosen, countries),
        "leads": leads,
        "groups": groups,
        "themes": words.theme_cards(state.consultation, by_name),
        "quotations": quoting.shown(state.consultation),
        "has_comments": True,
        "downloads": list(downloads(state.consultation)),
    }


@public
def results_question(request: HttpRequest, questionnaire: str, question: str) -> HttpResponse:
    """One question: its wording in every language, its figures, and a cross-table."""
    consultation, state, each, dimensions = _find(questionnaire, question)
    ctx: dict[str, Any] = {
        "asked": each,
        "wordings": wordings(each.question),
        "pill": state.pill(),
        "clocks": state.countries,
        "sentences": state.sentences(),
        "small": SMALL,
    }
    if state.release and state.has_opinions:
        ctx |= _figures(request, state.release, each, dimensions)
    return render(request, "surveys/results/results_question.html", ctx)


@public
def results_figures(request: HttpRequest, questionnaire: str, question: str) -> HttpResponse:
    """The same figures as a file."""
    _consultation, state, each, dimensions = _find(questionnaire, question)
    if not state.has_opinions:
        raise Http404("Nothing was published yet")
    by = _by(request, dimensions)
    tables = released_question(each.questionnaire, each.name)
    name = f"{each.questionnaire.slug}-{each.name}{f'-by-{by.name}' if by else ''}.csv"
    return HttpResponse(
        figures_file(each, tables, by),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _find(
    questionnaire: str, question: str
) -> tuple[Consultation, State, asked.Asked, list[Dimension]]:
    """A question of the consultation the site is about."""
    consultation = current_consultation()
    questions = asked.asked(consultation)
    if (questionnaire, question) not in questions:
        raise Http404("There is no such question")
    each = questions[questionnaire, question]
    same = [other for other in questions.values() if other.questionnaire == each.questionnaire]
    dimensions = overview.dimensions(consultation, same)
    others = [dimension for dimension in dimensions if dimension.name != question]
    return consultation, State(consultation), each, others


def _by(request: HttpRequest, dimensions: list[Dimension]) -> Dimension | None:
    """The dimension an address asks for; one that there is not makes it an address of nothing."""
    name = request.GET.get("by", "")
    found = next((each for each in dimensions if each.name == name), None)
    if name and not found:
        raise Http404("There is no such dimension")
    return found


def _figures(
    request: HttpRequest, release: Release, each: asked.Asked, dimensions: list[Dimension]
) -> dict[str, Any]:
    by = _by(request, dimensions)
    tables = released_question(each.questionnaire, each.name)
    held_back = release.held_back.get(each.questionnaire.slug, [])
    is_old = each.name in held_back
    found = overview.side(each, tables.get(EVERYBODY), EVERYBODY, is_old)
    table = tables.get(by.name) if by else None
    return {
        "card": None if each.kind.is_open else card([found]),
        "figures": figure_list(found.figures),
        "dimensions": [d for d in dimensions if d.name in tables],
        "by": by,
        "cross": cross(each, table, by) if table and by else None,
        "query": f"?by={by.name}" if by else "",
    }


@public
def results_comments(request: HttpRequest) -> HttpResponse:
    """What was published of open answers, 20 at a time, the latest first."""
    consultation = current_consultation()
    state = State(consultation)
    ctx: dict[str, Any] = {"pill": state.pill(), "sentences": state.sentences()}
    if state.has_opinions:
        ctx |= _comments(request, consultation)
    return render(request, "surveys/results/results_comments.html", ctx)


def _comments(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    questions = words.labels(asked.asked(consultation))
    places = dict(_places(consultation))
    languages = {code: str(name).capitalize() for code, name in settings.LANGUAGES}
    themes = [
        (code.pk, str(code.label)) for each in themes_of(consultation) for code, _n in each.counts
    ]
    found = comments.filters_from(request.GET, set(questions), set(places), set(languages))
    page = comments.comment_page(consultation, found, questions, places)
    return {
        "page": page,
        "is_filtered": found.query() != "?",
        "filters": comments.links(found, questions, places, languages, dict(themes)),
        "older": found.query(before=page.before) if page.before else "",
        "newest": found.query() if found.before else "",
        "total": wording.at_most(comments.number_published(consultation), comments.COUNTED),
    }


def _places(consultation: Consultation) -> list[tuple[str, str]]:
    countries = consultation.programme.countries.prefetch_related("places")
    return [(place.code, str(place.name)) for each in countries for place in each.places.all()]
