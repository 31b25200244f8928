"""E-mails on their way: a row is written with what it tells of, and sent afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.invitations import Invitation
from surveys.translated import site_languages


class Message(models.Model):
    """One e-mail to one address, which leaves once.

    Waiting becomes handing over just before the mail server gets it, and sent when the server has
    taken it. What is handing over while nobody is sending was cut short at that very moment: it
    may have left or not, and only somebody who reads the mail server's log can say.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        HANDING_OVER = "handing_over", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        BOUNCED = "bounced", _("came back")

    key = models.CharField(max_length=200)
    """What it tells of: a second message with the same key is never written."""
    kind = models.SlugField(_("kind"), max_length=30)
    to = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10, choices=site_languages)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True)
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    unsubscribe_url = models.URLField(max_length=500, blank=True)
    """Where mail programmes unsubscribe its reader in one step (RFC 8058)."""
    state = models.CharField(_("state"), max_length=15, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    next_try_at = models.DateTimeField(_("next try"))
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(_("what the mail server said"), blank=True)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="nobody_is_written_to_twice"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "handing_over", "sent", "failed", "bounced"]),
                name="message_state_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], condition=Q(state="waiting"), name="messages_by_turn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.to}"

    @property
    def language_tag(self) -> str:
        """What its language is called in HTML."""
        return settings.LANGUAGE_TAGS[self.language]

    @property
    def message_id(self) -> str:
        """The same at every try: mail servers can tell a repetition, and bounces name it."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
        return f"<listens-{self.pk}-{self.created_at:%Y%m%d%H%M%S}@{domain}>"
