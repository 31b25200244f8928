"""Conditions in words, in the active language: “Yes” to question 2."""

from collections.abc import Iterable, Sequence

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from surveys.journey.route import Need
from surveys.models import Question, Section
from surveys.question_types import QuestionType


def called(thing: Section | Question) -> str:
    """What people know a section or a question by."""
    if isinstance(thing, Section):
        return str(thing.title) or thing.name
    words = str(thing.short) or str(thing.text) or thing.name
    return f"{thing.number}. {words}" if thing.number else words


def when_answered(needs: Iterable[Need]) -> str:
    """How a follow-up is introduced that stands below the question that decides."""
    return _("If you answered %(answers)s:") % {"answers": answers_in_words(needs)}


def only_if(needs: Iterable[Need]) -> str:
    """The same on paper."""
    return _("Answer only if you answered %(answers)s.") % {"answers": answers_in_words(needs)}


def answers_in_words(needs: Iterable[Need]) -> str:
    """All the answers it takes, with the questions they are given to."""
    return get_text_list([_in_words(need) for need in needs], _("and"))


def _in_words(need: Need) -> str:
    codes, item = need.condition.codes, need.condition.item
    if need.source is None:
        return ", ".join([need.condition.source, *codes])
    said = {"answers": _answers(need.source, codes), "item": _item(need.source, item)}
    if need.source.question.number:
        numbered = said | {"number": need.source.question.number}
        if item:
            return _("%(answers)s for “%(item)s” in question %(number)s") % numbered
        return _("%(answers)s to question %(number)s") % numbered
    named = said | {"question": str(need.source.question.text)}
    if item:
        return _("%(answers)s for “%(item)s” in the question “%(question)s”") % named
    return _("%(answers)s to the question “%(question)s”") % named


def _answers(source: QuestionType, codes: Sequence[str]) -> str:
    labels = source.labels()
    return get_text_list([_("“%(label)s”") % {"label": labels.get(c, c)} for c in codes], _("or"))


def _item(source: QuestionType, code: str) -> str:
    labels = {item.code: str(item.label) for item in source.question.items.all()}
    return labels.get(code, code)
