"""Data files that are made in the background, and kept for a while."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import User
from surveys.models.questionnaire import Questionnaire
from surveys.translated import site_languages


class Export(models.Model):
    """What somebody asked for, how far it is, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being made")
        DONE = "done", _("ready")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("erased")

    UNDER_WAY = (State.WAITING, State.RUNNING)

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="exports", verbose_name=_("questionnaire")
    )
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="exports", verbose_name=_("asked by")
    )
    asked_by_name = models.CharField(_("who"), max_length=200)
    asked_at = models.DateTimeField(_("asked"))
    purpose = models.CharField(_("purpose"), max_length=300)
    formats = ArrayField(models.CharField(max_length=10), verbose_name=_("formats"))
    labels = models.BooleanField(_("labels instead of codes"), default=False)
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    rights = models.JSONField(_("rights"), default=dict)
    """Those it was asked with, and from its beginning those it is made with."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    problem = models.TextField(_("what went wrong"), blank=True)

    columns = ArrayField(models.CharField(max_length=200), default=list)
    total = models.PositiveIntegerField(null=True)
    """How many rows there were when it began."""
    done = models.PositiveIntegerField(default=0)
    last_id = models.UUIDField(null=True)
    """The key of the last response that was read."""
    has_all_rows = models.BooleanField(default=False)
    began_at = models.DateTimeField(null=True)
    read_until = models.DateTimeField(null=True)
    """Every row is of a moment between these two."""
    files = models.JSONField(default=list)
    """What was written, in order: name, format, rows, columns, bytes, SHA-256."""
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("is erased"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        # It takes the right to export responses.
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "running"]),
                name="exports_to_make",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__regex=r"\S"), name="an_export_says_what_it_is_for"
            ),
            models.CheckConstraint(
                condition=~Q(formats=[]), name="an_export_has_at_least_one_format"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "running", "done", "cancelled", "failed", "expired"]
                ),
                name="export_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="a_finished_export_expires",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(problem=""),
                name="a_failed_export_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} · {', '.join(self.formats)}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY


class ExportPart(models.Model):
    """Some bytes of an export: of the file of this name, or of its packed rows where it is empty.

    In the database, so that every machine that serves the site has them.
    """

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    file = models.CharField(max_length=120, blank=True)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["export", "file", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["export", "file", "number"], name="export_part_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.file} {self.number}"
