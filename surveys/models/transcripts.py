"""Answers that staff type in: paper forms, phone calls, meetings."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.models.people import Organisation, User
from surveys.models.questionnaire import Version
from surveys.models.response import Response
from surveys.translated import site_languages


class Meeting(models.Model):
    """An event at which forms were filled in, such as a village meeting."""

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="meetings", verbose_name=_("consultation")
    )
    name = models.CharField(_("name"), max_length=200)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "name", "held_on"],
                name="meeting_is_unique_on_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.held_on}"


class Transcript(models.Model):
    """One form that staff type in, once or twice. When it is whole it becomes a response."""

    class State(models.TextChoices):
        BEGUN = "begun", _("begun")
        WAITING = "waiting", _("to be typed a second time")
        DIFFERENT = "different", _("differences to be resolved")
        DONE = "done", _("done")
        ASIDE = "aside", _("set aside")

    UNDER_WAY = (State.BEGUN, State.WAITING, State.DIFFERENT)
    """It can still become a response."""

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="transcripts", verbose_name=_("version")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Response.Channel)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, verbose_name=_("meeting")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("organisation")
    )
    sheet = models.CharField(_("number on the sheet"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    received_on = models.DateField(_("received"))
    state = models.CharField(_("state"), max_length=10, choices=State)
    form_key = models.UUIDField(default=uuid4, editable=False)
    """Of the form it was first saved with: a second click makes no second transcript."""
    response = models.OneToOneField(
        Response, models.PROTECT, null=True, blank=True, related_name="transcript"
    )

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["paper", "phone", "event"]),
                name="a_transcript_is_of_something_that_was_not_typed",
            ),
            models.CheckConstraint(
                condition=Q(state="done", response__isnull=False)
                | Q(state__in=["begun", "waiting", "different", "aside"], response__isnull=True),
                name="a_transcript_that_is_done_is_a_response",
            ),
            models.UniqueConstraint(
                fields=["version", "sheet"],
                condition=~Q(sheet="") & ~Q(state="aside"),
                name="a_sheet_is_transcribed_once",
            ),
            models.UniqueConstraint(
                fields=["form_key"], name="a_transcript_is_begun_once_with_a_form"
            ),
        ]

    def __str__(self) -> str:
        return self.sheet or str(self.pk)


class Typing(models.Model):
    """What one person read on the sheet."""

    transcript = models.ForeignKey(Transcript, models.CASCADE, related_name="typings")
    turn = models.PositiveSmallIntegerField(_("turn"))
    answers = models.JSONField(_("answers"), default=dict)
    unfinished = models.JSONField(default=dict)
    """What the controls held that is no answer yet, as in a draft."""
    is_finished = models.BooleanField(_("finished"), default=False)
    typed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    typed_at = models.DateTimeField(_("typed"))

    class Meta:
        verbose_name = _("typing")
        verbose_name_plural = _("typings")
        ordering = ["transcript", "turn"]
        constraints = [
            models.UniqueConstraint(
                fields=["transcript", "turn"], name="a_sheet_is_typed_once_in_each_turn"
            ),
            models.UniqueConstraint(
                fields=["transcript", "typed_by"], name="a_sheet_is_typed_by_different_people"
            ),
            models.CheckConstraint(condition=Q(turn__in=[1, 2]), name="typed_once_or_twice"),
            models.CheckConstraint(
                condition=Q(is_finished=False) | Q(unfinished={}),
                name="a_finished_typing_has_nothing_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transcript} ({self.turn})"
