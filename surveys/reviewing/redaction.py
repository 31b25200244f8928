"""Which words of an answer are hidden, and what of it is published."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.models import Decision
from surveys.verbatims import digest_of

Span = tuple[int, int]
"""Positions in a text, from and to."""

_WORD = re.compile(r"\S+")
_BEFORE = "\"'([{„“”«»‚‘’…–—-"
_AFTER = "\"')]}„“”«»‚‘’…–—-.,;:!?"


@dataclass(frozen=True)
class Word:
    """A word of a text, with the space or lines before it. The first has number 0."""

    number: int
    start: int
    end: int
    text: str
    before: str

    @property
    def core(self) -> Span:
        """Without the quotation marks and full stops around it; all of it, if it is only these."""
        inner = self.text.lstrip(_BEFORE)
        start = self.end - len(inner)
        end = start + len(inner.rstrip(_AFTER))
        return (start, end) if start < end else (self.start, self.end)


def words_of(text: str) -> list[Word]:
    """The words a person can choose to hide."""
    words: list[Word] = []
    last = 0
    for number, match in enumerate(_WORD.finditer(text)):
        words.append(Word(number, match.start(), match.end(), match[0], text[last : match.start()]))
        last = match.end()
    return words


def spans_of(text: str, numbers: Collection[int]) -> list[Span]:
    """Spans of the words with these numbers; those side by side are one, with what is between."""
    spans: list[Span] = []
    last = None
    for word in words_of(text):
        if word.number in numbers:
            start, end = word.core
            if last == word.number - 1:
                start = spans.pop()[0]
            spans.append((start, end))
            last = word.number
    return spans


def numbers_in(text: str, spans: Iterable[Span]) -> set[int]:
    """Numbers of the words that the spans touch."""
    spans = list(spans)
    return {
        word.number
        for word in words_of(text)
        if any(start < word.core[1] and word.core[0] < end for start, end in spans)
    }


def joined(spans: Iterable[Span], length: int) -> list[Span]:
    """The same places of a text of that length, in order and apart from each other."""
    apart: list[Span] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def redacted(text: str, spans: Iterable[Span], placeholder: str) -> str:
    """The text with the placeholder in place of each span."""
    kept: list[str] = []
    last = 0
    for start, end in joined(spans, len(text)):
        kept += [text[last:start], placeholder]
        last = end
    return "".join([*kept, text[last:]])


def placeholder() -> str:
    """What is read in place of hidden words, in the active language."""
    return _("[words removed]")


def published_text(words: str, decision: Decision | None) -> str | None:
    """What of an answer's words may be shown outside the desk; None where nothing may.

    Whatever shows or exports words to others takes them from here. A decision about other words
    than these, or one that another has replaced, publishes nothing.
    """
    if decision is None or not decision.is_current or decision.digest != digest_of(words):
        return None
    if decision.verdict == Decision.Verdict.PUBLISH:
        return words
    if decision.verdict == Decision.Verdict.HIDE:
        return redacted(words, decision.hidden, placeholder())
    return None
