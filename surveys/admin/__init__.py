"""The Joint Secretariat's desk, one file per models file."""

from surveys.admin import consultation, people, questionnaire, response

__all__ = ["consultation", "people", "questionnaire", "response"]
