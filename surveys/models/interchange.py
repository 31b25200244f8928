"""Files of other tools on their way in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import User
from surveys.models.questionnaire import Questionnaire


class QuestionnaireUpload(models.Model):
    """A file that was uploaded, until it is imported or thrown away."""

    class Kind(models.TextChoices):
        JSON = "json", _("questionnaire as JSON")
        XLSFORM = "xlsform", _("questionnaire as XLSForm")
        XLIFF = "xliff", _("translations as XLIFF")
        SHEET = "sheet", _("translations as a spreadsheet")

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="uploads", verbose_name=_("questionnaire")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    """As it came: it is read anew each time, so that nothing between is trusted."""
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("uploaded questionnaire")
        verbose_name_plural = _("uploaded questionnaires")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["json", "xlsform", "xliff", "sheet"]),
                name="upload_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name
