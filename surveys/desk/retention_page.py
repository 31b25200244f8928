"""How long what is kept, and what the last runs of `erase_expired` erased."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.desk.erasers import run
from surveys.models import RetentionRun
from surveys.retention import CLASSES, KEPT_WITH_A_REASON, RESPONSES_STAY
from surveys.staff_pages import render_page, staff_page


@staff_page("surveys.view_auditentry")
def retention(request: HttpRequest) -> HttpResponse:
    """Every class with period, reason, next due and last run. POST counts what is due now."""
    moment = timezone.now()
    counted = {}
    if request.method == "POST":
        with transaction.atomic():
            counted = run(moment, is_dry=True)
    newest = RetentionRun.objects.order_by("kind", "-ran_at").distinct("kind")
    last = {each.kind: each for each in newest}
    rows = [
        {
            "kept": kept,
            "next": kept.next_due(moment),
            "last": last.get(kept.key),
            "due": counted.get(kept.key),
        }
        for kept in CLASSES
    ]
    labels = {kept.key: kept.label for kept in CLASSES}
    erased = RetentionRun.objects.filter(erased__gt=0)[:50]
    ctx = {
        "rows": rows,
        "is_counted": bool(counted),
        "runs": [(each, labels.get(each.kind, each.kind)) for each in erased],
        "responses_stay": RESPONSES_STAY,
        "stays": sorted({str(reason) for reason in KEPT_WITH_A_REASON.values()}),
    }
    return render_page(request, "retention", _("Retention"), ctx)
