"""The models, in the order a consultation is told."""

from surveys.models.attempts import Attempts
from surveys.models.consultation import Consultation, Country, Passage, Place, Programme
from surveys.models.people import Member, Organisation, User
from surveys.models.questionnaire import Item, Option, Question, Questionnaire, Section, Version
from surveys.models.response import Response, Revision

__all__ = [
    "Attempts",
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
    "Revision",
    "Section",
    "User",
    "Version",
]
