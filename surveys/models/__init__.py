"""Every model, in the order a consultation is told."""

from surveys.models.attempts import Attempts
from surveys.models.audit import AuditEntry
from surveys.models.campaigns import Campaign, CampaignSearch, CampaignText
from surveys.models.coding import Code, CodeChange, Coding, CodingFrame, Uncoded
from surveys.models.consultation import Consultation, Country, Passage, Place, Programme
from surveys.models.coverage import Target
from surveys.models.exports import Export, ExportPart
from surveys.models.faults import Fault
from surveys.models.interchange import QuestionnaireUpload
from surveys.models.invitations import Invitation, OrganisationList
from surveys.models.keeping import RetentionRun, SubjectRequest
from surveys.models.ledger import Checkpoint, Commitment, TreeNode
from surveys.models.messages import Message
from surveys.models.notices import PrivacyNotice
from surveys.models.open_data import OpenDataFile, OpenDataVersion
from surveys.models.people import Member, Organisation, Role, User
from surveys.models.questionnaire import (
    Condition,
    Item,
    Option,
    Question,
    Questionnaire,
    Section,
    Version,
)
from surveys.models.releases import Release, ReleasedTable, ReleaseRequest
from surveys.models.replies import Announcement, Quotation, Reply, ReplyChange, Subscriber
from surveys.models.reports import ReportEdition, ReportFile, ReportText
from surveys.models.response import Amendment, Response, Revision
from surveys.models.review import Decision, SoftLock, WorkingTranslation
from surveys.models.tallies import Tallied, Tally, Untallied
from surveys.models.teamwork import Comment, Event
from surveys.models.transcripts import Meeting, Transcript, Typing

__all__ = [
    "Amendment",
    "Announcement",
    "Attempts",
    "AuditEntry",
    "Campaign",
    "CampaignSearch",
    "CampaignText",
    "Checkpoint",
    "Code",
    "CodeChange",
    "Coding",
    "CodingFrame",
    "Comment",
    "Commitment",
    "Condition",
    "Consultation",
    "Country",
    "Decision",
    "Event",
    "Export",
    "ExportPart",
    "Fault",
    "Invitation",
    "Item",
    "Meeting",
    "Member",
    "Message",
    "OpenDataFile",
    "OpenDataVersion",
    "Option",
    "Organisation",
    "OrganisationList",
    "Passage",
    "Place",
    "PrivacyNotice",
    "Programme",
    "Question",
    "Questionnaire",
    "QuestionnaireUpload",
    "Quotation",
    "Release",
    "ReleaseRequest",
    "ReleasedTable",
    "Reply",
    "ReplyChange",
    "ReportEdition",
    "ReportFile",
    "ReportText",
    "Response",
    "RetentionRun",
    "Revision",
    "Role",
    "Section",
    "SoftLock",
    "SubjectRequest",
    "Subscriber",
    "Tallied",
    "Tally",
    "Target",
    "Transcript",
    "TreeNode",
    "Typing",
    "Uncoded",
    "Untallied",
    "User",
    "Version",
    "WorkingTranslation",
]
