"""What colleagues say to each other beside a question. It is no part of the response."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from surveys.answering.access import for_members
from surveys.answering.forms import CommentForm
from surveys.answering.shared import MERGED
from surveys.answering.workspaces import get_workspace
from surveys.lifecycle import Draft, Merged, keep_from_being_merged
from surveys.methods import takes_form
from surveys.models import Comment, Member, Question, Section, Version


def open_comments(draft: Draft) -> dict[str, list[Comment]]:
    """What was said and is not settled, by question name."""
    comments = Comment.objects.filter(
        organisation=draft.organisation_id, questionnaire=draft.questionnaire, settled_at=None
    )
    by_question: dict[str, list[Comment]] = {}
    for comment in comments:
        by_question.setdefault(comment.question, []).append(comment)
    return by_question


@for_members
@takes_form
def stakeholder_comments(request: HttpRequest, member: Member, question: str) -> HttpResponse:
    """Everything that was said about one question, and room for more."""
    _draft, version = get_workspace(request, member.organisation)
    questionnaire = version.questionnaire
    section, asked = _find(version, question)
    form = CommentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with transaction.atomic():
                keep_from_being_merged(member.organisation_id)
                Comment.objects.create(
                    organisation=member.organisation,
                    questionnaire=questionnaire,
                    question=question,
                    author=member.user,
                    author_name=str(member.user),
                    text=form.cleaned_data["text"],
                )
            return redirect("stakeholder_comments", member.organisation_id, question)
        except Merged:
            form.add_error("text", str(MERGED))
    ctx = {
        "signed_in": True,
        "organisation": member.organisation,
        "section": section,
        "question": asked,
        "comments": Comment.objects.filter(
            organisation=member.organisation, questionnaire=questionnaire, question=question
        ),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "surveys/answering/stakeholder_comments.html", ctx, status=status)


def _find(version: Version, name: str) -> tuple[Section, Question]:
    """As the draft's version asks it; else as the last that did, which a form may still show."""
    for section in version.sections.all():
        for question in section.questions.all():
            if question.name == name:
                return section, question
    published = Version.objects.published().filter(questionnaire=version.questionnaire_id)
    asked = Question.objects.filter(version__in=published, name=name).select_related("section")
    last = asked.order_by("-version__number").first()
    if last is None:
        raise Http404("There is no such question")
    return last.section, last


@for_members
@require_POST
def comment_settle(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Settle a comment, or open it again: whichever the button said when it was drawn."""
    comment = get_object_or_404(Comment, pk=pk, organisation=member.organisation_id)
    is_settled = bool(request.POST.get("settled"))
    if is_settled != bool(comment.settled_at):
        comment.settled_at = timezone.now() if is_settled else None
        comment.save(update_fields=["settled_at"])
    return redirect("stakeholder_comments", member.organisation_id, comment.question)
