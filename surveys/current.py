"""The consultation that the site is about, for pages that there are only with one."""

from django.http import Http404

from surveys.models import Consultation


def current_consultation() -> Consultation:
    """With its programme. Raises Http404 where there is none."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        raise Http404("There is no consultation")
    return consultation
