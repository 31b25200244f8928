"""What needs doing at the desk, by whom, until when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.campaigns.listing import not_looked_at
from surveys.coverage.overview import number_behind
from surveys.inviting import unsent
from surveys.models import (
    Consultation,
    Decision,
    Organisation,
    Questionnaire,
    Response,
    Uncoded,
)
from surveys.postman import unclear
from surveys.roles import ROLES
from surveys.transcribing.lists import different, waiting

AT_MOST = 1000


@dataclass(frozen=True)
class Task:
    """One thing to be done. `url` leads to where; `permission` says who may."""

    words: str
    url: str
    permission: str
    until: datetime | None = None
    is_urgent: bool = False

    def who(self) -> str:
        """The roles that may do it."""
        codename = self.permission.partition(".")[2]
        return ", ".join(role.name for role in ROLES if codename in role.codenames())


def capped(rows: QuerySet[Any]) -> int:
    """How many there are, counted no further than AT_MOST + 1, however many there are."""
    return rows.order_by()[: AT_MOST + 1].count()


def number(count: int) -> str:
    """A capped count in words."""
    return _("over %(number)d") % {"number": AT_MOST} if count > AT_MOST else str(count)


def organisations(consultation: Consultation) -> Iterator[Task]:
    """Those that registered themselves, and invitations that were not sent."""
    waiting = capped(Organisation.objects.filter(standing=Organisation.Standing.WAITING))
    if waiting:
        yield Task(
            ngettext(
                "%(number)s organisation registered itself and waits to be confirmed",
                "%(number)s organisations registered themselves and wait to be confirmed",
                waiting,
            )
            % {"number": number(waiting)},
            reverse("admin:surveys_organisation_changelist") + "?standing__exact=waiting",
            "surveys.change_organisation",
            consultation.closes_at,
        )
    not_sent = capped(unsent())
    if not_sent and consultation.stage() != Consultation.Stage.CLOSED:
        yield Task(
            ngettext(
                "%(number)s invitation was not sent yet",
                "%(number)s invitations were not sent yet",
                not_sent,
            )
            % {"number": number(not_sent)},
            reverse("admin:surveys_invitation_send"),
            "surveys.change_invitation",
            consultation.closes_at,
        )


def mail(consultation: Consultation) -> Iterator[Task]:
    """E-mails nobody can tell about without looking."""
    stuck = capped(unclear(consultation.now))
    if stuck:
        yield Task(
            ngettext(
                "%(number)s e-mail was cut short: look whether it left",
                "%(number)s e-mails were cut short: look whether they left",
                stuck,
            )
            % {"number": number(stuck)},
            reverse("admin:surveys_message_changelist") + "?state__exact=handing_over",
            "surveys.change_message",
            is_urgent=True,
        )


def questionnaires(consultation: Consultation) -> Iterator[Task]:
    """Questionnaires that cannot be answered because no version is published."""
    for questionnaire in Questionnaire.objects.filter(consultation=consultation):
        if questionnaire.current_version() is None:
            yield Task(
                _("%(questionnaire)s: no version is published yet")
                % {"questionnaire": questionnaire},
                reverse("admin:drafting_questionnaire", args=[questionnaire.pk]),
                "surveys.publish_version",
                consultation.opens_at,
            )


def forms_to_type(consultation: Consultation) -> Iterator[Task]:
    """Forms that a second person has to type, and what two people read differently."""
    of_this = Q(version__questionnaire__consultation=consultation)
    again = capped(waiting().filter(of_this))
    if again:
        yield Task(
            ngettext(
                "%(number)s form waits to be typed a second time",
                "%(number)s forms wait to be typed a second time",
                again,
            )
            % {"number": number(again)},
            reverse("admin:transcripts"),
            "surveys.change_transcript",
        )
    differing = capped(different().filter(of_this))
    if differing:
        yield Task(
            ngettext(
                "%(number)s form was read differently by two people",
                "%(number)s forms were read differently by two people",
                differing,
            )
            % {"number": number(differing)},
            reverse("admin:transcripts"),
            "surveys.change_transcript",
        )


def words_to_review(_consultation: Consultation) -> Iterator[Task]:
    """Words nobody has decided about, and what a second person has to confirm."""
    unread = capped(Response.objects.sent().exclude(unread=[]))
    if unread:
        yield Task(
            ngettext(
                "%(number)s response has words to review",
                "%(number)s responses have words to review",
                unread,
            )
            % {"number": number(unread)},
            reverse("admin:review_queue"),
            "surveys.review_response",
        )
    unconfirmed = capped(
        Decision.objects.filter(
            is_current=True,
            verdict=Decision.Verdict.COUNT,
            confirmed_by=None,
            response__in=Response.objects.sent(),
        )
    )
    if unconfirmed:
        yield Task(
            ngettext(
                "%(number)s text was left out and waits to be confirmed by a second person",
                "%(number)s texts were left out and wait to be confirmed by a second person",
                unconfirmed,
            )
            % {"number": number(unconfirmed)},
            reverse("admin:review_waiting"),
            "surveys.review_response",
        )


def copies(consultation: Consultation) -> Iterator[Task]:
    """Groups of near-identical answers that nobody has labelled."""
    groups = capped(not_looked_at(consultation))
    if groups:
        yield Task(
            ngettext(
                "%(number)s group of near-identical answers was not looked at yet",
                "%(number)s groups of near-identical answers were not looked at yet",
                groups,
            )
            % {"number": number(groups)},
            reverse("admin:campaigns"),
            "surveys.change_campaign",
        )


def answers_to_code(consultation: Consultation) -> Iterator[Task]:
    """What is left in the frames, answers that two people code twice over."""
    left = capped(Uncoded.objects.filter(frame__questionnaire__consultation=consultation))
    if left:
        yield Task(
            ngettext(
                "%(number)s answer waits to be coded",
                "%(number)s answers wait to be coded",
                left,
            )
            % {"number": number(left)},
            reverse("admin:coding_frames"),
            "surveys.code_responses",
        )


def coverage(consultation: Consultation) -> Iterator[Task]:
    """Questionnaires with groups of which fewer answered than are wanted by now."""
    if consultation.stage() != Consultation.Stage.OPEN:
        return
    for questionnaire in Questionnaire.objects.filter(consultation=consultation):
        behind = number_behind(questionnaire, consultation)
        if behind:
            yield Task(
                ngettext(
                    "%(questionnaire)s: %(number)d group falls behind what is wanted",
                    "%(questionnaire)s: %(number)d groups fall behind what is wanted",
                    behind,
                )
                % {"questionnaire": questionnaire, "number": behind},
                reverse("admin:coverage_questionnaire", args=[questionnaire.pk]),
                "surveys.view_target",
                consultation.closes_at,
            )


SOURCES: tuple[Callable[[Consultation], Iterator[Task]], ...] = (
    questionnaires,
    organisations,
    mail,
    forms_to_type,
    words_to_review,
    copies,
    answers_to_code,
    coverage,
)


def tasks(consultation: Consultation) -> list[Task]:
    """Everything that waits for somebody, the urgent and the earliest first."""
    found = [task for source in SOURCES for task in source(consultation)]
    latest = consultation.closes_at
    return sorted(found, key=lambda task: (not task.is_urgent, task.until or latest))
