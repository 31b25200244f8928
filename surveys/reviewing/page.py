"""What the page of one answer shows, in a number of queries that is always the same."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.locks import take_lock
from surveys.models import Decision, Response, Revision, Version
from surveys.progress import SectionProgress, progress
from surveys.question_types.text import OpenText
from surveys.reviewing.deciding import current_decision
from surveys.reviewing.flags import Flag, marks_of
from surveys.reviewing.forms import DecisionForm
from surveys.reviewing.queue import COUNTED, Filters, Position, Waiting, waiting_before
from surveys.reviewing.reading import Reader, flagged, read_after
from surveys.reviewing.redaction import Span, Word, numbers_in, published_text
from surveys.reviewing.wording import (
    Asked,
    asked_in,
    called,
    is_cyrillic,
    pieces,
    places_by_code,
    tag_of,
    where,
)
from surveys.serbian import to_latin

IN_QUEUE = 6


def left_in_words(left: int) -> str:
    """`41 left`, or `over 1,000 left`: a sentence after another one."""
    if left > COUNTED:
        return _("over 1,000 left")
    return ngettext("%(number)d left", "%(number)d left", left) % {"number": left}


def count_in_words(left: int) -> str:
    return _("over 1,000") if left > COUNTED else str(left)


def answer_context(
    request: HttpRequest, form: DecisionForm, filters: Filters, reader: Reader
) -> dict[str, Any]:
    """Everything about the answer that a form is about."""
    response, name = form.response, form.name
    version = Version.objects.with_questions().get(pk=response.version_id)
    asked = asked_in(version)[name]
    (read,) = flagged([Waiting(response, name)], reader)
    around = queue_context(filters, reader, Position(response.pk, name))
    decision = current_decision(response, name)
    return {
        **_words(request, form, read.flags, decision),
        **_beside(response, version, asked),
        **_history(response, name, version),
        **around,
        "place": around["places"].get(response.place, ""),
        "where": where(response, around["places"], named=reader.named),
        "response": response,
        "name": name,
        "asked": asked,
        "called": called(response, named=reader.named),
        "named": reader.named,
        "flags": read.flags,
        "decision": decision,
        "shows_form": decision is None or decision.verdict == Decision.Verdict.ASK,
        "may_confirm": _may_confirm(decision, reader),
        "lock": take_lock(response, reader.user, reader.moment),
        "form": form,
    }


def _may_confirm(decision: Decision | None, reader: Reader) -> bool:
    waits = decision and decision.verdict == Decision.Verdict.COUNT and not decision.confirmed_by
    return bool(waits and decision and decision.decided_by_id != reader.user.pk)


def _words(
    request: HttpRequest, form: DecisionForm, flags: Sequence[Flag], decision: Decision | None
) -> dict[str, Any]:
    """The text, marked, in the script asked for; its words to choose from; what to hide."""
    text = form.text
    latin = request.GET.get("script") == "latin" and is_cyrillic(text)
    marks = marks_of(flags, len(text))
    hides = decision and decision.verdict == Decision.Verdict.HIDE
    hidden: list[Span] = [(start, end) for start, end in decision.hidden] if decision else []
    shown = hidden if hides else marks

    def write(written: str) -> str:
        return to_latin(written) if latin else written

    return {
        "pieces": [(write(piece), is_marked) for piece, is_marked in pieces(text, shown)],
        "tag": tag_of(form.response, text, latin=latin),
        "count_of_words": len(form.words),
        "is_cyrillic": is_cyrillic(text),
        "latin": latin,
        "words": [(word, write(word.text), word.number in form.chosen()) for word in form.words],
        "suggestions": _suggestions(form.words, text, marks, write),
        "published": published_text(text, decision) if hides else None,
    }


def _suggestions(words: Sequence[Word], text: str, marks: Sequence[Span], write: Any) -> Any:
    """For each mark its number, the words it touches and what it says."""
    return [
        (position, sorted(numbers_in(text, [span])), write(text[span[0] : span[1]]))
        for position, span in enumerate(marks)
    ]


def suggested(form: DecisionForm, flags: Sequence[Flag], position: str) -> set[int]:
    """Numbers of the words in the mark with that position; none if there is no such mark."""
    marks = dict(enumerate(marks_of(flags, len(form.text))))
    mark = {str(number): span for number, span in marks.items()}.get(position)
    return numbers_in(form.text, [mark]) if mark else set()


def _beside(response: Response, version: Version, asked: Asked) -> dict[str, Any]:
    """The other answers of the response; those that are missing are only counted."""
    shown: list[SectionProgress] = []
    missing = 0
    for part in progress(version, response.answers):
        others = [
            each
            for each in part.questions
            if each.question != asked.kind.question or not isinstance(asked.kind, OpenText)
        ]
        missing += sum(not each.lines for each in others)
        shown.append(SectionProgress(part.section, [each for each in others if each.lines]))
    return {"progress": [part for part in shown if part.questions], "missing": missing}


def _history(response: Response, name: str, version: Version) -> dict[str, Any]:
    decisions = response.decisions.filter(question=name)
    revisions: list[tuple[Revision, str]] = [
        (revision, str(revision.answers.get(name, ""))) for revision in response.revisions.all()
    ]
    return {
        "decisions": list(decisions.select_related("decided_by", "asked", "confirmed_by")),
        "revisions": revisions,
        "translations": list(
            response.working_translations.filter(question=name).select_related("made_by")
        ),
    }


def _row(response: Response, places: Mapping[str, str], reader: Reader) -> tuple[str, str]:
    """What a response is called, and since when it waits where."""
    named = reader.named
    return called(response, named=named), where(response, places, named=named)


def queue_context(filters: Filters, reader: Reader, at: Position) -> dict[str, Any]:
    """What waits around an answer: a few of the next, the one before, and how many are left."""
    following, _more = read_after(filters, at, IN_QUEUE, reader)
    before = waiting_before(filters, at)
    places = places_by_code()
    return {
        "filters": filters,
        "query": filters.address(),
        "queue": [(each, *_row(each.waiting.response, places, reader)) for each in following],
        "places": places,
        "before": before,
        "after": following[0].waiting if following else None,
        "count": count_in_words(filters.left()),
    }
