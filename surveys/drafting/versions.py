"""Beginning, copying and throwing away drafts of versions."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404

from surveys.documents import document_of, write_document
from surveys.models import Questionnaire, Response, Version


class IsPublished(Exception):
    """A published version is frozen."""


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


def locked_draft(pk: int) -> Version:
    """The draft, so that it is not published while somebody writes in it. Raises IsPublished."""
    version = get_object_or_404(Version.objects.select_for_update(), pk=pk)
    if version.published_at:
        raise IsPublished
    return version


def get_version(pk: int) -> Version:
    """Any version with everything it takes to show it, or 404."""
    version = Version.objects.with_questions().filter(pk=pk).first()
    if version is None:
        raise Http404("There is no such version")
    return version
