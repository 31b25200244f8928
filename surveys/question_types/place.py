"""Where: one of the programme's places, or somewhere else."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.question_types.choice import SingleChoice
from surveys.question_types.widgets import GroupedRadioTiles


class PlaceChoice(SingleChoice):
    """A place of the programme, or one of the question's own options. Stored: its code."""

    kind = "place"
    needs_options = False
    label = _("Place")

    def choices(self) -> list[tuple[str, Any]]:
        groups: list[tuple[str, Any]] = [
            (str(country.name), [(place.code, str(place.name)) for place in country.places.all()])
            for country in self.countries
        ]
        return [*groups, (str(_("Somewhere else")), super().choices())]

    def printed_groups(self) -> list[tuple[str, list[str]]]:
        return [(group, [label for _code, label in choices]) for group, choices in self.choices()]

    def tiles(self) -> forms.Widget:
        return GroupedRadioTiles(apart=self.apart())

    def labels(self) -> dict[str, str]:
        return {
            place.code: str(place.name)
            for country in self.countries
            for place in country.places.all()
        } | super().labels()
