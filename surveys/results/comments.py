"""Words that were published, the latest first. However many there are, a page reads few."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.models import Code, Consultation, Decision, Organisation, Response, WorkingTranslation
from surveys.quoting import quotable, spoken, tag_of, translated_into, who_said, with_decisions
from surveys.results.filters import Filter, FilterLink
from surveys.themes import with_theme
from surveys.translated import Text

PAGE = 20
SCANNED = 2000
"""Decisions that are looked through for one page: where a filter lets few through, the reader asks
for the next ones."""
COUNTED = 10_000


@dataclass(frozen=True)
class Filters:
    """What an address asks for; nothing where it asks for all."""

    questionnaire: str = ""
    question: str = ""
    place: str = ""
    language: str = ""
    theme: int | None = None
    before: int | None = None

    def query(self, **changes: Any) -> str:
        """The address of the same with something else; from the first page on."""
        asked = {
            "question": f"{self.questionnaire}/{self.question}" if self.question else "",
            "place": self.place,
            "language": self.language,
            "theme": self.theme,
        }
        # A theme belongs to one question.
        if "question" in changes and changes["question"] != asked["question"]:
            asked["theme"] = None
        given = {name: value for name, value in (asked | changes).items() if value}
        return f"?{urlencode(given)}"


@dataclass(frozen=True)
class Comment:
    """One answer's words as they may be shown."""

    pk: int
    text: str
    language: str
    translation: str
    who: str
    about: str


@dataclass(frozen=True)
class CommentPage:
    """A page of them, and from where to look further; None at the end."""

    comments: list[Comment]
    before: int | None


class _FilterForm(forms.Form):
    """Reads an address; what is no number of ours makes it an address of nothing."""

    theme = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)


def filters_from(
    asked_for: QueryDict, questions: set[tuple[str, str]], places: set[str], languages: set[str]
) -> Filters:
    """Only of values that there are; anything else is an address of nothing."""
    form = _FilterForm(asked_for)
    slug, _slash, name = asked_for.get("question", "").partition("/")
    place, language = asked_for.get("place", ""), asked_for.get("language", "")
    is_known = (
        form.is_valid()
        and (not (slug or name) or (slug, name) in questions)
        and place in {"", *places}
        and language in {"", *languages}
    )
    if not is_known:
        raise Http404("There is no such filter")
    numbers = form.cleaned_data
    return Filters(slug, name, place, language, numbers["theme"], numbers["before"])


def links(
    current: Filters,
    questions: Mapping[tuple[str, str], str],
    places: Mapping[str, str],
    languages: Mapping[str, str],
    themes: Mapping[int, str],
) -> list[Filter]:
    """A list of links for each thing that comments are filtered by."""
    by_question = {f"{slug}/{name}": label for (slug, name), label in questions.items()}
    asked = f"{current.questionnaire}/{current.question}" if current.question else ""
    every: list[tuple[str, str, Mapping[Any, str], Any]] = [
        (_("Question"), "question", by_question, asked),
        (_("Theme"), "theme", themes, current.theme),
        (_("Place"), "place", places, current.place),
        (_("Language it was written in"), "language", languages, current.language),
    ]
    return [
        Filter(
            label,
            [
                FilterLink(_("All"), current.query(**{name: ""}), not chosen),
                *(
                    FilterLink(text, current.query(**{name: value}), value == chosen)
                    for value, text in values.items()
                ),
            ],
        )
        for label, name, values, chosen in every
        if values
    ]


def number_published(consultation: Consultation) -> int:
    """How many words were published; COUNTED + 1 stands for more than COUNTED."""
    of_it = _published().filter(response__questionnaire__consultation=consultation)
    return of_it.order_by()[: COUNTED + 1].count()


def comment_page(
    consultation: Consultation,
    filters: Filters,
    questions: Mapping[tuple[str, str], str],
    places: Mapping[str, str],
) -> CommentPage:
    """The next comments that the filters let through, of the next SCANNED that are published.

    `questions` and `places` are what they are called.
    """
    window = _published()
    if filters.question:
        window = window.filter(question=filters.question)
    if filters.before:
        window = window.filter(pk__lt=filters.before)
    window = window.order_by("-pk")
    beyond = window.values_list("pk", flat=True)[SCANNED : SCANNED + 1].first()
    near = window.filter(pk__gt=beyond) if beyond else window
    of_it = near.filter(response__questionnaire__consultation=consultation)
    found = list(_let_through(of_it, filters)[: PAGE + 1])
    before = beyond + 1 if beyond else None
    if len(found) > PAGE:
        found, before = found[:PAGE], found[PAGE - 1].pk
    return CommentPage(_comments(found, questions, places), before)


def _published() -> QuerySet[Decision]:
    return Decision.objects.filter(is_current=True, verdict__in=Decision.PUBLISHED)


def _let_through(decisions: QuerySet[Decision], filters: Filters) -> QuerySet[Decision]:
    """Of responses that count and whose sender agreed to more than the totals."""
    listed = Q(response__organisation=None) | Q(
        response__organisation__standing=Organisation.Standing.LISTED
    )
    found = decisions.filter(
        listed, response__state=Response.State.SENT, response__is_rehearsal=False
    ).exclude(response__publication=Response.Publication.TOTALS_ONLY)
    if filters.questionnaire:
        found = found.filter(response__questionnaire__slug=filters.questionnaire)
    if filters.place:
        found = found.filter(response__place=filters.place)
    if filters.language:
        found = found.filter(response__language=filters.language)
    if filters.theme:
        code = Code.objects.filter(Q(pk=filters.theme) | Q(merged_into=filters.theme))
        coded = with_theme(code).filter(
            response=OuterRef("response"), frame__question=OuterRef("question")
        )
        found = found.filter(Exists(coded))
    return found


def _comments(
    decisions: list[Decision], questions: Mapping[tuple[str, str], str], places: Mapping[str, str]
) -> list[Comment]:
    keys = [decision.response_id for decision in decisions]
    responses = with_decisions(Response.objects.all()).in_bulk(keys)
    translations = _translations(keys)
    made = []
    for each in decisions:
        response = responses.get(each.response_id)
        text = quotable(response, each.question) if response else None
        if response and text is not None:
            key = response.questionnaire.slug, each.question
            about, who = questions.get(key, ""), who_said(response, _place(response, places))
            language = tag_of(response.language, text)
            translated = _translated(each, response, translations)
            made.append(Comment(each.pk, text, language, translated, who, about))
    return made


def _place(response: Response, places: Mapping[str, str]) -> str:
    return places.get(response.place or "", "")


def _translated(
    decision: Decision, response: Response, translations: dict[tuple[Any, str], Text]
) -> str:
    """What staff have translated into the reader's language.

    A translation was made of all words: where some are hidden it would tell them.
    """
    active = get_language() or ""
    is_own = spoken(active) == spoken(response.language)
    if is_own or decision.verdict != Decision.Verdict.PUBLISH:
        return ""
    made = translations.get((response.pk, decision.question), Text())
    return translated_into(made, active)


def _translations(keys: list[Any]) -> dict[tuple[Any, str], Text]:
    """By response and question."""
    found: dict[tuple[Any, str], Text] = {}
    for made in WorkingTranslation.objects.filter(response__in=keys):
        found.setdefault((made.response_id, made.question), Text())[made.language] = made.text
    return found
