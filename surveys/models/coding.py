"""Coding open answers: the themes of one question, and who applied which to which answer."""

from typing import Self

import pgtrigger
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


class CodeQuerySet(models.QuerySet["Code"]):
    def applied(self) -> Self:
        """Those a coder can choose: neither merged into another nor split into others."""
        return self.filter(merged_into=None, split_at=None)


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
    split_at = models.DateTimeField(null=True, blank=True, editable=False)
    """Since when others stand in its place. What was coded with it is recoded by people."""

    objects = CodeQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(split_at=None),
                name="code_is_not_both_merged_and_split",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="code_is_never_renumbered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("number", "frame"),
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
        indexes = [
            models.Index(fields=["frame", "turn", "-id"], name="latest_codings_of_a_frame"),
            models.Index(fields=["frame", "coder", "-id"], name="latest_codings_of_a_coder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["frame", "response", "turn"], name="an_answer_is_coded_once_in_each_turn"
            ),
            models.UniqueConstraint(
                fields=["frame", "response", "coder"],
                condition=Q(turn__in=[1, 2]),
                name="an_answer_is_coded_twice_by_different_people",
            ),
            models.CheckConstraint(condition=Q(turn__in=[1, 2, 3]), name="turn_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.frame} {self.response_id} ({self.turn})"


class Uncoded(models.Model):
    """An answer that waits to be coded. The database adds and removes those of the first turn.

    So the next answer is the first row of an index, however many responses there are, and an
    answer that is sent late, changed or withdrawn comes, comes again or goes by itself.
    """

    frame = models.ForeignKey(CodingFrame, models.CASCADE, related_name="uncoded")
    response = models.ForeignKey(Response, models.CASCADE, related_name="uncoded")
    turn = models.PositiveSmallIntegerField(_("turn"), default=Coding.Turn.FIRST)
    not_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    """Who coded it first, where it waits for a second coder."""

    class Meta:
        verbose_name = _("answer to code")
        verbose_name_plural = _("answers to code")
        ordering = ["response_id"]
        indexes = [
            models.Index(fields=["frame", "turn", "not_by", "response"], name="answers_to_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["frame", "response", "turn"], name="an_answer_waits_once_for_each_turn"
            ),
            models.CheckConstraint(
                condition=Q(turn=2) | Q(turn=1, not_by=None), name="anybody_codes_in_the_first_turn"
            ),
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
