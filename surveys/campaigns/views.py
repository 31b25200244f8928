"""Which questions have groups of near-identical answers, the groups of one, and finding them."""

from collections.abc import Iterator

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from surveys import audit
from surveys.campaigns.answers import OpenQuestion, answers_with_words, open_questions
from surveys.campaigns.counting import counts
from surveys.campaigns.finding import Found, finding
from surveys.campaigns.listing import asked_questions, groups_of
from surveys.models import AuditEntry, Questionnaire
from surveys.progress_page import Ending, progress_page
from surveys.staff_pages import member_of_staff, render_page, staff_page

GROUPS_ON_A_PAGE = 50


@require_GET
@staff_page("surveys.view_campaign")
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every open question, and how many groups were found in its answers."""
    ctx = {"asked": list(asked_questions())}
    return render_page(request, "campaigns/campaigns", _("Campaigns and copies"), ctx)


@require_GET
@staff_page("surveys.view_campaign")
def campaign_groups(request: HttpRequest, questionnaire_id: int, question: str) -> HttpResponse:
    """The groups of one question, the largest first, and the counts with and without them."""
    questionnaire, asked = _asked(questionnaire_id, question)
    groups = Paginator(groups_of(questionnaire, question), GROUPS_ON_A_PAGE)
    ctx = {
        "questionnaire": questionnaire,
        "asked": asked,
        "counts": counts(questionnaire, question),
        "groups": groups.get_page(request.GET.get("page")),
        "languages": settings.LANGUAGES,
        "may_find": request.user.has_perm("surveys.change_campaign"),
        "may_see_times": request.user.has_perm("surveys.see_identity"),
    }
    return render_page(request, "campaigns/campaign_groups", asked.label, ctx)


@require_POST
@staff_page("surveys.change_campaign")
def campaign_find(
    request: HttpRequest, questionnaire_id: int, question: str
) -> StreamingHttpResponse:
    """Look for groups, and show how far it is."""
    user = member_of_staff(request)
    questionnaire, asked = _asked(questionnaire_id, question)
    total = answers_with_words(questionnaire, question).count()
    found = [Found()]

    def steps() -> Iterator[int]:
        for step in finding(questionnaire, question, timezone.now()):
            found.append(step)
            yield step.read
        audit.record(
            user,
            AuditEntry.Action.CHANGED,
            model="campaign",
            questionnaire=questionnaire.slug,
            question=question,
            groups=found[-1].groups,
            new=found[-1].new,
        )

    def ended(failure: Exception | None) -> Ending:
        address = reverse("admin:campaign_groups", args=[questionnaire_id, question])
        links = [(address, _("To the groups"))]
        stopped = _("It stopped, and nothing was changed. Try again.")
        return (stopped if failure else _told(found[-1])), links

    return progress_page(request, _("Looking for copies: %s") % asked.label, total, steps(), ended)


def _asked(questionnaire_id: int, name: str) -> tuple[Questionnaire, OpenQuestion]:
    """The questionnaire and its open question of that name, or a 404."""
    questionnaire = get_object_or_404(Questionnaire, pk=questionnaire_id)
    for asked in open_questions(questionnaire):
        if asked.name == name:
            return questionnaire, asked
    raise Http404


def _told(found: Found) -> str:
    """What was found, in words."""
    groups = ngettext(
        "%(number)d group of near-identical answers, %(new)d of them new.",
        "%(number)d groups of near-identical answers, %(new)d of them new.",
        found.groups,
    ) % {"number": found.groups, "new": found.new}
    answers = ngettext(
        "%(number)d answer was read.", "%(number)d answers were read.", found.read
    ) % {"number": found.read}
    return f"{groups} {answers}"
