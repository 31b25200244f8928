"""Verbs that write: save a draft, send a response, change it, withdraw it, erase what is due.

Every verb locks the row it changes, takes the `moment` it happens from its caller, and raises
Conflict rather than overwrite what its caller has not seen.

Whatever a request holds, an answer to a question that is not asked is never stored as one:
`set_apart` and `only_what_is_asked` see to it, and every answer goes through one of them. A draft
keeps it as something that was entered, so that it is there again when the question is asked again.
"""

from surveys.lifecycle.citizens import (
    change_response,
    due_without_account,
    erase_draft,
    find_by_secret,
    is_known,
    is_sent,
    save_citizen_draft,
    send_citizen_response,
)
from surveys.lifecycle.drafts import (
    AlreadySent,
    Conflict,
    Draft,
    NoLongerAsked,
    move_on,
    put_version,
    whole,
    withdraw,
)
from surveys.lifecycle.organisations import (
    Merged,
    begin_change,
    draft_of,
    drop_change,
    keep_from_being_merged,
    save_section,
    send_draft,
    withdraw_for_organisation,
)
from surveys.lifecycle.transcripts import AnsweredAlready, take_transcript

__all__ = [
    "AlreadySent",
    "AnsweredAlready",
    "Conflict",
    "Draft",
    "Merged",
    "NoLongerAsked",
    "begin_change",
    "change_response",
    "draft_of",
    "drop_change",
    "due_without_account",
    "erase_draft",
    "find_by_secret",
    "is_known",
    "is_sent",
    "keep_from_being_merged",
    "move_on",
    "put_version",
    "save_citizen_draft",
    "save_section",
    "send_citizen_response",
    "send_draft",
    "take_transcript",
    "whole",
    "withdraw",
    "withdraw_for_organisation",
]
