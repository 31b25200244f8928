"""Who did what to a response, and when, and what answers were before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from surveys.models import Event, Response, User, Version
from surveys.parts import Part
from surveys.progress import QuestionProgress
from surveys.question_types import question_types

ONE_SITTING = timedelta(minutes=10)
"""What one person saves again within it, with nobody in between, is one event."""


def note(response: Response, kind: Event.Kind, by: User, moment: datetime) -> None:
    """Something that was done with the response as a whole."""
    Event.objects.create(
        response=response, kind=kind, author=by, author_name=str(by), began_at=moment, at=moment
    )


def note_saving(response: Response, by: User, before: Part, after: Part, moment: datetime) -> None:
    """What was saved, if that changed anything. The caller has locked the response."""
    old, new = before.entered(), after.entered()
    changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    if not changed:
        return
    last = Event.objects.filter(response=response).order_by("-pk").first()
    if (
        last is None
        or (last.kind, last.author_id) != (Event.Kind.SAVED, by.pk)
        or last.at < moment - ONE_SITTING
    ):
        last = Event(
            response=response,
            kind=Event.Kind.SAVED,
            author=by,
            author_name=str(by),
            began_at=moment,
        )
    said_first = {name: old[name] for name in changed if name in old and name not in last.questions}
    last.before = said_first | last.before
    last.questions = sorted({*last.questions, *changed})
    last.at = moment
    last.save()


def forget_what_was_said(response: Response) -> None:
    """Who did what remains; what the answers were does not."""
    response.events.update(before={}, questions=[])


@dataclass(frozen=True)
class Told:
    """An event as people read it: with the questions it is about and what they said before."""

    event: Event
    questions: list[QuestionProgress]


def tell(events: QuerySet[Event], version: Version) -> list[Told]:
    kinds = question_types(version, list(version.sections.all()))
    return [
        Told(
            event,
            [
                QuestionProgress(kind.question, kind.lines(event.before))
                for kind in kinds
                if set(kind.stored_names()) & set(event.questions)
            ],
        )
        for event in events
    ]
