"""The published report."""

import base64
import hashlib
import re

from csp.constants import NONE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from surveys.models import Consultation, ReportFile
from surveys.releasing.reading import opinions_are_public
from surveys.reporting.making import TYPES

STYLES = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
KEPT_SECONDS = 60
NAME = "report-{consultation}-{language}.{format}"


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
@conditional_page
def report_download(request: HttpRequest, format: str) -> HttpResponse:
    """The published report in the page's language, the same bytes for everybody."""
    consultation = Consultation.objects.current()
    file = (
        ReportFile.objects.select_related("edition__consultation")
        .filter(
            edition__consultation=consultation,
            edition__published_at__isnull=False,
            language=get_language() or "",
            format=format,
        )
        .first()
    )
    if consultation is None or file is None or not opinions_are_public(consultation):
        raise Http404("No report is published")
    return file_response(file)


def file_response(file: ReportFile) -> HttpResponse:
    """A document as a browser takes it: pages and PDFs are shown, Word documents kept."""
    content = bytes(file.content)
    name = NAME.format(
        consultation=file.edition.consultation.slug, language=file.language, format=file.format
    )
    kind = "attachment" if file.format == ReportFile.Format.DOCX else "inline"
    response = HttpResponse(content, TYPES[ReportFile.Format(file.format)])
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    response["ETag"] = f'"{file.sha256}"'
    if file.format == ReportFile.Format.HTML:
        # It brings its own styles, and nothing else.
        own = csp({"default-src": [NONE], "style-src": [styles_hash(content)]})
        return own(lambda _file: response)(file)  # type: ignore[arg-type, return-value]
    return response


def styles_hash(page: bytes) -> str:
    """By which browsers know the styles that were written into the page."""
    found = STYLES.search(page)
    digest = hashlib.sha256(found[1] if found else b"").digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
