"""Verbs that write codings: which turn somebody's is, what it is of, and what counts."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from surveys import audit
from surveys.coding.shares import is_coded_twice
from surveys.locks import leave
from surveys.models import (
    AuditEntry,
    Code,
    Coding,
    CodingFrame,
    Response,
    Uncoded,
    User,
)
from surveys.verbatims import digest_of

FIRST, SECOND, AGREED = Coding.Turn.FIRST, Coding.Turn.SECOND, Coding.Turn.AGREED


class Gone(Exception):
    """The response was withdrawn or restricted, or says nothing there any more."""


class OtherWords(Exception):
    """The respondent has changed the words since they were shown."""


class Taken(Exception):
    """Others have coded it in every turn that it has."""

    def __init__(self, coder: User | None) -> None:
        super().__init__(str(coder))
        self.coder = coder


class OtherCodes(Exception):
    """A code that was chosen is applied no more."""


def words_of(frame: CodingFrame, response: Response) -> str:
    """What is to be coded. Raises Gone where nothing is."""
    words = response.answers.get(frame.question)
    if not isinstance(words, str) or not words.strip() or not response.is_counted:
        raise Gone
    return words


def codings_of(frame: CodingFrame, response: Response) -> dict[int, Coding]:
    """Those of the words as they are now, by turn."""
    digest = digest_of(words_of(frame, response))
    found = frame.codings.filter(response=response, digest=digest).select_related("coder")
    return {coding.turn: coding for coding in found}


def turn_for(frame: CodingFrame, there: dict[int, Coding], response: Response, user: User) -> int:
    """In which turn somebody codes an answer. Raises Taken where in none.

    One's own coding can be changed until the other is there too: then both may be compared.
    """
    first, second = there.get(FIRST), there.get(SECOND)
    if first is None:
        return FIRST
    if second is None:
        if first.coder_id == user.pk:
            return FIRST
        if frame.uncoded.filter(response=response, turn=SECOND).exists():
            return SECOND
    raise Taken(first.coder)


@transaction.atomic
def save_coding(
    frame: CodingFrame, response: Response, codes: Sequence[Code], digest: str, by: User
) -> Coding:
    """Apply codes (or none, where none fits) to the words with that digest.

    Raises Gone, OtherWords, OtherCodes or Taken, with nothing written.
    """
    frame, stored = _locked(frame, response)
    if digest_of(words_of(frame, stored)) != digest:
        raise OtherWords
    turn = turn_for(frame, codings_of(frame, stored), stored, by)
    if turn == FIRST:
        # Where there are others, they are of words that were changed.
        frame.codings.filter(response=stored, turn__in=[SECOND, AGREED]).delete()
    coding = _write(frame, stored, turn, codes, digest, by)
    frame.uncoded.filter(response=stored, turn=turn).delete()
    if turn == FIRST and is_coded_twice(frame, stored.pk):
        Uncoded.objects.update_or_create(
            frame=frame, response=stored, turn=SECOND, defaults={"not_by": by}
        )
    leave(stored, by)
    return coding


@transaction.atomic
def agree(
    frame: CodingFrame, response: Response, codes: Sequence[Code], digest: str, by: User
) -> Coding:
    """What counts of an answer that two have coded. Raises as `save_coding` does."""
    frame, stored = _locked(frame, response)
    if digest_of(words_of(frame, stored)) != digest:
        raise OtherWords
    there = codings_of(frame, stored)
    if SECOND not in there or FIRST not in there:
        raise OtherWords
    if AGREED in there:
        raise Taken(there[AGREED].coder)
    return _write(frame, stored, AGREED, codes, digest, by)


@transaction.atomic
def recode(coding: Coding, codes: Sequence[Code], digest: str, by: User) -> None:
    """Put other codes in the place of those of a coding, some of which were split.

    Whose coding it is and in which turn stays. Raises as `save_coding` does.
    """
    frame, stored = _locked(coding.frame, coding.response)
    locked = frame.codings.select_for_update().filter(pk=coding.pk, digest=digest).first()
    if locked is None or digest_of(words_of(frame, stored)) != digest:
        raise OtherWords
    if not locked.codes.exclude(split_at=None).exists():
        raise OtherCodes
    _refuse_others(frame, codes)
    locked.codes.set(codes)
    audit.record(by, AuditEntry.Action.CODED, frame, response=str(stored.pk), recoded=True)


def _locked(frame: CodingFrame, response: Response) -> tuple[CodingFrame, Response]:
    """One at a time per frame, and the words stay as they are meanwhile.

    Without the key: whoever sends a response refers to the frame, and is not to wait for us.
    """
    locked = CodingFrame.objects.select_for_update(no_key=True).get(pk=frame.pk)
    return locked, Response.objects.select_for_update(no_key=True).get(pk=response.pk)


def _refuse_others(frame: CodingFrame, codes: Sequence[Code]) -> None:
    chosen = {code.pk for code in codes}
    if frame.codes.applied().filter(pk__in=chosen).count() != len(chosen):
        raise OtherCodes


def _write(
    frame: CodingFrame, response: Response, turn: int, codes: Sequence[Code], digest: str, by: User
) -> Coding:
    _refuse_others(frame, codes)
    coding, _is_new = Coding.objects.update_or_create(
        frame=frame,
        response=response,
        turn=turn,
        defaults={"coder": by, "digest": digest, "coded_at": timezone.now()},
    )
    coding.codes.set(codes)
    audit.record(
        by,
        AuditEntry.Action.CODED,
        frame,
        response=str(response.pk),
        turn=turn,
        codes=sorted(code.number for code in codes),
    )
    return coding
