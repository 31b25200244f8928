"""The programme that asks, where it asks, and the consultation."""

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from surveys.translated import TranslatedField


class Programme(models.Model):
    """A cooperation programme: what stays the same from one consultation to the next."""

    slug = models.SlugField(unique=True)
    name = TranslatedField(_("name"))
    short_name = TranslatedField(_("short name"))
    about = TranslatedField(_("about"), blank=True)
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    postal_address = TranslatedField(_("postal address"), blank=True)
    period = models.CharField(_("period"), max_length=20, blank=True)
    budget_eur = models.PositiveBigIntegerField(_("budget in EUR"), null=True, blank=True)
    map_lines = models.JSONField(_("lines on the map"), default=list, blank=True)
    map_labels = models.JSONField(_("labels on the map"), default=list, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return str(self.name)


class Country(models.Model):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="countries")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=2)
    name = TranslatedField(_("name"))
    units = TranslatedField(_("what its places are called"))
    time_zone = models.CharField(_("time zone"), max_length=40)
    funding = models.JSONField(_("who pays for a project"), default=list, blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"], name="country_code_is_unique_in_its_programme"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def local_time(self, moment: datetime) -> datetime:
        """The moment on this country's clocks."""
        return moment.astimezone(ZoneInfo(self.time_zone))


class Place(models.Model):
    """A county or district. Its code is stored in answers and never changes."""

    country = models.ForeignKey(Country, models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    nuts = models.CharField(_("NUTS 3 code"), max_length=8, blank=True)
    iso = models.CharField(_("ISO 3166-2 code"), max_length=8, blank=True)
    name = TranslatedField(_("name"))
    short_name = TranslatedField(_("short name"))
    tile_column = models.PositiveSmallIntegerField(_("column on the map"), default=0)
    tile_row = models.PositiveSmallIntegerField(_("row on the map"), default=0)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["country__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "code"], name="place_code_is_unique_in_its_country"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class DatabaseClock(models.Func):
    """PostgreSQL's clock, also inside a transaction, where its `now()` stands still."""

    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def current(self) -> "Consultation | None":
        """The one the site is about: the latest that has opened, else the next to open.

        It comes with the database's time, so that one clock decides for every process.
        """
        timed = self.annotate(asked_at=DatabaseClock())
        opened = timed.filter(opens_at__lte=DatabaseClock()).order_by("-opens_at")
        return opened.first() or timed.order_by("opens_at").first()

    def with_programme(self) -> Self:
        return self.select_related("programme")


class Consultation(models.Model):
    """The whole exercise the public is invited to, with its dates."""

    class Stage(models.TextChoices):
        UPCOMING = "upcoming", _("not yet open")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="consultations")
    slug = models.SlugField(unique=True)
    title = TranslatedField(_("title"), help_text=_("*Words* between asterisks are emphasised."))
    short_title = TranslatedField(_("short title"))
    kicker = TranslatedField(_("line above the title"), blank=True)
    lead = TranslatedField(_("lead"), blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    extended_from = models.DateTimeField(
        _("extended from"),
        null=True,
        blank=True,
        help_text=_("When it was to close before the deadline was extended."),
    )
    opinions_while_open = models.BooleanField(
        _("show opinions while open"), default=False, editable=False
    )
    opinions_published_at = models.DateTimeField(
        _("opinions published"), null=True, blank=True, editable=False
    )
    """When staff first published what was answered, after it had closed."""
    loaded_passages = models.JSONField(null=True, editable=False)
    """By slot, how many passages the files had: one of these that is missing was deleted."""

    objects = ConsultationQuerySet.as_manager()

    asked_at: datetime | None = None
    """The database's time when it was read, where that was asked for."""

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="consultation_closes_after_it_opens",
                violation_error_message=_("A consultation closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(extended_from__isnull=True) | Q(closes_at__gt=F("extended_from")),
                name="consultation_is_extended_to_a_later_time",
                violation_error_message=_("A deadline is extended to a later time."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.short_title)

    @property
    def now(self) -> datetime:
        """The moment it was read, on the database's clock where that was asked for."""
        return self.asked_at or timezone.now()

    def takes(self, opened_at: datetime | None) -> bool:
        """Whether a form that was opened then is taken now: a late one, for a grace period."""
        if self.stage() != self.Stage.CLOSED or opened_at is None:
            return self.stage() == self.Stage.OPEN
        return opened_at < self.closes_at and self.now < self.closes_at + settings.GRACE_PERIOD

    def drafts_are_erased_at(self) -> datetime:
        return self.closes_at + timedelta(days=settings.DRAFTS_KEPT_DAYS)

    def stage(self, at: datetime | None = None) -> Stage:
        """Where the consultation stands: open from the opening second until the closing one."""
        at = at or self.now
        if at < self.opens_at:
            return self.Stage.UPCOMING
        return self.Stage.OPEN if at < self.closes_at else self.Stage.CLOSED


class Passage(models.Model):
    """A headed text of the site that belongs to one consultation."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="passages")
    slot = models.SlugField(_("where it stands"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"))
    heading = TranslatedField(_("heading"))
    text = TranslatedField(_("text"), blank=True)
    tone = models.SlugField(_("tone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["slot", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "slot", "position"],
                name="passage_position_is_unique_in_its_slot",
            ),
        ]

    def __str__(self) -> str:
        return str(self.heading)
