"""The Joint Secretariat's desk, one file per models file."""

from surveys.admin import (
    audit,
    consultation,
    invitations,
    messages,
    organisations,
    people,
    questionnaire,
    response,
)

__all__ = [
    "audit",
    "consultation",
    "invitations",
    "messages",
    "organisations",
    "people",
    "questionnaire",
    "response",
]
