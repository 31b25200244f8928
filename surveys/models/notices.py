"""The privacy notice in its versions."""

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.translated import Text, TranslatedField


class PrivacyNoticeQuerySet(models.QuerySet["PrivacyNotice"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def newest(self) -> "PrivacyNotice | None":
        """The one in force now."""
        return self.published().order_by("-number").first()

    def in_force(self, moment: datetime) -> "PrivacyNotice | None":
        """The one that people read at that moment: of a response, when it was sent."""
        return self.filter(published_at__lte=moment).order_by("-number").first()


class PrivacyNotice(models.Model):
    """One version of a consultation's privacy notice. Once published it is frozen."""

    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="privacy_notices", verbose_name=_("consultation")
    )
    number = models.PositiveIntegerField(_("version"))
    short = TranslatedField(_("in short"), help_text=_("Shown on the form, before sending."))
    sections = models.JSONField(_("sections"), default=list)
    """In order: `name`, `heading`, `text`, and `periods` where a table of times follows."""
    changes = TranslatedField(_("what changed"), blank=True)
    is_material = models.BooleanField(
        _("tell organisations with drafts"),
        default=False,
        help_text=_("The change matters to whoever has begun to answer."),
    )
    digest = models.CharField(max_length=64, blank=True, editable=False)
    """Of the file it was loaded from; empty where staff wrote it."""
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    objects = PrivacyNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["consultation", "-number"]
        permissions = [("publish_privacynotice", _("Can publish a privacy notice"))]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"], name="privacy_notice_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=Q(published_at__isnull=True),
                name="one_draft_of_a_privacy_notice",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_published_notice_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.number}"

    def parts(self) -> list[dict[str, Any]]:
        """Its sections with texts that speak the reader's language."""
        return [_as_texts(section) for section in self.sections]


def _as_texts(section: dict[str, Any]) -> dict[str, Any]:
    periods = [
        row | {"what": Text(row["what"]), "until": Text(row["until"])}
        for row in section.get("periods", [])
    ]
    return section | {
        "heading": Text(section["heading"]),
        "text": Text(section["text"]),
        "periods": periods,
    }
