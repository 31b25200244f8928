"""How hard and how long a version is to answer. Pure, given a version with its questions.

Long words are those of more than six letters, as in the readability index LIX (Björnsson 1968),
which serves languages other than English too. The minutes are a rule of thumb and no measurement:
180 words are read in a minute; each kind of question says how long answering takes besides
(`seconds_to_answer`); a comment takes 10 seconds, since few write one. A rehearsal measures.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from surveys.models import Question, Version
from surveys.question_types import KINDS, QuestionType
from surveys.translated import Text

WORD = re.compile(r"\w+", re.UNICODE)
SENTENCE_END = re.compile(r"[.!?…:;]+(?:\s|$)|\n")
LONG_WORD = 7
WORDS_PER_MINUTE = 180
SECONDS_OF_COMMENT = 10

MANY_WORDS = 20
MANY_LONG = 0.45
MANY_OPTIONS, MANY_ROWS = 12, 7


@dataclass(frozen=True)
class Measure:
    """One question in one language."""

    question: Question
    words_per_sentence: float
    long_words: float
    options: int
    items: int
    is_open: bool
    seconds: float

    def hints(self) -> list[str]:
        """What would make it easier, in words."""
        checks = [
            (self.words_per_sentence > MANY_WORDS, _("Long sentences: split them.")),
            (self.long_words > MANY_LONG, _("Many long words: look for shorter ones.")),
            (self.options > MANY_OPTIONS, _("Many options: few people read all of them.")),
            (self.items > MANY_ROWS, _("Many rows: people tire and tick one column.")),
        ]
        return [words for is_so, words in checks if is_so]


@dataclass(frozen=True)
class Total:
    """A version in one language."""

    measures: list[Measure]

    @property
    def open_questions(self) -> int:
        return sum(1 for measure in self.measures if measure.is_open)

    @property
    def minutes(self) -> float:
        return sum(measure.seconds for measure in self.measures) / 60


def measure(version: Version, language: str) -> Total:
    return Total([_measure(question, language) for question in version.questions])


def _measure(question: Question, language: str) -> Measure:
    asked = " ".join(_said(text, language) for text in (question.text, question.hint))
    labels = [option.label for option in question.options.all()]
    labels += [item.label for item in question.items.all()]
    listed = " ".join(label.in_language(language) for label in labels)
    words = WORD.findall(asked)
    kind = KINDS[question.kind](question, [])
    return Measure(
        question,
        words_per_sentence=len(words) / _sentences(asked),
        long_words=sum(len(word) >= LONG_WORD for word in words) / max(1, len(words)),
        options=len(kind.options),
        items=len(labels) - len(kind.options),
        is_open=kind.is_open,
        seconds=_seconds(kind, len(words) + len(WORD.findall(listed))),
    )


def _said(text: Text, language: str) -> str:
    said = text.in_language(language).strip()
    # A text and its hint are no one sentence, with or without a full stop between them.
    return said if not said or said[-1] in ".!?…:;" else f"{said}."


def _sentences(text: str) -> int:
    return max(1, sum(1 for part in SENTENCE_END.split(text) if WORD.search(part)))


def _seconds(kind: QuestionType, words: int) -> float:
    comment = SECONDS_OF_COMMENT if kind.question.comment_max_length else 0
    return words / WORDS_PER_MINUTE * 60 + kind.seconds_to_answer() + comment
