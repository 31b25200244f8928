"""Writing a draft: sections, questions, options, rows; their order; deleting them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.drafting import translations
from surveys.drafting.access import edits_draft
from surveys.drafting.forms import KindForm, NoteForm
from surveys.drafting.rows import (
    KINDS,
    get_kind,
    get_row,
    kind_name,
    move,
    next_position,
    place_of,
    siblings,
    version_of,
)
from surveys.drafting.versions import throw_away
from surveys.methods import takes_form
from surveys.models import AuditEntry, Question, Section, Version
from surveys.publishing import name_of
from surveys.question_types import KINDS as QUESTION_KINDS
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.versions import IsPublished, get_version, locked_draft


@staff_page("surveys.view_version")
@require_safe
def drafting_version(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a version asks, in order, and what can be done with it."""
    version = get_version(pk)
    faults = translations.faults(version)
    ctx = {
        "version": version,
        "sections": version.sections.all(),
        "counts": translations.counts(faults),
        "untranslated": {fault.row.pk for fault in faults if isinstance(fault.row, Question)},
        "may_edit": not version.published_at and request.user.has_perm("surveys.change_version"),
        "note_form": NoteForm(instance=version),
    }
    return render_page(request, "drafting/version", _title(version), ctx)


def _title(version: Version) -> str:
    values = {"questionnaire": version.questionnaire.name, "number": version.number}
    return _("%(questionnaire)s, version %(number)d") % values


@edits_draft
@takes_form
def drafting_version_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    version = get_object_or_404(Version.objects.select_related("questionnaire"), pk=pk)
    if version.published_at:
        raise IsPublished
    if request.method == "POST":
        with transaction.atomic():
            draft = locked_draft(pk)
            audit.record(member_of_staff(request), AuditEntry.Action.DELETED, draft)
            throw_away(draft)
        messages.success(request, _("The draft is deleted."))
        return redirect("admin:drafting_questionnaire", version.questionnaire_id)
    ctx = {"version": version, "back": reverse("admin:drafting_version", args=[pk])}
    return render_page(request, "drafting/delete", _("Delete this draft?"), ctx)


@edits_draft
@takes_form
def drafting_row(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What one section, question, option or row says."""
    row = get_row(kind, pk)
    return _row_page(request, row, name_of(row))


@edits_draft
@takes_form
def drafting_section_add(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(Version.objects.select_related("questionnaire"), pk=pk)
    row = Section(version=version, position=next_position("section", version))
    return _row_page(request, row, str(KINDS["section"].add))


@edits_draft
@takes_form
def drafting_question_add(request: HttpRequest, pk: int) -> HttpResponse:
    """First its kind, then the fields that this kind uses."""
    section = get_row("section", pk)
    version = version_of(section)
    if version.published_at:
        raise IsPublished
    chosen = KindForm(request.GET if "kind" in request.GET else None)
    if not chosen.is_valid():
        ctx = {"form": chosen, "version": version, "section": section}
        status = 422 if chosen.is_bound else 200
        return render_page(request, "drafting/kind", _("Add a question"), ctx, status)
    row = Question(
        version=version,
        section=section,
        kind=chosen.cleaned_data["kind"],
        position=next_position("question", section),
    )
    return _row_page(request, row, str(KINDS["question"].add))


@edits_draft
@takes_form
def drafting_code_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """An option, or a row of a matrix."""
    if get_kind(kind).parent != "question":
        raise Http404("There is no such part of a question")
    question = get_row("question", pk)
    row = get_kind(kind).model(question=question, position=next_position(kind, question))
    return _row_page(request, row, str(KINDS[kind].add))


def _row_page(request: HttpRequest, row: Any, title: str) -> HttpResponse:
    """The form of a row that is there or is added; saved, or shown again with what is wrong."""
    version = version_of(row)
    if version.published_at:
        raise IsPublished
    name = kind_name(row)
    is_new = row.pk is None
    with transaction.atomic():
        if request.method == "POST":
            locked_draft(version.pk)
            row = row if is_new else get_row(name, row.pk)
        form = get_kind(name).form(request.POST if request.method == "POST" else None, instance=row)
        if form.is_valid():
            saved = form.save()
            action = AuditEntry.Action.ADDED if is_new else AuditEntry.Action.CHANGED
            user = member_of_staff(request)
            audit.record(user, action, saved, version=version.pk, fields=form.changed_data)
            messages.success(request, _("Saved: %(name)s") % {"name": name_of(saved)})
            return redirect(_after_saving(request, saved, is_new))
    ctx = {"form": form, "row": row, "version": version, "is_new": is_new, "kind": name}
    ctx |= _parts(row) | {"back": _back(row)}
    return render_page(request, "drafting/row", title, ctx, 422 if form.errors else 200)


def _parts(row: Any) -> dict[str, Any]:
    """The lists of what a question that is there is made of."""
    if not isinstance(row, Question):
        return {}
    kind = QUESTION_KINDS[row.kind]
    parts: list[tuple[str, str, Any, list[Any]]] = []
    if row.pk and kind.has_items:
        parts.append(("item", _("Rows"), KINDS["item"].add, list(row.items.all())))
    if row.pk and kind.has_options:
        parts.append(("option", _("Options"), KINDS["option"].add, list(row.options.all())))
    return {"question_kind": kind.label, "parts": parts}


def _back(row: Any) -> str:
    """Where a row is listed."""
    if hasattr(row, "question"):
        return reverse("admin:drafting_row", args=["question", row.question_id])
    return reverse("admin:drafting_version", args=[row.version_id])


def _after_saving(request: HttpRequest, row: Any, is_new: bool) -> str:
    if is_new and "another" in request.POST:
        return request.get_full_path()
    if is_new and isinstance(row, Question):
        return reverse("admin:drafting_row", args=["question", row.pk])
    return f"{_back(row)}#{kind_name(row)}-{row.pk}"


@edits_draft
@require_POST
def drafting_move(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Up, down, or to a place."""
    row = get_row(kind, pk)
    with transaction.atomic():
        locked_draft(version_of(row).pk)
        step = {"up": -1, "down": 1}.get(request.POST.get("direction", ""), 0)
        to = request.POST.get("to", "")
        is_place = to.isascii() and to.isdigit() and len(to) < 6
        place = move(row, int(to) if is_place else place_of(row) + step)
        user = member_of_staff(request)
        audit.record(user, AuditEntry.Action.CHANGED, row, version=version_of(row).pk, place=place)
    values = {"name": name_of(row), "place": place, "count": len(siblings(row))}
    messages.success(request, _("%(name)s is now number %(place)d of %(count)d.") % values)
    return redirect(f"{_back(row)}#{kind}-{pk}")


@edits_draft
@takes_form
def drafting_delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Delete a row with all that is in it."""
    row = get_row(kind, pk)
    version = version_of(row)
    if version.published_at:
        raise IsPublished
    back = _back(row)
    if request.method == "POST":
        with transaction.atomic():
            locked_draft(version.pk)
            user = member_of_staff(request)
            audit.record(user, AuditEntry.Action.DELETED, row, version=version.pk)
            row.delete()
        messages.success(request, str(KINDS[kind].deleted))
        return redirect(back)
    ctx = {"row": row, "version": version, "back": back}
    title = _("Delete “%(name)s”?") % {"name": name_of(row)}
    return render_page(request, "drafting/delete", title, ctx)
