"""Verbs that ask organisations to answer: invite, invite again, remind.

Each letter has a key that says what it tells of, so a second click or a second process at the
same moment writes nothing twice. They are put into the outbox in the transaction that notes them.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from surveys import inviting_letters, outbox
from surveys.inviting_letters import Occasion
from surveys.models import (
    Consultation,
    Invitation,
    Member,
    Message,
    Organisation,
    Questionnaire,
    Response,
)
from surveys.models.invitations import new_token

BATCH = 200
QUIET_AFTER_INVITATION = timedelta(days=3)
INVITATION, NOT_STARTED, NOT_SENT = "invitation", "reminder-not-started", "reminder-not-sent"


class NobodyIsAsked(Exception):
    """There is no consultation that organisations can still answer."""


# What became of an invitation

STATES = {
    "not_sent": _("not sent"),
    "waiting": _("waiting"),
    "sent": _("sent"),
    "came_back": _("came back"),
    "opened": _("opened"),
    "accepted": _("accepted"),
    "declined": _("declined"),
}
ON_THE_WAY = (Message.State.WAITING, Message.State.HANDING_OVER)
CAME_BACK = (Message.State.BOUNCED, Message.State.FAILED)


def with_state(invitations: QuerySet[Invitation]) -> QuerySet[Any]:
    """With `state`, a key of STATES, and `last_message`, the state of the last e-mail."""
    last = Message.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
    return invitations.annotate(last_message=Subquery(last.values("state")[:1])).annotate(
        state=Case(
            When(accepted_at__isnull=False, then=Value("accepted")),
            When(declined_at__isnull=False, then=Value("declined")),
            When(last_message__in=CAME_BACK, then=Value("came_back")),
            When(opened_at__isnull=False, then=Value("opened")),
            When(sent_at__isnull=True, then=Value("not_sent")),
            When(last_message__in=ON_THE_WAY, then=Value("waiting")),
            default=Value("sent"),
            output_field=CharField(),
        )
    )


def never_opened() -> Q:
    """Sent, and nobody opened the link or answered."""
    return Q(sent_at__isnull=False, opened_at=None, accepted_at=None, declined_at=None)


# Inviting


def unsent() -> QuerySet[Invitation]:
    """Invitations of listed organisations that were not sent and were not answered either."""
    return Invitation.objects.filter(
        organisation__standing=Organisation.Standing.LISTED,
        sent_at=None,
        accepted_at=None,
        declined_at=None,
    )


def send_invitations(ids: Collection[int], moment: datetime) -> int:
    """Put those into the outbox that were not sent; how many. Raises NobodyIsAsked."""
    return sum(sending(ids, moment))


def sending(ids: Collection[int], moment: datetime) -> Iterator[int]:
    """The same, batch by batch, each stored for itself; yields how many each had."""
    occasion = _occasion()
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield _send(ordered[start : start + BATCH], occasion, moment)


def _send(ids: list[int], occasion: Occasion, moment: datetime) -> int:
    with transaction.atomic():
        invitations = list(
            unsent()
            .filter(pk__in=ids)
            .select_related("organisation")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        outbox.put([_letter(each, occasion, f"invitation:{each.pk}") for each in invitations])
        Invitation.objects.filter(pk__in=[each.pk for each in invitations]).update(sent_at=moment)
    return len(invitations)


def resend(invitation: Invitation, moment: datetime) -> bool:
    """Write once more to somebody who has not answered; whether a letter was written.

    None is written while the last one is still on its way, so a double click writes one.
    Raises NobodyIsAsked.
    """
    occasion = _occasion()
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
        stored = locked.filter(pk=invitation.pk).first()
        if stored is None or stored.accepted_at or stored.declined_at:
            return False
        if stored.messages.filter(state__in=ON_THE_WAY).exists():
            return False
        outbox.put([_letter(stored, occasion, _next_key(stored))])
        stored.sent_at = moment
        stored.save(update_fields=["sent_at"])
    return True


def _next_key(invitation: Invitation) -> str:
    """A key that no letter of this invitation has."""
    first = f"invitation:{invitation.pk}"
    if not Message.objects.filter(key=first).exists():
        return first
    return f"{first}:again:{Message.objects.filter(key__startswith=f'{first}:again:').count() + 1}"


def correct_address(invitation: Invitation) -> None:
    """After its address was changed: a new link, for the old one is in somebody else's mailbox."""
    invitation.token = new_token()
    invitation.opened_at = None
    invitation.save(update_fields=["token", "opened_at"])


def _letter(invitation: Invitation, occasion: Occasion, key: str) -> Message:
    return outbox.compose(
        lambda: inviting_letters.invitation(invitation, occasion),
        kind=INVITATION,
        to=invitation.email,
        language=invitation.language,
        key=key,
        invitation=invitation,
    )


def _occasion() -> Occasion:
    occasion = Occasion.now()
    if occasion is None or occasion.consultation.stage() == Consultation.Stage.CLOSED:
        raise NobodyIsAsked
    return occasion


# Reminding


@dataclass(frozen=True)
class Reminder:
    """One address that is due: an invitation nobody accepted, or a member of a team."""

    address: str
    language: str
    about: Invitation | Member

    def compose(self, occasion: Occasion, day: str) -> Message:
        about = self.about
        if isinstance(about, Invitation):
            return outbox.compose(
                lambda: inviting_letters.not_started(about, occasion),
                kind=NOT_STARTED,
                to=self.address,
                language=self.language,
                key=f"reminder:invitation:{about.pk}:{day}",
                invitation=about,
            )
        return outbox.compose(
            lambda: inviting_letters.not_sent(about, occasion),
            kind=NOT_SENT,
            to=self.address,
            language=self.language,
            key=f"reminder:member:{about.pk}:{day}",
        )


def reminders_due(moment: datetime) -> list[Reminder]:
    """Who is to be reminded now, each address once. Nobody unless the consultation is open."""
    occasion = Occasion.now()
    if occasion is None or occasion.consultation.stage(moment) != Consultation.Stage.OPEN:
        return []
    found = [*_who_started(occasion.questionnaire, moment), *_who_did_not(occasion, moment)]
    left_alone = _left_alone(moment)
    due: dict[str, Reminder] = {}
    for reminder in found:
        if reminder.address.lower() not in left_alone:
            due.setdefault(reminder.address.lower(), reminder)
    return list(due.values())


def remind(moment: datetime) -> int:
    """Put the reminders that are due into the outbox; how many."""
    return sum(reminding(moment))


def reminding(moment: datetime) -> Iterator[int]:
    """The same, batch by batch, each stored for itself; yields how many each had."""
    occasion = Occasion.now()
    due = reminders_due(moment)
    for start in range(0, len(due) if occasion else 0, BATCH):
        yield _remind(due[start : start + BATCH], occasion, moment)


def _remind(due: list[Reminder], occasion: Occasion | None, moment: datetime) -> int:
    if occasion is None:
        return 0
    day = f"{moment.astimezone():%Y-%m-%d}"
    with transaction.atomic():
        # One process at a time: the second sees whom the first has written to.
        consultations = Consultation.objects.select_for_update(no_key=True)
        consultations.get(pk=occasion.consultation.pk)
        left_alone = _left_alone(moment)
        asked = _still_asked(due)
        due = [
            each for each in due if each.about in asked and each.address.lower() not in left_alone
        ]
        written = outbox.put([each.compose(occasion, day) for each in due])
        invitations = [each.about.pk for each in due if isinstance(each.about, Invitation)]
        Invitation.objects.filter(pk__in=invitations).update(reminded_at=moment)
    return written


def _still_asked(due: list[Reminder]) -> set[Invitation | Member]:
    """Whom nobody has withdrawn, answered or removed since; invitations are kept until the end."""
    invitations = Invitation.objects.filter(
        pk__in=[each.about.pk for each in due if isinstance(each.about, Invitation)],
        accepted_at=None,
        declined_at=None,
    )
    members = Member.objects.filter(
        pk__in=[each.about.pk for each in due if isinstance(each.about, Member)]
    )
    return {*invitations.select_for_update(of=("self",)).order_by("pk"), *members}


def _has_sent(questionnaire: Questionnaire) -> Exists:
    """Whether the organisation's response was sent; one that was withdrawn is not asked for."""
    return Exists(
        Response.objects.filter(
            questionnaire=questionnaire, organisation=OuterRef("organisation")
        ).exclude(state=Response.State.DRAFT)
    )


def _who_started(questionnaire: Questionnaire, moment: datetime) -> list[Reminder]:
    members = (
        Member.objects.filter(
            ~_has_sent(questionnaire),
            organisation__standing=Organisation.Standing.LISTED,
            user__is_active=True,
            joined_at__lte=moment - QUIET_AFTER_INVITATION,
        )
        .exclude(user__email="")
        .select_related("organisation", "user")
        .order_by("pk")
    )
    return [Reminder(each.user.email, each.user.language, each) for each in members]


def _who_did_not(occasion: Occasion, moment: datetime) -> list[Reminder]:
    came = Member.objects.filter(
        organisation=OuterRef("organisation"), user__email__lower=Lower(OuterRef("email"))
    )
    invitations = (
        with_state(Invitation.objects.all())
        .filter(
            ~_has_sent(occasion.questionnaire),
            ~Exists(came),
            organisation__standing=Organisation.Standing.LISTED,
            state__in=["sent", "opened"],
            sent_at__isnull=False,
        )
        .select_related("organisation")
        .order_by(F("reminded_at").asc(nulls_first=True), "pk")
    )
    return [Reminder(each.email, each.language, each) for each in invitations]


def _left_alone(moment: datetime) -> set[str]:
    """Addresses that were written to lately, or asked not to be."""
    reminded = Message.objects.filter(
        kind__in=[NOT_STARTED, NOT_SENT],
        created_at__gt=moment - timedelta(days=settings.REMINDER_DAYS),
    )
    invited = Invitation.objects.filter(
        Q(sent_at__gt=moment - QUIET_AFTER_INVITATION)
        | Q(reminded_at__gt=moment - timedelta(days=settings.REMINDER_DAYS))
        | Q(declined_at__isnull=False)
    )
    return {
        *reminded.values_list(Lower("to"), flat=True),
        *invited.values_list(Lower("email"), flat=True),
    }


def languages_of(addressees: Collection[Invitation | Reminder]) -> Counter[str]:
    """How many letters there are in each language."""
    return Counter(each.language for each in addressees)
