"""The row of links over every page of the desk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from surveys.models import User


@dataclass(frozen=True)
class Entry:
    """One link, shown to those who hold the permission. `name` is that of a page of the admin."""

    name: str
    label: Any
    permission: str
    belongs: tuple[str, ...] = ()
    """What names of pages begin with under which it is marked as current."""
    is_named: Callable[[User], bool] = lambda _user: False
    """Whether it is shown to somebody without the permission too."""

    def is_for(self, user: Any) -> bool:
        return user.has_perm(self.permission) or isinstance(user, User) and self.is_named(user)


def codes_with_a_frame(user: User) -> bool:
    """A coder who may not code with every frame does so with those that name them."""
    return user.coding_frames.exists()


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "drafting_questionnaires",
        _("Questionnaires"),
        "surveys.view_version",
        ("drafting_", "branching", "interchange"),
    ),
    Entry("transcripts", _("Paper and phone"), "surveys.view_transcript", ("transcript",)),
    Entry("review_queue", _("Review queue"), "surveys.review_response", ("review_",)),
    Entry(
        "coding_frames",
        _("Coding"),
        "surveys.code_responses",
        ("coding", "code_"),
        codes_with_a_frame,
    ),
    Entry("campaigns", _("Campaigns"), "surveys.view_campaign", ("campaign",)),
    Entry("coverage", _("Coverage"), "surveys.view_target", ("coverage",)),
    Entry(
        "results_desk",
        _("Results"),
        "surveys.view_release",
        ("results_", "report", "export", "quotation", "repl"),
    ),
    Entry(
        "surveys_response_changelist", _("Responses"), "surveys.view_response", ("surveys_resp",)
    ),
    Entry(
        "surveys_organisation_changelist",
        _("Organisations"),
        "surveys.view_organisation",
        ("surveys_organisation",),
    ),
    Entry(
        "subject_requests",
        _("Personal data"),
        "surveys.handle_subject_requests",
        ("subject_", "retention"),
    ),
    Entry("errors", _("Errors"), "surveys.view_fault"),
    Entry("notices", _("Notices"), "surveys.view_privacynotice", ("notice",)),
)


def links(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Address, label and whether it is current, for what this person may open."""
    match = request.resolver_match
    page = match.url_name if match and match.url_name else ""
    for entry in ENTRIES:
        if entry.is_for(request.user):
            yield {
                "url": reverse(f"admin:{entry.name}"),
                "label": entry.label,
                "is_current": page == entry.name or page.startswith(entry.belongs),
            }
