"""What colleagues say and do while they work on one response. None of it is part of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import Organisation, User
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response


class Comment(models.Model):
    """What a member said beside a question, to colleagues only."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="comments")
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="+")
    question = models.CharField(_("question"), max_length=40)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="comments")
    author_name = models.CharField(_("author"), max_length=200)
    text = models.TextField(_("comment"), max_length=2000)
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.question}: {self.author_name}"


class Event(models.Model):
    """Who did what to a response, and when."""

    class Kind(models.TextChoices):
        SAVED = "saved", _("changed answers")
        ASKED = "asked", _("asked for approval")
        SENT = "sent", _("sent the response")
        REOPENED = "reopened", _("began to change the response")
        DROPPED = "dropped", _("dropped the changes")
        CHANGED = "changed", _("sent the changed response")
        WITHDRAWN = "withdrawn", _("withdrew the response")

    response = models.ForeignKey(Response, models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="events")
    author_name = models.CharField(_("who"), max_length=200)
    questions = models.JSONField(default=list)
    """Names of the questions whose answers were changed."""
    before = models.JSONField(default=dict)
    """What these said before, by question name; erased when the response is withdrawn."""
    began_at = models.DateTimeField(_("began"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="saved") | Q(questions=[], before={}),
                name="only_saving_tells_what_answers_were",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}: {self.get_kind_display()}"
