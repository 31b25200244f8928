"""Erasing what is held of somebody, wherever it is; and what stays, and why."""

from collections.abc import Iterable

import pgtrigger
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys import audit
from surveys.identifiers import new_reference
from surveys.lifecycle import withdraw
from surveys.models import (
    AuditEntry,
    CampaignText,
    Comment,
    Commitment,
    Event,
    Export,
    Invitation,
    Message,
    Organisation,
    OrganisationList,
    Response,
    SoftLock,
    Subscriber,
    Transcript,
    Typing,
    User,
)
from surveys.subjects.finding import Subject, letters_to
from surveys.subjects.made_exports import forget_in_exports
from surveys.subjects.scrubbing import ERASED, tells_of, without
from surveys.subjects.searching import places_of
from surveys.subscribing import unsubscribe
from surveys.tallying.folding import fold

LEAST_NAME = 6
LEAST_WORDS = 20
"""Shorter answers are everybody's: finding them elsewhere tells nothing."""


class IsStaff(Exception):
    """An account at the desk: its rights have to be taken away first."""


def what_stays(subject: Subject) -> list[str]:
    """What erasure does not reach and why, in the active language: shown before it is confirmed."""
    stays = [
        _("A row of this request: its kind, its dates, who dealt with it and how much was erased."),
        _("Copies of the database that were made before, until they expire."),
    ]
    if subject.responses():
        stays += [
            _(
                "That a response was sent and erased, without reference, key, answers or hour: the "
                "published account of all responses has to add up."
            ),
            _(
                "Its entry in the public list of what was counted: a hash that nobody can link to "
                "anybody once its salt is erased."
            ),
            _("Figures that were published: they are totals, and name nobody."),
            _(
                "Editions of the report and of open data that were published, and words that staff "
                "copied by hand: the report of this request says where they were found."
            ),
        ]
    if subject.email:
        stays.append(
            _(
                "What an organisation answered: it is the organisation's. The name of whoever "
                "worked on it is erased."
            )
        )
    return stays


def erase(subject: Subject) -> dict[str, int]:
    """Erase all that is held of the subject; how many rows of what, and what was found afterwards.

    In one transaction but for the cache, which is emptied after it. Raises IsStaff.
    """
    user = subject.user()
    if user and (user.is_staff or user.is_superuser):
        raise IsStaff
    needles = _needles(subject, user)
    words = _words(subject)
    with transaction.atomic():
        report: dict[str, int] = {}
        responses = [*subject.responses()]
        questionnaires = {response.questionnaire for response in responses}
        for response in responses:
            _add(report, _erase_response(response))
            _scrub_log(Q(object_id=str(response.pk)), [response.reference])
        # By when they were sent, which these rows still know.
        _add(report, {"export_parts": forget_in_exports(responses)})
        if subject.organisation:
            _add(report, _erase_organisation(subject.organisation))
        if subject.email:
            _add(report, _erase_address(subject.email, user))
        _add(report, {"log": _scrub_log(Q(), needles), "admin_log": _scrub_admin_log(needles)})
        _scrub_letters(needles)
        for questionnaire in questionnaires:
            while fold(questionnaire):
                pass
        # Also within longer words and addresses: somebody looks whether these are others.
        found = places_of([*needles, *words])
        report |= {f"left in {place}": rows for place, rows in found.items()}
        transaction.on_commit(cache.clear)
    return {name: count for name, count in report.items() if count}


def _needles(subject: Subject, user: User | None) -> list[str]:
    """What tells who it is, as it may stand inside other texts."""
    found = [response.reference for response in subject.responses()]
    if subject.email:
        found.append(subject.email)
    # A first name alone is a word like any other.
    if user and len(user.get_full_name().split()) > 1:
        found.append(user.get_full_name())
    if subject.organisation and len(subject.organisation.name) >= LEAST_NAME:
        found.append(subject.organisation.name)
    return found


def _words(subject: Subject) -> list[str]:
    return [
        said
        for response in subject.responses()
        for said in response.answers.values()
        if isinstance(said, str) and len(said) >= LEAST_WORDS
    ]


def _add(report: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        report[name] = report.get(name, 0) + count


# A response


def _erase_response(response: Response) -> dict[str, int]:
    """An empty row stays that says that something was sent and taken back; a draft goes wholly."""
    stored = Response.objects.select_for_update().get(pk=response.pk)
    if stored.is_draft:
        return {"drafts": stored.delete()[1].get("surveys.Response", 0)}
    counted = {
        "responses": 1,
        "revisions": stored.revisions.count(),
        "typings": Typing.objects.filter(transcript__response=stored).delete()[0],
        "decisions": stored.decisions.all().delete()[0],
        "quotations": stored.quotations.count(),
    }
    if stored.state == Response.State.RESTRICTED:
        Response.objects.filter(pk=stored.pk).update(state=Response.State.SENT)
    withdraw(stored)
    Event.objects.filter(response=stored).delete()
    CampaignText.objects.filter(response=stored).delete()
    SoftLock.objects.filter(response=stored).delete()
    Transcript.objects.filter(response=stored).update(organisation=None, sheet="")
    Commitment.objects.filter(response=stored).update(response=None)
    _empty(stored)
    return counted


def _empty(stored: Response) -> None:
    local = timezone.localtime(stored.sent_at)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    Response.objects.filter(pk=stored.pk).update(
        reference=new_reference(),
        secret_hash=None,
        organisation=None,
        answers={},
        publication="",
        started_at=day,
        sent_at=day,
        changed_at=timezone.now(),
    )


# An address, an organisation


def _erase_address(email: str, user: User | None) -> dict[str, int]:
    subscribers = [*Subscriber.objects.filter(email__iexact=email)]
    for subscriber in subscribers:
        unsubscribe(subscriber)
    counted = {
        "subscriptions": len(subscribers),
        "emails": letters_to(email).delete()[0],
        "invitations": Invitation.objects.filter(email__iexact=email).delete()[0],
        "lists": _scrub_lists(email),
    }
    return counted | _erase_user(user) if user else counted


def _erase_user(user: User) -> dict[str, int]:
    comments = Comment.objects.filter(author=user).delete()[0]
    events = Event.objects.filter(author=user).update(author_name="")
    Export.objects.filter(asked_by=user).update(asked_by_name="")
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
    user.delete()
    return {"comments": comments, "events": events, "accounts": 1}


def _erase_organisation(organisation: Organisation) -> dict[str, int]:
    counted = {
        "invitations": organisation.invitations.count(),
        "comments": organisation.comments.count(),
        "emails": Message.objects.filter(invitation__organisation=organisation).delete()[0],
    }
    Transcript.objects.filter(organisation=organisation).update(organisation=None)
    organisation.delete()
    return counted | {"organisations": 1}


def _scrub_lists(email: str) -> int:
    """Rows of uploaded lists that name the address."""
    changed = 0
    for uploaded in OrganisationList.objects.all():
        rows = [row for row in uploaded.rows if not tells_of(row, email)]
        if rows != uploaded.rows:
            changed += len(uploaded.rows) - len(rows)
            OrganisationList.objects.filter(pk=uploaded.pk).update(rows=rows)
    return changed


# Texts that tell of somebody


def _scrub_log(about: Q, needles: Iterable[str]) -> int:
    """The entries stay, as the law asks of a log; whom they name does not."""
    count = 0
    entries = AuditEntry.objects.annotate(told=Cast("details", TextField()))
    for needle in needles:
        named = Q(told__icontains=needle)
        for field in ("user_name", "object_label", "purpose"):
            named |= Q(**{f"{field}__icontains": needle})
        for entry in entries.filter(named | about if about else named):
            said = {
                "user_name": entry.user_name,
                "object_label": entry.object_label,
                "purpose": entry.purpose,
                "details": entry.details,
            }
            if tells_of(said, needle):
                with pgtrigger.ignore(audit.LOG_IS_ONLY_ADDED_TO):
                    AuditEntry.objects.filter(pk=entry.pk).update(
                        **{field: without(words, needle) for field, words in said.items()}
                    )
                count += 1
    return count


def _scrub_admin_log(needles: Iterable[str]) -> int:
    count = 0
    for needle in needles:
        named = Q(object_repr__icontains=needle) | Q(change_message__icontains=needle)
        for entry in LogEntry.objects.filter(named):
            if tells_of([entry.object_repr, entry.change_message], needle):
                entry.object_repr, entry.change_message = ERASED, ""
                entry.save(update_fields=["object_repr", "change_message"])
                count += 1
    return count


def _scrub_letters(needles: Iterable[str]) -> None:
    """E-mails to others that name somebody."""
    for needle in needles:
        for letter in Message.objects.filter(
            Q(subject__icontains=needle) | Q(text__icontains=needle) | Q(html__icontains=needle)
        ):
            for field in ("subject", "text", "html"):
                setattr(letter, field, without(getattr(letter, field), needle))
            letter.save(update_fields=["subject", "text", "html"])
