"""A citizen's form as one request meets it, and the pages that its secret opens."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from surveys.answering.access import TooManyTries, get_own_response, notes_since
from surveys.answering.again import notice_of
from surveys.answering.device import answered_today
from surveys.answering.flood import step_of
from surveys.answering.form_key import FormKey
from surveys.answering.forms import AnswersForm
from surveys.answering.shared import not_stored, too_many_tries
from surveys.answering.versions import get_later_version, get_version
from surveys.landing import dates
from surveys.lifecycle import move_on, whole
from surveys.models import Consultation, Questionnaire, Response, Version
from surveys.moving import fits

ANYONE = Questionnaire.AnsweredBy.ANYONE

# A copy of the page that others could read is not to be kept.
unkept = cache_control(private=True, no_store=True)


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
            "step": step_of(request, self.key),
            "moved_notes": notes_since(self.stored, self.version) if self.stored else [],
            "questionnaire": self.version.questionnaire,
            "question_count": sum(1 for question in self.version.questions if question.number),
            "print_code": self.version.print_code(get_language() or ""),
            "switches_language": True,
            "answered_today": not self.stored and bool(answered_today(request)),
            **dates(self.consultation),
            **ctx,
        }
        return render(request, "surveys/answering/citizens.html", ctx, status=status)


def open_form(request: HttpRequest, stored: Response | None = None, secret: str = "") -> Opened:
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


def kept(request: HttpRequest, reason: str, status: int) -> HttpResponse | None:
    """What a form held whose response is gone, deleted in another tab for instance, to copy."""
    key = FormKey.of(request)
    if key is None:
        return None
    opened = open_form(request)
    part = opened.form(request.POST).part()
    return not_stored(request, opened.version, part, reason, status=status)


def own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that a reference and its secret open: the view gets the response in their place.

    What it says of a link that opens nothing, of guessing, and of what was withdrawn is one.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
        try:
            response = get_own_response(request, reference, secret)
        except TooManyTries:
            return kept(request, _("Too many tries"), 429) or too_many_tries(request)
        if response is None:
            page = "surveys/answering/unknown_link.html"
            gone = _("This link opens nothing")
            return kept(request, gone, 404) or render(request, page, status=404)
        if response.state == Response.State.WITHDRAWN:
            page = "surveys/answering/citizen_withdrawn.html"
            ctx = {"reference": response.reference}
            gone = _("These answers were withdrawn")
            return kept(request, gone, 410) or render(request, page, ctx, status=410)
        if response.state == Response.State.RESTRICTED:
            page = "surveys/answering/restricted.html"
            ctx = {"reference": response.reference}
            said = _("These answers are restricted")
            return kept(request, said, 403) or render(request, page, ctx, status=403)
        _put_version(response)
        return view(request, response, secret)

    return csrf_exempt(unkept(wrapped))


def _put_version(response: Response) -> None:
    """The one it answers, read once a second for everybody, and what stands around it."""
    version = get_version(ANYONE, response.version_id)
    response.version, response.questionnaire = version, version.questionnaire


def once_sent(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """There is nothing to see before: a draft goes on in its form."""

    @wraps(view)
    def wrapped(request: HttpRequest, response: Response, secret: str) -> HttpResponse:
        if response.is_draft:
            return redirect("citizen_draft", response.reference, secret)
        return view(request, response, secret)

    return wrapped
