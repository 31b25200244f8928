"""What went wrong while a page was made, for whoever mends it; nothing of who asked for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Fault(models.Model):
    """One error that no page expected, under the number that its visitor was shown."""

    number = models.CharField(_("number"), max_length=8, db_index=True)
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    page = models.CharField(_("page"), max_length=100)
    """The name of its address, which may itself hold a secret."""
    exception = models.CharField(_("kind of error"), max_length=100)
    """Its class. What it says may quote what somebody entered and is not kept."""
    raised_at = models.TextField(_("where in the program"))

    class Meta:
        verbose_name = _("error")
        verbose_name_plural = _("errors")
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.number
