"""The report on a consultation: texts that staff write, and the documents that were made."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.models.people import User
from surveys.models.releases import Release
from surveys.translated import TranslatedField, site_languages


class ReportText(models.Model):
    """What staff wrote for one place of the report. Making the report never touches it."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="report_texts")
    key = models.SlugField(_("where it stands"), max_length=100)
    """A part, or `comment-QUESTIONNAIRE-QUESTION`."""
    text = TranslatedField(_("text"))
    about = models.ForeignKey(
        Release, models.PROTECT, null=True, related_name="+", verbose_name=_("written about")
    )
    """The release whose figures it was written about; none where there was none yet."""
    edited_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("edited by")
    )
    edited_at = models.DateTimeField(_("edited"))

    class Meta:
        verbose_name = _("text of the report")
        verbose_name_plural = _("texts of the report")
        ordering = ["consultation", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "key"], name="a_place_of_the_report_has_one_text"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ReportEdition(models.Model):
    """A report that was made: the same content in every language and format."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="report_editions")
    release = models.ForeignKey(Release, models.PROTECT, related_name="report_editions")
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("edition of the report")
        verbose_name_plural = _("editions of the report")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(published_at__isnull=False),
                name="one_edition_of_the_report_is_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.pk}"


class ReportFile(models.Model):
    """One document of an edition. Whoever downloads it gets the same bytes."""

    class Format(models.TextChoices):
        HTML = "html", _("web page")
        DOCX = "docx", _("Word document")
        PDF = "pdf", _("PDF")

    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    format = models.CharField(_("format"), max_length=5, choices=Format)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("document of the report")
        verbose_name_plural = _("documents of the report")
        ordering = ["edition", "language", "format"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "language", "format"], name="a_document_is_made_once"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_document_that_was_made_stays_as_it_is", operation=pgtrigger.Update
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.format}"
