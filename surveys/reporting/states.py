"""What staff are told of a report's texts: who wrote them, of which figures, what lacks."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.dates import long_date
from surveys.models import ReportText
from surveys.reporting.source import Source
from surveys.reporting.texts import Place, missing_languages, places


@dataclass(frozen=True)
class PlaceState:
    """A place for a text and what stands there."""

    place: Place
    text: ReportText | None
    missing: list[str]
    """Languages it is not translated into."""
    stale: str
    """That it was written about other figures; nothing where it was not."""

    @property
    def is_edited(self) -> bool:
        return self.text is not None


def place_states(source: Source) -> list[PlaceState]:
    return [state(source, place) for place in places(source).values()]


def state(source: Source, place: Place) -> PlaceState:
    text = source.texts.get(place.key)
    if text is None:
        return PlaceState(place, None, [], "")
    return PlaceState(place, text, missing_languages(text.text), _stale(source, text))


def _stale(source: Source, text: ReportText) -> str:
    if text.about == source.release:
        return ""
    if text.about is None:
        return _("Written before there were figures")
    date = long_date(timezone.localtime(text.about.made_at))
    return _("Written about the figures of %(date)s") % {"date": date}
