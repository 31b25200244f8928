"""Reading open answers: what of them is published, and who is at it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.people import User
from surveys.models.response import Response
from surveys.translated import site_languages


class Decision(models.Model):
    """What somebody decided about the words of one answer. A later one takes its place."""

    class Verdict(models.TextChoices):
        PUBLISH = "publish", _("Publish as it is")
        HIDE = "hide", _("Publish with words hidden")
        COUNT = "count", _("Count it, do not publish the text")
        ASK = "ask", _("Ask a colleague")

    PUBLISHED = (Verdict.PUBLISH, Verdict.HIDE)
    """Those by which anybody may read the words, or what is left of them."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="decisions")
    question = models.CharField(_("question"), max_length=80)
    """The name its words have in the answer document."""
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    hidden = models.JSONField(_("hidden words"), default=list, blank=True)
    """Pairs of positions in the text, from and to, in order and apart from each other."""
    digest = models.CharField(max_length=64)
    """Of the words that were decided about: other words need another decision."""
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    asked = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    """Whom the decision is left to, where it is ASK; anybody, if nobody."""
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    """The second pair of eyes that a text is not published."""
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="decisions")
    decided_at = models.DateTimeField(_("decided"))
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        indexes = [
            # Few of them wait, whatever the number of decisions.
            models.Index(
                fields=["id"],
                condition=Q(is_current=True, verdict="ask")
                | Q(is_current=True, verdict="count", confirmed_by__isnull=True),
                name="decisions_that_wait",
            ),
            # The words that anybody may read, the latest first; of one question too.
            *(
                models.Index(
                    fields=[*columns, "-id"],
                    condition=Q(is_current=True, verdict__in=["publish", "hide"]),
                    name=name,
                )
                for columns, name in (
                    ([], "decisions_that_publish"),
                    (["question"], "published_of_a_question"),
                )
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"],
                condition=Q(is_current=True),
                name="one_decision_about_an_answer_is_current",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["publish", "hide", "count", "ask"]),
                name="verdict_is_known",
            ),
            models.CheckConstraint(
                condition=Q(hidden=[]) | Q(verdict="hide"),
                name="only_a_text_that_is_published_has_hidden_words",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(verdict="count"),
                name="only_leaving_a_text_out_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("decided_by")),
                name="a_second_person_confirms",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["count", "ask"]) | ~Q(reason="") | Q(is_current=False),
                name="leaving_out_and_asking_have_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response.reference} {self.question}: {self.get_verdict_display()}"


class SoftLock(models.Model):
    """Who has a response open for review or coding. It keeps nobody out; it tells the others."""

    response = models.OneToOneField(Response, models.CASCADE, related_name="soft_lock")
    held_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("soft lock")
        verbose_name_plural = _("soft locks")

    def __str__(self) -> str:
        return f"{self.response_id}: {self.held_by}"


class WorkingTranslation(models.Model):
    """An open answer in another language, made by staff for staff. It is no part of it."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="working_translations")
    question = models.CharField(_("question"), max_length=80)
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    text = models.TextField(_("translation"), max_length=20_000)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("working translation")
        verbose_name_plural = _("working translations")
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question", "language"],
                name="one_working_translation_per_answer_and_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.question} ({self.language})"
