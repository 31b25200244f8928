"""Who has answered so far, and how many of each group shall."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from surveys.coverage.behind import elapsed, sentences
from surveys.coverage.overview import overview
from surveys.coverage.tables import weeks
from surveys.coverage.targets import TargetForms, set_targets
from surveys.dates import on_every_clock
from surveys.dimensions import possible
from surveys.models import Consultation, Questionnaire
from surveys.rights import Rights
from surveys.staff_pages import member_of_staff, render_page, staff_page
from surveys.tabulation.small_cells import SMALL


@staff_page("surveys.view_target")
def coverage(request: HttpRequest) -> HttpResponse:
    """The first questionnaire of the consultation the site is about."""
    first = Questionnaire.objects.filter(consultation=Consultation.objects.current()).first()
    if first:
        return redirect("admin:coverage_questionnaire", first.pk)
    return render_page(request, "coverage/nothing", _("Coverage"), {})


@staff_page("surveys.view_target")
def coverage_questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """Responses by group and week, against how many there are and how many are wanted."""
    questionnaire = get_object_or_404(
        Questionnaire.objects.select_related("consultation__programme"), pk=pk
    )
    shows_small = Rights.of(request.user).identity
    found = overview(questionnaire, shows_small=shows_small)
    numbers = found.counts
    part = elapsed(questionnaire.consultation, numbers.at)
    behind = [(each, list(sentences(each, part))) for each in found.tables]
    is_total_shown = shows_small or numbers.total >= SMALL
    countries = list(questionnaire.consultation.programme.countries.all())
    ctx = {
        "questionnaire": questionnaire,
        "questionnaires": questionnaire.consultation.questionnaires.all(),
        "counted_at": on_every_clock(numbers.at, countries),
        "total": numbers.total if is_total_shown else None,
        "small": SMALL,
        "shows_small": shows_small,
        "tables": behind,
        "is_behind": any(said for _table, said in behind),
        "weeks": weeks(numbers.weeks, shows_small=shows_small),
        "others": found.others,
        "may_set": request.user.has_perm("surveys.change_target"),
    }
    return render_page(request, "coverage/coverage", _("Coverage"), ctx)


@staff_page("surveys.view_target", "surveys.change_target")
def coverage_targets(request: HttpRequest, pk: int, dimension: str) -> HttpResponse:
    """Set the population figures and the targets of one dimension."""
    questionnaire = get_object_or_404(Questionnaire, pk=pk)
    by_name = {each.name: each for each in possible(questionnaire)}
    if dimension not in by_name:
        raise Http404("The questionnaire has no such dimension")
    is_post = request.method == "POST"
    with transaction.atomic():
        if is_post:
            Questionnaire.objects.select_for_update().get(pk=pk)
        targets = questionnaire.targets.filter(dimension=dimension)
        stored = {target.code: target for target in targets}
        target_forms = TargetForms(request.POST if is_post else None, by_name[dimension], stored)
        if is_post and target_forms.is_valid():
            figures = target_forms.figures()
            set_targets(questionnaire, dimension, figures, member_of_staff(request))
            messages.success(request, _("The figures and targets are saved."))
            return redirect("admin:coverage_questionnaire", questionnaire.pk)
    ctx = {
        "questionnaire": questionnaire,
        "dimension": by_name[dimension],
        "forms": target_forms,
        "links": target_forms.error_links() if is_post else [],
    }
    title = _("Figures and targets")
    return render_page(request, "coverage/targets", title, ctx, 422 if ctx["links"] else 200)
