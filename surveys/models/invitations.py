"""Asking organisations to answer: whom, whether they came, and lists of them from a file."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from surveys.models.people import Member, Organisation, Role, User
from surveys.translated import site_languages


def new_token() -> str:
    """The secret part of an invitation's link: 32 characters, 192 bits."""
    return secrets.token_urlsafe(24)


class Invitation(models.Model):
    """An address that was asked to answer for an organisation.

    Who signs in with that address becomes a member with that role.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SEND)
    language = models.CharField(
        _("language"), max_length=10, choices=site_languages, default=settings.LANGUAGE_CODE
    )
    token = models.CharField(max_length=40, default=new_token, editable=False)
    invited_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    replaces = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    """The member who hands over and leaves when this one comes."""
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    """When the e-mail was put into the outbox; the outbox knows what became of it."""
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["token"], name="invitation_link_is_unique"),
            models.UniqueConstraint(
                "organisation", Lower("email"), name="an_address_is_invited_once_by_an_organisation"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["edit", "send"]), name="invitation_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation}"


class OrganisationList(models.Model):
    """A file of organisations that was uploaded, until it is loaded or thrown away."""

    name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(default=list)
    """As read: a header row, then a list of cells for each line."""
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("list of organisations")
        verbose_name_plural = _("lists of organisations")

    def __str__(self) -> str:
        return self.name
