"""What is kept about a person with a sign-in, for that person: as JSON, and as a PDF."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.audit import in_words
from surveys.dates import clocks_of_the_site, long_date, on_every_clock
from surveys.models import (
    AuditEntry,
    Comment,
    Country,
    Event,
    Invitation,
    Member,
    Message,
    Role,
    Subscriber,
    User,
)
from surveys.printing import typeset_record

Row = dict[str, str]


def own_data(user: User) -> dict[str, list[Row]]:
    """Lists of rows by what they are about. What the organisation answered is the organisation's.

    Keys are names of fields, moments are ISO 8601: for machines.
    """
    return {name: rows(user) for name, rows in KINDS.items()}


def _account(user: User) -> list[Row]:
    return [
        {
            "name": user.get_full_name(),
            "email": user.email,
            "language": user.language,
            "joined_at": _iso(user.date_joined),
            "last_sign_in_at": _iso(user.last_login),
        }
    ]


def _memberships(user: User) -> list[Row]:
    return [
        {
            "organisation": member.organisation.name,
            "role": member.role,
            "joined_at": _iso(member.joined_at),
        }
        for member in Member.objects.filter(user=user).select_related("organisation")
    ]


def _invitations(user: User) -> list[Row]:
    invited = Invitation.objects.filter(email__lower=user.email.lower())
    return [
        {
            "organisation": invitation.organisation.name,
            "sent_at": _iso(invitation.sent_at),
            "reminded_at": _iso(invitation.reminded_at),
            "opened_at": _iso(invitation.opened_at),
            "declined_at": _iso(invitation.declined_at),
            "accepted_at": _iso(invitation.accepted_at),
        }
        for invitation in invited.select_related("organisation")
    ]


def _comments(user: User) -> list[Row]:
    return [
        {
            "organisation": comment.organisation.name,
            "question": comment.question,
            "text": comment.text,
            "written_at": _iso(comment.written_at),
        }
        for comment in Comment.objects.filter(author=user).select_related("organisation")
    ]


def _changes(user: User) -> list[Row]:
    return [
        {
            "response": event.response.reference,
            "what": event.kind,
            "questions": " ".join(event.questions),
            "at": _iso(event.at),
        }
        for event in Event.objects.filter(author=user).select_related("response")
    ]


def _desk(user: User) -> list[Row]:
    """What the log of the desk says of a member of staff."""
    return [
        {
            "what": entry.action,
            "kind": entry.model,
            "thing": entry.object_label,
            "at": _iso(entry.at),
        }
        for entry in AuditEntry.objects.filter(user_id=user.pk)
    ]


def _emails(user: User) -> list[Row]:
    written = Message.objects.filter(to__lower=user.email.lower()).exclude(kind="code")
    return [{"subject": message.subject, "sent_at": _iso(message.sent_at)} for message in written]


def _subscriptions(user: User) -> list[Row]:
    asked = Subscriber.objects.filter(email__lower=user.email.lower())
    return [
        {
            "consultation": str(subscriber.consultation),
            "language": subscriber.language,
            "asked_at": _iso(subscriber.asked_at),
            "confirmed_at": _iso(subscriber.confirmed_at),
        }
        for subscriber in asked.select_related("consultation")
    ]


def _passkeys(user: User) -> list[Row]:
    keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return [{"name": key.wrap().name, "created_at": _iso(key.created_at)} for key in keys]


KINDS: dict[str, Callable[[User], list[Row]]] = {
    "account": _account,
    "memberships": _memberships,
    "invitations": _invitations,
    "comments": _comments,
    "changes": _changes,
    "desk": _desk,
    "emails": _emails,
    "subscriptions": _subscriptions,
    "passkeys": _passkeys,
}


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""


def own_data_pdf(user: User) -> bytes:
    """The same in the active language, to read."""
    headings = {
        "account": _("Account"),
        "memberships": _("Organisations"),
        "invitations": _("Invitations"),
        "comments": _("Comments"),
        "changes": _("What you changed"),
        "desk": _("What you did at the desk"),
        "emails": _("E-mails we sent you"),
        "subscriptions": _("Subscriptions"),
        "passkeys": _("Passkeys"),
    }
    data, clocks = own_data(user), clocks_of_the_site()
    sections = [
        {
            "heading": heading,
            "rows": [_line(name, row, clocks) for row in data[name]] or [_("Nothing")],
        }
        for name, heading in headings.items()
    ]
    return typeset_record(_("Your data"), long_date(timezone.localdate()), sections)


def _line(kind: str, row: Row, clocks: list[Country]) -> str:
    return " · ".join(_said(kind, name, value, clocks) for name, value in row.items() if value)


def _said(kind: str, name: str, value: str, clocks: list[Country]) -> str:
    """One value as people read it: moments and codes in words."""
    if name in MOMENTS:
        moment = on_every_clock(timezone.localtime(datetime.fromisoformat(value)), clocks)
        return f"{MOMENTS[name]}: {moment}" if MOMENTS[name] else moment
    words = WORDS.get((kind, name))
    return words(value) if words else value


MOMENTS = {
    "at": "",
    "joined_at": gettext_lazy("joined"),
    "last_sign_in_at": gettext_lazy("last sign-in"),
    "sent_at": gettext_lazy("sent"),
    "reminded_at": gettext_lazy("reminded"),
    "opened_at": gettext_lazy("opened"),
    "declined_at": gettext_lazy("declined"),
    "accepted_at": gettext_lazy("accepted"),
    "written_at": gettext_lazy("written"),
    "created_at": gettext_lazy("created"),
    "asked_at": gettext_lazy("asked"),
    "confirmed_at": gettext_lazy("confirmed"),
}
"""Names of moments, and what is said before each."""


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


WORDS: dict[tuple[str, str], Callable[[str], str]] = {
    ("account", "language"): _language,
    ("subscriptions", "language"): _language,
    ("memberships", "role"): lambda code: str(Role(code).label),
    ("changes", "what"): lambda code: str(Event.Kind(code).label),
    ("desk", "what"): lambda code: str(AuditEntry.Action(code).label),
    ("desk", "kind"): in_words,
}
"""By kind of row and name: what a code means."""
