"""Verbs that write frames and their codes. Each keeps what was before as history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from surveys import audit
from surveys.coding.shares import share_again
from surveys.models import AuditEntry, Code, CodeChange, Coding, CodingFrame, Questionnaire, User

Said = dict[str, Any]

FIELDS = ("label", "definition", "include", "exclude", "example")
GATHER = """
INSERT INTO surveys_uncoded (frame_id, response_id, turn)
SELECT frame.id, response.id, 1
FROM surveys_codingframe frame
JOIN surveys_response response ON response.questionnaire_id = frame.questionnaire_id
LEFT JOIN surveys_coding coding
  ON coding.frame_id = frame.id AND coding.response_id = response.id AND coding.turn = 1
WHERE frame.id = %s AND response.state = 'sent' AND NOT response.is_rehearsal
  AND response.answers ->> frame.question ~ '\\S' AND coding.id IS NULL
ON CONFLICT DO NOTHING
"""


class NotApplied(Exception):
    """The code was merged or split in the meantime."""


def open_frame(questionnaire: Questionnaire, question: str, by: User) -> CodingFrame:
    """The frame of an open question, with all that was answered waiting to be coded."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever writes a response now either has done so before the answers are gathered, or
        # does so after the frame is there, which the database then sees.
        cursor.execute("LOCK TABLE surveys_response IN SHARE MODE")
        frame, is_new = CodingFrame.objects.get_or_create(
            questionnaire=questionnaire, question=question
        )
        if is_new:
            audit.record(by, AuditEntry.Action.ADDED, frame)
    gather(frame)
    return frame


def gather(frame: CodingFrame) -> None:
    """Let every answer that nobody has coded wait to be. Again is harmless."""
    with connection.cursor() as cursor:
        cursor.execute(GATHER, [frame.pk])


def change_frame(frame: CodingFrame, percent: int, coders: Sequence[User], by: User) -> None:
    """Another share that is coded twice counts for what was coded already as well."""
    with transaction.atomic():
        stored = _locked(frame)
        is_other_share = stored.double_percent != percent
        stored.double_percent = percent
        stored.save()
        stored.coders.set(coders)
        if is_other_share:
            share_again(stored)
        people = [coder.pk for coder in coders]
        audit.record(by, AuditEntry.Action.CHANGED, stored, percent=percent, coders=people)
    gather(frame)


def add_code(frame: CodingFrame, said: Mapping[str, Any], by: User) -> Code:
    """A code with the next number; a number that was there once is not given again."""
    with transaction.atomic():
        code = _new_code(_locked(frame), said)
        _write_down(CodeChange.Kind.CREATED, [code], {}, _said(code), by)
    return code


def change_code(code: Code, said: Mapping[str, Any], by: User) -> None:
    """Say something else of a code, whose number stays."""
    with transaction.atomic():
        stored = _applied(code)
        before = _said(stored)
        for field in FIELDS:
            setattr(stored, field, said[field])
        stored.save(update_fields=FIELDS)
        if before != _said(stored):
            _write_down(CodeChange.Kind.CHANGED, [stored], before, _said(stored), by)


def merge_code(code: Code, target: Code, by: User) -> int:
    """Move every coding to the target; how many. The code stays, and is applied no more."""
    with transaction.atomic():
        source, into = _applied(code), _applied(target)
        links = Coding.codes.through.objects
        codings = list(links.filter(code_id=source.pk).values_list("coding_id", flat=True))
        links.bulk_create(
            [Coding.codes.through(coding_id=coding, code_id=into.pk) for coding in codings],
            ignore_conflicts=True,
        )
        links.filter(code_id=source.pk).delete()
        source.merged_into = into
        source.save(update_fields=["merged_into"])
        before = {"number": source.number, "codings": len(codings)}
        _write_down(CodeChange.Kind.MERGED, [source, into], before, {"number": into.number}, by)
    return len(codings)


def split_code(code: Code, parts: Sequence[Mapping[str, Any]], by: User) -> list[Code]:
    """Put new codes in its place. What was coded with it stays so until somebody recodes it."""
    with transaction.atomic():
        source = _applied(code)
        made = [_new_code(source.frame, part) for part in parts]
        source.split_at = timezone.now()
        source.save(update_fields=["split_at"])
        before = {"number": source.number, "codings": source.codings.count()}
        after = {"numbers": [part.number for part in made]}
        _write_down(CodeChange.Kind.SPLIT, [source, *made], before, after, by)
    return made


def _locked(frame: CodingFrame) -> CodingFrame:
    """One change of a frame at a time, and none while an answer is being coded with it."""
    return CodingFrame.objects.select_for_update(no_key=True).get(pk=frame.pk)


def _applied(code: Code) -> Code:
    frame = _locked(code.frame)
    stored = frame.codes.applied().filter(pk=code.pk).select_related("frame").first()
    if stored is None:
        raise NotApplied(code.number)
    return stored


def _new_code(frame: CodingFrame, said: Mapping[str, Any]) -> Code:
    last = frame.codes.aggregate(last=Max("number"))["last"] or 0
    return Code.objects.create(frame=frame, number=last + 1, **said)


def _said(code: Code) -> Said:
    said = {field: getattr(code, field) for field in FIELDS}
    return {"number": code.number} | {field: value for field, value in said.items() if value}


def _write_down(
    kind: CodeChange.Kind,
    codes: list[Code],
    before: dict[str, Any],
    after: dict[str, Any],
    by: User,
) -> None:
    change = CodeChange.objects.create(
        frame=codes[0].frame,
        kind=kind,
        before=before,
        after=after,
        made_by=by,
        made_at=timezone.now(),
    )
    change.codes.set(codes)
    numbers = [code.number for code in codes]
    audit.record(by, AuditEntry.Action.CHANGED, codes[0].frame, what=kind, codes=numbers)
