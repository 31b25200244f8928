"""What is public of the answers, publishing it, and the table of every question."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from surveys.current import current_consultation
from surveys.models import Consultation, Questionnaire
from surveys.question_types import QuestionType
from surveys.releasing.groups import dimensions
from surveys.releasing.reading import are_shown, current, opinions_are_public, released_question
from surveys.releasing.releasing import NotYet, ask_for_release, may_release, show_while_open
from surveys.results_desk.forms import NoteForm
from surveys.results_desk.history import accounts, history
from surveys.results_desk.links import links
from surveys.results_desk.statistics import statistics
from surveys.rights import Rights
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.tabulation.counted import EVERYBODY, Table
from surveys.tallying import reading as tallies

SEES, PUBLISHES = "surveys.view_release", "surveys.publish_results"


@staff_page(SEES)
def results_desk(request: HttpRequest) -> HttpResponse:
    """What the public sees now, what was released when, and where every response is."""
    consultation = Consultation.objects.current()
    if consultation is None:
        return render_page(request, "results_desk/nothing", _("Results"), {})
    ctx = {
        "consultation": consultation,
        "stage": consultation.stage(),
        "is_public": opinions_are_public(consultation),
        "would_be_public": are_shown(consultation),
        "release": current(consultation),
        "asked_for": getattr(consultation, "release_request", None),
        "accounts": accounts(consultation),
        "history": history(consultation),
        "questionnaires": consultation.questionnaires.all(),
        "may_publish": request.user.has_perm(PUBLISHES),
        "may_release": may_release(consultation, consultation.now),
        "links": list(links(request)),
    }
    return render_page(request, "results_desk/results_desk", _("Results"), ctx)


@staff_page(SEES, PUBLISHES)
def results_publish(request: HttpRequest) -> HttpResponse:
    """Publish the numbers as they are counted, with a note of what changed."""
    consultation, is_post = current_consultation(), request.method == "POST"
    asked_for = getattr(consultation, "release_request", None)
    initial = {"note": asked_for.note} if asked_for else None
    form = NoteForm(request.POST if is_post else None, initial=initial)
    if is_post and form.is_valid():
        user, note = member_of_staff(request), form.cleaned_data["note"]
        try:
            ask_for_release(consultation, note, by=user, moment=timezone.now())
        except NotYet:
            messages.error(request, _("Nothing was published: it is not closed."))
        else:
            messages.success(request, _("The numbers are being published. It takes a while."))
        return redirect("admin:results_desk")
    ctx = {
        "form": form,
        "consultation": consultation,
        "may_release": may_release(consultation, consultation.now),
        "release": current(consultation),
        "accounts": accounts(consultation),
    }
    status = 422 if form.errors else 200
    return render_page(request, "results_desk/results_publish", _("Publish results"), ctx, status)


@staff_page(SEES, PUBLISHES)
@require_POST
def results_while_open(request: HttpRequest) -> HttpResponse:
    """Show opinions before the closing, or no longer: `shown` is 1 or 0."""
    shown = request.POST.get("shown") == "1"
    show_while_open(current_consultation(), shown, by=member_of_staff(request))
    said = _("Opinions are shown while it is open.") if shown else _("Opinions are not shown.")
    messages.success(request, said)
    return redirect("admin:results_desk")


@staff_page(SEES)
def results_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every question of a questionnaire, with a link to its table."""
    questionnaire = get_object_or_404(Questionnaire.objects.select_related("consultation"), pk=pk)
    ctx = {
        "questionnaire": questionnaire,
        "questionnaires": questionnaire.consultation.questionnaires.all(),
        "kinds": list(tallies.kinds(questionnaire).values()),
    }
    return render_page(request, "results_desk/results_questions", str(questionnaire), ctx)


@staff_page(SEES)
def results_question(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One question by one dimension (`?by=`): as counted, or as released for other roles."""
    questionnaire = get_object_or_404(Questionnaire.objects.select_related("consultation"), pk=pk)
    kinds, named = tallies.kinds(questionnaire), dimensions(questionnaire)
    by = request.GET.get("by", EVERYBODY)
    if name not in kinds or by not in named:
        raise Http404("The questionnaire has no such question or dimension")
    kind, is_exact = kinds[name], Rights.of(request.user).identity
    found = _exact(questionnaire, kind, by) if is_exact else _released(questionnaire, name, by)
    ctx = {
        "questionnaire": questionnaire,
        "kind": kind,
        "dimensions": named.values(),
        "dimension": named[by],
        "is_exact": is_exact,
        "as_of": found and found[1],
        "tables": statistics(kind, found[0], named[by]) if found else [],
    }
    return render_page(request, "results_desk/results_question", str(kind.question.short), ctx)


Found = tuple[Table, object] | None
"""A table and the moment its numbers are of."""


def _exact(questionnaire: Questionnaire, kind: QuestionType, by: str) -> Found:
    tables = tallies.tables(questionnaire, by, {kind.name: kind})
    return tables[kind.name], tallies.as_of(questionnaire)


def _released(questionnaire: Questionnaire, name: str, by: str) -> Found:
    stored = released_question(questionnaire, name).get(by)
    return (stored.table, stored.counted_at) if stored else None
