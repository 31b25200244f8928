"""Whom the consultation wants to reach, and how many there are of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaire import Questionnaire


class Target(models.Model):
    """One group of respondents: how many people or bodies there are, and how many shall answer."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.CASCADE, related_name="targets", verbose_name=_("questionnaire")
    )
    dimension = models.CharField(_("by"), max_length=40)
    """The name of a closed question, or `language`."""
    code = models.CharField(_("group"), max_length=40)
    population = models.PositiveIntegerField(_("how many there are"), null=True, blank=True)
    source = models.CharField(_("source of the figure"), max_length=300, blank=True)
    wanted = models.PositiveIntegerField(_("how many shall answer"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["questionnaire", "dimension", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "dimension", "code"], name="one_target_per_group"
            ),
            models.CheckConstraint(
                condition=Q(population__isnull=True) | ~Q(source=""),
                name="a_population_figure_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.code}"
