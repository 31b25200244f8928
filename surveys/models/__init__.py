"""The models, in the order a consultation is told."""

from surveys.models.consultation import Consultation, Country, Passage, Place, Programme
from surveys.models.people import Member, Organisation, User
from surveys.models.questionnaire import Item, Option, Question, Questionnaire, Section, Version
from surveys.models.response import Response

__all__ = [
    "Consultation",
    "Country",
    "Item",
    "Member",
    "Option",
    "Organisation",
    "Passage",
    "Place",
    "Programme",
    "Question",
    "Questionnaire",
    "Response",
    "Section",
    "User",
    "Version",
]
