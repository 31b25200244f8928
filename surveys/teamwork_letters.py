"""The e-mails among those who answer for one organisation."""

from django.utils.translation import gettext as _

from surveys.dates import on_every_clock
from surveys.letters import Letter, address, consultation_title
from surveys.models import Consultation, Invitation, Organisation, Response, User


def _until() -> list[str]:
    """Until when it can be answered, on every country's clock."""
    consultation = Consultation.objects.with_programme().current()
    if consultation is None:
        return []
    countries = list(consultation.programme.countries.all())
    date = on_every_clock(consultation.closes_at, countries)
    return [_("Closes on %(date)s") % {"date": date}]


def invitation(invited: Invitation, by: User) -> Letter:
    """A colleague asks somebody to work on the response."""
    organisation = invited.organisation.name
    return Letter(
        subject=_("%(consultation)s: answer together for %(organisation)s")
        % {"consultation": consultation_title(), "organisation": organisation},
        paragraphs=[
            _("%(person)s asks you to work on the response of %(organisation)s.")
            % {"person": by, "organisation": organisation},
            *_until(),
        ],
        link=address("invitation", invited.token),
        link_label=_("Open the invitation"),
        after=[_("You need no password: the page sends you a code.")],
    )


def approval(organisation: Organisation, by: User) -> Letter:
    """A member has finished and asks those who can send to look and to send."""
    return Letter(
        subject=_("%(organisation)s: the response is ready for you to check")
        % {"organisation": organisation.name},
        paragraphs=[
            _("%(person)s asks you to check the response of %(organisation)s and to send it.")
            % {"person": by, "organisation": organisation.name},
            _("It is not sent before you do that."),
            *_until(),
        ],
        link=address("stakeholder_check", organisation.pk),
        link_label=_("Check the response"),
    )


def sent(response: Response, organisation: Organisation, by: User) -> Letter:
    """That the response was sent. The answers stay on the site."""
    told = _("%(person)s has sent the response of %(organisation)s.")
    return _receipt(response, organisation, told % {"person": by, "organisation": organisation})


def changed(response: Response, organisation: Organisation, by: User) -> Letter:
    """That it was sent again, changed."""
    told = _("%(person)s has sent the changed response of %(organisation)s.")
    return _receipt(response, organisation, told % {"person": by, "organisation": organisation})


def _receipt(response: Response, organisation: Organisation, told: str) -> Letter:
    return Letter(
        subject=_("%(reference)s: your organisation’s response was sent")
        % {"reference": response.reference},
        paragraphs=[
            told,
            _("Its reference is %(reference)s.") % {"reference": response.reference},
            _("You can read it, take a copy and, until the consultation closes, change it:"),
        ],
        link=address("stakeholder_receipt", organisation.pk),
        link_label=_("Show the receipt"),
    )


def withdrawn(response: Response, organisation: Organisation, by: User) -> Letter:
    """That the response was withdrawn."""
    return Letter(
        subject=_("%(reference)s: your organisation’s response was withdrawn")
        % {"reference": response.reference},
        paragraphs=[
            _("%(person)s has withdrawn the response of %(organisation)s. Its answers are deleted.")
            % {"person": by, "organisation": organisation.name},
            _("Was this a mistake? Write to us."),
        ],
    )
