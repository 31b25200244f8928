"""Controls as HTML draws them: tiles, ranked drop-down lists, one scale per item."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class Tiles(forms.widgets.ChoiceWidget):
    """Options as tiles; those in `apart` stand for having no answer and look so."""

    template_name = "surveys/widgets/tiles.html"

    def __init__(self, apart: Collection[str] = (), css_class: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.apart = apart
        self.css_class = css_class

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        return option | {"apart": value in self.apart}

    def get_context(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(*args, **kwargs)
        context["css_class"] = self.css_class
        return context


class RadioTiles(Tiles, forms.RadioSelect):
    pass


class CheckboxTiles(Tiles, forms.CheckboxSelectMultiple):
    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Nothing ticked looks like a control that was not on the page; something does not."""
        return name not in data


class GroupedRadioTiles(RadioTiles):
    template_name = "surveys/widgets/grouped_tiles.html"


class RankSelects(forms.Widget):
    """One drop-down list per rank: `NAME_1` is the first choice."""

    template_name = "surveys/widgets/ranks.html"

    def __init__(self, choices: Sequence[tuple[str, Any]], ranks: int) -> None:
        super().__init__()
        self.choices = [("", _("No choice")), *choices]
        self.ranks = range(1, ranks + 1)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [data.get(f"{name}_{rank}", "") for rank in self.ranks]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{rank}" in data for rank in self.ranks)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [*(value or []), *[""] * len(self.ranks)]
        context["ranks"] = [
            {
                "rank": rank,
                "name": f"{name}_{rank}",
                "id": f"id_{name}_{rank}",
                "options": [
                    {"code": code, "label": label, "selected": code == chosen[rank - 1]}
                    for code, label in self.choices
                ],
            }
            for rank in self.ranks
        ]
        return context


class ScaleTiles(forms.Widget):
    """One scale per item: `NAME_ITEM` holds the chosen point."""

    template_name = "surveys/widgets/scales.html"

    def __init__(
        self,
        items: Sequence[tuple[str, Any]],
        choices: Sequence[tuple[str, Any]],
        apart: Collection[str],
    ) -> None:
        super().__init__()
        self.items = items
        self.scale = RadioTiles(choices=choices, apart=apart, css_class="scale")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {item: data.get(f"{name}_{item}", "") for item, _label in self.items}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}_{item}" in data for item, _label in self.items)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["items"] = [
            {
                "label": label,
                "scale": self.scale.get_context(
                    f"{name}_{item}", (value or {}).get(item), {"id": f"id_{name}_{item}"}
                ),
            }
            for item, label in self.items
        ]
        return context
