"""Coding open answers: the themes of one question, and who applied which to which answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import User
from surveys.models.questionnaire import Questionnaire
from surveys.models.response import Response
from surveys.translated import TranslatedField


class CodingFrame(models.Model):
    """The list of themes for one open question."""

    questionnaire = models.ForeignKey(
        Questionnaire,
        models.PROTECT,
        related_name="coding_frames",
        verbose_name=_("questionnaire"),
    )
    question = models.CharField(_("question"), max_length=80)
    """The name its words have in the answer document."""
    double_percent = models.PositiveSmallIntegerField(_("percent coded twice"), default=15)
    coders = models.ManyToManyField(
        User, blank=True, related_name="coding_frames", verbose_name=_("coders")
    )
    """Who codes with it besides those who may code with all."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("coding frame")
        verbose_name_plural = _("coding frames")
        ordering = ["questionnaire", "question"]
        permissions = [("code_responses", _("Can code open answers"))]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "question"], name="one_coding_frame_per_open_question"
            ),
            models.CheckConstraint(
                condition=Q(double_percent__lte=100), name="at_most_all_are_coded_twice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} · {self.question}"


class Code(models.Model):
    """One theme. Its number is in data files and never changes meaning."""

    frame = models.ForeignKey(CodingFrame, models.CASCADE, related_name="codes")
    number = models.PositiveSmallIntegerField(_("number"))
    label = TranslatedField(_("label"))
    definition = models.TextField(_("definition"), max_length=1000, blank=True)
    include = models.TextField(_("include"), max_length=1000, blank=True)
    exclude = models.TextField(_("exclude"), max_length=1000, blank=True)
    example = models.TextField(_("example"), max_length=1000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    """Where what it stood for is now; it is applied no more."""

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["frame", "number"], name="code_number_is_unique_in_its_frame"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="code_is_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class Coding(models.Model):
    """One coder's application of a frame to one answer; of no code, where none fits."""

    class Turn(models.IntegerChoices):
        FIRST = 1, _("first coding")
        SECOND = 2, _("second coding")
        AGREED = 3, _("agreed")

    frame = models.ForeignKey(CodingFrame, models.CASCADE, related_name="codings")
    response = models.ForeignKey(Response, models.CASCADE, related_name="codings")
    turn = models.PositiveSmallIntegerField(_("turn"), choices=Turn, default=Turn.FIRST)
    coder = models.ForeignKey(User, models.SET_NULL, null=True, related_name="codings")
    codes = models.ManyToManyField(Code, blank=True, related_name="codings")
    digest = models.CharField(max_length=64)
    """Of the words that were coded: other words are coded anew."""
    coded_at = models.DateTimeField(_("coded"))

    class Meta:
        verbose_name = _("coding")
        verbose_name_plural = _("codings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["frame", "response", "turn"], name="an_answer_is_coded_once_in_each_turn"
            ),
            models.CheckConstraint(condition=Q(turn__in=[1, 2, 3]), name="turn_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.frame} {self.response_id} ({self.turn})"


class CodeChange(models.Model):
    """What was done to a frame: the history of its codes."""

    class Kind(models.TextChoices):
        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")

    frame = models.ForeignKey(CodingFrame, models.CASCADE, related_name="changes")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    codes = models.ManyToManyField(Code, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a code")
        verbose_name_plural = _("changes of codes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.frame}: {self.get_kind_display()}"
