"""Who may code with which frame: an object-level question, so a stranger's frame does not exist."""

from typing import Any

from django.http import Http404, HttpRequest

from surveys.coding.questions import open_questions
from surveys.models import Code, Coding, CodingFrame, User
from surveys.staff_pages import member_of_staff

CODES_ALL = "surveys.code_responses"
EDITS = "surveys.change_codingframe"
SEES_WHO = "surveys.see_identity"


def frames_of(user: User) -> Any:
    """Those somebody may code with."""
    frames = CodingFrame.objects.select_related("questionnaire").order_by(
        "questionnaire__position", "question"
    )
    return frames if user.has_perm(CODES_ALL) else frames.filter(coders=user)


def coder_and_frame(request: HttpRequest, pk: int) -> tuple[User, CodingFrame]:
    """Who is signed in, and the frame if they may code with it."""
    user = member_of_staff(request)
    frame = frames_of(user).filter(pk=pk).first()
    if frame is None:
        raise Http404
    return user, frame


def frame_to_edit(pk: int) -> CodingFrame:
    frame = CodingFrame.objects.select_related("questionnaire").filter(pk=pk).first()
    if frame is None:
        raise Http404
    return frame


def code_to_edit(frame: CodingFrame, number: int) -> Code:
    """A code that is still applied."""
    code = frame.codes.applied().filter(number=number).first()
    if code is None:
        raise Http404
    return code


def coding_to_recode(user: User, frame: CodingFrame, pk: int) -> Coding:
    """One's own coding, or anybody's for those who edit frames."""
    codings = frame.codings.select_related("response")
    if not user.has_perm(EDITS):
        codings = codings.filter(coder=user)
    coding = codings.filter(pk=pk, codes__split_at__isnull=False).distinct().first()
    if coding is None:
        raise Http404
    return coding


def question_text(frame: CodingFrame) -> str:
    return open_questions(frame.questionnaire).get(frame.question, frame.question)
