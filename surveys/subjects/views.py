"""The desk's pages of requests: take one in, see what is held, answer it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.models import SubjectRequest
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.subjects.copies import copy_of, titles
from surveys.subjects.erasing import IsStaff, erase, what_stays
from surveys.subjects.finding import Subject, held
from surveys.subjects.forms import ConfirmForm, RequestForm
from surveys.subjects.requests import finish, finish_for_another, finish_lifting, take_in
from surveys.subjects.restricting import NotSent, lift, restrict_what_is_sent

MAY = ("surveys.handle_subject_requests", "surveys.see_identity", "surveys.see_words")
Kind = SubjectRequest.Kind


@staff_page(*MAY)
def subject_requests(request: HttpRequest) -> HttpResponse:
    """The requests there were, without whose they are, and a form to take one in."""
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        initial={"received_on": timezone.localdate()},
    )
    if form.is_bound and form.is_valid():
        asked = take_in(
            form.cleaned_data["subject"],
            kind=form.cleaned_data["kind"],
            proof=form.cleaned_data["proof"],
            received=form.cleaned_data["received_on"],
            by=member_of_staff(request),
        )
        return redirect("admin:subject_request", asked.pk)
    ctx = {
        "form": form,
        "links": form.error_links() if form.is_bound else [],
        "requests": SubjectRequest.objects.select_related("handled_by")[:200],
        "today": timezone.localdate(),
    }
    title = _("Requests about personal data")
    return render_page(
        request, "subjects/subject_requests", title, ctx, 422 if ctx["links"] else 200
    )


@staff_page(*MAY)
@require_safe
def subject_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held, in numbers, and what can be done; of an answered one the report."""
    asked = get_object_or_404(SubjectRequest, pk=pk)
    return _page(request, asked, ConfirmForm())


def _page(
    request: HttpRequest, asked: SubjectRequest, form: ConfirmForm, status: int = 200
) -> HttpResponse:
    subject = Subject.of(asked)
    found = {} if asked.done_at else held(subject)
    ctx = {
        "asked": asked,
        "form": form,
        "links": form.error_links() if form.is_bound else [],
        "found": [(title, len(found[name])) for name, title in titles().items() if name in found],
        "is_gone": not asked.done_at and not found,
        "stays": what_stays(subject) if asked.kind == Kind.ERASE else [],
        "to_rectify": _where_to_rectify(subject) if asked.kind == Kind.RECTIFY else [],
        "report": _in_words(asked.report),
    }
    return render_page(request, "subjects/subject_request", str(asked), ctx, status)


def _in_words(report: dict[str, Any]) -> list[tuple[str, Any]]:
    names = titles()
    return [(names.get(name, name), count) for name, count in report.items()]


def _where_to_rectify(subject: Subject) -> list[tuple[str, str]]:
    """Addresses of the screens where it is corrected; what a respondent said they change alone."""
    found = []
    if user := subject.user():
        found.append((reverse("admin:surveys_user_change", args=[user.pk]), _("The account")))
    if subject.organisation:
        path = reverse("admin:surveys_organisation_change", args=[subject.organisation.pk])
        found.append((path, _("The organisation")))
    if subject.response:
        path = reverse("admin:surveys_response_change", args=[subject.response.pk])
        found.append((path, _("The response: its sender changes it with the personal link")))
    return found


@staff_page(*MAY)
@require_POST
def subject_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The ZIP of all that is held. It is made anew, and stored nowhere."""
    asked = _open(pk, Kind.EXPORT)
    found = held(Subject.of(asked))
    file = copy_of(found, timezone.localdate())
    report = {name: len(rows) for name, rows in found.items()}
    asked.report = report
    asked.save(update_fields=["report"])
    answer = HttpResponse(file, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="request-{asked.pk}.zip"'
    return answer


@staff_page(*MAY)
@require_POST
def subject_done(request: HttpRequest, pk: int) -> HttpResponse:
    """The second step of every kind: does what was asked, and closes the request."""
    with transaction.atomic():
        asked = _open(pk, None)
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return _page(request, asked, form, 422)
        try:
            report = _do(request, asked, timezone.now())
        except IsStaff:
            form.add_error("sure", _("This is an account at the desk: take its rights away first"))
            return _page(request, asked, form, 409)
        except NotSent:
            form.add_error("sure", _("Only a response that was sent can be restricted"))
            return _page(request, asked, form, 409)
        finish(asked, report, timezone.now(), member_of_staff(request))
    messages.success(request, _("The request is closed. Whose data it was about is forgotten."))
    return redirect("admin:subject_request", pk)


def _do(request: HttpRequest, asked: SubjectRequest, moment: datetime) -> dict[str, Any]:
    subject = Subject.of(asked)
    if asked.kind == Kind.ERASE:
        return erase(subject)
    if asked.kind == Kind.RESTRICT:
        return _restrict(request, asked, subject, moment)
    return dict(asked.report)


def _restrict(
    request: HttpRequest, asked: SubjectRequest, subject: Subject, moment: datetime
) -> dict[str, Any]:
    """All that is sent; an organisation may have answered several consultations."""
    asked.response, *others = restrict_what_is_sent(subject.responses())
    by = member_of_staff(request)
    alike = [finish_for_another(asked, response, moment, by) for response in others]
    if alike:
        told = _(
            "More than one response was restricted. Each has a request of its own, by which it can "
            "be used again: %(numbers)s."
        )
        numbers = ", ".join(str(each.pk) for each in [asked, *alike])
        messages.info(request, told % {"numbers": numbers})
    return {"response": 1}


@staff_page(*MAY)
@require_POST
def subject_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a restricted response again."""
    with transaction.atomic():
        asked = get_object_or_404(SubjectRequest.objects.select_for_update(), pk=pk)
        if asked.kind != Kind.RESTRICT or not asked.done_at or asked.response is None:
            raise Http404
        lift(asked.response)
        finish_lifting(asked, timezone.now(), member_of_staff(request))
    messages.success(request, _("The restriction is lifted."))
    return redirect("admin:subject_request", pk)


def _open(pk: int, kind: str | None) -> SubjectRequest:
    """A request that is not answered yet. The caller may hold a transaction to lock it."""
    rows = SubjectRequest.objects.filter(done_at=None)
    if kind:
        return get_object_or_404(rows, pk=pk, kind=kind)
    return get_object_or_404(rows.select_for_update(), pk=pk)
