"""Whose answers may stand in the open data row by row, and which were taken back since."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from surveys.models import Decision, OpenDataVersion, Questionnaire, Response


def with_rows(questionnaire: Questionnaire) -> bool:
    """Whether answers to it are published row by row.

    Organisations were asked one by one. Citizens were not: the privacy notice promises them that
    totals alone are published, so it takes a setting, and another notice.
    """
    asks_organisations = questionnaire.answered_by == Questionnaire.AnsweredBy.ORGANISATIONS
    return asks_organisations or bool(settings.OPEN_DATA_CITIZENS_ROWS)


def whose(questionnaire: Questionnaire) -> QuerySet[Response]:
    """The responses whose senders allowed more than totals, among them some that do not count."""
    responses = Response.objects.filter(questionnaire=questionnaire)
    if questionnaire.answered_by == Questionnaire.AnsweredBy.ORGANISATIONS:
        allowed = (Response.Publication.NAMED, Response.Publication.ANONYMOUS)
        return responses.filter(publication__in=allowed)
    return responses.exclude(publication=Response.Publication.TOTALS_ONLY)


def taken_back(version: OpenDataVersion) -> bool:
    """Whether something in it may no longer be published: withdrawn, changed, decided anew."""
    since = version.made_at
    answers = Response.objects.filter(
        questionnaire__consultation=version.consultation_id,
        is_rehearsal=False,
        sent_at__lte=since,
        changed_at__gt=since,
    )
    changed = (
        Q(state__in=Response.TAKEN_BACK)
        | Q(publication=Response.Publication.TOTALS_ONLY)
        | Q(revisions__replaced_at__gt=since)
    )
    before = Decision.objects.filter(
        response=OuterRef("response"),
        question=OuterRef("question"),
        verdict__in=Decision.PUBLISHED,
        decided_at__lte=since,
    )
    decisions = Decision.objects.filter(
        Exists(before),
        decided_at__gt=since,
        response__questionnaire__consultation=version.consultation_id,
    )
    return answers.filter(changed).exists() or decisions.exists()
