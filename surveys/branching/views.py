"""When a section or a question is asked: a version's routes, and the conditions of one target."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.branching.forms import CodesForm, SourceForm
from surveys.branching.routes import routes
from surveys.journey import Journey, called, faults
from surveys.journey.faults import Target
from surveys.methods import takes_form
from surveys.models import AuditEntry, Condition, Question, Section, User, Version
from surveys.question_types import QuestionType
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.versions import IsPublished, get_version, locked_draft

MAY_CHANGE = "surveys.change_version"


@staff_page(MAY_CHANGE)
@require_safe
def branching_versions(request: HttpRequest) -> HttpResponse:
    """Every version with the number of its conditions; drafts can be changed."""
    versions = (
        Version.objects.select_related("questionnaire__consultation")
        .annotate(condition_count=Count("conditions"))
        .order_by("-questionnaire__consultation", "questionnaire__position", "-number")
    )
    return render_page(request, "branching/versions", _("Branching"), {"versions": versions})


@staff_page(MAY_CHANGE)
@require_safe
def branching(request: HttpRequest, pk: int) -> HttpResponse:
    """The routes through a version in words, and what is wrong with them."""
    version = get_version(pk)
    ctx = {"version": version, "routes": routes(version), "faults": faults(version)}
    return render_page(request, "branching/routes", _("Routes through the questionnaire"), ctx)


@staff_page(MAY_CHANGE)
@takes_form
def branching_section(request: HttpRequest, pk: int) -> HttpResponse:
    """The conditions of a section."""
    return _conditions_page(request, get_object_or_404(Section, pk=pk))


@staff_page(MAY_CHANGE)
@takes_form
def branching_question(request: HttpRequest, pk: int) -> HttpResponse:
    """The conditions of a question."""
    return _conditions_page(request, get_object_or_404(Question, pk=pk))


@staff_page(MAY_CHANGE)
@require_POST
def branching_condition_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask something again whatever was answered; removing what is gone changes nothing."""
    condition = Condition.objects.select_related("section", "question").filter(pk=pk).first()
    if condition is None:
        messages.info(request, _("That condition was removed already."))
        return redirect("admin:branching_versions")
    target = condition.section or condition.question
    assert target is not None  # noqa: S101 - a rule of the database
    try:
        with transaction.atomic():
            version = locked_draft(condition.version_id)
            condition.delete()
            _note(member_of_staff(request), version, target, removed=str(condition))
    except IsPublished:
        return _frozen(request, target)
    messages.success(request, _("The condition was removed."))
    return redirect(_address(target), target.pk)


def _conditions_page(request: HttpRequest, target: Target) -> HttpResponse:
    """What is asked for adding a condition is the source, then the codes among its answers."""
    version = get_version(target.version_id)
    if request.method == "POST" and version.published_at:
        return _frozen(request, target)
    asked = request.GET if "source" in request.GET else None
    data = request.POST if request.method == "POST" else asked
    source_form = SourceForm(data, journey=Journey(version), target=target)
    source = source_form.chosen()
    codes_form = CodesForm(request.POST or None, source=source[0]) if source else None
    if request.method == "POST" and source and codes_form and codes_form.is_valid():
        return _add(request, target, source, codes_form.cleaned_data["codes"])
    ctx = _target_context(version, target) | {
        "source_form": source_form,
        "codes_form": codes_form,
        "form": codes_form or source_form,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "branching/conditions", called(target), ctx, status)


def _target_context(version: Version, target: Target) -> dict[str, Any]:
    kind = "section" if isinstance(target, Section) else "question"
    return {
        "version": version,
        "target": target,
        "kind": kind,
        "route": next(each for each in routes(version) if each.target == target),
        "faults": [fault for fault in faults(version) if fault.target == target],
    }


def _add(
    request: HttpRequest, target: Target, source: tuple[QuestionType, str], codes: list[str]
) -> HttpResponse:
    kind, item = source
    about: dict[str, Any] = {"section" if isinstance(target, Section) else "question": target}
    try:
        with transaction.atomic():
            version = locked_draft(target.version_id)
            condition, is_new = Condition.objects.get_or_create(
                version=version, source=kind.name, item=item, codes=codes, **about
            )
            if is_new:
                _note(member_of_staff(request), version, target, added=str(condition))
    except IsPublished:
        return _frozen(request, target)
    messages.success(request, _("The condition was added."))
    return redirect(_address(target), target.pk)


def _note(user: User, version: Version, target: Target, **details: str) -> None:
    details |= {"target": target.name}
    audit.record(user, AuditEntry.Action.CHANGED, version, **details)


def _address(target: Target) -> str:
    return f"admin:branching_{'section' if isinstance(target, Section) else 'question'}"


def _frozen(request: HttpRequest, target: Target) -> HttpResponse:
    """What was published in the meantime, to read, and why it stays as it is."""
    ctx = _target_context(get_version(target.version_id), target) | {"is_refused": True}
    return render_page(request, "branching/conditions", called(target), ctx, status=409)
