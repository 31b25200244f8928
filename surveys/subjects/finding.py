"""Whom a request is about, and all that is held of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from surveys.models import (
    Amendment,
    Campaign,
    CampaignText,
    Coding,
    Comment,
    Commitment,
    Decision,
    Event,
    Invitation,
    Member,
    Message,
    Organisation,
    Quotation,
    Response,
    Revision,
    SubjectRequest,
    Subscriber,
    Typing,
    User,
    WorkingTranslation,
)
from surveys.own_data import own_data

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Subject:
    """A response, an address or an organisation; just one of them is there."""

    response: Response | None = None
    email: str = ""
    organisation: Organisation | None = None

    @classmethod
    def of(cls, request: SubjectRequest) -> "Subject":
        if request.email:
            return cls(email=request.email)
        if request.organisation:
            return cls(organisation=request.organisation)
        return cls(response=request.response)

    def is_gone(self) -> bool:
        return not (self.response or self.email or self.organisation)

    def user(self) -> User | None:
        return User.objects.filter(email__iexact=self.email).first() if self.email else None

    def responses(self) -> list[Response]:
        """Those that are erased with the subject. What an organisation answered is its own."""
        if self.response:
            return [self.response]
        return (
            [*Response.objects.filter(organisation=self.organisation)] if self.organisation else []
        )


def held(subject: Subject) -> dict[str, Rows]:
    """All rows that are held, by what they are; names of fields, for machines."""
    found: dict[str, Rows] = {}
    if subject.email:
        found |= _of_address(subject)
    if subject.organisation:
        found |= _of_organisation(subject.organisation)
    for response in subject.responses():
        for name, rows in _of_response(response).items():
            found[name] = [*found.get(name, []), *rows]
    return {name: rows for name, rows in found.items() if rows}


def _of_response(response: Response) -> dict[str, Rows]:
    def of(model: type[Model], *fields: str) -> Rows:
        return _rows(model._default_manager.filter(response=response), *fields)

    own = Response.objects.filter(pk=response.pk)
    typed = Typing.objects.filter(transcript__response=response)
    said = "answers", "language", "publication"
    return {
        "response": _rows(own, "reference", "state", "started_at", "sent_at", "channel", *said),
        "unfinished": _rows(own.exclude(unfinished={}), "unfinished"),
        "revisions": of(Revision, "number", *said, "said_since", "replaced_at"),
        "change": of(Amendment, "answers", "unfinished", "started_at"),
        "events": of(Event, "kind", "author_name", "questions", "before", "at"),
        "typings": _rows(typed, "turn", "answers", "unfinished", "typed_at"),
        "decisions": of(Decision, "question", "verdict", "hidden", "reason", "decided_at"),
        "codings": of(Coding, "frame__question", "codes__number", "turn"),
        "translations": of(WorkingTranslation, "question", "language", "text", "made_at"),
        "quotations": of(Quotation, "question", "language", "translations", "created_at"),
        "alike": _rows(
            CampaignText.objects.filter(response=response).exclude(
                campaign__state=Campaign.State.CHANCE
            ),
            *("question", "campaign__label", "likeness"),
        ),
        "commitments": of(Commitment, "digest", "state", "position"),
    }


def _of_address(subject: Subject) -> dict[str, Rows]:
    user = subject.user()
    found: dict[str, Rows] = {}
    if user:
        found |= {name: [dict(row) for row in rows] for name, rows in own_data(user).items()}
    email = subject.email
    invitations = Invitation.objects.filter(email__iexact=email)
    sent = "role", "created_at", "sent_at", "reminded_at", "opened_at", "accepted_at", "declined_at"
    return found | {
        "invitations": _rows(invitations, "organisation__name", "email", *sent),
        "emails": _rows(letters_to(email), "kind", "subject", "text", "created_at", "sent_at"),
        "subscriptions": _rows(
            Subscriber.objects.filter(email__iexact=email),
            *("consultation__slug", "email", "language", "asked_at", "confirmed_at"),
        ),
    }


def _of_organisation(organisation: Organisation) -> dict[str, Rows]:
    own = Organisation.objects.filter(pk=organisation.pk)
    theirs = Q(organisation=organisation)
    return {
        "organisation": _rows(own, "name", "profile", "standing", "created_at"),
        "memberships": _rows(Member.objects.filter(theirs), "user__email", "role", "joined_at"),
        "invitations": _rows(Invitation.objects.filter(theirs), "email", "role", "created_at"),
        "comments": _rows(Comment.objects.filter(theirs), "author_name", "question", "text"),
    }


def letters_to(email: str) -> QuerySet[Message]:
    return Message.objects.filter(to__iexact=email)


def _rows(rows: QuerySet[Any], *fields: str) -> Rows:
    return [*rows.order_by("pk").values(*fields)]
