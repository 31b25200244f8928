from typing import Any

from django.contrib import admin, messages
from django.db.models import DateTimeField, JSONField, URLField
from django.forms import MultiWidget
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from surveys.admin.audited import AuditedAdmin, StorableJSONField, save_changes
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


HELP = {
    "slug": _(
        "Stands in file names and on printed forms: small letters, digits and hyphens, such as "
        "listens-2027."
    ),
    "opens_at": _("The site shows the consultation that opened last."),
}


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


def take_over_passages(last: Consultation, consultation: Consultation) -> None:
    """Copies, so that either can be changed alone."""
    passages = list(last.passages.all())
    for passage in passages:
        passage.pk, passage.consultation = None, consultation
    Passage.objects.bulk_create(passages)


@admin.register(Consultation)
class ConsultationAdmin(AuditedAdmin):
    list_display = ["__str__", "programme", "opens_at", "closes_at"]
    inlines = [PassageInline]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kwargs |= {"labels": {"slug": _("Code name")}, "help_texts": HELP}
        return super().get_form(request, *args, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django writes Date and Time beside the two halves of a moment, but labels neither."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, MultiWidget) and isinstance(db_field, DateTimeField):
            for half, label in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                half.attrs["aria-label"] = f"{field.label}: {label}"
        return field

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A new consultation without texts gets the last one's: no page of the site is empty."""
        super().save_related(request, form, formsets, change)
        consultation = form.instance
        if change or consultation.passages.exists():
            return
        others = Consultation.objects.filter(programme=consultation.programme)
        last = others.exclude(passages=None).order_by("-opens_at").first()
        if last:
            take_over_passages(last, consultation)
            words = _("Its passages were taken over from “%(other)s”. Read and correct them.")
            messages.info(request, words % {"other": last})

    def response_post_save_add(
        self, request: HttpRequest, obj: Consultation
    ) -> HttpResponseRedirect:
        """To where a questionnaire is added to it."""
        return redirect("admin:drafting_questionnaires")

    def save_model(self, request: HttpRequest, obj: Consultation, form: Any, change: bool) -> None:
        """A deadline that is moved further while people answer is an extension, and shown so."""
        if not change:
            obj.save()
            return
        columns = list(form.changed_data)
        before = Consultation.objects.filter(pk=obj.pk).first()
        is_open = before and before.stage() == Consultation.Stage.OPEN
        if before and is_open and obj.closes_at > before.closes_at and not obj.extended_from:
            obj.extended_from = before.closes_at
            columns.append("extended_from")
        save_changes(obj, columns)
