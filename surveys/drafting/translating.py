"""Each text of a version in every language and script, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys import audit
from surveys.drafting import translations
from surveys.drafting.access import edits_draft
from surveys.drafting.rows import get_row, kind_name, version_of
from surveys.methods import takes_form
from surveys.models import AuditEntry, Section, Version
from surveys.publishing import name_of
from surveys.seen import fingerprint
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.text_fields import WRITTEN, TextFormField
from surveys.translated import Text, derived
from surveys.versions import IsPublished, get_version, locked_draft

INTO = [language for language in WRITTEN if language != settings.LANGUAGE_CODE]


@staff_page("surveys.view_version")
@require_safe
def drafting_translations(request: HttpRequest, pk: int) -> HttpResponse:
    """What is missing or stale, by language and by section."""
    version = get_version(pk)
    languages = dict(settings.LANGUAGES)
    found = translations.faults(version)
    ctx = {
        "version": version,
        "counts": [(languages[code], count) for code, count in translations.counts(found).items()],
        "sections": [
            (section, _by_state(section), sum(1 for _row in translations.rows_of_section(section)))
            for section in version.sections.all()
        ],
    }
    return render_page(request, "drafting/translations", _("Translations"), ctx)


def _by_state(section: Section) -> dict[str, int]:
    rows = translations.rows_of_section(section)
    states = [fault.state for row in rows for fault in translations.faults_of(row)]
    return {state.value: states.count(state) for state in translations.State}


@dataclass(frozen=True)
class Cell:
    """One text in one language, as it stands or as somebody has just written it."""

    row: translations.Row
    field: str
    language: str
    value: str
    error: str = ""

    @property
    def name(self) -> str:
        return f"{kind_name(self.row)}-{self.row.pk}-{self.field}-{self.language}"

    @property
    def tag(self) -> str:
        return str(settings.LANGUAGE_TAGS[self.language])

    @property
    def language_name(self) -> Any:
        return dict(settings.LANGUAGES)[self.language]

    @property
    def state(self) -> str:
        return translations.state_of(self.row, self.field, self.language) or ""

    @property
    def made_from(self) -> str:
        return str(self.row.translated_from.get(self.field, {}).get(self.language, ""))

    @property
    def derived(self) -> str:
        """What the derived script says where nothing is written."""
        text: Text = getattr(self.row, self.field)
        return derived(text, self.language)


@edits_draft
@takes_form
def drafting_section_translations(request: HttpRequest, pk: int) -> HttpResponse:
    """One section's texts beside their translations, to be written, or said to be still right."""
    version = version_of(get_row("section", pk))
    if version.published_at:
        raise IsPublished
    if request.method != "POST":
        return _page(request, *_loaded(version.pk, pk))
    with transaction.atomic():
        locked_draft(version.pk)
        version, section = _loaded(version.pk, pk)
        if request.POST.get("seen") != _fingerprint(section):
            return _page(request, version, section, entered=request.POST, status=409)
        errors = _save(request, section)
    if errors:
        return _page(request, version, section, request.POST, errors, status=422)
    messages.success(request, _("The translations are saved."))
    return redirect(_where_on(request, version, section))


def _loaded(version_id: int, pk: int) -> tuple[Version, Section]:
    version = get_version(version_id)
    return version, next(section for section in version.sections.all() if section.pk == pk)


def _texts(section: Section) -> Iterator[tuple[translations.Row, str]]:
    for row in translations.rows_of_section(section):
        for field in row.text_fields():
            if translations.is_used(row, field):
                yield row, field


def _fingerprint(section: Section) -> str:
    """Equal as long as nobody has changed a text of the section."""
    return fingerprint(
        [[getattr(row, field), row.translated_from] for row, field in _texts(section)]
    )


def _save(request: HttpRequest, section: Section) -> dict[str, str]:
    """Write what was entered, all or nothing; errors by control name."""
    errors: dict[str, str] = {}
    changed: dict[tuple[str, int], translations.Row] = {}
    right = request.POST.get("still_right", "")
    for row, field in _texts(section):
        new, wrong = _entered(request.POST, row, field)
        errors |= wrong
        is_changed = not wrong and translations.say(row, field, new)
        for language in INTO:
            if Cell(row, field, language, "").name == right and new.get(language):
                translations.is_still_right(row, field, language)
                is_changed = True
        if is_changed:
            changed[kind_name(row), row.pk] = row
    if not errors:
        for row in changed.values():
            row.save(update_fields=[*row.text_fields(), "translated_from"])
        user = member_of_staff(request)
        audit.record(user, AuditEntry.Action.CHANGED, section, translated_rows=len(changed))
    return errors


def _entered(data: QueryDict, row: translations.Row, field: str) -> tuple[Text, dict[str, str]]:
    """The text with the translations that were entered; or what is wrong with one of them."""
    text = dict(getattr(row, field))
    errors: dict[str, str] = {}
    for language in INTO:
        name = Cell(row, field, language, "").name
        if name not in data:
            continue
        try:
            clean = TextFormField(required=False).clean({language: data[name]})
        except forms.ValidationError as error:
            errors[name] = " ".join(error.messages)
            continue
        text = {code: words for code, words in text.items() if code != language} | clean
    return Text(text), errors


def _where_on(request: HttpRequest, version: Version, section: Section) -> str:
    if right := request.POST.get("still_right", ""):
        address = reverse("admin:drafting_section_translations", args=[section.pk])
        return f"{address}#{'-'.join(right.split('-')[:2])}"
    return reverse("admin:drafting_translations", args=[version.pk])


def _page(
    request: HttpRequest,
    version: Version,
    section: Section,
    entered: QueryDict | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_filtered = request.GET.get("only") == "faults"
    ctx = {
        "version": version,
        "section": section,
        "seen": _fingerprint(section),
        "texts": [
            {
                "row": row,
                "id": f"{kind_name(row)}-{row.pk}",
                "name": name_of(row),
                "label": translations.column(row, field).verbose_name,
                "kind": kind_name(row),
                "source": getattr(row, field).get(settings.LANGUAGE_CODE, ""),
                "cells": [_cell(row, field, code, entered, errors or {}) for code in INTO],
            }
            for row, field in _texts(section)
            if not is_filtered or any(_is_fault(row, field, code) for code in WRITTEN)
        ],
        "is_filtered": is_filtered,
        "is_outdated": status == 409,
        "errors": errors,
    }
    return render_page(request, "drafting/section_translations", str(section.title), ctx, status)


def _is_fault(row: translations.Row, field: str, language: str) -> bool:
    return translations.state_of(row, field, language) is not None


def _cell(
    row: translations.Row,
    field: str,
    language: str,
    entered: QueryDict | None,
    errors: dict[str, str],
) -> Cell:
    cell = Cell(row, field, language, getattr(row, field).get(language, ""))
    value = entered.get(cell.name, cell.value) if entered is not None else cell.value
    return Cell(row, field, language, str(value), errors.get(cell.name, ""))
