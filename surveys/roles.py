"""What staff may do: each role is a Django group, and this is what it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """A group and its permissions: verbs on models, and permissions of other names (`may`)."""

    name: str
    sees: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    label: Any = ""
    """Its name in the reader's language; the group keeps the English one."""

    def codenames(self) -> list[str]:
        return [
            *(f"view_{model}" for model in self.sees),
            *(f"{verb}_{model}" for model in self.changes for verb in ("add", "change")),
            *(f"delete_{model}" for model in self.deletes),
            *self.may,
        ]

    def group(self) -> Group:
        """The group with just these permissions, made or brought up to date."""
        group, _created = Group.objects.get_or_create(name=self.name)
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label="surveys", codename__in=self.codenames()
            )
        )
        return group


INSTRUMENT = (
    *("condition", "consultation", "country", "item", "option", "passage", "place"),
    *("privacynotice", "programme", "question", "questionnaire", "section", "version"),
)
FIELDWORK = (
    *("campaign", "code", "codingframe", "decision", "meeting", "organisation", "release"),
    *("reportedition", "reporttext", "response", "target", "transcript"),
)
ANSWER = ("quotation", "reply")
ALL_OF_THEM = (
    *INSTRUMENT,
    *FIELDWORK,
    *ANSWER,
    *("auditentry", "invitation", "member", "message", "organisationlist"),
)

SECRETARIAT = Role(
    "Joint Secretariat",
    label=_("Joint Secretariat"),
    sees=(*ALL_OF_THEM, "fault"),
    changes=tuple(
        model
        for model in ALL_OF_THEM
        if model not in ("auditentry", "decision", "release", "response")
    ),
    # An organisation with a response, and an address that asked not to be written to, stay all the
    # same: their admin pages refuse. What is published is frozen by the database.
    deletes=(
        *("condition", "invitation", "item", "meeting", "member", "option", "organisation"),
        *("organisationlist", "question", "quotation", "reply", "section", "target", "version"),
    ),
    may=(
        *("code_responses", "export_response", "handle_subject_requests"),
        *("publish_privacynotice", "publish_reply", "publish_results", "publish_version"),
        *("review_response", "see_identity", "see_words"),
    ),
)
MANAGING_AUTHORITY = Role(
    "Managing Authority",
    label=_("Managing Authority"),
    sees=(*INSTRUMENT, *FIELDWORK, *ANSWER, "auditentry", "invitation"),
    may=("export_response", "see_identity", "see_words"),
)
# Of the partner country, which may be outside the European Union as Serbia is: what identifies
# somebody would be a transfer to a third country (GDPR, chapter V). Somebody for whom that is
# settled gets `see_identity` by name.
NATIONAL_AUTHORITY = Role(
    "National Authority",
    label=_("National Authority"),
    sees=(
        *(*INSTRUMENT, *ANSWER, "campaign", "code", "codingframe", "meeting", "release"),
        *("reportedition", "reporttext", "response"),
        "target",
    ),
    may=("export_response",),
)
# With the frames that name them; see `CodingFrame.coders`.
CODER = Role("Coder", label=_("Coder"), sees=("questionnaire", "version"), may=("see_words",))
OBSERVER = Role(
    "Observer", label=_("Observer"), sees=(*INSTRUMENT, *ANSWER, "meeting", "release", "target")
)

ROLES = (SECRETARIAT, MANAGING_AUTHORITY, NATIONAL_AUTHORITY, CODER, OBSERVER)


def bring_up_to_date(roles: Iterable[Role] = ROLES) -> None:
    """Make or correct the group of every role."""
    for role in roles:
        role.group()


def secretariat() -> Group:
    """The Joint Secretariat's group, made or brought up to date."""
    return SECRETARIAT.group()
