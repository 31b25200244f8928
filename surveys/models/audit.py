"""Who saw, changed, exported or published what. Rows are added and never changed."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing somebody did at the desk."""

    class Action(models.TextChoices):
        SAW = "saw", _("saw")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        EXPORTED = "exported", _("exported")
        IMPORTED = "imported", _("imported")
        PUBLISHED = "published", _("published")
        DECIDED = "decided", _("decided")
        CODED = "coded", _("coded")
        SENT = "sent", _("sent e-mails")

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    # Not a foreign key: the entry outlives the account.
    user_id = models.BigIntegerField(_("number of the account"), null=True)
    user_name = models.CharField(_("who"), max_length=200)
    action = models.CharField(_("what"), max_length=10, choices=Action)
    model = models.CharField(_("kind of thing"), max_length=60)
    object_id = models.CharField(max_length=40, blank=True)
    object_label = models.CharField(_("thing"), max_length=200, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["model", "object_id"], name="log_of_one_thing"),
            models.Index(fields=["user_id", "-id"], name="log_of_one_person"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="the_log_is_only_added_to", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_name} {self.get_action_display()} {self.object_label}"
