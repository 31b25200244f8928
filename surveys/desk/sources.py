"""What needs doing at the desk, by whom, until when: every stage says what waits in it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.campaigns.listing import not_looked_at
from surveys.capped import capped, number, plural
from surveys.coverage.overview import number_behind
from surveys.desk.tasks import Task
from surveys.inviting import unsent
from surveys.models import (
    CodingFrame,
    Consultation,
    Decision,
    Organisation,
    Questionnaire,
    Response,
    Uncoded,
    Version,
)
from surveys.postman import unclear
from surveys.transcribing.lists import different, unfinished, waiting

BROKEN_OFF_AFTER = timedelta(hours=1)
"""Until then somebody may be typing it."""


def organisations(consultation: Consultation) -> Iterator[Task]:
    """Those that registered themselves, and invitations that were not sent."""
    waiting = capped(Organisation.objects.filter(standing=Organisation.Standing.WAITING))
    if waiting:
        yield Task(
            ngettext(
                "%(number)s organisation registered itself and waits to be confirmed",
                "%(number)s organisations registered themselves and wait to be confirmed",
                plural(waiting),
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
                plural(not_sent),
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
                plural(stuck),
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
    """Forms that were begun and left, those a second person has to type, and what two people read
    differently. As long as there is one, the public record is not final."""
    of_this = Q(version__questionnaire__consultation=consultation)
    broken_off = Q(
        transcript__version__questionnaire__consultation=consultation,
        typed_at__lt=consultation.now - BROKEN_OFF_AFTER,
    )
    begun = capped(unfinished().filter(broken_off))
    if begun:
        yield _to_type(
            begun,
            ngettext(
                "%(number)s form was begun and is not typed to its end",
                "%(number)s forms were begun and are not typed to their end",
                plural(begun),
            ),
        )
    again = capped(waiting().filter(of_this))
    if again:
        yield _to_type(
            again,
            ngettext(
                "%(number)s form waits to be typed a second time",
                "%(number)s forms wait to be typed a second time",
                plural(again),
            ),
        )
    differing = capped(different().filter(of_this))
    if differing:
        yield _to_type(
            differing,
            ngettext(
                "%(number)s form was read differently by two people",
                "%(number)s forms were read differently by two people",
                plural(differing),
            ),
        )


def _to_type(forms: int, words: str) -> Task:
    address = reverse("admin:transcripts")
    return Task(words % {"number": number(forms)}, address, "surveys.change_transcript")


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


def drafts(consultation: Consultation) -> Iterator[Task]:
    """Versions that were begun and are not published."""
    begun = Version.objects.filter(
        published_at=None, questionnaire__consultation=consultation
    ).select_related("questionnaire")
    for version in begun:
        yield Task(
            _("%(version)s is written and not published yet") % {"version": version},
            reverse("admin:drafting_version", args=[version.pk]),
            "surveys.change_version",
            consultation.opens_at if consultation.opens_at > consultation.now else None,
        )


def reading(consultation: Consultation) -> Iterator[Task]:
    """Open answers nobody has decided about, and decisions that wait for somebody else."""
    of_this = Q(questionnaire__consultation=consultation)
    unread = capped(Response.objects.sent().filter(of_this).exclude(unread=[]))
    if unread:
        yield Task(
            ngettext(
                "%(number)s response has words that nobody has decided about",
                "%(number)s responses have words that nobody has decided about",
                plural(unread),
            )
            % {"number": number(unread)},
            reverse("admin:review_queue"),
            "surveys.review_response",
        )
    verdicts = Decision.Verdict
    undecided = Q(verdict=verdicts.ASK) | Q(verdict=verdicts.COUNT, confirmed_by=None)
    others = capped(
        Decision.objects.filter(
            undecided, is_current=True, response__questionnaire__consultation=consultation
        )
    )
    if others:
        yield Task(
            ngettext(
                "%(number)s decision waits for a second person",
                "%(number)s decisions wait for a second person",
                plural(others),
            )
            % {"number": number(others)},
            reverse("admin:review_waiting"),
            "surveys.review_response",
        )


def coding(consultation: Consultation) -> Iterator[Task]:
    """Answers that wait to be coded, by question."""
    frames = CodingFrame.objects.filter(questionnaire__consultation=consultation)
    for frame in frames.select_related("questionnaire"):
        left = capped(Uncoded.objects.filter(frame=frame))
        if left:
            yield Task(
                ngettext(
                    "%(frame)s: %(number)s answer waits to be coded",
                    "%(frame)s: %(number)s answers wait to be coded",
                    plural(left),
                )
                % {"frame": frame, "number": number(left)},
                reverse("admin:coding_frame", args=[frame.pk]),
                "surveys.code_responses",
            )


def campaigns(consultation: Consultation) -> Iterator[Task]:
    """Groups of near-identical texts nobody has looked at."""
    found = capped(not_looked_at(consultation))
    if found:
        yield Task(
            ngettext(
                "%(number)s group of near-identical answers was not looked at yet",
                "%(number)s groups of near-identical answers were not looked at yet",
                plural(found),
            )
            % {"number": number(found)},
            reverse("admin:campaigns"),
            "surveys.change_campaign",
        )


SOURCES: tuple[Callable[[Consultation], Iterator[Task]], ...] = (
    questionnaires,
    drafts,
    organisations,
    mail,
    forms_to_type,
    reading,
    coding,
    campaigns,
    coverage,
)


def tasks(consultation: Consultation) -> list[Task]:
    """Everything that waits for somebody, the urgent and the earliest first."""
    found = [task for source in SOURCES for task in source(consultation)]
    latest = consultation.closes_at
    return sorted(found, key=lambda task: (not task.is_urgent, task.until or latest))
