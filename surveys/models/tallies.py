"""How many responses say what, kept up to date change by change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import Questionnaire


class Untallied(models.Model):
    """A note that a response has changed: what it counted for until then, if it did."""

    response_id = models.UUIDField(db_index=True)
    was_counted = models.BooleanField()
    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="untallied", db_constraint=False
    )
    version_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10, null=True)  # noqa: DJ001
    channel = models.CharField(max_length=10, null=True)  # noqa: DJ001
    answers = models.JSONField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change that is not tallied yet")
        verbose_name_plural = _("changes that are not tallied yet")

    def __str__(self) -> str:
        return str(self.response_id)


class Tally(models.Model):
    """How many responses of one group count for one cell."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="tallies")
    dimension = models.CharField(max_length=80)
    group = models.CharField(max_length=80)
    question = models.CharField(max_length=80)
    cell = models.CharField(max_length=170)
    n = models.BigIntegerField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "dimension", "group", "question", "cell"],
                name="a_cell_is_tallied_once",
            ),
            models.CheckConstraint(condition=Q(n__gte=0), name="a_tally_is_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.group} {self.question} {self.cell}"


class Tallied(models.Model):
    """Until when a questionnaire's tallies hold, and by what they were counted."""

    questionnaire = models.OneToOneField(Questionnaire, models.CASCADE, related_name="tallied")
    at = models.DateTimeField()
    definition = models.CharField(max_length=64)
    """Digest of how it is counted: where that has changed, all is counted anew."""

    class Meta:
        verbose_name = _("state of tallies")
        verbose_name_plural = _("states of tallies")

    def __str__(self) -> str:
        return str(self.questionnaire)
