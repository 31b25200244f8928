"""What was published of the answers: releases, and the tables that stand in them."""

from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from surveys.models.consultation import Consultation
from surveys.models.people import User
from surveys.models.questionnaire import Questionnaire
from surveys.tabulation.counted import Counted, Table
from surveys.translated import TranslatedField


class ReleaseQuerySet(models.QuerySet["Release"]):
    def of(self, consultation: Consultation) -> Self:
        """Its releases, the latest first."""
        return self.filter(consultation=consultation).order_by("-number")


class Release(models.Model):
    """Numbers that were made public at one moment. What was released is never changed.

    It is complete in itself: `tables` are all that stand in it, those among them that have stood
    since an earlier release.
    """

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="releases", verbose_name=_("consultation")
    )
    number = models.PositiveIntegerField(_("number"))
    made_at = models.DateTimeField(_("released"))
    made_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("released by")
    )
    """Nobody where it was made by itself, while the consultation was open."""
    note = TranslatedField(_("what changed"), blank=True)
    counts = models.JSONField(_("responses"), default=dict)
    """By slug of the questionnaire: how many were `sent`, how many of them `counted`, how many
    `withdrawn` since, and how many are of organisations nobody confirmed (`unconfirmed`)."""
    tables = ArrayField(models.BigIntegerField(), default=list)
    """Keys of the released tables that stand in it."""
    held_back = models.JSONField(_("stood still"), default=dict)
    """By slug of the questionnaire: questions whose former tables stand, because one could
    subtract them from new ones."""

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["consultation", "-number"]
        permissions = [("publish_results", _("Can publish results"))]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "number"], name="release_number_is_unique"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="releases_are_numbered_from_1"),
        ]
        triggers = [
            # But for who made it: an account can be deleted.
            pgtrigger.Protect(
                name="a_release_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["made_by"]),
            ),
            pgtrigger.Protect(name="a_release_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.number}"


class ReleasedTable(models.Model):
    """One question crossed with one dimension, as it was released."""

    release = models.ForeignKey(Release, models.PROTECT, related_name="new_tables")
    """The first it stands in."""
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="released_tables")
    question = models.CharField(_("question"), max_length=80)
    dimension = models.CharField(_("dimension"), max_length=80, blank=True)
    """Nothing where nobody is told apart."""
    groups = models.JSONField(default=list)
    """In order, of each group its code, three numbers and its cells: see `table`."""
    counted_at = models.DateTimeField(_("counted"))
    """The moment its numbers are of."""

    class Meta:
        verbose_name = _("released table")
        verbose_name_plural = _("released tables")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "questionnaire", "question", "dimension"],
                name="a_table_is_released_once",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="what_was_released_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} × {self.dimension or '-'}"

    @property
    def table(self) -> Table:
        """Its numbers. None: not shown."""
        return Table(
            self.question,
            self.dimension,
            {
                code: Counted(total, asked, answered, dict(cells))
                for code, total, asked, answered, cells in self.groups
            },
        )

    @classmethod
    def holding(cls, table: Table, **columns: object) -> Self:
        """A table to be stored. Lists, because PostgreSQL does not keep the order of keys."""
        groups = [
            [
                code,
                each.total,
                each.asked,
                each.answered,
                [list(cell) for cell in each.cells.items()],
            ]
            for code, each in table.groups.items()
        ]
        return cls(question=table.question, dimension=table.dimension, groups=groups, **columns)


class ReleaseRequest(models.Model):
    """A release somebody asked for, until it is made; or why it was not made, with its note."""

    class Unmade(models.TextChoices):
        UNCHANGED = "unchanged", _("no number has changed")
        TOO_EARLY = "too_early", _("it is not closed")

    consultation = models.OneToOneField(
        Consultation, models.CASCADE, related_name="release_request"
    )
    note = TranslatedField(_("what changed"), blank=True)
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    unmade = models.CharField(
        _("why it was not made"), max_length=10, choices=Unmade, blank=True, db_default=""
    )
    """Nothing while it is to be made."""

    class Meta:
        verbose_name = _("release that was asked for")
        verbose_name_plural = _("releases that were asked for")
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return str(self.consultation)
