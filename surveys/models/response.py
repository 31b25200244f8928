"""A response, one row of the data file, and what it said before it was changed."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from surveys.identifiers import new_reference, uuid7
from surveys.models.noting import note_responses
from surveys.models.people import Organisation
from surveys.models.questionnaire import Questionnaire, Version
from surveys.translated import site_languages

LISTED = ("questionnaire", "place", "language", "state", "channel", "sent_at")
"""What staff filter responses by."""


class ResponseQuerySet(models.QuerySet["Response"]):
    def sent(self) -> Self:
        """What the programme may see and count.

        Not a rehearsal, and not yet of an organisation nobody confirmed.
        """
        sent = self.filter(state=Response.State.SENT, is_rehearsal=False)
        return sent.exclude(organisation__standing__in=Organisation.UNCONFIRMED)


class Response(models.Model):
    """Answers are one document of codes keyed by question name; columns hold what is filtered."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")
        # Kept and used for nothing, because its sender asked for that. See `surveys/subjects/`.
        RESTRICTED = "restricted", _("restricted")

    TAKEN_BACK = (State.WITHDRAWN, State.RESTRICTED)
    """Sent once, and used for nothing any more."""

    class Channel(models.TextChoices):
        WEB = "web", _("website")
        PAPER = "paper", _("paper")
        PHONE = "phone", _("phone")
        EVENT = "event", _("event")

    class Publication(models.TextChoices):
        NAMED = "named", _("Yes, with the name")
        ANONYMOUS = "anonymous", _("Yes, but without the name")
        TOTALS_ONLY = "totals", _("No, use it only in the totals")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(
        _("reference"), max_length=9, default=new_reference, editable=False
    )
    # Keys that other indexes begin with, or that most responses lack, have none of their own.
    questionnaire = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        related_name="responses",
        verbose_name=_("questionnaire"),
        db_index=False,
    )
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="responses", verbose_name=_("version")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=10, choices=State)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    publication = models.CharField(
        _("publication"), max_length=10, choices=Publication, blank=True, default=""
    )
    answers = models.JSONField(_("answers"), default=dict)
    place = models.GeneratedField(
        expression=KeyTextTransform("place", "answers"),
        output_field=models.CharField(max_length=40, null=True),
        db_persist=True,
        verbose_name=_("place"),
    )
    unfinished = models.JSONField(default=dict, editable=False)
    """What a draft's controls held that is no answer yet, by control name."""
    secret_hash = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001
    """Of the secret in a form: it lets the form be sent once, and opens what it became."""
    unread = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    """Where in `answers` words stand that nobody has decided about yet."""
    is_rehearsal = models.BooleanField(_("rehearsal"), default=False, editable=False)
    """Made by staff before the opening, at which it is erased."""
    moved_from = models.ForeignKey(
        Version, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    """The version a draft was begun with, until its respondent has been told of the later one."""
    started_at = models.DateTimeField(_("started"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering = ["-id"]
        permissions = [
            ("export_response", _("Can export responses")),
            ("review_response", _("Can decide what of open answers is published")),
            ("see_identity", _("Can see who answered: organisations, references, times")),
            ("see_words", _("Can read open answers as they were written")),
        ]
        indexes = [
            models.Index(fields=["id"], condition=~Q(unread=[]), name="responses_to_read"),
            # The same for what the review queue is filtered by.
            models.Index(
                fields=["questionnaire", "id"],
                condition=~Q(unread=[]),
                name="questionnaires_to_read",
            ),
            models.Index(
                fields=["language", "id"], condition=~Q(unread=[]), name="languages_to_read"
            ),
            models.Index(fields=["place", "id"], condition=~Q(unread=[]), name="places_to_read"),
            GinIndex(fields=["unread"], condition=~Q(unread=[]), name="questions_to_read"),
            models.Index(
                fields=["questionnaire"], condition=Q(is_rehearsal=True), name="rehearsals"
            ),
            models.Index(
                fields=["organisation"],
                condition=Q(organisation__isnull=False),
                name="responses_of_organisations",
            ),
            models.Index(
                fields=["moved_from"], condition=Q(moved_from__isnull=False), name="moved_drafts"
            ),
            # What the list of responses is filtered and sorted by. Each holds the others, so that
            # what two filters let through is counted without reading a response.
            *(
                models.Index(
                    fields=[column, "id"],
                    include=[other for other in LISTED if other not in (column, "sent_at")],
                    condition=Q(is_rehearsal=False),
                    name=f"responses_by_{column}",
                )
                for column in LISTED
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="reference_is_unique"),
            models.UniqueConstraint(fields=["secret_hash"], name="a_form_is_sent_once"),
            models.UniqueConstraint(
                fields=["questionnaire", "organisation"],
                name="one_response_per_organisation_and_questionnaire",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", sent_at__isnull=True)
                | Q(state__in=["sent", "withdrawn", "restricted"], sent_at__isnull=False),
                name="response_has_a_sending_time_unless_it_is_a_draft",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("started_at")),
                name="response_is_sent_after_it_was_started",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(answers={}),
                name="withdrawn_response_keeps_no_answers",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(unfinished={}),
                name="only_a_draft_has_unfinished_answers",
            ),
            models.CheckConstraint(
                condition=Q(unread=[]) | Q(state="sent"), name="only_what_was_sent_is_to_be_read"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["web", "paper", "phone", "event"]),
                name="response_channel_is_known",
            ),
            models.CheckConstraint(
                condition=Q(moved_from__isnull=True) | Q(state="draft"),
                name="only_a_draft_has_moved",
            ),
        ]
        triggers = note_responses()

    def __str__(self) -> str:
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_counted(self) -> bool:
        """Whether it is among those of `sent()`."""
        organisation = self.organisation
        is_confirmed = not organisation or organisation.standing not in Organisation.UNCONFIRMED
        return self.state == self.State.SENT and not self.is_rehearsal and is_confirmed

    def last_revision(self) -> "Revision | None":
        """What it said until it was last changed."""
        return self.revisions.order_by("-number").first()


class Revision(models.Model):
    """What a sent response said until it was changed. The response itself says the latest."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("number"))
    answers = models.JSONField(_("answers"), default=dict)
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    publication = models.CharField(
        _("publication"), max_length=10, choices=Response.Publication, blank=True, default=""
    )
    said_since = models.DateTimeField(_("said since"))
    replaced_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["response", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "number"], name="revision_number_is_unique_in_its_response"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response.reference} · {self.number}"


class Amendment(models.Model):
    """What an organisation is making of a response it has sent; that one counts till it is sent."""

    response = models.OneToOneField(Response, models.CASCADE, related_name="amendment")
    moved_to = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    """The later version it is worked on with; the response's own where there is none."""
    moved_from = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
    """As of a response."""
    answers = models.JSONField(default=dict)
    unfinished = models.JSONField(default=dict)
    started_at = models.DateTimeField(_("started"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")

    def __str__(self) -> str:
        return str(self.response)

    # It is worked on like a draft.

    is_draft = True

    @property
    def organisation(self) -> Organisation | None:
        return self.response.organisation

    @property
    def organisation_id(self) -> int | None:
        return self.response.organisation_id

    @property
    def questionnaire(self) -> Questionnaire:
        return self.response.questionnaire

    @property
    def version(self) -> Version:
        return self.moved_to or self.response.version

    @property
    def version_id(self) -> int:
        return self.moved_to_id or self.response.version_id
