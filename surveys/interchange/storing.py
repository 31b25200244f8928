"""Writing an import as the questionnaire's draft version, and keeping files until then."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from surveys import audit
from surveys.documents import write_document
from surveys.interchange.faults import Refused
from surveys.interchange.imports import Import, kind_of, read_import
from surveys.models import (
    AuditEntry,
    Condition,
    Questionnaire,
    QuestionnaireUpload,
    Section,
    User,
    Version,
)
from surveys.retention import BY_KEY


class Outdated(Exception):
    """The questionnaire is not what it was when the import was looked at."""


def keep(
    questionnaire: Questionnaire, name: str, content: bytes, user: User
) -> QuestionnaireUpload:
    """Keep a file until it is imported. Raises Refused where it is of no kind that can be."""
    return QuestionnaireUpload.objects.create(
        questionnaire=questionnaire,
        kind=kind_of(content),
        name=name[:200],
        content=content,
        uploaded_by=user,
    )


def write_import(
    questionnaire: Questionnaire,
    kind: str,
    content: bytes,
    *,
    seen: str = "",
    with_words: bool = False,
    user: User | None = None,
    name: str = "",
) -> Version:
    """Let the draft version say what the file says; a published version stays as it is.

    `seen` is the fingerprint of what was looked at. Raises Outdated where it is another now, and
    Refused where something is wrong with the file. `with_words` changes the questionnaire's own
    words as well, which are shown at once.
    """
    with transaction.atomic():
        # Whoever begins a draft looks whether its questionnaire is there, and need not wait.
        Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
        draft = _locked_draft(questionnaire)
        found = read_import(questionnaire, kind, content)
        if found.faults:
            raise Refused(*found.faults)
        if seen and seen != found.seen:
            raise Outdated
        version = _write_draft(draft or _new_draft(questionnaire), found)
        if with_words and found.words:
            for field, value in found.words.items():
                setattr(questionnaire, field, value)
            questionnaire.save(update_fields=[*found.words])
        details = {"words": sorted(found.words)} if with_words else {}
        _note(user, version, found, file=name, **details)
    return version


def _note(user: User | None, version: Version, found: Import, **details: Any) -> None:
    audit.record(
        user,
        AuditEntry.Action.IMPORTED,
        version,
        format=found.kind,
        left_out=len(found.left_out),
        translations=len(found.changes),
        **details,
    )


def _locked_draft(questionnaire: Questionnaire) -> Version | None:
    """So that nobody writes in it or publishes it between our looking and our writing."""
    return questionnaire.versions.select_for_update().filter(published_at=None).first()


def _new_draft(questionnaire: Questionnaire) -> Version:
    """Raises Outdated where somebody has begun one meanwhile."""
    last = questionnaire.versions.order_by("-number").first()
    try:
        return Version.objects.create(
            questionnaire=questionnaire, number=last.number + 1 if last else 1
        )
    except IntegrityError as error:
        raise Outdated from error


def _write_draft(version: Version, found: Import) -> Version:
    Condition.objects.filter(version=version).delete()
    Section.objects.filter(version=version).delete()
    write_document(version, found.sections)
    return version


def write_upload(
    uploaded: QuestionnaireUpload, *, seen: str, with_words: bool, user: User
) -> Version:
    """Import a file and forget it. Raises Outdated, also where somebody else was first."""
    with transaction.atomic():
        stored = QuestionnaireUpload.objects.select_for_update().filter(pk=uploaded.pk).first()
        if stored is None:
            raise Outdated
        try:
            version = write_import(
                uploaded.questionnaire,
                stored.kind,
                bytes(stored.content),
                seen=seen,
                with_words=with_words,
                user=user,
                name=stored.name,
            )
        except Refused as refused:
            raise Outdated from refused
        stored.delete()
    return version


def forget_uploads(moment: datetime) -> int:
    """Delete the files that nobody has imported for long enough; how many."""
    old = QuestionnaireUpload.objects.filter(uploaded_at__lt=BY_KEY["uploads"].before(moment))
    return old.delete()[0]
