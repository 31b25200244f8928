"""Which tables belong to a consultation, by which way, and what is left out for which reason."""

from django.apps import apps
from django.db.models import Model

EVERYTHING = ""
QUESTIONNAIRE, VERSION = "questionnaire__consultation", "version__questionnaire__consultation"
RESPONSE, FRAME = f"response__{QUESTIONNAIRE}", f"frame__{QUESTIONNAIRE}"

# The way from a row to its consultation. An organisation, an account, an invitation, an e-mail and
# an entry of the log name no consultation: an installation has them for all of its own. They go
# whole, except what tells of the responses of another one: see surveys/backups/rows.py.
KEPT = {
    "surveys.Programme": "consultations",
    "surveys.Country": "programme__consultations",
    "surveys.Place": "country__programme__consultations",
    "surveys.User": EVERYTHING,
    "account.EmailAddress": EVERYTHING,
    "surveys.Organisation": EVERYTHING,
    "surveys.Member": EVERYTHING,
    "surveys.Invitation": EVERYTHING,
    "surveys.Message": EVERYTHING,
    "surveys.Consultation": "pk",
    "surveys.Passage": "consultation",
    "surveys.PrivacyNotice": "consultation",
    "surveys.Questionnaire": "consultation",
    "surveys.Version": QUESTIONNAIRE,
    "surveys.Section": VERSION,
    "surveys.Question": VERSION,
    "surveys.Option": f"question__{VERSION}",
    "surveys.Item": f"question__{VERSION}",
    "surveys.Condition": VERSION,
    "surveys.Target": QUESTIONNAIRE,
    "surveys.Response": QUESTIONNAIRE,
    "surveys.Revision": RESPONSE,
    "surveys.Amendment": RESPONSE,
    "surveys.Event": RESPONSE,
    "surveys.Comment": QUESTIONNAIRE,
    "surveys.Meeting": "consultation",
    "surveys.Transcript": VERSION,
    "surveys.Typing": f"transcript__{VERSION}",
    "surveys.Campaign": QUESTIONNAIRE,
    "surveys.CampaignText": QUESTIONNAIRE,
    "surveys.CampaignSearch": QUESTIONNAIRE,
    "surveys.Decision": RESPONSE,
    "surveys.WorkingTranslation": RESPONSE,
    "surveys.CodingFrame": QUESTIONNAIRE,
    "surveys.CodingFrame_coders": f"codingframe__{QUESTIONNAIRE}",
    "surveys.Code": FRAME,
    "surveys.Coding": FRAME,
    "surveys.Coding_codes": f"coding__{FRAME}",
    "surveys.Uncoded": FRAME,
    "surveys.CodeChange": FRAME,
    "surveys.CodeChange_codes": f"codechange__{FRAME}",
    "surveys.Untallied": QUESTIONNAIRE,
    "surveys.Tally": QUESTIONNAIRE,
    "surveys.Tallied": QUESTIONNAIRE,
    "surveys.Commitment": "consultation",
    "surveys.Checkpoint": "consultation",
    "surveys.TreeNode": "consultation",
    "surveys.Release": "consultation",
    "surveys.ReleasedTable": "release__consultation",
    "surveys.ReleaseRequest": "consultation",
    "surveys.OpenDataVersion": "consultation",
    "surveys.OpenDataFile": "version__consultation",
    "surveys.Quotation": "consultation",
    "surveys.Reply": "consultation",
    "surveys.ReplyChange": "reply__consultation",
    "surveys.Announcement": "consultation",
    "surveys.Subscriber": "consultation",
    "surveys.ReportText": "consultation",
    "surveys.ReportEdition": "consultation",
    "surveys.ReportFile": "edition__consultation",
    "surveys.SubjectRequest": EVERYTHING,
    "surveys.RetentionRun": EVERYTHING,
    "surveys.AuditEntry": EVERYTHING,
}

_RIGHTS = "What somebody may do is decided anew at every installation."
_PASSING = "It is of use for minutes, to whoever is at work."
LEFT_OUT = {
    "auth.Permission": "Every installation makes its own.",
    "contenttypes.ContentType": "Every installation makes its own.",
    "auth.Group": "Every installation makes its own, from surveys/roles.py.",
    "auth.Group_permissions": "Every installation makes its own, from surveys/roles.py.",
    "surveys.User_groups": _RIGHTS,
    "surveys.User_user_permissions": _RIGHTS,
    "admin.LogEntry": "The log of the site itself goes along.",
    "sessions.Session": "Nobody stays signed in at another installation.",
    "account.EmailConfirmation": "Links that were sent lead to the old address.",
    "mfa.Authenticator": "Second factors are bound to an address and set up anew.",
    "surveys.Attempts": "It counts tries of one day under a key of that day.",
    "surveys.Fault": "It is mended where it happened.",
    "surveys.SoftLock": _PASSING,
    "surveys.Export": "It is made again from the answers.",
    "surveys.ExportPart": "It is made again from the answers.",
    "surveys.QuestionnaireUpload": _PASSING,
    "surveys.OrganisationList": _PASSING,
}


def models() -> list[type[Model]]:
    """What goes along, in the order in which it is written."""
    made = {m._meta.label: m for m in apps.get_models(include_auto_created=True)}
    return [made[label] for label in KEPT]


def shared() -> list[type[Model]]:
    """Those of them that an installation may have rows of before anything is restored."""
    return [model for model in models() if KEPT[model._meta.label] == EVERYTHING]
