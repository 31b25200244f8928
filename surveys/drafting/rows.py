"""What a draft is made of, seen alike: sections, questions, options, items; and their order."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Model
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from surveys.drafting.forms import ItemForm, OptionForm, QuestionForm, RowForm, SectionForm
from surveys.models import Item, Option, Question, Section, Version


@dataclass(frozen=True)
class Kind:
    """One kind of row: its model, its form, and the column that says what it is a part of."""

    model: type[Model]
    form: type[RowForm]
    parent: str
    version_path: str
    add: Any
    deleted: Any


KINDS: dict[str, Kind] = {
    "section": Kind(
        Section, SectionForm, "version", "version", _("Add a section"), _("The section is deleted.")
    ),
    "question": Kind(
        Question,
        QuestionForm,
        "section",
        "version",
        _("Add a question"),
        _("The question is deleted."),
    ),
    "option": Kind(
        Option,
        OptionForm,
        "question",
        "question__version",
        _("Add an option"),
        _("The option is deleted."),
    ),
    "item": Kind(
        Item, ItemForm, "question", "question__version", _("Add a row"), _("The row is deleted.")
    ),
}


def get_kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404("There is no such kind of row")
    return KINDS[name]


def get_row(name: str, pk: int) -> Any:
    """A row with its version, or 404."""
    kind = get_kind(name)
    rows = kind.model._default_manager.select_related(f"{kind.version_path}__questionnaire")
    return get_object_or_404(rows, pk=pk)


def version_of(row: Any) -> Version:
    version: Version = row.question.version if hasattr(row, "question") else row.version
    return version


def kind_name(row: Model) -> str:
    return row._meta.model_name or ""


def siblings(row: Any) -> list[Any]:
    """The rows beside it and itself, in order."""
    parent = KINDS[kind_name(row)].parent
    return list(type(row)._default_manager.filter(**{parent: getattr(row, f"{parent}_id")}))


def next_position(name: str, parent: Model) -> int:
    kind = get_kind(name)
    rows = kind.model._default_manager.filter(**{kind.parent: parent})
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def move(row: Any, to: int) -> int:
    """Put a row at a place among its siblings, 1 for the first; the place it got.

    What is beyond either end is the end. Positions are 1, 2, 3, … afterwards.
    """
    order = [other for other in siblings(row) if other.pk != row.pk]
    place = max(1, min(to, len(order) + 1))
    order.insert(place - 1, row)
    for position, each in enumerate(order, 1):
        each.position = position
    type(row)._default_manager.bulk_update(order, ["position"])
    return place


def place_of(row: Any) -> int:
    return [other.pk for other in siblings(row)].index(row.pk) + 1
