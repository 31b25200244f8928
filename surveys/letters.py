"""What the e-mails say. A letter is written in the language that is active: its reader's."""

from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from surveys.models import Consultation


@dataclass(frozen=True)
class Letter:
    """One e-mail, without its addressee. The plain text and the HTML are made from the same."""

    subject: str
    paragraphs: list[str]
    link: str = ""
    link_label: str = ""
    code: str = ""
    """A one-time code, on a line of its own."""
    after: list[str] = field(default_factory=list)
    """Paragraphs below the link or the code."""


def address(name: str, *args: object) -> str:
    """A page's whole address, in the active language; e-mails are read far from the site."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def consultation_title() -> str:
    """What the exercise is called; every subject names it."""
    consultation = Consultation.objects.current()
    return str(consultation.short_title) if consultation else ""
