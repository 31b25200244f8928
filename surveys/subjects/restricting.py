"""Keeping a response and using it for nothing, and using it again."""

from collections.abc import Iterable

from django.db import transaction

from surveys.models import Response
from surveys.subjects.made_exports import forget_in_exports
from surveys.verbatims import note_words


class NotSent(Exception):
    """Only what was sent is used for anything."""


def restrict(response: Response) -> None:
    """Leave it out of results, exports, review and coding until it is lifted. Raises NotSent.

    All of them ask for what is sent: it is that no longer. Its answers and what was decided stay.
    """
    restrict_what_is_sent([response])


def restrict_what_is_sent(responses: Iterable[Response]) -> list[Response]:
    """Restrict those of them that are sent, and return them. Raises NotSent where none is."""
    with transaction.atomic():
        among = Response.objects.filter(pk__in=[response.pk for response in responses])
        sent = [*among.filter(state=Response.State.SENT).order_by("pk").select_for_update()]
        if not sent:
            raise NotSent
        for response in sent:
            response.state, response.unread = Response.State.RESTRICTED, []
            response.save()
        forget_in_exports(sent)
    return sent


def lift(response: Response) -> None:
    """Use it again as it was."""
    with transaction.atomic():
        stored = Response.objects.select_for_update().get(pk=response.pk)
        if stored.state == Response.State.RESTRICTED:
            stored.state = Response.State.SENT
            note_words(stored)
            stored.save()
