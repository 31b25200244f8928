"""The open data set: its versions, and the files they consist of."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.models.releases import Release


class OpenDataQuerySet(models.QuerySet["OpenDataVersion"]):
    def of(self, consultation: Consultation) -> Self:
        """Its versions, the latest first."""
        return self.filter(consultation=consultation).order_by("-number")


class OpenDataVersion(models.Model):
    """What was published as data at one moment. It is never changed."""

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="open_data", verbose_name=_("consultation")
    )
    number = models.PositiveIntegerField(_("version"))
    release = models.ForeignKey(Release, models.PROTECT, related_name="open_data")
    """Whose figures it holds. A later version can have the same: where answers were taken back."""
    made_at = models.DateTimeField(_("made"))
    """The moment before its responses were read."""

    objects = OpenDataQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the open data")
        verbose_name_plural = _("versions of the open data")
        ordering = ["consultation", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"], name="open_data_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(number__gt=0), name="open_data_versions_are_numbered_from_1"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_version_of_open_data_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.number}"


class OpenDataFile(models.Model):
    """One file of a version. Whoever downloads it gets the same bytes."""

    version = models.ForeignKey(OpenDataVersion, models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(_("media type"), max_length=80)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    """None for what holds no rows."""
    is_of_people = models.BooleanField(default=False)
    """Whether it holds answers of single responses: only of the latest version it is offered,
    since somebody may have withdrawn."""

    class Meta:
        verbose_name = _("file of the open data")
        verbose_name_plural = _("files of the open data")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"], name="open_data_file_name_is_unique_in_its_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_file_of_open_data_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return self.name
