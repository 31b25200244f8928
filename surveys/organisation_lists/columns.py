"""The columns of a list: name, addresses and language, and one for each question it may answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from surveys.folding import fold
from surveys.models import Consultation, Question, Questionnaire, Version
from surveys.question_types import QuestionType, question_types
from surveys.question_types.choice import MultipleChoice, SingleChoice
from surveys.question_types.place import PlaceChoice
from surveys.question_types.ranking import Ranking
from surveys.wording import quoted

NAME, EMAILS, LANGUAGE = "name", "emails", "language"
SYNONYMS = {
    NAME: (
        *("name", "organisation", "organization", "name of the organisation"),
        *("nume", "denumire", "denumirea", "organizație", "organizația", "denumirea organizației"),
        *("naziv", "ime", "organizacija", "naziv organizacije"),
    ),
    EMAILS: (
        *("emails", "email", "mail", "mails", "e-mail address", "e-mail addresses"),
        *("adresă de e-mail", "adrese de e-mail", "adresa de e-mail", "e-mailuri"),
        *("e-pošta", "imejl", "mejl", "imejlovi", "adresa e-pošte", "imejl adresa"),
    ),
    LANGUAGE: ("language", "lang", "language of the e-mail", "limbă", "limba", "jezik"),
}


def heading_key(heading: str) -> str:
    """Equal for headings that say the same: `E-mail`, `e_mail:` and `имејл` after `fold`."""
    return re.sub(r"[\W_]+", "", fold(heading))


@dataclass(frozen=True)
class Column:
    """A question as a column: its cells hold codes or captions."""

    kind: QuestionType

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def takes_several(self) -> bool:
        return isinstance(self.kind, MultipleChoice | Ranking)

    @cached_property
    def field(self) -> Any:
        return self.kind.form_field()

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Codes by what a cell may hold, folded. What two codes are called is neither's."""
        called: dict[str, set[str]] = {}
        for language, _name in settings.LANGUAGES:
            with override(language):
                captions = [*self.kind.labels().items(), *self._short_captions()]
            for code, caption in captions:
                called.setdefault(fold(caption), set()).add(code)
        meant = {caption: min(codes) for caption, codes in called.items() if len(codes) == 1}
        return meant | {code: code for code in self.kind.labels()}

    def _short_captions(self) -> list[tuple[str, str]]:
        if not isinstance(self.kind, PlaceChoice):
            return []
        return [
            (place.code, str(place.short_name))
            for country in self.kind.countries
            for place in country.places.all()
            if place.short_name
        ]

    def headings(self) -> list[str]:
        short = self.kind.question.short
        return [self.name, *(short.in_language(code) for code, _name in settings.LANGUAGES)]

    def answers(self, cell: str) -> dict[str, Any]:
        """The cell as a part of an answer document, as a respondent's answer would be stored.

        Raises ValidationError in words.
        """
        said = re.split(r"[|;]", cell) if self.takes_several else [cell]
        said = [part.strip() for part in said if part.strip()]
        if not said:
            return {}
        unknown = [part for part in said if fold(part) not in self.codes]
        if unknown:
            answers = ", ".join(map(quoted, unknown))
            raise ValidationError(_("%(answers)s is none of the options") % {"answers": answers})
        codes = [self.codes[fold(part)] for part in said]
        cleaned = self.field.clean(codes if self.takes_several else codes[0])
        return self.kind.answers({self.name: cleaned})


@dataclass(frozen=True)
class Asked:
    """What a list may say about an organisation, given by the current questionnaire."""

    columns: list[Column] = field(default_factory=list)

    @classmethod
    def now(cls) -> "Asked":
        """The closed questions of its first section. None where there is no questionnaire."""
        consultation = Consultation.objects.current()
        versions = Version.objects.published().with_questions()
        version = (
            versions.filter(
                questionnaire__consultation=consultation,
                questionnaire__answered_by=Questionnaire.AnsweredBy.ORGANISATIONS,
            )
            .order_by("-number")
            .first()
        )
        if version is None:
            return cls()
        kinds = question_types(version, version.sections.all()[:1])
        closed = (SingleChoice, MultipleChoice, Ranking)
        return cls([Column(kind) for kind in kinds if isinstance(kind, closed)])

    def heading_names(self) -> dict[str, str]:
        """Columns' names by the keys of the headings they may have."""
        names = {
            heading_key(heading): column.name
            for column in reversed(self.columns)
            for heading in column.headings()
        }
        common = {heading_key(word): name for name, words in SYNONYMS.items() for word in words}
        return names | common

    @property
    def questions(self) -> list[Question]:
        return [column.kind.question for column in self.columns]


def header_row(asked: Asked) -> list[str]:
    """The headings of an empty list."""
    return [NAME, EMAILS, LANGUAGE, *(column.name for column in asked.columns)]


def language_reader() -> Callable[[str], str | None]:
    """Codes of languages by what a cell may hold: a code, or a name in any of the languages.

    `Српски` and `Srpski` are two languages here, so nothing is folded.
    """
    meant = {code.lower(): code for code, _name in settings.LANGUAGES}
    for code, language in settings.SPOKEN.items():
        meant |= {language.tag.lower(): code, language.own_name.lower(): code}
    for active, _name in settings.LANGUAGES:
        with override(active):
            for code, name in settings.LANGUAGES:
                meant.setdefault(str(name).lower(), code)
    return lambda cell: meant.get(cell.strip().lower().replace("_", "-"))
