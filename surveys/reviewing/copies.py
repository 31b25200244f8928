"""Which answers say the same as others, at a cost that does not grow with their number."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from surveys.folding import fold
from surveys.models import CampaignText, Response
from surveys.reviewing.flags import Flag, copy_flag
from surveys.reviewing.queue import Waiting

NEAR = 200
"""Copies arrive in bursts: so many responses before and after are compared."""
LEAST_LETTERS = 25
"""Short answers are alike without being copies."""
NAMED = 3

Key = tuple[uuid.UUID, str]


def copies_among(answers: Sequence[Waiting], *, named: bool) -> dict[Key, Flag]:
    """A flag for each of the answers that is in a group of near-identical texts, or whose words
    stand in a response sent about the same time as well. Expects them in order.

    Other responses are called by their reference where they may be `named`.
    """
    flags = dict(_near(answers, named=named))
    return flags | dict(_grouped(answers))


def _grouped(answers: Sequence[Waiting]) -> Iterator[tuple[Key, Flag]]:
    texts = CampaignText.objects.filter(response__in={each.response.pk for each in answers})
    named = ("response_id", "question", "campaign__label", "size")
    for response, question, label, size in texts.copies().values_list(*named):
        says = _("One of %(number)s near-identical texts.") % {"number": size}
        yield (response, question), Flag("copy", f"{label}: {says}" if label else says)


def _near(answers: Sequence[Waiting], *, named: bool) -> Iterator[tuple[Key, Flag]]:
    if not answers:
        return
    said: defaultdict[tuple[str, str], list[tuple[uuid.UUID, str]]] = defaultdict(list)
    names = {each.name for each in answers}
    for pk, reference, document in _around(answers):
        for name in names:
            words = document.get(name)
            if isinstance(words, str) and len(words) >= LEAST_LETTERS:
                said[name, _told_apart(words)].append((pk, reference))
    for each in answers:
        same = said[each.name, _told_apart(each.words)]
        others = [reference for pk, reference in same if pk != each.response.pk]
        if others:
            called = others[:NAMED] if named else [_("a response sent about the same time")]
            yield (each.response.pk, each.name), copy_flag(called)


def _around(answers: Sequence[Waiting]) -> Iterator[tuple[uuid.UUID, str, dict[str, object]]]:
    first, last = answers[0].response.pk, answers[-1].response.pk
    sent = Response.objects.filter(state=Response.State.SENT, is_rehearsal=False)
    before = sent.filter(pk__lt=first).order_by("-pk")[:NEAR]
    after = sent.filter(pk__gte=first).order_by("pk")
    yield from before.values_list("pk", "reference", "answers")
    yield from after.filter(pk__lte=last)[:NEAR].values_list("pk", "reference", "answers")
    yield from after.filter(pk__gt=last)[:NEAR].values_list("pk", "reference", "answers")


def _told_apart(words: str) -> str:
    """Without case, accents, script, stops and line breaks."""
    letters = "".join(letter if letter.isalnum() else " " for letter in fold(words))
    return " ".join(letters.split())
