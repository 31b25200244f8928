"""“You said, we did”: quotations, what becomes of what people said, and who asked to be told."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from surveys.identifiers import uuid7
from surveys.models.coding import Code
from surveys.models.consultation import Consultation
from surveys.models.people import User
from surveys.models.response import Response
from surveys.translated import Text, TranslatedField, site_languages


class Quotation(models.Model):
    """Published words of one answer, which staff chose to show. See `surveys/quoting.py`."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="quotations")
    response = models.ForeignKey(Response, models.CASCADE, related_name="quotations")
    question = models.CharField(_("question"), max_length=80)
    """The name its words have in the answer document."""
    digest = models.CharField(max_length=64)
    """Of what was published when it was chosen: where that is other words, nothing is shown."""
    position = models.PositiveIntegerField(_("position"))
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    """Of the words. People write in another language than their form's."""
    translations = TranslatedField(_("translations"), blank=True)
    chosen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("chosen"), auto_now_add=True)

    class Meta:
        verbose_name = _("quotation")
        verbose_name_plural = _("quotations")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"], name="an_answer_is_quoted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.question}"


class ReplyWords(models.Model):
    """What a reply says: the row staff write, and each of its publications."""

    class Status(models.TextChoices):
        TAKEN_UP = "taken_up", _("taken up")
        PARTLY = "partly", _("partly taken up")
        EXAMINED = "examined", _("being examined")
        NOT_NOW = "not_now", _("not now")

    class DateIs(models.TextChoices):
        DUE = "due", _("due by")
        DECIDED = "decided", _("decided on")

    heading = TranslatedField(_("theme, as the public reads it"))
    said = TranslatedField(_("what people said"))
    did = TranslatedField(_("what we do about it"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.EXAMINED)
    reason = TranslatedField(_("why not now"), blank=True)
    owner = TranslatedField(_("who sees to it"))
    date = models.DateField(_("date"), null=True, blank=True)
    date_is = models.CharField(
        _("what the date is"), max_length=10, choices=DateIs, default=DateIs.DUE
    )
    number = models.PositiveIntegerField(_("how many people said it"), null=True, blank=True)
    quotation = models.ForeignKey(
        Quotation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("quotation"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["taken_up", "partly", "examined", "not_now"]),
                name="%(class)s_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(date_is__in=["due", "decided"]), name="%(class)s_date_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="not_now") | ~Q(reason={}),
                name="%(class)s_says_why_not_now",
                violation_error_message=_("Say why it is not taken up now."),
            ),
        ]

    @property
    def why_not_now(self) -> Text:
        """Nothing where it is another status, whatever was once written."""
        return self.reason if self.status == self.Status.NOT_NOW else Text()


class Reply(ReplyWords):
    """What is answered to one thing people said. The public reads its latest publication."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="replies")
    position = models.PositiveIntegerField(_("position"))
    theme = models.ForeignKey(
        Code,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("code"),
    )
    """Whose codings are counted when it is published; without one the number is written."""
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    """Since when the public reads it; empty where it does not."""
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta(ReplyWords.Meta):
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["position", "id"]
        permissions = [("publish_reply", _("Can publish replies and tell those who asked"))]

    def __str__(self) -> str:
        return str(self.heading)


class ReplyChange(ReplyWords):
    """What a reply said when it was published, or that it was taken back. Never changed."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", _("published")
        CHANGED = "changed", _("changed")
        TAKEN_BACK = "taken_back", _("taken back")

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="changes")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    made_at = models.DateTimeField(_("when"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta(ReplyWords.Meta):
        verbose_name = _("change of a reply")
        verbose_name_plural = _("changes of replies")
        ordering = ["-id"]
        triggers = [
            # The references alone may go, with what they refer to.
            pgtrigger.Protect(
                name="what_was_published_stays_as_it_was",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["quotation", "made_by"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading}: {self.get_kind_display()}"


class Announcement(models.Model):
    """Those who asked are told of the changes up to `last_change`: one e-mail to each."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="announcements")
    last_change = models.OneToOneField(ReplyChange, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(_("when"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("announcement of replies")
        verbose_name_plural = _("announcements of replies")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.consultation}: {self.made_at:%Y-%m-%d}"


class Subscriber(models.Model):
    """An address that asked to be told of replies. It belongs to no response and no account.

    Who unsubscribes has no row any more. Links are signed and name the row; no secret is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="subscribers")
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    """When the link in the e-mail was used; before that nothing else is sent."""
    told = models.ForeignKey(Announcement, models.SET_NULL, null=True, blank=True, related_name="+")
    """The last announcement an e-mail was written about."""

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "consultation", Lower("email"), name="an_address_asks_once_per_consultation"
            ),
        ]
        indexes = [
            models.Index(
                fields=["consultation", "told"],
                condition=Q(confirmed_at__isnull=False),
                name="subscribers_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.email
