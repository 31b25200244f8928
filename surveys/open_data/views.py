"""The public page of the open data, and its files."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_safe

from surveys.models import Consultation, OpenDataFile, OpenDataVersion
from surveys.open_data.protecting import WITHHELD, K
from surveys.open_data.texts import LICENCE, LICENCE_NAME, is_repeated
from surveys.open_data.who import with_rows
from surveys.releasing.reading import opinions_are_public

KEPT_SECONDS = 60
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """The same for everybody, and no cookie is asked for: caches may keep it."""
    kept = cache_control(public=True, max_age=KEPT_SECONDS)
    wrapped: View = require_safe(kept(gzip_page(conditional_page(view))))
    return wrapped


@public
def open_data(request: HttpRequest) -> HttpResponse:
    """What there is, what is not in it and why, and every file with its checksum."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return render(request, "surveys/nothing_yet.html")
    ctx: dict[str, Any] = {"k": K, "withheld": WITHHELD}
    versions = _versions(consultation)
    if versions:
        questionnaires = consultation.questionnaires.all()
        ctx |= {
            "version": versions[0],
            "files": versions[0].files.defer("content"),
            "versions": [(each, is_repeated(each)) for each in versions],
            "licence": LICENCE,
            "licence_name": LICENCE_NAME,
            "has_all_rows": all(with_rows(each) for each in questionnaires),
        }
    return render(request, "surveys/open_data/open_data.html", ctx)


@public
def open_data_file(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One file, the same bytes for everybody; answers of people of the latest version alone."""
    consultation = Consultation.objects.current()
    versions = _versions(consultation) if consultation else []
    files = OpenDataFile.objects.filter(version__in=versions, version__number=number, name=name)
    file = files.first()
    if file is None or (file.is_of_people and file.version_id != versions[0].pk):
        raise Http404("There is no such file")
    return HttpResponse(
        bytes(file.content),
        content_type=file.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "ETag": f'"{file.sha256}"',
        },
    )


def _versions(consultation: Consultation) -> list[OpenDataVersion]:
    """The latest first; none while opinions are not public."""
    if not opinions_are_public(consultation):
        return []
    return list(OpenDataVersion.objects.of(consultation).select_related("release"))
