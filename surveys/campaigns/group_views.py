"""One group of near-identical answers: reading it, labelling it, taking texts out of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from surveys import audit
from surveys.campaigns.bursts import burst
from surveys.campaigns.forms import LabelForm
from surveys.campaigns.listing import Showing, texts_of
from surveys.methods import takes_form
from surveys.models import AuditEntry, Campaign, CampaignText, User
from surveys.staff_pages import member_of_staff, render_page, staff_page

TEXTS_ON_A_PAGE = 20


@takes_form
@staff_page("surveys.view_campaign")
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Its texts and when they came; sent, what somebody says it is."""
    user = member_of_staff(request)
    group = get_object_or_404(
        Campaign.objects.select_related("questionnaire", "labelled_by"), pk=pk
    )
    may_change = user.has_perm("surveys.change_campaign")
    is_post = request.method == "POST"
    if is_post and not may_change:
        raise PermissionDenied
    said = {"state": group.state, "label": group.label, "note": group.note}
    form = LabelForm(request.POST if is_post else None, initial=said)
    if form.is_valid():
        _label(group, user, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("admin:campaign", pk)
    ctx = _shown(request, group) | {"form": form, "may_change": may_change}
    title = group.label or _("Group %(number)d") % {"number": group.pk}
    return render_page(request, "campaigns/campaign", title, ctx, 422 if form.errors else 200)


@require_POST
@staff_page("surveys.change_campaign")
def campaign_text_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """This text does not belong to its group."""
    return _move(request, pk, taken_out=True, words=_("The text was taken out of the group."))


@require_POST
@staff_page("surveys.change_campaign")
def campaign_text_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """It does after all."""
    return _move(request, pk, taken_out=False, words=_("The text is in the group again."))


def _move(request: HttpRequest, pk: int, *, taken_out: bool, words: str) -> HttpResponse:
    with transaction.atomic():
        texts = CampaignText.objects.select_related("campaign").select_for_update(of=["self"])
        text = get_object_or_404(texts, pk=pk)
        if text.taken_out != taken_out:
            text.taken_out = taken_out
            text.save(update_fields=["taken_out"])
            change = {"taken_out" if taken_out else "put_back": str(text.response_id)}
            user = member_of_staff(request)
            audit.record(user, AuditEntry.Action.CHANGED, text.campaign, **change)
    messages.success(request, words)
    return redirect("admin:campaign", text.campaign_id)


def _label(group: Campaign, user: User, said: dict[str, Any]) -> None:
    with transaction.atomic():
        group = Campaign.objects.select_for_update().get(pk=group.pk)
        before = group.state
        group.state, group.label, group.note = said["state"], said["label"], said["note"]
        is_labelled = group.state != Campaign.State.FOUND
        group.labelled_by = user if is_labelled else None
        group.labelled_at = timezone.now() if is_labelled else None
        group.save()
        audit.record(user, AuditEntry.Action.DECIDED, group, before=before, after=group.state)


def _shown(request: HttpRequest, group: Campaign) -> dict[str, Any]:
    """What the page shows of the group, to this person."""
    with_words = request.user.has_perm("surveys.see_words")
    with_identity = request.user.has_perm("surveys.see_identity")
    texts = texts_of(group)
    inside = texts.filter(taken_out=False)
    page = Paginator(inside, TEXTS_ON_A_PAGE).get_page(request.GET.get("page"))
    first = inside.first()
    showing = Showing(first.words if first else "", with_words=with_words)
    if with_words:
        audit.record(member_of_staff(request), AuditEntry.Action.SAW, group, texts=len(page))
    return {
        "group": group,
        "first": first,
        "page": page,
        "texts": [showing.shown(text) for text in page],
        "taken_out": [showing.shown(text) for text in texts.filter(taken_out=True)],
        "burst": burst(group, by_hour=with_identity),
        "with_words": with_words,
        "with_identity": with_identity,
        "size_in_words": ngettext("%(number)d text", "%(number)d texts", page.paginator.count)
        % {"number": page.paginator.count},
    }
