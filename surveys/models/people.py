"""Who signs in: staff, and members of organisations."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person with a sign-in. Citizens have none."""


class Organisation(models.Model):
    """A body that answers as one respondent."""

    name = models.CharField(_("name"), max_length=200)
    members = models.ManyToManyField(User, through="Member", related_name="organisations")

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person working on an organisation's response."""

    organisation = models.ForeignKey(Organisation, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], name="member_belongs_once_to_an_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"
