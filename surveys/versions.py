"""A version of a questionnaire to show or to write in, by its number."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from surveys.models import Version


class IsPublished(Exception):
    """A published version is frozen."""


def get_version(pk: int) -> Version:
    """Any version with everything it takes to show it, or 404."""
    version = Version.objects.with_questions().filter(pk=pk).first()
    if version is None:
        raise Http404("There is no such version")
    return version


def locked_draft(pk: int) -> Version:
    """The draft, so that it is not published while somebody writes in it. Raises IsPublished.

    404 where it was thrown away meanwhile.
    """
    version = get_object_or_404(Version.objects.select_for_update(), pk=pk)
    if version.published_at:
        raise IsPublished
    return version
