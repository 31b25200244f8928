"""Beginning, copying and throwing away drafts of versions."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from surveys.documents import document_of, write_document
from surveys.models import Questionnaire, Response, Version


class ThereIsADraft(Exception):
    """A questionnaire has one draft at a time."""


def begin(questionnaire: Questionnaire, *, is_empty: bool) -> Version:
    """A draft with all that is asked now, or with nothing. Raises ThereIsADraft."""
    last = questionnaire.versions.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            draft = Version.objects.create(questionnaire=questionnaire, number=last + 1)
    except IntegrityError as error:
        raise ThereIsADraft from error
    current = questionnaire.current_version()
    if current and not is_empty:
        write_document(draft, document_of(Version.objects.with_questions().get(pk=current.pk)))
    return draft


def throw_away(version: Version) -> None:
    """Delete a draft with all in it and with what was rehearsed with it."""
    Response.objects.filter(version=version, is_rehearsal=True).delete()
    version.delete()
