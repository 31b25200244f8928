"""What of a consultation's results may be seen now, and the sentences that say so."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from surveys.dates import on_every_clock
from surveys.models import Consultation, Country, Release
from surveys.releasing.reading import Participation, are_shown, current, participation

CHARTS_FROM = 50
"""Fewer answers than this make no chart."""


@dataclass(frozen=True)
class State:
    """Where a consultation's results stand: who took part, and the release anybody may see."""

    consultation: Consultation

    @cached_property
    def participation(self) -> Participation:
        return participation(self.consultation)

    @cached_property
    def release(self) -> Release | None:
        """None while opinions are not public."""
        return current(self.consultation) if are_shown(self.consultation) else None

    @cached_property
    def countries(self) -> list[Country]:
        """On whose clocks moments are told."""
        return list(self.consultation.programme.countries.all())

    @property
    def is_upcoming(self) -> bool:
        return self.consultation.stage() == Consultation.Stage.UPCOMING

    @property
    def is_closed(self) -> bool:
        return self.consultation.stage() == Consultation.Stage.CLOSED

    @property
    def has_charts(self) -> bool:
        return self.participation.total >= CHARTS_FROM

    @property
    def has_opinions(self) -> bool:
        return self.has_charts and self.release is not None

    def heading(self) -> str:
        if not self.has_opinions:
            return _("Who has taken part") if self.is_closed else _("Who has taken part so far")
        return (
            _("What people have told us")
            if self.is_closed
            else _("What people have told us so far")
        )

    def pill(self) -> str:
        """What kind of results these are, and of when."""
        if self.is_upcoming:
            return _("Results")
        at = self.release.made_at if self.release else self.participation.as_of
        date = on_every_clock(at, self.countries) if at else ""
        if self.has_opinions:
            words = (
                _("Final results · %(date)s")
                if self.is_closed
                else _("Interim results · updated %(date)s")
            )
        else:
            words = _("Participation · updated %(date)s") if date else _("Participation")
        return words % {"date": date} if date else words

    def sentences(self) -> list[str]:
        """Why something is not there yet, and when it comes."""
        if self.is_upcoming:
            opens = on_every_clock(self.consultation.opens_at, self.countries)
            return [
                _("The consultation opens on %(date)s. Results come after that.") % {"date": opens}
            ]
        if not self.has_charts:
            return [
                _("Charts appear when %(number)s people have answered.") % {"number": CHARTS_FROM}
            ]
        if self.has_opinions:
            return []
        if self.is_closed:
            return [
                _("The consultation is closed: these numbers of answers are final.")
                + " "
                + _("What was answered is being read. It is shown here once it is published.")
            ]
        closes = on_every_clock(self.consultation.closes_at, self.countries)
        return [
            _("What was answered is shown here after the consultation has closed, on %(date)s.")
            % {"date": closes}
        ]
