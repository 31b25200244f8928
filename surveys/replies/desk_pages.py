"""The desk's pages of replies: write, order, look at, publish, take back, tell those who asked."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys import audit
from surveys.announcing import announce, confirmed, tell_waiting, untold
from surveys.current import current_consultation
from surveys.identifiers import read_number
from surveys.methods import takes_form
from surveys.models import AuditEntry, Reply, User
from surveys.replies.forms import ReplyForm
from surveys.replying import (
    NotPublished,
    as_public,
    faults,
    is_changed,
    missing,
    move,
    publish,
    take_back,
    write,
)
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.tabulation.small_cells import SMALL

VIEW, CHANGE, PUBLISH = "surveys.view_reply", "surveys.change_reply", "surveys.publish_reply"
AT_ONCE = 3
"""So many batches of e-mails are written before the page comes back; others write the rest."""


def get_reply(pk: int) -> Reply:
    """A reply of the current consultation, or 404."""
    replies = Reply.objects.select_related("consultation", "theme__frame", "quotation")
    return get_object_or_404(replies, pk=pk, consultation=current_consultation())


@staff_page(VIEW)
@require_safe
def replies_desk(request: HttpRequest) -> HttpResponse:
    """All replies in their order: what is missing, what the public reads."""
    consultation = current_consultation()
    replies = consultation.replies.select_related("theme").prefetch_related("changes")
    rows = [
        {
            "reply": reply,
            "missing": _languages_missing(reply),
            "is_changed": reply.published_at is not None and is_changed(reply),
        }
        for reply in replies
    ]
    ctx = {
        "rows": rows,
        "untold": len(untold(consultation)),
        "subscribers": confirmed(consultation).count(),
        "fewest": SMALL,
    }
    return render_page(request, "replies/replies_desk", _("You said, we did"), ctx)


def _languages_missing(reply: Reply) -> list[str]:
    return sorted({language for _field, language in missing(reply)})


@staff_page(CHANGE)
@takes_form
def reply_add(request: HttpRequest) -> HttpResponse:
    """A new reply, below the others."""
    reply = Reply(consultation=current_consultation())
    return _form_page(request, reply, _("Add a reply"))


@staff_page(CHANGE)
@takes_form
def reply_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What a reply says. The public reads the change when it is published."""
    reply = get_reply(pk)
    return _form_page(request, reply, str(reply))


def _form_page(request: HttpRequest, reply: Reply, title: str) -> HttpResponse:
    form = ReplyForm(request.POST if request.method == "POST" else None, instance=reply)
    if form.is_valid():
        _store(form, member_of_staff(request), is_new=reply.pk is None)
        messages.success(request, _("Saved."))
        return redirect("admin:reply_preview", reply.pk)
    links = form.error_links()
    ctx = {"form": form, "links": links, "reply": reply}
    return render_page(request, "replies/reply_form", title, ctx, 422 if links else 200)


def _store(form: ReplyForm, by: User, *, is_new: bool) -> None:
    with transaction.atomic():
        reply = form.save(commit=False)
        write(reply)
        action = AuditEntry.Action.ADDED if is_new else AuditEntry.Action.CHANGED
        audit.record(by, action, reply)


@staff_page(CHANGE)
@require_POST
def reply_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move(get_reply(pk), up=request.POST.get("direction") == "up")
    return redirect("admin:replies_desk")


@staff_page(VIEW)
@require_safe
def reply_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A reply as the public would read it, what stands in the way, and what it said before."""
    return _preview_page(request, get_reply(pk))


def _preview_page(request: HttpRequest, reply: Reply, status: int = 200) -> HttpResponse:
    in_the_way = faults(reply)
    ctx = {
        "reply": reply,
        "shown": as_public(reply),
        "faults": in_the_way,
        "is_changed": is_changed(reply),
        "changes": reply.changes.select_related("made_by"),
        "links": [("faults", _("It is not published: texts are missing."))]
        if status == 422
        else [],
        "fewest": SMALL,
    }
    return render_page(request, "replies/reply_preview", str(reply), ctx, status)


@staff_page(PUBLISH)
@require_POST
def reply_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the public read it as it is now."""
    reply = get_reply(pk)
    try:
        change = publish(reply.pk, member_of_staff(request), timezone.now())
    except NotPublished:
        return _preview_page(request, reply, status=422)
    if change:
        messages.success(request, _("Published."))
    else:
        messages.info(request, _("The public reads just this already."))
    return redirect("admin:reply_preview", pk)


@staff_page(PUBLISH)
@require_POST
def reply_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the public read it no more."""
    if take_back(get_reply(pk).pk, member_of_staff(request), timezone.now()):
        messages.success(request, _("The reply is taken back: it is not published any more."))
    return redirect("admin:reply_preview", pk)


@staff_page(CHANGE)
@takes_form
def reply_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away a reply that was never published; of others the history stays."""
    reply = get_reply(pk)
    was_published = reply.changes.exists()
    if request.method == "POST" and not was_published:
        with transaction.atomic():
            audit.record(member_of_staff(request), AuditEntry.Action.DELETED, reply)
            reply.delete()
        messages.success(request, _("The reply is deleted."))
        return redirect("admin:replies_desk")
    ctx = {"reply": reply, "was_published": was_published}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "replies/reply_delete", _("Delete this reply?"), ctx, status)


@staff_page(PUBLISH)
@takes_form
def replies_tell(request: HttpRequest) -> HttpResponse:
    """How many would be told of what; then they are."""
    consultation = current_consultation()
    changes = untold(consultation)
    if request.method == "POST":
        _tell(request)
        return redirect("admin:replies_desk")
    ctx: dict[str, Any] = {
        "changes": changes,
        "up_to": max((change.pk for change in changes), default=0),
        "subscribers": confirmed(consultation).count(),
    }
    return render_page(request, "replies/replies_tell", _("Tell those who asked"), ctx)


def _tell(request: HttpRequest) -> None:
    up_to = read_number(request.POST.get("up_to", "")) or 0
    consultation = current_consultation()
    number = confirmed(consultation).count()
    if announce(consultation, up_to, member_of_staff(request), timezone.now()) is None:
        messages.info(request, _("There was nothing new to tell. No e-mail was written."))
        return
    for _batch in range(AT_ONCE):
        if not tell_waiting():
            break
    said = ngettext(
        "%(number)d e-mail is on its way.", "%(number)d e-mails are on their way.", number
    )
    messages.success(request, said % {"number": number})
