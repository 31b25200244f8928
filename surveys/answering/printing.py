"""What respondents take away on paper."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from surveys.answering.shared import too_many_tries
from surveys.answering.versions import get_current_version
from surveys.models import Consultation, Questionnaire
from surveys.printing import blank_questionnaire as blank_questionnaire_pdf
from surveys.rate_limits import PAPERS


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        pdf, "application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def papers_are_limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that sets a PDF in type for its reader: one network gets so many in ten minutes."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if PAPERS.lets(request):
            return view(request, *args, **kwargs)
        return too_many_tries(request)

    return wrapped


@require_safe
@papers_are_limited
def blank_questionnaire(request: HttpRequest, slug: str) -> HttpResponse:
    """The questionnaire as an accessible PDF, to fill in by hand."""
    consultation = Consultation.objects.with_programme().current()
    questionnaire = Questionnaire.objects.filter(consultation=consultation, slug=slug).first()
    if questionnaire is None:
        raise Http404("There is no such questionnaire")
    version = get_current_version(questionnaire)
    return pdf_response(blank_questionnaire_pdf(version), f"{questionnaire.slug}.pdf")
