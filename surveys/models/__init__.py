"""The models, in the order a consultation is told."""

from surveys.models.attempts import Attempts
from surveys.models.consultation import Consultation, Country, Passage, Place, Programme
from surveys.models.invitations import Invitation, OrganisationList
from surveys.models.messages import Message
from surveys.models.people import Member, Organisation, Role, User
from surveys.models.questionnaire import Item, Option, Question, Questionnaire, Section, Version
from surveys.models.response import Amendment, Response, Revision
from surveys.models.teamwork import Comment, Event

__all__ = [
    "Amendment",
    "Attempts",
    "Comment",
    "Consultation",
    "Country",
    "Event",
    "Invitation",
    "Item",
    "Member",
    "Message",
    "Option",
    "Organisation",
    "OrganisationList",
    "Passage",
    "Place",
    "Programme",
    "Question",
    "Questionnaire",
    "Response",
    "Revision",
    "Role",
    "Section",
    "User",
    "Version",
]
