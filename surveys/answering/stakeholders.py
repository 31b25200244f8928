"""The pages of organisations: the choice of one, a task list, a page for each section."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.answering.access import for_members, signed_in
from surveys.answering.again import is_only_shown, notice_of
from surveys.answering.comments import open_comments
from surveys.answering.form_key import FormKey
from surveys.answering.forms import AnswersForm
from surveys.answering.shared import (
    CHANGED_ON_THE_WAY,
    MERGED,
    conflict_context,
    lacks_choice,
    not_stored,
    part_after_choosing,
    why_not_taken,
)
from surveys.answering.versions import get_version
from surveys.answering.workspaces import (
    ORGANISATIONS,
    closed_page,
    form_key_of,
    get_workspace,
    is_taken,
    workspace_context,
)
from surveys.dates import time_on_every_clock
from surveys.journey import Journey
from surveys.lifecycle import (
    AlreadySent,
    Conflict,
    Draft,
    Merged,
    NoLongerAsked,
    save_section,
    whole,
)
from surveys.methods import takes_form
from surveys.models import (
    Member,
    Organisation,
    Response,
    Section,
    Version,
)
from surveys.parts import Part


@signed_in
@require_safe
def stakeholder_home(request: HttpRequest) -> HttpResponse:
    """To the organisation's sections, or the choice where somebody works for several."""
    organisations = list(Organisation.objects.of(request.user))
    if len(organisations) == 1:
        return redirect("stakeholder_sections", organisations[0].pk)
    ctx = {"signed_in": True, "organisations": organisations}
    if not organisations:
        return render(request, "surveys/answering/no_organisation.html", ctx, status=403)
    return render(request, "surveys/answering/stakeholder_home.html", ctx)


@for_members
@require_safe
def stakeholder_sections(request: HttpRequest, member: Member) -> HttpResponse:
    """The task list: every section with how far it is."""
    draft, version = get_workspace(request, member.organisation)
    if draft.is_draft and not version.consultation.takes(draft.started_at):
        return closed_page(request, draft, version)
    if isinstance(draft, Response) and draft.state in Response.TAKEN_BACK:
        return redirect("stakeholder_receipt", member.organisation_id)
    ctx = workspace_context(draft, version)
    return render(request, "surveys/answering/stakeholder_sections.html", ctx)


@for_members
@takes_form
def stakeholder_section(request: HttpRequest, member: Member, name: str) -> HttpResponse:
    draft, version = get_workspace(request, member.organisation)
    key = FormKey.of(request)
    if key and key.version_id != version.pk:
        # The draft has gone on; a form is read as what it showed.
        version = get_version(ORGANISATIONS, key.version_id)
    section = _section(version, name)
    if request.method == "POST":
        return _answer_section(request, member, draft, version, section)
    if not draft.is_draft:
        return redirect("stakeholder_receipt", member.organisation_id)
    if not version.consultation.takes(draft.started_at):
        return closed_page(request, draft, version)
    if section not in Journey.of(version).sections(draft.answers):
        return _not_asked(request, draft)
    return _section_page(request, draft, version, section, _section_form(draft, version, section))


def _not_asked(request: HttpRequest, draft: Draft) -> HttpResponse:
    messages.info(request, _("That section does not apply after the answers you gave before it."))
    return redirect("stakeholder_sections", draft.organisation_id)


def _section(version: Version, name: str) -> Section:
    for section in version.sections.all():
        if section.name == name:
            return section
    raise Http404("There is no such section")


def _section_form(
    draft: Draft,
    version: Version,
    section: Section,
    data: QueryDict | None = None,
    **kwargs: Any,
) -> AnswersForm:
    form = AnswersForm(data, version=version, sections=[section], part=whole(draft), **kwargs)
    form.comments = open_comments(draft)
    return form


def _section_page(
    request: HttpRequest,
    draft: Draft,
    version: Version,
    section: Section,
    form: AnswersForm,
    status: int = 200,
    **ctx: Any,
) -> HttpResponse:
    stored = Part.of(draft, form.names())
    asked = Journey.of(version).sections(draft.answers)
    ctx = {
        "form": form,
        "key": form_key_of(request, draft, version, stored).signed(),
        "section": section,
        "position": asked.index(section) + 1 if section in asked else None,
        "count": len(asked),
        "notice": notice_of(request),
        "switches_language": True,
        "print_code": version.print_code(get_language() or ""),
        **ctx,
    }
    ctx = workspace_context(draft, version, **ctx)
    return render(request, "surveys/answering/stakeholder_section.html", ctx, status=status)


def _answer_section(
    request: HttpRequest,
    member: Member,
    draft: Draft,
    version: Version,
    section: Section,
) -> HttpResponse:
    """What becomes of a posted section: shown again, or saved with all that is in it."""
    if is_only_shown(request):
        form = _section_form(draft, version, section, entered=request.POST)
        return _section_page(request, draft, version, section, form)
    form = _section_form(draft, version, section, request.POST)
    key = FormKey.of(request)
    if key is None:
        form.add_error(None, CHANGED_ON_THE_WAY)
        return _section_page(request, draft, version, section, form, status=422)
    if isinstance(draft, Response) and not draft.is_draft:
        return _already_sent(request, draft, version, form)
    if not is_taken(draft, version, key):
        return _too_late(request, draft, version, form)
    if lacks_choice(request, form, draft, key.seen):
        return _conflict(request, form, draft, key, is_refused=True)
    part = part_after_choosing(request, form, draft)
    try:
        stored = save_section(
            draft,
            version=version,
            part=part,
            seen=key.seen,
            language=get_language() or "",
            moment=version.consultation.now,
            by=member.user,
        )
    except AlreadySent as already:
        return _already_sent(request, already.stored, version, form)
    except (NoLongerAsked, Merged) as refused:
        return _nowhere_to_store(request, version, form, refused)
    except Conflict as conflict:
        return _conflict(request, form, conflict.stored, key)
    key = key.having_seen(part.fingerprint())
    if "autosave" in request.POST:
        return JsonResponse({"key": key.signed(), "status": _saved_at(stored, version)})
    return _after_saving(request, stored, version, section, form, key)


def _after_saving(
    request: HttpRequest,
    stored: Draft,
    version: Version,
    section: Section,
    form: AnswersForm,
    key: FormKey,
) -> HttpResponse:
    commented = request.POST.get("comment")
    if commented in [question.name for question in section.questions.all()]:
        return redirect("stakeholder_comments", stored.organisation_id, commented)
    if "choose" in request.POST:
        return redirect("stakeholder_section", stored.organisation_id, section.name)
    if not form.is_valid():
        ctx = {"key": key.signed()}
        return _section_page(request, stored, version, section, form, status=422, **ctx)
    return _to_what_follows(stored, version, section)


def _to_what_follows(draft: Draft, version: Version, section: Section) -> HttpResponse:
    asked = Journey.of(version).sections(draft.answers)
    following = [other for other in asked if other.position > section.position]
    if following:
        return redirect("stakeholder_section", draft.organisation_id, following[0].name)
    return redirect("stakeholder_check", draft.organisation_id)


def _saved_at(draft: Draft, version: Version) -> str:
    countries = list(version.consultation.programme.countries.all())
    return _("Saved at %(time)s") % {"time": time_on_every_clock(draft.changed_at, countries)}


def _already_sent(
    request: HttpRequest, response: Response, version: Version, form: AnswersForm
) -> HttpResponse:
    """By a colleague; and perhaps restricted since."""
    reason = _("Your organisation’s response has been sent in the meantime.")
    if response.state == Response.State.RESTRICTED:
        reason = _("Your organisation’s response is restricted: it cannot be changed.")
    return _not_stored(request, version, form, reason, 409)


def _nowhere_to_store(
    request: HttpRequest, version: Version, form: AnswersForm, why: NoLongerAsked | Merged
) -> HttpResponse:
    if isinstance(why, Merged):
        return _not_stored(request, version, form, str(MERGED), 409)
    reason = _(
        "The questionnaire has changed since you opened this page. Open the section again and copy "
        "your words into it."
    )
    return _not_stored(request, version, form, reason, 409)


def _too_late(
    request: HttpRequest, draft: Draft, version: Version, form: AnswersForm
) -> HttpResponse:
    reason = why_not_taken(version.consultation)
    return _not_stored(request, version, form, reason, 403)


def _not_stored(
    request: HttpRequest, version: Version, form: AnswersForm, reason: str, status: int
) -> HttpResponse:
    if "autosave" in request.POST:
        return JsonResponse({"status": reason}, status=status)
    return not_stored(request, version, form.part(), reason, status=status, signed_in=True)


def _conflict(
    request: HttpRequest,
    form: AnswersForm,
    stored: Draft,
    key: FormKey,
    *,
    is_refused: bool = False,
) -> HttpResponse:
    if "autosave" in request.POST:
        words = _("Not saved: this section was changed elsewhere. Select the button to compare.")
        return JsonResponse({"status": words}, status=409)
    there = Part.of(stored, form.names())
    ctx = conflict_context(request, form, stored, is_refused=is_refused) | {
        "signed_in": True,
        "key": key.having_seen(there.fingerprint()).signed(),
        "action": request.path,
    }
    status = 422 if is_refused else 409
    return render(request, "surveys/answering/conflict.html", ctx, status=status)
