"""Near-identical texts. They are labelled and counted, never deleted."""

from typing import Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from surveys.models.people import User
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response


class Campaign(models.Model):
    """A group of near-identical answers to one open question."""

    class State(models.TextChoices):
        FOUND = "found", _("found, not looked at yet")
        CAMPAIGN = "campaign", _("a campaign")
        CHANCE = "chance", _("alike by chance")

    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="campaigns", verbose_name=_("questionnaire")
    )
    question = models.CharField(_("question"), max_length=80)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.FOUND)
    label = models.CharField(_("label"), max_length=200, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    found_at = models.DateTimeField(_("found"))
    labelled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    labelled_at = models.DateTimeField(_("labelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["found", "campaign", "chance"]),
                name="campaign_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="campaign") | ~Q(label=""), name="a_campaign_has_a_label"
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.question} {self.pk}"


class CampaignTextQuerySet(models.QuerySet["CampaignText"]):
    def copies(self) -> Self:
        """Those in a campaign, or one of several that are alike, with the `size` of their group.

        Groups that are alike by chance are none to point at.
        """
        others = (
            CampaignText.objects.filter(campaign=OuterRef("campaign"), taken_out=False)
            .order_by()
            .values("campaign")
            .annotate(size=Count("pk"))
            .values("size")
        )
        grouped = self.filter(taken_out=False).exclude(campaign__state=Campaign.State.CHANCE)
        is_one = Q(campaign__state=Campaign.State.CAMPAIGN) | Q(size__gt=1)
        return grouped.annotate(size=Subquery(others)).filter(is_one)


class CampaignText(models.Model):
    """One answer of a group, and how alike it is to the group's first, 0 to 100."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts")
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+")
    question = models.CharField(max_length=80)
    response = models.ForeignKey(Response, models.CASCADE, related_name="campaign_texts")
    likeness = models.PositiveSmallIntegerField(_("likeness"))
    taken_out = models.BooleanField(_("taken out"), default=False)
    """Somebody looked and found that it does not belong; looking for groups leaves it out."""

    objects = CampaignTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a campaign")
        verbose_name_plural = _("texts of campaigns")
        ordering = ["response"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="an_answer_is_in_one_group"
            ),
            models.CheckConstraint(
                condition=Q(likeness__lte=100), name="likeness_is_at_most_a_hundred"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.response_id}"


class CampaignSearch(models.Model):
    """When near-identical answers to a question were last looked for."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+")
    question = models.CharField(max_length=80)
    at = models.DateTimeField(_("looked for"))

    class Meta:
        verbose_name = _("search for campaigns")
        verbose_name_plural = _("searches for campaigns")
        ordering = ["questionnaire", "question"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "question"], name="the_last_search_of_a_question_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.at}"
