"""The open answers that are counted, and the questions they are answers to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform

from surveys.codebook import about_the_response, variables
from surveys.models import Questionnaire, Response


@dataclass(frozen=True)
class OpenQuestion:
    """What asks for words: an open question, or the words beside a closed one."""

    name: str
    label: str


def open_questions(questionnaire: Questionnaire) -> list[OpenQuestion]:
    """In codebook order, labelled in the active language."""
    others = {variable.name for variable in about_the_response()}
    return [
        OpenQuestion(variable.name, variable.label)
        for variable in variables(questionnaire)
        if variable.is_words and variable.name not in others
    ]


def answers_with_words(questionnaire: Questionnaire, question: str) -> QuerySet[Response, Any]:
    """The counted responses that say something there, with it as `words`."""
    return (
        Response.objects.sent()
        .filter(questionnaire=questionnaire, answers__has_key=question)
        .annotate(words=KeyTextTransform(question, "answers"))
        .exclude(words="")
    )
