from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from surveys.admin.audited import AuditedAdmin
from surveys.models import Consultation, Country, Passage, Place, Programme


class CountryInline(admin.StackedInline):
    model = Country
    extra = 0
    show_change_link = True


@admin.register(Programme)
class ProgrammeAdmin(AuditedAdmin):
    inlines = [CountryInline]


class PlaceInline(admin.StackedInline):
    model = Place
    extra = 0


@admin.register(Country)
class CountryAdmin(AuditedAdmin):
    inlines = [PlaceInline]


class PassageInline(admin.StackedInline):
    model = Passage
    extra = 0


@admin.register(Consultation)
class ConsultationAdmin(AuditedAdmin):
    list_display = ["__str__", "programme", "opens_at", "closes_at"]
    inlines = [PassageInline]

    def save_model(self, request: HttpRequest, obj: Consultation, form: Any, change: bool) -> None:
        """A deadline that is moved further while people answer is an extension, and shown so."""
        before = Consultation.objects.filter(pk=obj.pk).first()
        is_open = before and before.stage() == Consultation.Stage.OPEN
        if before and is_open and obj.closes_at > before.closes_at and not obj.extended_from:
            obj.extended_from = before.closes_at
        super().save_model(request, obj, form, change)
