"""Setting how many there are and how many shall answer."""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import audit
from surveys.answering.forms import PlainForm
from surveys.dimensions import Dimension
from surveys.models import AuditEntry, Questionnaire, Target, User
from surveys.seen import SeenForm, Stored, differing

AT_MOST = 2_000_000_000


class Figures(TypedDict):
    population: int | None
    source: str
    wanted: int | None


def number_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=AT_MOST,
        error_messages={
            "invalid": gettext_lazy("Enter a whole number"),
            "min_value": gettext_lazy("Enter a whole number"),
            "max_value": gettext_lazy("This number is too large"),
        },
    )


class SourceForm(SeenForm, PlainForm):
    """One source for all figures that do not name their own; made from what all groups have."""

    common_source = forms.CharField(
        label=gettext_lazy("Source of the figures"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "For example: national census 2021, table 1. It is used where a group has no source"
        ),
    )

    def __init__(self, *args: Any, stored: Mapping[str, Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored

    def made_from(self) -> Any:
        return {code: _figures(target) for code, target in self.stored.items()}


class TargetForm(PlainForm):
    """One group."""

    population = number_field(gettext_lazy("How many there are"))
    source = forms.CharField(
        label=gettext_lazy("Source of the figure"), required=False, max_length=300
    )
    wanted = number_field(gettext_lazy("How many shall answer"))

    def __init__(self, *args: Any, code: str, group: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=code, **kwargs)
        self.code = code
        self.group = group
        for name, field in self.fields.items():
            field.widget.attrs["aria-labelledby"] = f"column-{name} group-{code}"


class TargetForms:
    """The forms of all groups of one dimension, and the source they share."""

    def __init__(self, data: Any, dimension: Dimension, stored: Mapping[str, Target]) -> None:
        self.common = SourceForm(data, stored=stored)
        self.groups = [
            TargetForm(data, code=code, group=label, initial=_figures(stored.get(code)))
            for code, label in dimension.groups.items()
            if dimension.has_figures(code)
        ]

    def is_valid(self) -> bool:
        checked = [form.is_valid() for form in (self.common, *self.groups)]
        if not all(checked):
            return False
        for form in self.groups:
            if form.cleaned_data["population"] is not None and not self._source(form):
                form.add_error("source", _("Say where this figure comes from"))
        return all(not form.errors for form in self.groups)

    def figures(self) -> dict[str, Figures]:
        """By code, what was entered; groups left empty are not among them."""
        return {
            form.code: {
                "population": form.cleaned_data["population"],
                "source": self._source(form),
                "wanted": form.cleaned_data["wanted"],
            }
            for form in self.groups
            if form.cleaned_data["population"] is not None
            or form.cleaned_data["wanted"] is not None
        }

    def stored_now(self) -> list[Stored]:
        """Where somebody set them meanwhile: what is stored and is not what was entered."""
        return [
            each._replace(label=f"{form.group}: {each.label}")
            for form in self.groups
            for each in differing(form)
            if self.common.is_outdated
        ]

    def error_links(self) -> list[tuple[str, str]]:
        shared = [
            (f"id_{name}" if name in self.common.fields else "", str(error))
            for name, error in _errors(self.common)
        ]
        return shared + [
            (f"id_{form.add_prefix(name)}", f"{form.group}: {error}")
            for form in self.groups
            for name, error in _errors(form)
        ]

    def _source(self, form: TargetForm) -> str:
        if form.cleaned_data["population"] is None:
            return ""
        own: str = form.cleaned_data["source"] or self.common.cleaned_data["common_source"]
        return own


def _errors(form: forms.Form) -> Iterator[tuple[str, str]]:
    for name, errors in form.errors.items():
        for error in errors:
            yield name, str(error)


def _figures(target: Target | None) -> dict[str, Any]:
    names = Figures.__annotations__
    return {name: getattr(target, name) for name in names} if target else {}


def set_targets(
    questionnaire: Questionnaire, dimension: str, figures: Mapping[str, Figures], by: User
) -> None:
    """Let the dimension's targets be these and no others."""
    with transaction.atomic():
        # One after the other, or two people's rows would be mixed.
        Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
        stored = Target.objects.filter(questionnaire=questionnaire, dimension=dimension)
        stored.exclude(code__in=figures).delete()
        for code, values in figures.items():
            Target.objects.update_or_create(
                questionnaire=questionnaire,
                dimension=dimension,
                code=code,
                defaults=dict(values),
            )
        audit.record(
            by,
            AuditEntry.Action.CHANGED,
            questionnaire,
            model="target",
            dimension=dimension,
            figures={code: dict(values) for code, values in figures.items()},
        )
