"""What can be made of the results: every stage that makes something has its link here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Link:
    """A page of the admin, shown to those who hold the permission."""

    name: str
    label: Any
    permission: str


LINKS: tuple[Link, ...] = (
    Link("report", _("Report"), "surveys.view_reportedition"),
    Link("exports", _("Data files"), "surveys.export_response"),
    Link("quotations_desk", _("Quotations"), "surveys.view_quotation"),
    Link("replies_desk", _("You said, we did"), "surveys.view_reply"),
)


def links(request: HttpRequest) -> Iterator[tuple[str, Any]]:
    """Address and label of what this person may open."""
    for link in LINKS:
        if request.user.has_perm(link.permission):
            yield reverse(f"admin:{link.name}"), link.label
