"""Open answers on the results page: their themes, and what was published of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from surveys import wording
from surveys.asked import Asked
from surveys.charts import Bars, bars
from surveys.models import Consultation
from surveys.question_types import QuestionType
from surveys.themes import Themes, themes_of


@dataclass(frozen=True)
class ThemeRow:
    """A theme: its bar, its number, and the comments with it."""

    label: str
    url: str
    bars: Bars
    cells: tuple[wording.Cell, ...]


@dataclass(frozen=True)
class ThemeCard:
    """The themes of one question."""

    anchor: str
    caption: str
    heading: str
    wording: str
    rows: tuple[ThemeRow, ...]
    coded: str


def theme_cards(
    consultation: Consultation, asked: Mapping[tuple[str, str], Asked]
) -> list[ThemeCard]:
    """A card for each question whose answers were coded with any theme."""
    found = []
    for themes in themes_of(consultation):
        frame = themes.frame
        each = asked_with(asked, frame.questionnaire.slug, frame.question)
        if each and themes.counts:
            found.append(_card(each, themes))
    return found


def asked_with(
    asked: Mapping[tuple[str, str], Asked], questionnaire: str, name: str
) -> Asked | None:
    """The question whose words these are: its own answer, or a comment beside it."""
    for (slug, _name), each in asked.items():
        if slug == questionnaire and name in each.kind.words_names():
            return each
    return None


def labels(asked: Mapping[tuple[str, str], Asked]) -> dict[tuple[str, str], str]:
    """What words are called that can be published, by questionnaire and name."""
    return {
        (slug, name): _label(each.kind, name)
        for (slug, _name), each in asked.items()
        for name in each.kind.words_names()
    }


def _label(kind: QuestionType, name: str) -> str:
    fields = kind.word_fields()
    short = str(kind.question.short)
    return f"{short}: {fields[name].label}" if name in fields else short


def _card(each: Asked, themes: Themes) -> ThemeCard:
    address = reverse("results_comments")
    question = f"{each.questionnaire.slug}/{themes.frame.question}"
    rows = []
    for code, number in themes.counts:
        share = None if number is None else number / themes.coded
        query = urlencode({"question": question, "theme": str(code.pk)})
        cells = (wording.number_cell(number), wording.percent_cell(share))
        rows.append(ThemeRow(str(code.label), f"{address}?{query}", bars([share]), cells))
    first, number = themes.counts[0]
    heading = _("Most often about: %(theme)s") % {"theme": first.label}
    return ThemeCard(
        f"themes-{each.questionnaire.slug}-{themes.frame.question}",
        f"{each.question.short} · {each.audience}",
        heading if number else str(each.question.short),
        str(each.question.text),
        tuple(rows),
        wording.number(themes.coded),
    )
