from django.contrib import admin

from surveys.models import Consultation, Country, Passage, Place, Programme


class CountryInline(admin.StackedInline):
    model = Country
    extra = 0
    show_change_link = True


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):
    inlines = [CountryInline]


class PlaceInline(admin.StackedInline):
    model = Place
    extra = 0


@admin.register(Country)
class CountryAdmin(admin.ModelAdmin):
    inlines = [PlaceInline]


class PassageInline(admin.StackedInline):
    model = Passage
    extra = 0


@admin.register(Consultation)
class ConsultationAdmin(admin.ModelAdmin):
    list_display = ["__str__", "programme", "opens_at", "closes_at"]
    inlines = [PassageInline]
