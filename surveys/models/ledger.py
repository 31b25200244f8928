"""Recorded as counted: commitments to what was sent, and the public list they enter.

What each thing is, to the byte, is said in docs/recorded-as-counted.md.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.models.response import Response


class Commitment(models.Model):
    """A salted hash of what a response said. It has no time, and its key tells no order.

    Once it has a position in the list, it keeps that and is never deleted.
    """

    class State(models.TextChoices):
        CURRENT = "current", _("current")
        REPLACED = "replaced", _("replaced")
        WITHDRAWN = "withdrawn", _("withdrawn")

    digest = models.CharField(max_length=64, primary_key=True)
    """In hex."""
    # The positions of the list begin with it.
    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="commitments", db_index=False
    )
    response = models.ForeignKey(Response, models.SET_NULL, null=True, related_name="commitments")
    salt = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.CURRENT)
    position = models.PositiveBigIntegerField(null=True)
    """In the list, from 0; none until its batch."""

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = [
            models.Index(
                fields=["consultation"], condition=Q(position=None), name="commitments_waiting"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "position"], name="a_position_of_the_list_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(state="current"),
                name="a_response_has_one_current_commitment",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="a_commitment_is_a_sha_256"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["current", "replaced", "withdrawn"]),
                name="the_state_of_a_commitment_is_known",
            ),
            models.CheckConstraint(
                condition=Q(salt=None) | ~Q(state="withdrawn") & ~Q(response=None),
                name="a_salt_is_kept_only_with_its_response",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_commitment_stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("digest", "consultation"),
            ),
            pgtrigger.Protect(
                name="a_listed_commitment_keeps_its_position",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__position__isnull=False)
                & pgtrigger.Q(old__position__df=pgtrigger.F("new__position")),
            ),
            pgtrigger.Protect(
                name="a_listed_commitment_is_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__position__isnull=False),
            ),
            pgtrigger.Trigger(
                name="what_is_deleted_is_withdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__response__isnull=True),
                func=(
                    "NEW.salt = NULL;"
                    " IF NEW.state = 'current' THEN NEW.state = 'withdrawn'; END IF;"
                    " RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.digest


class Checkpoint(models.Model):
    """The size and the root of a list, signed when a batch had entered it."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    note = models.TextField()
    """All of it as it is published, with the signature."""

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["consultation", "-size"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "size"], name="one_checkpoint_of_each_size"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="checkpoints_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} · {self.size}"


class TreeNode(models.Model):
    """The root of a complete subtree above the leaves: of the entries from number × 2^level on."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("node of the tree")
        verbose_name_plural = _("nodes of the tree")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "level", "number"], name="one_node_at_each_place"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="nodes_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"
