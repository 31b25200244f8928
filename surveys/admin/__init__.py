"""The Joint Secretariat's desk, one file per models file."""

from surveys.admin import (
    consultation,
    invitations,
    messages,
    organisations,
    people,
    questionnaire,
    response,
)

__all__ = [
    "consultation",
    "invitations",
    "messages",
    "organisations",
    "people",
    "questionnaire",
    "response",
]
