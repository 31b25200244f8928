"""The privacy notice: the version in force, and those that were before."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.models import Consultation, PrivacyNotice


@require_safe
def privacy_version(request: HttpRequest, number: int) -> HttpResponse:
    """One version that was published, at an address that stays."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        raise Http404("There is no consultation")
    published = PrivacyNotice.objects.published().select_related("consultation__programme")
    notice = get_object_or_404(published, consultation=consultation, number=number)
    return notice_page(request, notice)


def notice_page(request: HttpRequest, notice: PrivacyNotice) -> HttpResponse:
    """The whole of one version, with the list of all."""
    versions = [*notice.consultation.privacy_notices.published().order_by("-number")]
    later = [version for version in versions if version.number > notice.number]
    ctx = {
        "heading": _("Privacy notice"),
        "notice": notice,
        "sections": notice.parts(),
        "versions": versions,
        "replaced_by": later[-1] if later else None,
    }
    return render(request, "surveys/privacy.html", ctx)
