from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, JSONField, URLField
from django.forms import MultiWidget
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from surveys.admin.audited import AuditedAdmin, StorableJSONField
from surveys.models import Consultation, Country, Passage, Place, Programme

AS_JSON = _("For people who know JSON. Leave it as it is unless somebody told you what to write.")


class AsJSON:
    """Lists that have no form of their own say what they are."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # A text in several languages is kept as JSON too, and has a form of its own.
        if type(db_field) is JSONField:
            return db_field.formfield(form_class=StorableJSONField, help_text=AS_JSON)
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class CountryInline(AsJSON, admin.StackedInline):
    model = Country
    extra = 0
    show_change_link = True


@admin.register(Programme)
class ProgrammeAdmin(AsJSON, AuditedAdmin):
    inlines = [CountryInline]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


class PlaceInline(admin.StackedInline):
    model = Place
    extra = 0


@admin.register(Country)
class CountryAdmin(AsJSON, AuditedAdmin):
    inlines = [PlaceInline]


class PassageInline(admin.StackedInline):
    model = Passage
    extra = 0


@admin.register(Consultation)
class ConsultationAdmin(AuditedAdmin):
    list_display = ["__str__", "programme", "opens_at", "closes_at"]
    inlines = [PassageInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django writes Date and Time beside the two halves of a moment, but labels neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, MultiWidget) and isinstance(db_field, DateTimeField):
            for half, label in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                half.attrs["aria-label"] = f"{field.label}: {label}"
        return field

    def save_model(self, request: HttpRequest, obj: Consultation, form: Any, change: bool) -> None:
        """A deadline that is moved further while people answer is an extension, and shown so."""
        before = Consultation.objects.filter(pk=obj.pk).first()
        is_open = before and before.stage() == Consultation.Stage.OPEN
        if before and is_open and obj.closes_at > before.closes_at and not obj.extended_from:
            obj.extended_from = before.closes_at
        super().save_model(request, obj, form, change)
