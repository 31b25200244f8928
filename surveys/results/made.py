"""What was made of the results, as links, where it is there."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.models import Consultation, OpenDataVersion, ReportFile


def downloads(consultation: Consultation) -> Iterator[dict[str, str]]:
    """Addresses and labels of the published report, of the open data and of the replies."""
    files = ReportFile.objects.filter(
        edition__consultation=consultation,
        edition__published_at__isnull=False,
        language=get_language() or "",
    )
    there = set(files.values_list("format", flat=True))
    labels = {
        ReportFile.Format.PDF: _("The report (PDF)"),
        ReportFile.Format.DOCX: _("The report (Word)"),
        ReportFile.Format.HTML: _("The report (web page)"),
    }
    for format, label in labels.items():
        if format in there:
            yield {"url": reverse("report_download", args=[format]), "label": label}
    if OpenDataVersion.objects.of(consultation).exists():
        yield {"url": reverse("open_data"), "label": _("Open data")}
    yield {"url": reverse("replies"), "label": _("You said, we did: our replies")}
