"""The pages of respondents. A page is a function here, a URL and a template of one name."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from surveys.answering.access import (
    for_organisations,
    get_current_version,
    get_questionnaire,
    is_cross_site,
)
from surveys.answering.forms import AnswersForm, CheckForm, CitizenForm, SignInForm
from surveys.dates import on_every_clock
from surveys.landing import dates, landing_context, passages_by_slot
from surveys.lifecycle import draft_of, save_section, send_citizen_response, send_draft
from surveys.models import Consultation, Organisation, Questionnaire, Response, Version
from surveys.progress import progress, required_left

ANYONE = Questionnaire.AnsweredBy.ANYONE
ORGANISATIONS = Questionnaire.AnsweredBy.ORGANISATIONS


def current_consultation() -> Consultation:
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        raise Http404("There is no consultation yet")
    return consultation


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return render(request, "surveys/nothing_yet.html")
    ctx = landing_context(request, consultation) | {"consultation": consultation}
    return render(request, "surveys/landing.html", ctx)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    headings = {
        "privacy": _("Privacy notice"),
        "accessibility": _("Accessibility statement"),
        "help": _("Help and contact"),
    }
    passages = passages_by_slot(current_consultation()).get(slug)
    if slug not in headings or not passages:
        raise Http404("There is no such page")
    ctx = {"heading": headings[slug], "passages": passages}
    return render(request, "surveys/page.html", ctx)


def _not_open(request: HttpRequest, questionnaire: Questionnaire, **ctx: Any) -> HttpResponse:
    """The page that says when; a form that comes too early or too late is refused with it."""
    ctx |= dates(questionnaire.consultation) | {"questionnaire": questionnaire}
    status = 200 if request.method in ("GET", "HEAD") else 403
    return render(request, "surveys/not_open.html", ctx, status=status)


def _is_open(questionnaire: Questionnaire) -> bool:
    return questionnaire.consultation.stage() == Consultation.Stage.OPEN


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def citizens(request: HttpRequest) -> HttpResponse:
    """Five questions on one page, without cookie or account."""
    questionnaire = get_questionnaire(ANYONE)
    if not _is_open(questionnaire):
        return _not_open(request, questionnaire)
    version = get_current_version(questionnaire)
    form = CitizenForm(
        request.POST if request.method == "POST" else None,
        version=version,
        sections=version.sections.all(),
        headings=True,
    )
    if request.method == "POST" and is_cross_site(request):
        form.add_error(None, _("Another site sent this form. Check your answers and send them"))
    if form.is_valid():
        response = send_citizen_response(
            version,
            key=form.cleaned_data["key"],
            answers=form.answers(),
            language=get_language() or "",
        )
        return redirect("citizen_receipt", response.reference)
    ctx = {
        "form": form,
        "questionnaire": version.questionnaire,
        "question_count": sum(1 for question in version.questions if question.number),
        **dates(version.questionnaire.consultation),
    }
    status = 422 if form.is_bound else 200
    return render(request, "surveys/answering/citizens.html", ctx, status=status)


@never_cache
@require_safe
def citizen_receipt(request: HttpRequest, reference: str) -> HttpResponse:
    response = get_object_or_404(
        Response.objects.sent(), reference=reference, questionnaire__answered_by=ANYONE
    )
    return render(request, "surveys/receipt.html", _receipt(response))


def _receipt(response: Response) -> dict[str, Any]:
    consultation = response.questionnaire.consultation
    countries = list(consultation.programme.countries.all())
    return {
        "reference": response.reference,
        "sent_at_sentence": _("Sent on %(date)s")
        % {"date": on_every_clock(response.sent_at or response.changed_at, countries)},
        "questionnaire": response.questionnaire,
        "passages_next": passages_by_slot(consultation)["next"][1:],
    }


class SignIn(LoginView):
    template_name = "surveys/sign_in.html"
    form_class = SignInForm

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()


def _version_of(draft: Response) -> Version:
    return Version.objects.with_questions().get(pk=draft.version_id)


def _workspace(organisation: Organisation) -> tuple[Response, Version]:
    """The organisation's response (stored or still to be) and the version it answers."""
    questionnaire = get_questionnaire(ORGANISATIONS)
    draft = draft_of(organisation, questionnaire, get_current_version(questionnaire))
    return draft, _version_of(draft)


def _workspace_context(draft: Response, version: Version, **ctx: Any) -> dict[str, Any]:
    return {
        "signed_in": True,
        "draft": draft,
        "organisation": draft.organisation,
        "questionnaire": version.questionnaire,
        "progress": progress(version, draft.answers),
        **dates(version.questionnaire.consultation),
        **ctx,
    }


@for_organisations
@require_safe
def stakeholder_sections(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The task list: every section with how far it is."""
    draft, version = _workspace(organisation)
    if draft.is_draft and not _is_open(version.questionnaire):
        return _not_open(request, version.questionnaire, signed_in=True)
    ctx = _workspace_context(draft, version)
    return render(request, "surveys/answering/stakeholder_sections.html", ctx)


@for_organisations
@require_http_methods(["GET", "HEAD", "POST"])
def stakeholder_section(
    request: HttpRequest, organisation: Organisation, name: str
) -> HttpResponse:
    draft, version = _workspace(organisation)
    sections = list(version.sections.all())
    position = next((i for i, section in enumerate(sections) if section.name == name), None)
    if position is None:
        raise Http404("There is no such section")
    if not draft.is_draft:
        return redirect("stakeholder_receipt")
    if not _is_open(version.questionnaire):
        return _not_open(request, version.questionnaire, signed_in=True)

    section = sections[position]
    form = AnswersForm(
        request.POST if request.method == "POST" else None,
        version=version,
        sections=[section],
        answers=draft.answers,
    )
    if form.is_valid():
        keys = [key for kind in form.question_types for key in kind.stored_names()]
        save_section(draft, keys=keys, answers=form.answers(), language=get_language() or "")
        if position + 1 < len(sections):
            return redirect("stakeholder_section", sections[position + 1].name)
        return redirect("stakeholder_check")

    ctx = _workspace_context(
        draft, version, form=form, section=section, position=position + 1, count=len(sections)
    )
    status = 422 if form.is_bound else 200
    return render(request, "surveys/answering/stakeholder_section.html", ctx, status=status)


@for_organisations
@require_http_methods(["GET", "HEAD", "POST"])
def stakeholder_check(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Check your answers, then send them."""
    draft, version = _workspace(organisation)
    if not draft.is_draft:
        return redirect("stakeholder_receipt")
    if not _is_open(version.questionnaire):
        return _not_open(request, version.questionnaire, signed_in=True)

    left = required_left(version, draft.answers)
    form = CheckForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not left:
        send_draft(
            draft, publication=form.cleaned_data["publication"], language=get_language() or ""
        )
        return redirect("stakeholder_receipt")

    ctx = _workspace_context(draft, version, form=form, required_left=left)
    status = 422 if form.is_bound else 200
    return render(request, "surveys/answering/stakeholder_check.html", ctx, status=status)


@for_organisations
@require_safe
def stakeholder_receipt(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    draft, _version = _workspace(organisation)
    if draft.is_draft:
        return redirect("stakeholder_sections")
    return render(request, "surveys/receipt.html", _receipt(draft) | {"signed_in": True})
