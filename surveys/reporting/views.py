"""The report at the desk: its texts, making it, looking at it, and publishing it."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys.current import current_consultation
from surveys.models import Consultation, ReportEdition, ReportFile
from surveys.progress_page import Ending, progress_page
from surveys.releasing.reading import current, opinions_are_public
from surveys.reporting.forms import TextForm
from surveys.reporting.making import (
    DocumentFailed,
    FiguresMoved,
    NothingReleased,
    edition_steps,
    how_many_files,
    publish,
    take_back,
)
from surveys.reporting.public import file_response
from surveys.reporting.source import Source, source
from surveys.reporting.states import place_states, state
from surveys.reporting.texts import places, said
from surveys.staff_pages import member_of_staff, render_page, staff_page

SHOWN = 5
"""Editions listed on the page."""


def _source(consultation: Consultation) -> Source:
    read = source(consultation)
    if read is None:
        raise Http404("Nothing was released yet")
    return read


@staff_page("surveys.view_reportedition")
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Which figures it is made from, what lacks, and the editions that were made."""
    consultation = Consultation.objects.with_programme().current()
    read = source(consultation) if consultation else None
    if consultation is None or read is None:
        return render_page(request, "reporting/nothing", _("Report"), {})
    editions = consultation.report_editions.select_related("release", "made_by")
    states = place_states(read)
    files = ReportFile.objects.defer("content")
    ctx = {
        "consultation": consultation,
        "release": read.release,
        "is_public": opinions_are_public(consultation),
        "edited": sum(each.is_edited for each in states),
        "stale": [each for each in states if each.stale],
        "untranslated": [each for each in states if each.missing],
        "editions": [(each, _by_language(files.filter(edition=each))) for each in editions[:SHOWN]],
        "may_make": request.user.has_perm("surveys.add_reportedition"),
        "may_write": request.user.has_perm("surveys.change_reporttext"),
        "may_publish": request.user.has_perm("surveys.publish_results"),
    }
    return render_page(request, "reporting/report", _("Report"), ctx)


def _by_language(files: Iterable[ReportFile]) -> list[tuple[str, list[ReportFile]]]:
    found: dict[str, list[ReportFile]] = {code: [] for code, _name in settings.LANGUAGES}
    for file in files:
        found[file.language].append(file)
    return [(str(name), found[code]) for code, name in settings.LANGUAGES]


@staff_page("surveys.view_reporttext")
@require_safe
def report_texts(request: HttpRequest) -> HttpResponse:
    """Every place for a text, and what stands there."""
    consultation = current_consultation()
    read = source(consultation)
    if read is None:
        return render_page(request, "reporting/nothing", _("Texts of the report"), {})
    ctx = {
        "states": place_states(read),
        "release": read.release,
        "may_write": request.user.has_perm("surveys.change_reporttext"),
    }
    return render_page(request, "reporting/texts", _("Texts of the report"), ctx)


@staff_page("surveys.view_reporttext", "surveys.change_reporttext")
def report_text(request: HttpRequest, key: str) -> HttpResponse:
    """Write one text in all languages."""
    consultation = current_consultation()
    read = _source(consultation)
    place = places(read).get(key)
    if place is None:
        raise Http404("The report has no such place")
    is_post = request.method == "POST"
    with transaction.atomic():
        if is_post:
            # A text that nobody wrote yet is no row to lock.
            Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
        stored = consultation.report_texts.filter(key=key).first()
        initial = {"text": stored.text if stored else None}
        form = TextForm(request.POST if is_post else None, initial=initial)
        if form.is_valid():
            form.save(consultation, place, current(consultation), member_of_staff(request))
            messages.success(request, _("The text is saved."))
            return redirect("admin:report_texts")
    ctx = {
        "form": form,
        "state": state(read, place),
        "shown": said(read.texts, key, place.default),
        "links": [
            ("id_text_en" if name in form.fields else "", str(error))
            for name, errors in form.errors.items()
            for error in errors
        ],
    }
    title = _("Text of the report: %(name)s") % {"name": place.name}
    return render_page(request, "reporting/text", title, ctx, 422 if ctx["links"] else 200)


@staff_page("surveys.view_reportedition", "surveys.add_reportedition")
@require_POST
def report_make(request: HttpRequest) -> HttpResponseBase:
    """Make all documents anew, and show how far that is."""
    consultation = current_consultation()
    if current(consultation) is None:
        return redirect("admin:report")
    steps = edition_steps(consultation, member_of_staff(request))
    return progress_page(request, _("Making the report"), how_many_files(), steps, _ended)


def _ended(failure: Exception | None) -> Ending:
    links = [(reverse("admin:report"), _("Back to the report"))]
    if failure is None:
        return _(
            "The report is made. Nobody but staff can download it until it is published."
        ), links
    if isinstance(failure, FiguresMoved):
        return _("New figures were released meanwhile. Make the report again."), links
    if isinstance(failure, NothingReleased):
        return _("Nothing was released yet: there are no figures."), links
    if isinstance(failure, DocumentFailed):
        return _(
            "The report could not be made, because of one document (%(document)s, %(language)s): "
            "%(reason)s. Nothing was changed."
        ) % {
            "document": failure.document,
            "language": failure.language,
            "reason": failure.__cause__,
        }, links
    return _("The report could not be made. Nothing was changed."), links


@staff_page("surveys.view_reportedition", "surveys.publish_results")
@require_POST
def report_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the public download this edition."""
    edition = get_object_or_404(ReportEdition.objects.select_related("consultation"), pk=pk)
    if not opinions_are_public(current_consultation()):
        messages.error(request, _("Publish the results first: the report tells the same figures."))
        return redirect("admin:report")
    publish(edition, member_of_staff(request))
    messages.success(request, _("The report is published."))
    return redirect("admin:report")


@staff_page("surveys.view_reportedition", "surveys.publish_results")
@require_POST
def report_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nobody but staff download it any more."""
    edition = get_object_or_404(ReportEdition.objects.select_related("consultation"), pk=pk)
    take_back(edition, member_of_staff(request))
    messages.success(request, _("The report is not public any more."))
    return redirect("admin:report")


@staff_page("surveys.view_reportedition")
@require_safe
def report_file(request: HttpRequest, pk: int, language: str, format: str) -> HttpResponse:
    """A document of an edition, published or not."""
    file = get_object_or_404(ReportFile, edition=pk, language=language, format=format)
    return file_response(file)
