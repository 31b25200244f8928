"""Verbs about organisations that registered themselves: confirm, merge, refuse; and which listed
ones they resemble.

Every verb locks the rows it changes and writes to the members in the same transaction.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process, utils

from surveys import inviting_letters, outbox
from surveys.letters import Letter, consultation_title
from surveys.models import Invitation, Member, Organisation, Response, Role, Transcript, Typing

SIMILAR = 70
MOST_SIMILAR = 5
STAMPS = ("sent_at", "reminded_at", "opened_at", "accepted_at", "declined_at")


class NotPossible(Exception):
    """Nothing was changed; why, in words for staff."""


@dataclass(frozen=True)
class Similar:
    """A listed organisation that may be the same, and how alike the names are, 0 to 100."""

    organisation: Organisation
    place: str
    members: int
    score: int


def similar(organisation: Organisation) -> list[Similar]:
    """The listed organisations whose names are most alike, whatever script and word order."""
    listed = Organisation.objects.filter(standing=Organisation.Standing.LISTED)
    names = dict(listed.order_by().values_list("pk", "folded_name"))
    found = process.extract(
        organisation.folded_name,
        names,
        scorer=_likeness,
        processor=utils.default_process,
        score_cutoff=SIMILAR,
        limit=MOST_SIMILAR,
    )
    alike = listed.annotate(number=Count("member")).in_bulk([pk for _name, _score, pk in found])
    return [
        Similar(each, each.profile.get("place") or "", each.number, round(score))
        for _name, score, pk in found
        for each in [alike[pk]]
    ]


def _likeness(
    one: Sequence[Hashable], other: Sequence[Hashable], /, *, score_cutoff: float | None = None
) -> float:
    """Shared words count, and so do the words that one has and the other has not."""
    whole = fuzz.token_sort_ratio(one, other)
    return (whole + fuzz.token_set_ratio(one, other)) / 2


def confirm(organisation: Organisation, moment: datetime) -> None:
    """List it: its response counts. Raises NotPossible."""
    with transaction.atomic():
        stored = _undecided(organisation)
        stored.standing = Organisation.Standing.LISTED
        try:
            with transaction.atomic():
                stored.save(update_fields=["standing"])
        except IntegrityError as error:
            raise NotPossible(
                _("An organisation of this name is listed in this place. Merge the two.")
            ) from error
        _tell(
            stored,
            "confirmed",
            moment,
            lambda: inviting_letters.confirmed(stored, consultation_title()),
        )


def refuse(organisation: Organisation, reason: str, moment: datetime) -> None:
    """Its response will not count; its members are told why. Raises NotPossible."""
    if not reason.strip():
        raise NotPossible(_("Give the reason: the members are told."))
    with transaction.atomic():
        stored = _undecided(organisation)
        if stored.standing == Organisation.Standing.REFUSED:
            raise NotPossible(_("This organisation was decided about already."))
        stored.standing = Organisation.Standing.REFUSED
        stored.save(update_fields=["standing"])
        _tell(
            stored,
            "refused",
            moment,
            lambda: inviting_letters.refused(stored, consultation_title(), reason.strip()),
        )


def merge(organisation: Organisation, into: Organisation, moment: datetime) -> None:
    """Move everything to a listed organisation and delete what is empty then.

    Raises NotPossible, also where both have answers: one of the two would be lost.
    """
    both = [organisation.pk, into.pk]
    with transaction.atomic():
        # In one order, so that two who merge at the same moment do not wait for each other; and
        # the forms first, as whoever types does.
        list(Transcript.objects.select_for_update().filter(organisation__in=both).order_by("pk"))
        list(Organisation.objects.select_for_update().filter(pk__in=both).order_by("pk"))
        stored = _undecided(organisation)
        target = Organisation.objects.filter(
            pk=into.pk, standing=Organisation.Standing.LISTED
        ).first()
        if target is None:
            raise NotPossible(_("Choose a listed organisation to merge it into."))
        _move_answers(stored, target)
        _tell(
            stored,
            "merged",
            moment,
            lambda: inviting_letters.merged(stored.name, target, consultation_title()),
        )
        _move_invitations(stored, target)
        _move_members(stored, target)
        if stored.needs_approval:
            # Its editors are not to send what they could not send before.
            target.needs_approval = True
            target.save(update_fields=["needs_approval"])
        stored.comments.update(organisation=target)
        stored.delete()


def _undecided(organisation: Organisation) -> Organisation:
    """The stored one, locked; one that was refused can still be confirmed or merged."""
    stored = Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    if stored is None or stored.standing == Organisation.Standing.LISTED:
        raise NotPossible(_("This organisation was decided about already."))
    return stored


def _tell(
    organisation: Organisation, what: str, moment: datetime, write: Callable[[], Letter]
) -> None:
    """Write to each member in the member's language."""
    members = organisation.member_set.select_related("user").exclude(user__email="")
    outbox.put(
        [
            outbox.compose(
                write,
                kind=f"registration-{what}",
                to=member.user.email,
                language=member.user.language,
                key=f"registration:{organisation.pk}:{what}:{member.user_id}:{moment:%Y%m%d}",
            )
            for member in members
        ]
    )


@dataclass
class _Answers:
    """What an organisation has of a questionnaire: a response, a form that can still become one."""

    response: Response | None = None
    form: Transcript | None = None

    def is_something(self) -> bool:
        return bool(self.form or (self.response and _has_something(self.response)))

    def __str__(self) -> str:
        if self.form:
            return _("the form %(form)s") % {"form": self.form}
        return str(self.response)


def _has_something(response: Response) -> bool:
    return response.state == Response.State.SENT or bool(response.answers or response.unfinished)


def _answers_of(organisation: Organisation) -> dict[int, _Answers]:
    """By questionnaire."""
    found: defaultdict[int, _Answers] = defaultdict(_Answers)
    for response in Response.objects.select_for_update().filter(organisation=organisation):
        found[response.questionnaire_id].response = response
    forms = Transcript.objects.filter(organisation=organisation, state__in=Transcript.UNDER_WAY)
    for form in forms.select_related("version"):
        found[form.version.questionnaire_id].form = form
    return found


def _move_answers(organisation: Organisation, target: Organisation) -> None:
    """Move responses, and forms on paper whatever became of them."""
    ours, theirs = _answers_of(organisation), _answers_of(target)
    for questionnaire, our in ours.items():
        their = theirs.get(questionnaire, _Answers())
        if our.is_something() and their.is_something():
            raise NotPossible(_both_have_answers(our, their))
        given_up, moved = our.response, None
        if not their.is_something():
            given_up, moved = their.response, our.response
        if given_up:
            _delete_empty(given_up)
        if moved:
            moved.organisation = target
            moved.save(update_fields=["organisation"])
    Transcript.objects.filter(organisation=organisation).update(organisation=target)


def _both_have_answers(our: _Answers, their: _Answers) -> str:
    names = {"one": our, "other": their}
    if our.form or their.form:
        return (
            _(
                "Both have answers: %(one)s and %(other)s. A form that is being typed has to be "
                "set aside or thrown away first, or the other answers withdrawn or emptied. "
                "Nothing was changed."
            )
            % names
        )
    return (
        _(
            "Both have answers: %(one)s and %(other)s. One of them has to be withdrawn or "
            "emptied first. Nothing was changed."
        )
        % names
    )


def _delete_empty(response: Response) -> None:
    """A draft without answers, or what was withdrawn; then what was typed of it goes too."""
    forms = Transcript.objects.filter(response=response)
    Typing.objects.filter(transcript__in=forms).delete()
    forms.update(state=Transcript.State.ASIDE, response=None)
    response.delete()


def _move_members(organisation: Organisation, target: Organisation) -> None:
    there = {member.user_id: member for member in Member.objects.filter(organisation=target)}
    for member in Member.objects.select_for_update().filter(organisation=organisation):
        already = there.get(member.user_id)
        if already is None:
            member.organisation = target
            member.save(update_fields=["organisation"])
            continue
        # Whom they have asked to take their place takes the one that stays.
        Invitation.objects.filter(replaces=member).update(replaces=already)
        if member.role == Role.SEND and already.role != Role.SEND:
            already.role = Role.SEND
            already.save(update_fields=["role"])


def _move_invitations(organisation: Organisation, target: Organisation) -> None:
    there = {each.email.lower(): each for each in target.invitations.select_for_update()}
    for invitation in organisation.invitations.select_for_update():
        already = there.get(invitation.email.lower())
        if already is None:
            invitation.organisation = target
            invitation.save(update_fields=["organisation"])
        else:
            _join(already, invitation)


def _join(kept: Invitation, other: Invitation) -> None:
    """The same address was invited by both: what became of either is kept."""
    for stamp in STAMPS:
        setattr(kept, stamp, getattr(kept, stamp) or getattr(other, stamp))
    if other.role == Role.SEND:
        kept.role = Role.SEND
    kept.replaces = kept.replaces or other.replaces
    kept.save()
    other.messages.update(invitation=kept)
