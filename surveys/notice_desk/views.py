"""The desk's pages of the privacy notice: its versions, the draft, publishing it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.current import current_consultation
from surveys.methods import takes_form
from surveys.models import AuditEntry, PrivacyNotice
from surveys.notice_desk.forms import NoticeForm
from surveys.notices import (
    NotPublished,
    begin_draft,
    missing,
    outdated_periods,
    placeholders,
    publish,
    with_periods,
)
from surveys.staff_pages import member_of_staff, render_page, staff_page

VIEW, CHANGE = "surveys.view_privacynotice", "surveys.change_privacynotice"
PUBLISH = "surveys.publish_privacynotice"


def _notice(pk: int, *, is_draft: bool = False) -> PrivacyNotice:
    notices = PrivacyNotice.objects.select_related("consultation__programme")
    if is_draft:
        notices = notices.filter(published_at__isnull=True)
    return get_object_or_404(notices, pk=pk, consultation=current_consultation())


@staff_page(VIEW)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every version, and what the one in force still lacks."""
    consultation = current_consultation()
    current = consultation.privacy_notices.newest()
    ctx = {
        "versions": consultation.privacy_notices.order_by("-number"),
        "placeholders": placeholders(current) if current else [],
        "outdated": outdated_periods(current) if current else [],
    }
    return render_page(request, "notice_desk/notices", _("Privacy notice"), ctx)


@staff_page(CHANGE)
@require_POST
def notice_begin(request: HttpRequest) -> HttpResponse:
    """A draft of the next version; the one that is there."""
    draft = begin_draft(current_consultation(), member_of_staff(request))
    return redirect("admin:notice_edit", draft.pk)


@staff_page(CHANGE)
@takes_form
def notice_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The texts of a draft."""
    notice = _notice(pk, is_draft=True)
    form = NoticeForm(request.POST if request.method == "POST" else None, instance=notice)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            audit.record(member_of_staff(request), AuditEntry.Action.CHANGED, notice)
        messages.success(request, _("Saved."))
        return redirect("admin:notice_preview", pk)
    links = form.error_links()
    ctx = {"form": form, "links": links, "notice": notice}
    title = _("Draft of the privacy notice")
    return render_page(request, "notice_desk/notice_edit", title, ctx, 422 if links else 200)


@staff_page(VIEW)
@require_safe
def notice_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as the public reads it, and what stands in the way of publishing it."""
    return _preview(request, _notice(pk))


def _preview(request: HttpRequest, notice: PrivacyNotice, status: int = 200) -> HttpResponse:
    if not notice.published_at:
        notice.sections = with_periods(notice.sections)
    refused = _("It is not published: texts are missing.")
    ctx = {
        "notice": notice,
        "sections": notice.parts(),
        "missing": [] if notice.published_at else missing(notice),
        "placeholders": placeholders(notice),
        "links": [("in-the-way", refused)] if status == 422 else [],
    }
    title = _("Version %(number)d") % {"number": notice.number}
    return render_page(request, "notice_desk/notice_preview", title, ctx, status)


@staff_page(PUBLISH)
@require_POST
def notice_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft in force. It cannot be changed after that."""
    notice = _notice(pk)
    try:
        publish(pk, member_of_staff(request), timezone.now())
    except NotPublished:
        return _preview(request, notice, status=422)
    messages.success(request, _("Published."))
    return redirect("admin:notices")


@staff_page(CHANGE)
@require_POST
def notice_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    notice = _notice(pk, is_draft=True)
    with transaction.atomic():
        audit.record(member_of_staff(request), AuditEntry.Action.DELETED, notice)
        notice.delete()
    messages.success(request, _("The draft is deleted."))
    return redirect("admin:notices")
