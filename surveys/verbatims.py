"""The words of open answers: where they stand, and which of them nobody has decided about."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from surveys.models import Decision, Question, Response, Version
from surveys.question_types import KINDS


def digest_of(words: str) -> str:
    """Equal for equal words: by it a decision knows what it was about."""
    # What a request can hold and UTF-8 cannot still has a digest.
    return hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()


def words_names(version: Version) -> tuple[str, ...]:
    """Where in an answer document of this version words can stand, in the order of asking."""
    if version.published_at is None:
        return _read_names(version.pk)
    return _names_of_published(version.pk, version.published_at)


def _read_names(version_id: int) -> tuple[str, ...]:
    questions = Question.objects.filter(version=version_id).order_by(
        "section__position", "position"
    )
    return tuple(
        name
        for question in questions.prefetch_related("options")
        for name in KINDS[question.kind](question, []).words_names()
    )


@lru_cache(maxsize=256)
def _names_of_published(version_id: int, published_at: datetime) -> tuple[str, ...]:
    # The database keeps what was published as it is, so this is never out of date.
    return _read_names(version_id)


def words_in(answers: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The words that stand under `names`, of those that have any."""
    said = {name: answers.get(name) for name in names}
    return {name: words for name, words in said.items() if isinstance(words, str) and words}


def undecided(words: Mapping[str, str], decided: Mapping[str, str]) -> list[str]:
    """Names of the words that are others than those decided about; `decided` holds digests."""
    return [name for name, said in words.items() if decided.get(name) != digest_of(said)]


def note_words(response: Response) -> None:
    """Bring up to date what of a response is to be read. The caller has locked it, and saves it.

    A decision is kept while the words it is about are there, and ends when they are others.
    """
    is_read = response.state == Response.State.SENT and not response.is_rehearsal
    names = words_names(response.version) if is_read else ()
    words = words_in(response.answers, names)
    current = {} if response._state.adding else _decided(response)
    response.unread = undecided(words, current)
    ended = [name for name in current if name in response.unread or name not in words]
    if ended:
        Decision.objects.filter(response=response, question__in=ended).update(is_current=False)


def _decided(response: Response) -> dict[str, str]:
    """Digests of the words that were decided about, by name."""
    return dict(response.decisions.filter(is_current=True).values_list("question", "digest"))


def forget_words(response: Response) -> None:
    """What staff made of the words of a response that is withdrawn: that they decided remains."""
    response.working_translations.all().delete()
    response.codings.all().delete()
    response.quotations.all().delete()
    response.decisions.update(is_current=False, hidden=[], digest="", reason="")
