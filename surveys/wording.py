"""Numbers and sentences of results, in the active language: on pages and in the report."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.models import Questionnaire
from surveys.question_types import QuestionType
from surveys.question_types.ranking import Ranking
from surveys.tabulation.counted import Number
from surveys.tabulation.figures import Figures, Line


@dataclass(frozen=True)
class Cell:
    """What a cell of a table says."""

    text: str
    is_shown: bool = True


def number_cell(value: Number) -> Cell:
    return Cell(number(value), value is not None)


def percent_cell(share: float | None) -> Cell:
    return Cell(percent(share), share is not None)


def decimal_cell(value: float | None) -> Cell:
    return Cell(decimal(value), value is not None)


def not_shown() -> str:
    """One wording for whatever is left out, so that it does not tell why it is."""
    return _("not shown")


def number(value: Number) -> str:
    return not_shown() if value is None else number_format(value, force_grouping=True)


def at_most(value: int, most: int) -> str:
    """Up to a bound, beyond which nobody counts."""
    if value <= most:
        return number(value)
    return _("more than %(number)s") % {"number": number(most)}


def over(most: int) -> str:
    """Beyond which nobody counted, inside a sentence."""
    return _("over %(number)s") % {"number": number(most)}


def decimal(value: float | None) -> str:
    """Rounded to one digit after the point."""
    # Formatting alone would cut off what comes after it.
    return not_shown() if value is None else number_format(round(value, 1), 1, force_grouping=True)


def step(value: float) -> str:
    """A step of a scale, without zeros at its end."""
    exact = Decimal(f"{value:.6g}").normalize()
    return number_format(f"{exact:f}", force_grouping=True)


def percent(share: float | None) -> str:
    """In whole percent; what is more than nothing is never told as nothing."""
    if share is None:
        return not_shown()
    return "<1%" if 0 < share < 0.005 else f"{round(100 * share)}%"


def finding(answered_by: str, option: str) -> str:
    """What a chart of answers says, as its heading."""
    if answered_by == Questionnaire.AnsweredBy.ANYONE:
        return _("Citizens most often chose: %(option)s") % {"option": option}
    return _("Organisations most often chose: %(option)s") % {"option": option}


def who_answered(figures: Figures) -> str:
    """How many answered and how many were asked and did not; only what is shown."""
    if figures.answered is None:
        return ""
    answered = _("%(number)s answered") % {"number": number(figures.answered)}
    if figures.skipped is None:
        return answered
    skipped = _("%(number)s skipped the question") % {"number": number(figures.skipped)}
    return f"{answered}, {skipped}"


def why_nothing(figures: Figures) -> str:
    """Why there is no figure of a question at all."""
    if figures.answered == 0:
        return _("Nobody has answered this question yet")
    if figures.answered is None:
        return _("Fewer than 10 answers, not shown")
    return _("Not shown: too few have given the same answer")


def quoted(words: str) -> str:
    """In the quotation marks of the active language."""
    return _("“%(label)s”") % {"label": words}


def left_out(lines: Iterable[Line]) -> str:
    """Which answers stand for having none, and how many gave them."""
    told = [f"{quoted(line.label)} ({number(line.n)})" for line in lines]
    return _("Left out of the shares: %(answers)s") % {"answers": ", ".join(told)} if told else ""


def how_many(kind: QuestionType) -> str:
    """How many answers each respondent could give, where that is more than one."""
    if isinstance(kind, Ranking):
        return ngettext(
            "Each could rank %(number)s answer",
            "Each could rank up to %(number)s answers",
            kind.ranks,
        ) % {"number": kind.ranks}
    most = kind.most_chosen()
    if most is None:
        return _("Each could choose all answers that apply")
    if most == 1:
        return ""
    return ngettext(
        "Each could choose %(number)s answer", "Each could choose up to %(number)s answers", most
    ) % {"number": most}
