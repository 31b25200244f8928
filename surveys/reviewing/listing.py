"""What waits as a table, and what waits for a second person or a colleague."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.models import AuditEntry, Decision, Questionnaire, Response, Version
from surveys.reviewing.deciding import (
    Decided,
    Overtaken,
    Seen,
    WordsChanged,
    WordsGone,
    decide,
)
from surveys.reviewing.forms import FilterForm
from surveys.reviewing.page import count_in_words
from surveys.reviewing.queue import Filters, Position
from surveys.reviewing.reading import Reader, read_after
from surveys.reviewing.views import REVIEW, get_answer, reader_of
from surveys.reviewing.wording import Asked, asked_in, called, places_by_code, tag_of, where
from surveys.staff_pages import render_page, staff_page
from surveys.verbatims import digest_of

PER_PAGE = 25
MOST_DECISIONS = 200


@require_safe
@staff_page(*REVIEW)
def review_table(request: HttpRequest) -> HttpResponse:
    """A page of what waits, with all its words, in the order of the queue."""
    filters = Filters.read(request.GET.dict())
    after = Position.read(request.GET.get("after", ""))
    reader = reader_of(request)
    read, following = read_after(filters, after, PER_PAGE, reader)
    shown = [str(each.waiting.position) for each in read]
    audit.record(reader.user, AuditEntry.Action.SAW, model="response", answers=shown)
    asked = _asked()
    places = places_by_code()
    rows = [
        {
            "read": each,
            "called": called(each.waiting.response, named=reader.named),
            "question": _short(asked, each.waiting.name),
            "where": where(each.waiting.response, places, named=reader.named),
            "tag": tag_of(each.waiting.response, each.waiting.words, latin=False),
            "ticked": f"{each.waiting.position}.{digest_of(each.waiting.words)}",
        }
        for each in read
    ]
    ctx = {
        "rows": rows,
        "form": FilterForm(_chosen(filters), _choices(asked, places)),
        "count": count_in_words(filters.left()),
        "named": reader.named,
        "query": filters.address(),
        "following": filters.address(after=following) if following else "",
        "is_first": after is None,
    }
    return render_page(request, "reviewing/review_table", _("To review, as a table"), ctx)


@require_POST
@staff_page(*REVIEW)
def review_publish(request: HttpRequest) -> HttpResponse:
    """Publish as they are the answers that were ticked in the table, where all their words stood.

    Each is a decision of its own. One that was changed or decided about meanwhile is left alone.
    """
    reader = reader_of(request)
    ticked = request.POST.getlist("answer")[:PER_PAGE]
    saved = sum(_publish(each, reader) for each in ticked)
    if saved:
        said = ngettext(
            "%(number)d answer was decided: publish as it is.",
            "%(number)d answers were decided: publish as they are.",
            saved,
        )
        messages.success(request, said % {"number": saved})
    if saved < len(ticked):
        said = ngettext(
            "%(number)d answer was left alone: it was changed or decided about meanwhile.",
            "%(number)d answers were left alone: they were changed or decided about meanwhile.",
            len(ticked) - saved,
        )
        messages.warning(request, said % {"number": len(ticked) - saved})
    return redirect(reverse("admin:review_table") + Filters.read(request.GET.dict()).address())


def _publish(ticked: str, reader: Reader) -> bool:
    """Whether it was decided; `ticked` is its position and the digest of the words shown."""
    position, _dot, digest = ticked.rpartition(".")
    at = Position.read(position)
    if at is None:
        return False
    try:
        get_answer(at.response, at.name)
        seen = Seen(at.response, at.name, digest, None)
        decided = Decided(Decision.Verdict.PUBLISH)
        decide(seen, decided, by=reader.user, moment=reader.moment)
    except (Http404, Overtaken, WordsChanged, WordsGone):
        return False
    return True


@require_safe
@staff_page(*REVIEW)
def review_waiting(request: HttpRequest) -> HttpResponse:
    """Texts somebody else left out, to be confirmed; and what colleagues were asked."""
    reader = reader_of(request)
    asked = _asked()
    waiting = Decision.objects.filter(is_current=True, response__in=Response.objects.sent())
    related = waiting.select_related("response__questionnaire", "decided_by", "asked")
    to_confirm = related.filter(verdict=Decision.Verdict.COUNT, confirmed_by=None).order_by("id")
    asks = related.filter(verdict=Decision.Verdict.ASK).order_by("id")
    mine = Q(asked=reader.user) | Q(asked=None)
    ctx = {
        "lists": [
            (_("You are asked"), _rows(asks.filter(mine), asked, reader)),
            (
                _("To confirm: not to be published"),
                _rows(to_confirm.exclude(decided_by=reader.user), asked, reader),
            ),
            (
                _("Left out by you: a second person confirms"),
                _rows(to_confirm.filter(decided_by=reader.user), asked, reader),
            ),
            (_("Other colleagues are asked"), _rows(asks.exclude(mine), asked, reader)),
        ]
    }
    return render_page(request, "reviewing/review_waiting", _("Waiting for colleagues"), ctx)


def _rows(decisions: Any, asked: dict[str, Asked], reader: Reader) -> list[dict[str, Any]]:
    return [
        {
            "decision": decision,
            "called": called(decision.response, named=reader.named),
            "question": _short(asked, decision.question),
        }
        for decision in decisions[:MOST_DECISIONS]
    ]


def _asked() -> dict[str, Asked]:
    """Where words stand in what is asked now, over all questionnaires."""
    published = Version.objects.published().order_by("questionnaire_id", "-number")
    latest = published.distinct("questionnaire_id").values("pk")
    asked: dict[str, Asked] = {}
    for version in Version.objects.with_questions().filter(pk__in=latest):
        asked |= asked_in(version)
    return asked


def _short(asked: dict[str, Asked], name: str) -> str:
    # A name that only an earlier version had says itself.
    return asked[name].short if name in asked else name


def _chosen(filters: Filters) -> dict[str, str]:
    return {name: getattr(filters, name) for name in filters.names()}


def _choices(asked: dict[str, Asked], places: dict[str, str]) -> dict[str, list[tuple[str, Any]]]:
    return {
        "question": [(name, each.short) for name, each in asked.items()],
        "language": list(settings.LANGUAGES),
        "place": list(places.items()),
        "questionnaire": [(str(each.pk), str(each.name)) for each in Questionnaire.objects.all()],
    }
