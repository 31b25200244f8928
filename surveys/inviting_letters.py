"""What organisations are written: that they are asked, reminded, and what became of them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.dates import on_every_clock
from surveys.letters import Letter, address
from surveys.models import Consultation, Country, Invitation, Member, Organisation, Questionnaire


@dataclass(frozen=True)
class Occasion:
    """What all these letters tell about, read once for however many of them."""

    consultation: Consultation
    questionnaire: Questionnaire
    countries: list[Country]

    @classmethod
    def now(cls) -> "Occasion | None":
        """The current consultation's, or None where organisations are not asked."""
        consultation = Consultation.objects.with_programme().current()
        questionnaire = Questionnaire.objects.filter(
            consultation=consultation, answered_by=Questionnaire.AnsweredBy.ORGANISATIONS
        ).first()
        if consultation is None or questionnaire is None:
            return None
        return cls(consultation, questionnaire, list(consultation.programme.countries.all()))

    @property
    def title(self) -> str:
        return str(self.consultation.short_title)

    def until(self) -> str:
        closes = on_every_clock(self.consultation.closes_at, self.countries)
        return _("Answers are taken until %(date)s.") % {"date": closes}

    def effort(self) -> str:
        minutes = self.questionnaire.minutes
        return ngettext(
            "It takes about %(minutes)d minute. You can stop, come back, and answer together "
            "with colleagues.",
            "It takes about %(minutes)d minutes. You can stop, come back, and answer together "
            "with colleagues.",
            minutes,
        ) % {"minutes": minutes}


def invitation(invited: Invitation, occasion: Occasion) -> Letter:
    """Who asks whom for what, how long it takes, and until when."""
    words = {
        "programme": occasion.consultation.programme.name,
        "organisation": invited.organisation.name,
        "title": occasion.title,
    }
    asks = _("%(programme)s asks %(organisation)s to take part in the consultation “%(title)s”.")
    return Letter(
        subject=_("%(title)s: an invitation to %(organisation)s") % words,
        paragraphs=[
            _("Good day,"),
            asks % words,
            _("What you answer helps to decide what the Programme pays for next."),
            f"{occasion.effort()} {occasion.until()}",
        ],
        link=address("invitation", invited.token),
        link_label=_("Open the invitation"),
        after=_how_to_decline(),
    )


def not_started(invited: Invitation, occasion: Occasion) -> Letter:
    """To an address that was invited and has not come."""
    words = {"organisation": invited.organisation.name, "title": occasion.title}
    return Letter(
        subject=_("%(title)s: a reminder to %(organisation)s") % words,
        paragraphs=[
            _("Good day,"),
            _(
                "We invited %(organisation)s to the consultation “%(title)s”. Nobody has accepted "
                "the invitation to this address yet."
            )
            % words,
            f"{occasion.effort()} {occasion.until()}",
        ],
        link=address("invitation", invited.token),
        link_label=_("Open the invitation"),
        after=_how_to_decline(),
    )


def not_sent(member: Member, occasion: Occasion) -> Letter:
    """To somebody who works on a response that was not sent."""
    words = {"organisation": member.organisation.name, "title": occasion.title}
    return Letter(
        subject=_("%(title)s: the response of %(organisation)s is not sent yet") % words,
        paragraphs=[
            _("Good day,"),
            _(
                "You work on the response of %(organisation)s to the consultation “%(title)s”. It "
                "has not been sent yet, and only what is sent counts."
            )
            % words,
            occasion.until(),
        ],
        link=address("stakeholder_sections", member.organisation_id),
        link_label=_("Open the response"),
    )


def _how_to_decline() -> list[str]:
    return [
        _(
            "The link is for you alone. If you do not want to take part, open it and choose “Do "
            "not write to us again”."
        )
    ]


# What became of an organisation that registered itself


def confirmed(organisation: Organisation, title: str) -> Letter:
    words = {"organisation": organisation.name, "title": title}
    return Letter(
        subject=_("%(title)s: %(organisation)s is confirmed") % words,
        paragraphs=[
            _("Good day,"),
            _("We have confirmed the registration of %(organisation)s. Its response counts.")
            % words,
        ],
        link=address("stakeholder_sections", organisation.pk),
        link_label=_("Open the response"),
    )


def refused(organisation: Organisation, title: str, reason: str) -> Letter:
    words = {"organisation": organisation.name, "title": title}
    return Letter(
        subject=_("%(title)s: %(organisation)s is not confirmed") % words,
        paragraphs=[
            _("Good day,"),
            _("We could not confirm the registration of %(organisation)s. The reason:") % words,
            reason,
            _("If this is a mistake, write to us."),
        ],
    )


def merged(registered: str, organisation: Organisation, title: str) -> Letter:
    words = {"registered": registered, "organisation": organisation.name, "title": title}
    return Letter(
        subject=_("%(title)s: you now answer for %(organisation)s") % words,
        paragraphs=[
            _("Good day,"),
            _(
                "You registered %(registered)s. We know it as %(organisation)s, so we have put "
                "the two together. Nothing you wrote is lost."
            )
            % words,
        ],
        link=address("stakeholder_sections", organisation.pk),
        link_label=_("Open the response"),
    )
