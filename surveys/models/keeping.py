"""What was erased because its time had come, and what people asked about their own data."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import Organisation, User
from surveys.models.response import Response


class RetentionRun(models.Model):
    """What one run of `erase_expired` erased of one class. It holds numbers, never whose."""

    kind = models.SlugField(_("class of data"), max_length=40)
    """The key of a class in `surveys/retention.py`."""
    ran_at = models.DateTimeField(_("when"))
    erased = models.PositiveIntegerField(_("erased"))

    class Meta:
        verbose_name = _("run of the retention")
        verbose_name_plural = _("runs of the retention")
        ordering = ["-ran_at", "kind"]
        default_permissions = ()
        indexes = [models.Index(fields=["kind", "-ran_at"], name="last_run_of_a_class")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.erased}"


class SubjectRequest(models.Model):
    """Somebody asked for their own data. Whose they are is forgotten once it is done.

    A restriction keeps its response until it is lifted.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", _("a copy of the data")
        RECTIFY = "rectify", _("correction")
        ERASE = "erase", _("erasure")
        RESTRICT = "restrict", _("restriction")

    class Proof(models.TextChoices):
        LINK = "link", _("reference and personal link")
        EMAIL = "email", _("e-mail address")
        ORGANISATION = "organisation", _("organisation")

    kind = models.CharField(_("what was asked for"), max_length=10, choices=Kind)
    proof = models.CharField(_("found by"), max_length=12, choices=Proof)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("due"))
    handled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("who dealt with it")
    )
    response = models.ForeignKey(Response, models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.SET_NULL, null=True, related_name="+")
    email = models.CharField(max_length=254, blank=True, default="")
    done_at = models.DateTimeField(_("done"), null=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    report = models.JSONField(_("report"), default=dict)
    """How many rows of what; numbers alone."""

    class Meta:
        verbose_name = _("data-subject request")
        verbose_name_plural = _("data-subject requests")
        ordering = ["-pk"]
        default_permissions = ()
        permissions = [
            ("handle_subject_requests", _("Can deal with requests of people about their data"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["export", "rectify", "erase", "restrict"]),
                name="kind_of_subject_request_is_known",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("received_on")),
                name="a_request_is_due_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(email="", organisation__isnull=True),
                name="a_request_that_is_done_forgets_who_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.get_kind_display()}"
