"""The form of citizens: no account, no cookie before sending, a personal link afterwards."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from surveys.answering.again import is_cross_site, is_only_shown
from surveys.answering.citizen_pages import receipt_page
from surveys.answering.device import (
    answered_today,
    digest_of,
    is_kiosk,
    remember_answer,
    with_kiosk,
)
from surveys.answering.flood import Step, asked_first
from surveys.answering.forms import AnswersForm
from surveys.answering.kept import keep
from surveys.answering.opened import Opened, once_sent, open_form, own_page
from surveys.answering.public import not_open
from surveys.answering.shared import (
    CHANGED_ON_THE_WAY,
    conflict_context,
    lacks_choice,
    not_stored,
    part_after_choosing,
    why_not_taken,
)
from surveys.journey import only_asked
from surveys.lifecycle import (
    AlreadySent,
    Conflict,
    change_response,
    is_known,
    save_citizen_draft,
    send_citizen_response,
    whole,
)
from surveys.methods import takes_form
from surveys.models import Response
from surveys.parts import Part
from surveys.rate_limits import DRAFTS

# Back is to show what was typed.
unshared = cache_control(private=True, no_cache=True)


@csrf_exempt
@unshared
@takes_form
def citizens(request: HttpRequest) -> HttpResponse:
    """Five questions on one page, without cookie or account."""
    opened = open_form(request)
    if request.method == "POST":
        answer = _answer(opened)
    elif opened.consultation.takes(None):
        answer = keep(opened.page(opened.form()), opened.key)
    else:
        answer = keep(not_open(request, opened.version))
    if is_kiosk(request):
        answer["Cache-Control"] = "private, no-store"
    return answer


@own_page
@takes_form
def citizen_draft(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The form again, with what was saved."""
    if not response.is_draft and request.method != "POST":
        return redirect("citizen_receipt", response.reference, secret)
    opened = open_form(request, response, secret)
    if request.method == "POST":
        return _answer(opened)
    if not opened.is_taken():
        reason = _("The consultation closed before this draft was sent.")
        return not_stored(request, opened.version, whole(response), reason, status=200)
    return opened.page(opened.form())


def _answer(opened: Opened) -> HttpResponse:
    """What becomes of a posted form: shown again, saved as a draft, or sent."""
    request = opened.request
    if is_only_shown(request):
        return opened.page(opened.form(entered=request.POST))
    form = opened.form(request.POST)
    if not opened.is_taken():
        return _too_late(opened, form)
    if refused := _refused(opened, form):
        return refused
    try:
        if opened.stored and lacks_choice(request, form, opened.stored, opened.key.seen):
            return _conflict(opened, form, opened.stored, is_refused=True)
        if "save" in request.POST or "choose" in request.POST:
            return _save(opened, form)
        if not form.is_valid():
            return opened.page(form, status=422)
        return _send(opened, form)
    except Conflict as conflict:
        return _conflict(opened, form, conflict.stored)


def _refused(opened: Opened, form: AnswersForm) -> HttpResponse | None:
    """The form again where it does not come from our own page as we made it."""
    if is_cross_site(opened.request):
        form.add_error(None, _("Another site sent this form. Check your answers and send them"))
    if not opened.is_key_ours:
        form.add_error(None, CHANGED_ON_THE_WAY)
    return opened.page(form, status=422) if form.non_field_errors() else None


def _too_late(opened: Opened, form: AnswersForm) -> HttpResponse:
    reason = why_not_taken(opened.consultation)
    return not_stored(opened.request, opened.version, form.part(), reason)


def _save(opened: Opened, form: AnswersForm) -> HttpResponse:
    request, key = opened.request, opened.key
    if not DRAFTS.lets(request):
        answer = opened.page(
            opened.form(entered=request.POST),
            status=429,
            notice=_(
                "Too many drafts came from this network in a short time. What you entered is still "
                "here: wait 10 minutes and select the button again."
            ),
        )
        answer["Retry-After"] = "600"
        return answer
    part = part_after_choosing(request, form, opened.stored)
    try:
        draft = save_citizen_draft(
            opened.version,
            secret=key.secret,
            part=part,
            seen=key.seen,
            language=get_language() or "",
            moment=opened.consultation.now,
        )
    except AlreadySent as already:
        return _already_sent(opened, already.stored)
    if "choose" in request.POST:
        return redirect("citizen_draft", draft.reference, key.secret)
    return redirect(with_kiosk(request, "citizen_saved", draft.reference, key.secret))


def _send(opened: Opened, form: AnswersForm) -> HttpResponse:
    part = form.part()
    if _is_sent_before(opened, part):
        return _ask_before_sending_again(opened)
    if step := asked_first(opened.request, opened.key, opened.version.questionnaire_id):
        return _one_more_step(opened, step)
    response = send_citizen_response(
        opened.version,
        secret=opened.key.secret,
        part=part,
        seen=opened.key.seen,
        language=get_language() or "",
        moment=opened.consultation.now,
    )
    if response.answers != only_asked(opened.version, part.answers):
        return _already_sent(opened, response)
    return _to_receipt(opened.request, response, part, opened.key.secret)


def _one_more_step(opened: Opened, step: Step) -> HttpResponse:
    """The same answers with what is asked first, of a network that sends very many."""
    answer = opened.page(
        opened.form(entered=opened.request.POST),
        status=429,
        step=step,
        is_again="again" in opened.request.POST,
    )
    answer["Retry-After"] = str(max(step.seconds_left, 1))
    return answer


def _is_sent_before(opened: Opened, part: Part) -> bool:
    """Whether a fresh form says just what this device sent today.

    After Back browsers fill in the fresh form with what the sent one held.
    """
    if opened.stored or "again" in opened.request.POST:
        return False
    return answered_today(opened.request) == digest_of(part) and not is_known(opened.key.secret)


def _ask_before_sending_again(opened: Opened) -> HttpResponse:
    """The same answers count twice only if that is meant."""
    return opened.page(
        opened.form(entered=opened.request.POST),
        status=409,
        is_again=True,
        notice=_(
            "Exactly these answers were already sent from this device today, and they are counted. "
            "To send them once more, for another person, select “Send my answers” again."
        ),
    )


def _already_sent(opened: Opened, response: Response) -> HttpResponse:
    """What this form holds is not what was sent with it before: offer it as a change."""
    request = opened.request
    if response.state in Response.TAKEN_BACK:
        reason = _("The answers from this form were sent before and then withdrawn.")
        if response.state == Response.State.RESTRICTED:
            reason = _("The answers from this form were sent before and are restricted now.")
        part = opened.form(request.POST).part()
        return not_stored(request, opened.version, part, reason, status=410)
    key = opened.key.having_seen(whole(response).fingerprint())
    again = replace(opened, key=key, stored=response)
    return again.page(
        again.form(entered=request.POST),
        status=409,
        notice=_(
            "Answers from this form had been received already, and nothing was overwritten. Below "
            "is what you entered now. To put it in their place, select “Save the changes”."
        ),
        action=reverse("citizen_change", args=[response.reference, opened.key.secret]),
        receipt_url=reverse("citizen_receipt", args=[response.reference, opened.key.secret]),
    )


def _conflict(
    opened: Opened, form: AnswersForm, stored: Response, *, is_refused: bool = False
) -> HttpResponse:
    """Both texts, for the person to choose."""
    if stored.state in Response.TAKEN_BACK:
        return _already_sent(opened, stored)
    page_name = "citizen_draft" if stored.is_draft else "citizen_change"
    key = opened.key.having_seen(whole(stored).fingerprint())
    ctx = conflict_context(opened.request, form, stored, is_refused=is_refused) | {
        "key": key.signed(),
        "action": reverse(page_name, args=[stored.reference, opened.key.secret]),
    }
    status = 422 if is_refused else 409
    return render(opened.request, "surveys/answering/conflict.html", ctx, status=status)


@own_page
@takes_form
@once_sent
def citizen_change(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The form with what was sent: until closing it can be changed."""
    opened = open_form(request, response, secret)
    if request.method != "POST":
        if not opened.consultation.takes(None):
            return redirect("citizen_receipt", response.reference, secret)
        return opened.page(opened.form())
    if is_only_shown(request):
        return opened.page(opened.form(entered=request.POST))
    form = opened.form(request.POST)
    # That it was sent in time does not keep it open: only this form's own opening counts.
    if not opened.consultation.takes(opened.key.opened_at):
        return _too_late(opened, form)
    if refused := _refused(opened, form):
        return refused
    if not form.is_valid():
        return opened.page(form, status=422)
    if lacks_choice(request, form, response, opened.key.seen):
        return _conflict(opened, form, response, is_refused=True)
    try:
        changed = change_response(
            response,
            part=part_after_choosing(request, form, response),
            seen=opened.key.seen,
            language=get_language() or "",
            moment=opened.consultation.now,
        )
    except Conflict as conflict:
        return _conflict(opened, form, conflict.stored)
    return redirect("citizen_receipt", changed.reference, secret)


def _to_receipt(request: HttpRequest, response: Response, part: Part, secret: str) -> HttpResponse:
    if is_kiosk(request):
        # A redirect would leave the personal link in the history of a computer many use.
        return receipt_page(request, response, secret)
    answer = redirect("citizen_receipt", response.reference, secret)
    remember_answer(answer, part)
    return answer
