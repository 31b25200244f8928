"""The pages of citizens: no account, no cookie before sending, a personal link afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from surveys.answering.access import (
    TooManyTries,
    get_later_version,
    get_own_response,
    get_version,
    notes_since,
)
from surveys.answering.again import is_cross_site, is_only_shown, notice_of
from surveys.answering.form_key import FormKey
from surveys.answering.forms import AnswersForm, ReturnForm
from surveys.answering.printing import pdf_response
from surveys.answering.public import not_open
from surveys.answering.shared import (
    CHANGED_ON_THE_WAY,
    conflict_context,
    not_stored,
    part_after_choosing,
    receipt_context,
    too_many_tries,
    why_not_taken,
)
from surveys.dates import on_every_clock
from surveys.journey import only_asked
from surveys.landing import dates
from surveys.lifecycle import (
    AlreadySent,
    Conflict,
    change_response,
    erase_draft,
    is_known,
    move_on,
    save_citizen_draft,
    send_citizen_response,
    whole,
    withdraw,
)
from surveys.models import Consultation, Questionnaire, Response, Version
from surveys.moving import fits
from surveys.parts import Part
from surveys.printing import copy_of_response
from surveys.progress import progress
from surveys.qr import qr_code
from surveys.rate_limits import DRAFTS

ANYONE = Questionnaire.AnsweredBy.ANYONE
ANSWERED_COOKIE = "answered"
A_DAY = timedelta(days=1)

# Back is to show what was typed; a copy of the page that others could read is not to be kept.
unshared = cache_control(private=True, no_cache=True)
unkept = cache_control(private=True, no_store=True)


def is_kiosk(request: HttpRequest) -> bool:
    """Whether this is a computer that many use, which is to keep nothing."""
    return "kiosk" in request.GET


# The form


@dataclass(frozen=True)
class Opened:
    """A citizen's form as one request meets it."""

    request: HttpRequest
    version: Version
    key: FormKey
    stored: Response | None
    is_key_ours: bool = True

    @property
    def consultation(self) -> Consultation:
        return self.version.consultation

    def form(
        self, data: QueryDict | None = None, *, entered: QueryDict | None = None
    ) -> AnswersForm:
        return AnswersForm(
            data,
            version=self.version,
            sections=self.version.sections.all(),
            entered=entered,
            part=whole(self.stored) if self.stored else None,
            headings=True,
        )

    def is_taken(self) -> bool:
        """Whether what was entered may still be saved and sent."""
        started_at = self.stored.started_at if self.stored else None
        return self.consultation.takes(self.key.opened_at) or self.consultation.takes(started_at)

    def page(self, form: AnswersForm, status: int = 200, **ctx: Any) -> HttpResponse:
        request = self.request
        ctx = {
            "form": form,
            "key": self.key.signed(),
            "stored": self.stored,
            "notice": notice_of(request),
            "moved_notes": notes_since(self.stored, self.version) if self.stored else [],
            "questionnaire": self.version.questionnaire,
            "question_count": sum(1 for question in self.version.questions if question.number),
            "print_code": self.version.print_code(get_language() or ""),
            "switches_language": True,
            "answered_today": not self.stored and bool(_answered_today(request)),
            **dates(self.consultation),
            **ctx,
        }
        return render(request, "surveys/answering/citizens.html", ctx, status=status)


def _open(request: HttpRequest, stored: Response | None = None, secret: str = "") -> Opened:
    key = FormKey.of(request)
    version = _version(stored, key)
    opened_key = key or FormKey(version.consultation.now, version.pk)
    if stored and not key:
        opened_key = opened_key.having_seen(whole(stored).fingerprint())
    if stored:
        opened_key = replace(opened_key, secret=secret)
        # With its questions, which decide what of the form is stored.
        stored.version = version
    return Opened(request, version, opened_key, stored, is_key_ours=bool(key))


def _version(stored: Response | None, key: FormKey | None) -> Version:
    """The wording that is shown and stored.

    A form is stored as the version it showed; a draft that is opened moves on to what is asked now.
    """
    if stored is None or not stored.is_draft:
        source = stored or key
        return get_version(ANYONE, source.version_id if source else None)
    if key:
        shown = get_version(ANYONE, key.version_id)
        if shown.questionnaire_id == stored.questionnaire_id:
            return shown
    later = get_later_version(stored.version_id, stored.questionnaire_id)
    if later and fits(later, whole(stored).entered()):
        move_on(stored, later)
        return later
    return get_version(ANYONE, stored.version_id)


def _kept(request: HttpRequest, reason: str, status: int) -> HttpResponse | None:
    """What a form held whose response is gone, deleted in another tab for instance, to copy."""
    key = FormKey.of(request)
    if key is None:
        return None
    opened = _open(request)
    part = opened.form(request.POST).part()
    return not_stored(request, opened.version, part, reason, status=status)


def _own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that a reference and its secret open: the view gets the response in their place.

    What it says of a link that opens nothing, of guessing, and of what was withdrawn is one.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
        try:
            response = get_own_response(request, reference, secret)
        except TooManyTries:
            return _kept(request, _("Too many tries"), 429) or too_many_tries(request)
        if response is None:
            page = "surveys/answering/unknown_link.html"
            gone = _("This link opens nothing")
            return _kept(request, gone, 404) or render(request, page, status=404)
        if response.state == Response.State.WITHDRAWN:
            page = "surveys/answering/citizen_withdrawn.html"
            ctx = {"reference": response.reference}
            gone = _("These answers were withdrawn")
            return _kept(request, gone, 410) or render(request, page, ctx, status=410)
        return view(request, response, secret)

    return csrf_exempt(unkept(wrapped))


def _once_sent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """There is nothing to see before: a draft goes on in its form."""

    @wraps(view)
    def wrapped(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
        if response.is_draft:
            return redirect("citizen_draft", response.reference, secret)
        return view(request, response, secret)

    return wrapped


@csrf_exempt
@unshared
@require_http_methods(["GET", "HEAD", "POST"])
def citizens(request: HttpRequest) -> HttpResponse:
    """Five questions on one page, without cookie or account."""
    opened = _open(request)
    if request.method == "POST":
        answer = _answer(opened)
    elif opened.consultation.takes(None):
        answer = opened.page(opened.form())
    else:
        answer = not_open(request, opened.version)
    if is_kiosk(request):
        answer["Cache-Control"] = "private, no-store"
    return answer


@_own_page
@require_http_methods(["GET", "HEAD", "POST"])
def citizen_draft(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The form again, with what was saved."""
    if not response.is_draft and request.method != "POST":
        return redirect("citizen_receipt", response.reference, secret)
    opened = _open(request, response, secret)
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
    if DRAFTS.is_exceeded(request):
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
    DRAFTS.count(request)
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
    return redirect(_with_kiosk(request, "citizen_saved", draft.reference, key.secret))


def _send(opened: Opened, form: AnswersForm) -> HttpResponse:
    part = form.part()
    if _is_sent_before(opened, part):
        return _ask_before_sending_again(opened)
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


def _is_sent_before(opened: Opened, part: Part) -> bool:
    """Whether a fresh form says just what this device sent today.

    After Back browsers fill in the fresh form with what the sent one held.
    """
    if opened.stored or "again" in opened.request.POST:
        return False
    return _answered_today(opened.request) == _digest(part) and not is_known(opened.key.secret)


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
    if response.state == Response.State.WITHDRAWN:
        reason = _("The answers from this form were sent before and then withdrawn.")
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


def _conflict(opened: Opened, form: AnswersForm, stored: Response) -> HttpResponse:
    """Both texts, for the person to choose."""
    if stored.state == Response.State.WITHDRAWN:
        return _already_sent(opened, stored)
    page_name = "citizen_draft" if stored.is_draft else "citizen_change"
    key = opened.key.having_seen(whole(stored).fingerprint())
    ctx = conflict_context(opened.request, form, stored) | {
        "key": key.signed(),
        "action": reverse(page_name, args=[stored.reference, opened.key.secret]),
    }
    return render(opened.request, "surveys/answering/conflict.html", ctx, status=409)


def _with_kiosk(request: HttpRequest, name: str, *args: str) -> str:
    return reverse(name, args=args) + ("?kiosk=1" if is_kiosk(request) else "")


# What was saved and sent


@_own_page
@require_safe
def citizen_saved(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The personal link to a draft."""
    if not response.is_draft:
        return redirect("citizen_receipt", response.reference, secret)
    consultation = response.questionnaire.consultation
    countries = list(consultation.programme.countries.all())
    ctx = {
        **_personal_link(request, "citizen_draft", response, secret),
        **dates(consultation),
        "questionnaire": response.questionnaire,
        "saved_on": on_every_clock(response.changed_at, countries),
        "erased_on": on_every_clock(consultation.drafts_are_erased_at(), countries),
    }
    return render(request, "surveys/answering/citizen_saved.html", ctx)


@_own_page
@require_http_methods(["GET", "HEAD", "POST"])
def citizen_erase(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """Delete the draft now; then it is gone."""
    if request.method != "POST" or is_cross_site(request) or not response.is_draft:
        return redirect("citizen_saved", response.reference, secret)
    erase_draft(response)
    return render(request, "surveys/answering/citizen_erased.html")


def _personal_link(
    request: HttpRequest, name: str, response: Response, secret: str
) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse(name, args=[response.reference, secret]))
    return {
        "reference": response.reference,
        "secret": secret,
        "secret_groups": [secret[i : i + 4] for i in range(0, len(secret), 4)],
        "personal_link": address,
        "qr_code": qr_code(address),
    }


def _to_receipt(request: HttpRequest, response: Response, part: Part, secret: str) -> HttpResponse:
    if is_kiosk(request):
        # A redirect would leave the personal link in the history of a computer many use.
        return _receipt_page(request, response, secret)
    answer = redirect("citizen_receipt", response.reference, secret)
    answer.set_signed_cookie(
        ANSWERED_COOKIE,
        _digest(part),
        max_age=A_DAY,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _answered_today(request: HttpRequest) -> str | None:
    """The digest of what this device sent in the last 24 hours, if it did."""
    if is_kiosk(request):
        return None
    return request.get_signed_cookie(ANSWERED_COOKIE, default=None, max_age=A_DAY)


def _digest(part: Part) -> str:
    """Says whether other answers are the same, and nothing of what they are."""
    return salted_hmac(ANSWERED_COOKIE, part.fingerprint(), algorithm="sha256").hexdigest()


@_own_page
@require_safe
@_once_sent
def citizen_receipt(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    return _receipt_page(request, response, secret)


def _receipt_page(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    consultation = response.questionnaire.consultation
    ctx = {
        **receipt_context(response),
        **_personal_link(request, "citizen_receipt", response, secret),
        "can_change": consultation.takes(None),
        **dates(consultation),
    }
    return render(request, "surveys/receipt.html", ctx)


@_own_page
@require_safe
@_once_sent
def citizen_answers(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """What was sent, to read and to print."""
    version = Version.objects.with_questions().get(pk=response.version_id)
    ctx = {
        **receipt_context(response),
        "secret": secret,
        "progress": progress(version, response.answers),
        "print_code": version.print_code(get_language() or ""),
    }
    return render(request, "surveys/answering/citizen_answers.html", ctx)


@_own_page
@require_safe
@_once_sent
def citizen_copy(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The same as a PDF."""
    return pdf_response(copy_of_response(response), f"{response.reference}.pdf")


@_own_page
@require_http_methods(["GET", "HEAD", "POST"])
@_once_sent
def citizen_change(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """The form with what was sent: until closing it can be changed."""
    opened = _open(request, response, secret)
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


@_own_page
@require_http_methods(["GET", "HEAD", "POST"])
@_once_sent
def citizen_withdraw(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
    """What withdrawing deletes and what remains; then it is done."""
    ctx = receipt_context(response) | {"secret": secret}
    if request.method == "POST" and not is_cross_site(request):
        withdraw(response)
        return redirect("citizen_receipt", response.reference, secret)
    return render(request, "surveys/answering/citizen_withdraw.html", ctx)


@csrf_exempt
@unkept
@require_http_methods(["GET", "HEAD", "POST"])
def citizen_return(request: HttpRequest) -> HttpResponse:
    """Back to one's answers with the reference and the code from paper."""
    form = ReturnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reference, secret = form.cleaned_data["reference"], form.cleaned_data["code"]
        try:
            found = get_own_response(request, reference, secret)
        except TooManyTries:
            return too_many_tries(request)
        if found:
            return redirect("citizen_receipt", reference, secret)
        form.add_error(
            None,
            _(
                "We cannot find answers with this reference and this code. Check both, or open "
                "your personal link. Drafts are erased some time after closing"
            ),
        )
    status = 422 if form.is_bound else 200
    return render(request, "surveys/answering/citizen_return.html", {"form": form}, status=status)
