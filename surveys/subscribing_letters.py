"""What those are written who asked to be told of replies."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.dates import long_date
from surveys.letters import Letter, address, consultation_title
from surveys.models import ReplyChange


def confirm_address(link: str, until: datetime) -> Letter:
    """To an address somebody has entered: nothing else is sent before it is confirmed."""
    return Letter(
        subject=_("%(title)s: confirm your e-mail address") % {"title": consultation_title()},
        paragraphs=[
            _("Good day,"),
            _(
                "Somebody, probably you, asked that we write to this address when we have replied "
                "to what people said."
            ),
        ],
        link=link,
        link_label=_("Confirm the address"),
        after=[
            _("The link works until %(date)s.") % {"date": long_date(timezone.localtime(until))},
            _("You did not ask for it? Then do nothing. We write to you no more."),
        ],
    )


def already(leave: str) -> Letter:
    """To an address that is confirmed and was entered once more."""
    return Letter(
        subject=_("%(title)s: you get our e-mails already") % {"title": consultation_title()},
        paragraphs=[
            _("Good day,"),
            _("This address was entered once more. It is confirmed: you do not have to do more."),
        ],
        link=address("replies"),
        link_label=_("You said, we did"),
        after=_how_to_leave(leave),
    )


def news(changes: Sequence[ReplyChange], leave: str) -> Letter:
    """What was replied since the last e-mail."""
    return Letter(
        subject=_("%(title)s: what becomes of what you said") % {"title": consultation_title()},
        paragraphs=[
            _("Good day,"),
            _("You asked to be told of our replies. These are new or have changed:"),
            *(f"– {change.heading}: {change.get_status_display()}" for change in changes),
        ],
        link=address("replies"),
        link_label=_("Read the replies"),
        after=_how_to_leave(leave),
    )


def _how_to_leave(leave: str) -> list[str]:
    return [
        _("You do not want these e-mails any more? Then we forget your address: %(link)s")
        % {"link": leave}
    ]
