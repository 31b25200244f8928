"""How long each class of data is kept, from when, and why: one table for all who tell of it.

What erases is in `surveys/desk/erasers.py`, and asks here for how long. Every model is in one class
at least, or in `KEPT_WITH_A_REASON`; a test sees to it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from surveys.models import Consultation

AFTER_CLOSING = _("the closing of the consultation")
AFTER_ALL_CLOSED = _("the closing of the last consultation")


@dataclass(frozen=True)
class Kept:
    """A class of data that is erased after so many days."""

    key: str
    label: Any
    models: tuple[str, ...]
    days: int | str
    """Or the name of the setting that holds them."""
    since: Any
    reason: Any

    @property
    def period(self) -> timedelta:
        return timedelta(
            days=self.days if isinstance(self.days, int) else getattr(settings, self.days)
        )

    def before(self, moment: datetime) -> datetime:
        """What began to count before this is due at the moment."""
        return moment - self.period

    def next_due(self, moment: datetime) -> datetime | None:
        """When the next consultation's data of this class are due; None where it is any day."""
        if self.since not in (AFTER_CLOSING, AFTER_ALL_CLOSED):
            return None
        closings = Consultation.objects.order_by("closes_at").values_list("closes_at", flat=True)
        if self.since == AFTER_ALL_CLOSED:
            last = closings.aggregate(last=Max("closes_at"))["last"]
            return last + self.period if last and last > self.before(moment) else None
        return next((at + self.period for at in closings if at > self.before(moment)), None)


MINIMAL = _("It has done what it was stored for (GDPR, Article 5(1)(c) and (e))")
PUBLIC_TASK = _("Public task: results must be checked and explained (GDPR, Article 6(1)(e))")
CONSENT = _("Consent (GDPR, Article 6(1)(a))")
ACCOUNTABLE = _("The programme must be able to show who did what (GDPR, Article 5(2))")

CLASSES: tuple[Kept, ...] = (
    Kept(
        "drafts",
        _("Drafts of citizens"),
        ("Response",),
        "DRAFTS_KEPT_DAYS",
        AFTER_CLOSING,
        MINIMAL,
    ),
    Kept(
        "organisation_drafts",
        _("Drafts and unsent changes of organisations, and comments on them"),
        ("Response", "Amendment", "Comment"),
        365,
        AFTER_CLOSING,
        MINIMAL,
    ),
    Kept("rehearsals", _("Rehearsals of staff"), ("Response",), 0, _("the opening"), MINIMAL),
    Kept(
        "revisions",
        _("Earlier wordings of answers"),
        ("Revision", "Event"),
        365,
        AFTER_CLOSING,
        PUBLIC_TASK,
    ),
    Kept("typings", _("What was typed from paper"), ("Typing",), 365, AFTER_CLOSING, PUBLIC_TASK),
    Kept(
        "originals",
        _("Words that were hidden before publishing"),
        ("Response", "Decision", "WorkingTranslation", "Quotation"),
        "ORIGINALS_KEPT_DAYS",
        AFTER_CLOSING,
        PUBLIC_TASK,
    ),
    Kept(
        "contacts",
        _("Invitations, members of organisations and their accounts"),
        ("Invitation", "Member", "User", "Event", "Comment"),
        1095,
        AFTER_ALL_CLOSED,
        _("Public task: replies, and questions about what was answered (GDPR, Article 6(1)(e))"),
    ),
    Kept(
        "people",
        _("Accounts of people who asked for a code and never came"),
        ("User",),
        1,
        _("the request"),
        MINIMAL,
    ),
    Kept("codes", _("One-time codes"), ("Message",), 1, _("the sending"), MINIMAL),
    Kept("messages", _("E-mails: address and text"), ("Message",), 365, _("the sending"), MINIMAL),
    Kept(
        "subscribers",
        _("Addresses that asked to be told of replies"),
        ("Subscriber",),
        "SUBSCRIBERS_KEPT_DAYS",
        _("the last reply"),
        CONSENT,
    ),
    Kept(
        "unconfirmed",
        _("Addresses that asked to be told of replies and were never confirmed"),
        ("Subscriber",),
        7,
        _("the request"),
        CONSENT,
    ),
    Kept(
        "exports",
        _("Files of exports"),
        ("ExportPart",),
        "EXPORTS_KEPT_DAYS",
        _("their making"),
        MINIMAL,
    ),
    Kept("lists", _("Uploaded lists"), ("OrganisationList",), 7, _("the upload"), MINIMAL),
    Kept(
        "uploads",
        _("Uploaded questionnaires"),
        ("QuestionnaireUpload",),
        7,
        _("the upload"),
        MINIMAL,
    ),
    Kept("log", _("Log of the desk"), ("AuditEntry", "Export"), 1825, _("the entry"), ACCOUNTABLE),
    Kept(
        "requests",
        _("Requests of people about their data"),
        ("SubjectRequest",),
        1095,
        _("the answer"),
        ACCOUNTABLE,
    ),
    Kept("errors", _("Errors of the site"), ("Fault",), 90, _("the error"), MINIMAL),
    Kept("attempts", _("Counts of tries"), ("Attempts",), 1, _("the try"), MINIMAL),
    Kept("locks", _("Who has what open at the desk"), ("SoftLock",), 1, _("the opening"), MINIMAL),
    Kept("sessions", _("Sessions"), (), 14, _("the last sign-in"), MINIMAL),
)
BY_KEY: dict[str, Kept] = {each.key: each for each in CLASSES}

NOBODYS = _("It says nothing of a person")
PUBLISHED = _("It was published, without what tells who somebody is")
OF_THE_RESPONSE = _("It is erased with its response")

KEPT_WITH_A_REASON: dict[str, Any] = {
    **dict.fromkeys(
        (
            *("Condition", "Consultation", "Country", "Item", "Meeting", "Option", "Passage"),
            *("Place", "Programme", "Question", "Questionnaire", "Section", "Target", "Version"),
            *("Checkpoint", "TreeNode", "Tally", "Tallied", "RetentionRun"),
            *("Code", "CodeChange", "CodingFrame", "Campaign", "CampaignSearch"),
        ),
        NOBODYS,
    ),
    **dict.fromkeys(
        (
            *("Announcement", "OpenDataFile", "OpenDataVersion", "PrivacyNotice", "Release"),
            *("ReleasedTable", "ReleaseRequest", "Reply", "ReplyChange", "ReportEdition"),
            *("ReportFile", "ReportText"),
        ),
        PUBLISHED,
    ),
    **dict.fromkeys(("CampaignText", "Coding", "Uncoded", "Transcript"), OF_THE_RESPONSE),
    "Commitment": _("A hash that leads to nobody once its response is erased; the public list"),
    "Organisation": _("A body, not a person; erased on request"),
    "Untallied": _("Taken into the tallies within seconds, and deleted then"),
}
"""Models that no class erases, and why they stay."""

RESPONSES_STAY: Any = _(
    "Answers that were sent are kept for the archive of the programme, without the words that were "
    "hidden and without earlier wordings, until their sender withdraws or asks for erasure."
)
