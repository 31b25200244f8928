"""Loading a list of organisations: upload, look at every problem, load."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys.models import OrganisationList, User
from surveys.organisation_lists import (
    MAX_BYTES,
    Asked,
    Checked,
    Entry,
    LoadedAlready,
    Outcome,
    Rows,
    Unreadable,
    check,
    csv_text,
    header_row,
    load_list,
    read,
)
from surveys.progress_page import Ending, progress_page

NEEDED = (
    "surveys.add_organisation",
    "surveys.change_organisation",
    "surveys.add_invitation",
    "surveys.add_organisationlist",
)
SHOWN_ENTRIES = 10
SHOWN_PROBLEMS = 1000


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the e-mails where the list does not say"),
        choices=[("", gettext_lazy("The list says it in each row")), *settings.LANGUAGES],
        required=False,
    )


class UploadForm(LanguageForm):
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        error_messages={"required": gettext_lazy("Choose a CSV or XLSX file")},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    field_order = ["file", "language"]

    def clean_file(self) -> tuple[str, Rows]:
        """The file's name and its rows."""
        file = self.cleaned_data["file"]
        # What is too large is not read into memory to be told so.
        try:
            return file.name[:200], read(file.read(MAX_BYTES + 1))
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable


def may_load(request: HttpRequest) -> bool:
    return request.user.has_perms(NEEDED)


def urls() -> list[Any]:
    view = admin.site.admin_view
    return [
        path("list/", view(upload), name="surveys_organisationlist_upload"),
        path("list/template.csv", view(template), name="surveys_organisationlist_template"),
        path("list/<int:pk>/", view(preview), name="surveys_organisationlist_preview"),
        path("list/<int:pk>/load/", view(load), name="surveys_organisationlist_load"),
        path("list/<int:pk>/discard/", view(discard), name="surveys_organisationlist_discard"),
    ]


def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file. What it says is kept until it is loaded."""
    user = _refuse_others(request)
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    if form.is_valid():
        name, rows = form.cleaned_data["file"]
        uploaded = OrganisationList.objects.create(name=name, rows=rows, uploaded_by=user)
        return redirect(_preview_address(uploaded.pk, form.cleaned_data["language"]))
    context = {
        "form": form,
        "waiting": OrganisationList.objects.defer("rows").order_by("-pk"),
        "columns": header_row(Asked.now()),
    }
    status = 422 if form.errors else 200
    return _page(request, "upload", _("Load a list of organisations"), context, status)


def template(request: HttpRequest) -> HttpResponse:
    """An empty list, delimited as spreadsheets expect it where this language is spoken."""
    _refuse_others(request)
    delimiter = "," if get_language() == "en" else ";"
    text = csv_text([header_row(Asked.now())], delimiter)
    return HttpResponse(
        text.encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="organisations.csv"'},
    )


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the list says and all that is wrong with it. Nothing is written."""
    _refuse_others(request)
    uploaded = OrganisationList.objects.filter(pk=pk).first()
    if uploaded is None:
        return _gone(request)
    language = _language(request.GET.get("language", ""))
    asked = Asked.now()
    checked = check(uploaded.rows, asked, language)
    context = {
        "uploaded": uploaded,
        "language": language,
        "form": LanguageForm(initial={"language": language}),
        "checked": checked,
        "problems": checked.problems[:SHOWN_PROBLEMS],
        "problems_left": max(0, len(checked.problems) - SHOWN_PROBLEMS),
        "warnings": checked.warnings[:SHOWN_PROBLEMS],
        "questions": asked.questions,
        "entries": _shown(checked, asked),
    }
    return _page(request, "preview", uploaded.name, context)


@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Write the rows without a problem, all or none, and show how far it is."""
    user = _refuse_others(request)
    uploaded = OrganisationList.objects.filter(pk=pk).first()
    if uploaded is None:
        return _gone(request)
    entries = check(uploaded.rows, Asked.now(), _language(request.POST.get("language", ""))).entries
    outcomes = [Outcome()]

    def steps() -> Iterator[int]:
        for outcome in load_list(uploaded, entries, user):
            outcomes.append(outcome)
            yield outcome.rows

    def ended(failure: Exception | None) -> Ending:
        again = reverse("admin:surveys_organisationlist_upload")
        if isinstance(failure, LoadedAlready):
            return _("This list was loaded or thrown away already."), _links()
        if failure:
            return _("It stopped, and nothing was loaded. Try again."), [
                (_preview_address(pk, request.POST.get("language", "")), uploaded.name),
                (again, _("Load a list of organisations")),
            ]
        return _told(outcomes[-1]), _links()

    return progress_page(request, _("Loading organisations"), len(entries), steps(), ended)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw an uploaded list away."""
    _refuse_others(request)
    OrganisationList.objects.filter(pk=pk).delete()
    messages.success(request, _("The list was thrown away. Nothing was loaded from it."))
    return redirect("admin:surveys_organisationlist_upload")


def _shown(checked: Checked, asked: Asked) -> list[tuple[Entry, str, list[str]]]:
    """The first good rows with their answers as people read them."""
    languages = dict(settings.LANGUAGES)
    return [
        (
            entry,
            str(languages[entry.language]),
            [
                "; ".join(line.text for line in each.kind.lines(entry.profile))
                for each in asked.columns
            ],
        )
        for entry in checked.entries[:SHOWN_ENTRIES]
    ]


def _told(outcome: Outcome) -> str:
    """What was written, in words."""
    counts = _(
        "New organisations: %(new)d. Changed: %(changed)d. Known already: %(unchanged)d."
    ) % {"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged}
    invitations = ngettext(
        "%(number)d invitation can be sent.",
        "%(number)d invitations can be sent.",
        outcome.invitations,
    ) % {"number": outcome.invitations}
    return f"{counts} {invitations}"


def _links() -> list[tuple[str, str]]:
    return [
        (reverse("admin:surveys_invitation_send"), _("Send the invitations")),
        (reverse("admin:surveys_organisation_changelist"), _("All organisations")),
        (reverse("admin:surveys_organisationlist_upload"), _("Load another list")),
    ]


def _refuse_others(request: HttpRequest) -> User:
    """Who is signed in, if they may load lists."""
    if isinstance(request.user, User) and may_load(request):
        return request.user
    raise PermissionDenied


def _language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else ""


def _preview_address(pk: int, language: str) -> str:
    address = reverse("admin:surveys_organisationlist_preview", args=[pk])
    return f"{address}?language={language}"


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("This list was loaded or thrown away already."))
    return redirect("admin:surveys_organisationlist_upload")


def _page(
    request: HttpRequest, name: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return render(request, f"admin/surveys/organisation_list/{name}.html", context, status=status)
