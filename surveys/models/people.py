"""Who signs in: staff, and members of organisations."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.folding import folded
from surveys.models.noting import note_organisations
from surveys.translated import site_languages

# Two addresses are the same if their small letters are, as the rules below have it. Django's own
# `iexact` compares capitals, and there the dotless ı of somebody else's domain is an I.
models.EmailField.register_lookup(Lower)


class User(AbstractUser):
    """A person with a sign-in. Citizens have none."""

    language = models.CharField(
        _("language of e-mails"),
        max_length=10,
        choices=site_languages,
        default=settings.LANGUAGE_CODE,
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="an_address_belongs_to_one_person"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def of(self, user: Any) -> Self:
        """Those whose response this person works on."""
        return self.filter(member__user=user)


class Organisation(models.Model):
    """A body that answers as one respondent."""

    class Standing(models.TextChoices):
        LISTED = "listed", _("listed")
        WAITING = "waiting", _("registered itself, not confirmed yet")
        REFUSED = "refused", _("refused")

    UNCONFIRMED = (Standing.WAITING, Standing.REFUSED)
    """What these have sent is not counted."""

    name = models.CharField(_("name"), max_length=200)
    profile = models.JSONField(
        _("profile"),
        default=dict,
        blank=True,
        help_text=_("What the Secretariat knows: codes of the questions about the organisation."),
    )
    standing = models.CharField(
        _("standing"), max_length=10, choices=Standing, default=Standing.LISTED
    )
    needs_approval = models.BooleanField(
        _("only those who can send may send"),
        default=False,
    )
    folded_name = models.GeneratedField(
        expression=folded("name"),
        output_field=models.TextField(),
        db_persist=True,
    )
    """For search and for duplicates: without case, diacritics and script."""
    members = models.ManyToManyField(User, through="Member", related_name="organisations")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "folded_name",
                Coalesce(KeyTextTransform("place", "profile"), Value("")),
                condition=Q(standing="listed"),
                name="organisation_is_listed_once_in_its_place",
            ),
            models.CheckConstraint(
                condition=Q(standing__in=["listed", "waiting", "refused"]),
                name="organisation_standing_is_known",
            ),
        ]
        triggers = note_organisations()

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do."""

    EDIT = "edit", _("can edit")
    SEND = "send", _("can edit and send")


class Member(models.Model):
    """A person working on an organisation's response. Who is removed has no row any more."""

    organisation = models.ForeignKey(Organisation, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.SEND)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], name="member_belongs_once_to_an_organisation"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["edit", "send"]), name="member_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"

    @property
    def can_send(self) -> bool:
        """Whether this member may send, change and withdraw the response."""
        return self.role == Role.SEND or not self.organisation.needs_approval

    @property
    def can_manage(self) -> bool:
        """Whether this member decides about members and approval."""
        return self.role == Role.SEND
