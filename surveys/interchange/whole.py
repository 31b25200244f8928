"""One version of a questionnaire with its words, as what files are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.documents import Document, document_of
from surveys.models import Country, Questionnaire, Version
from surveys.translated import UNSTORABLE, Text

WORDS = ("name", "title", "lead")
SETTINGS = ("slug", "answered_by", "reference_prefix", "minutes")


@dataclass(frozen=True)
class Whole:
    """What a questionnaire is called and one of its versions asks."""

    words: dict[str, Any]
    sections: Document
    number: int = 1
    places: dict[str, Text] = field(default_factory=dict)
    """Codes and names of the programme's places: options that no document holds."""

    @property
    def slug(self) -> str:
        return str(self.words["slug"])


def whole_of(version: Version) -> Whole:
    """Expects a version that came through `with_questions()`."""
    questionnaire = version.questionnaire
    return Whole(
        words_of(questionnaire),
        canonical(document_of(version)),
        version.number,
        places_of(questionnaire),
    )


def words_of(questionnaire: Questionnaire) -> dict[str, Any]:
    """What a questionnaire says besides its versions. It is shown as soon as it is changed."""
    said = {name: getattr(questionnaire, name) for name in (*SETTINGS, *WORDS, "invitation")}
    kept: dict[str, Any] = canonical({name: value for name, value in said.items() if value})
    return kept


def places_of(questionnaire: Questionnaire) -> dict[str, Text]:
    countries = Country.objects.filter(programme=questionnaire.consultation.programme_id)
    return {
        place.code: place.name
        for country in countries.prefetch_related("places")
        for place in country.places.all()
    }


def canonical(value: Any) -> Any:
    """The same without empty texts, and with nothing in it that some format does not keep."""
    if isinstance(value, Mapping):
        kept = {key: canonical(each) for key, each in value.items()}
        return {k: v for k, v in kept.items() if not isinstance(v, str) or v.strip()}
    if isinstance(value, list):
        return [canonical(each) for each in value]
    if isinstance(value, str):
        return UNSTORABLE.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value
