"""Verbs about who works on an organisation's response.

Every verb locks the organisation, and looks only then whether the member who decides still may: so
two of them at once cannot leave it without anybody who can send. Where not, it raises MayNoLonger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from surveys import outbox, teamwork_letters
from surveys.models import Invitation, Member, Organisation, Role, User


class NobodyCouldSend(Exception):
    """The organisation would have members, but nobody among them who can send."""


class AlreadyThere(Exception):
    """This address belongs to a member, or is invited."""


class WaitsNoLonger(Exception):
    """The invitation was withdrawn or answered since the page was opened."""


class MayNoLonger(Exception):
    """Whoever acts has lost their role or their place since their page was opened."""

    def __init__(self, member: Member | None) -> None:
        super().__init__(str(member))
        self.member = member
        """As they are now; None where they are no member any more."""


@contextmanager
def _locked(organisation_id: int) -> Iterator[None]:
    """Where staff have merged it meanwhile there is nothing to lock, and it has no members."""
    with transaction.atomic():
        Organisation.objects.select_for_update().filter(pk=organisation_id).first()
        yield


def _refuse_if_nobody_could_send(organisation_id: int) -> None:
    members = Member.objects.filter(organisation=organisation_id)
    if members.exists() and not members.filter(role=Role.SEND).exists():
        raise NobodyCouldSend


def _as_now(by: Member, *, managing: bool = True) -> Member:
    """Whoever acts, as they are once the organisation is locked. Raises MayNoLonger."""
    members = Member.objects.filter(organisation=by.organisation_id)
    now = members.select_related("organisation", "user").filter(pk=by.pk).first()
    if now is None or (managing and not now.can_manage):
        raise MayNoLonger(now)
    return now


def invite(
    by: Member, *, email: str, role: str, language: str, moment: datetime, replaces: bool = False
) -> Invitation:
    """Ask a colleague to join; with `replaces` the one who invites leaves when they come.

    Raises AlreadyThere.
    """
    with _locked(by.organisation_id):
        by = _as_now(by, managing=not replaces)
        organisation = by.organisation
        if Member.objects.filter(
            organisation=organisation, user__email__lower=email.lower()
        ).exists():
            raise AlreadyThere
        invitations = Invitation.objects.filter(
            organisation=organisation, email__lower=email.lower()
        )
        if invitations.filter(accepted_at=None).exists():
            raise AlreadyThere
        # Who came and has left since is asked anew.
        invitations.delete()
        try:
            with transaction.atomic():
                invitation = Invitation.objects.create(
                    organisation=organisation,
                    email=email,
                    role=role,
                    language=language,
                    invited_by=by.user,
                    replaces=by if replaces else None,
                    sent_at=moment,
                )
        except IntegrityError as error:
            # By staff at this moment, who lock no organisation.
            raise AlreadyThere from error
        _write(invitation, by.user, f"invitation:{invitation.pk}")
    return invitation


def invite_again(invitation: Invitation, *, moment: datetime, by: Member) -> None:
    """Send the e-mail once more, at most once an hour. Raises WaitsNoLonger."""
    with _locked(invitation.organisation_id):
        user = _as_now(by).user
        stored = _still_waiting(invitation)
        if stored.declined_at:
            raise WaitsNoLonger
        _write(stored, user, f"invitation:{stored.pk}:again:{moment:%Y%m%d%H}")
        Invitation.objects.filter(pk=stored.pk).update(sent_at=moment)


def _still_waiting(invitation: Invitation) -> Invitation:
    """As it is now, kept from whoever would delete it. Raises WaitsNoLonger."""
    waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None)
    stored = waiting.select_for_update(of=("self",)).select_related("organisation").first()
    if stored is None:
        raise WaitsNoLonger
    return stored


def _write(invitation: Invitation, by: User, key: str) -> None:
    message = outbox.compose(
        lambda: teamwork_letters.invitation(invitation, by),
        kind="invitation",
        to=invitation.email,
        language=invitation.language,
        key=key,
        invitation=invitation,
    )
    outbox.put([message])


def withdraw_invitation(invitation: Invitation, *, by: Member) -> None:
    """Its link and its address no longer lead in. Raises WaitsNoLonger: who came by it stays."""
    with _locked(invitation.organisation_id):
        _as_now(by)
        _still_waiting(invitation).delete()


def accept_invitations(user: User, moment: datetime) -> None:
    """Make somebody a member wherever their address was invited. Again it changes nothing.

    The caller has made sure that they read the e-mails of their address.
    """
    if not user.email:
        return
    waiting = Invitation.objects.filter(email__lower=user.email.lower(), accepted_at=None)
    for pk, organisation_id in waiting.order_by("organisation_id").values_list(
        "pk", "organisation_id"
    ):
        with _locked(organisation_id):
            # It may have been withdrawn at this moment, or its organisation merged.
            there = waiting.filter(pk=pk, organisation=organisation_id)
            invitation = there.select_related("replaces").first()
            if invitation:
                _accept(invitation, user, moment)


def _accept(invitation: Invitation, user: User, moment: datetime) -> None:
    """Whoever takes somebody's place takes it as it is now."""
    replaced = invitation.replaces
    role = replaced.role if replaced else invitation.role
    member, is_new = Member.objects.get_or_create(
        organisation_id=invitation.organisation_id, user=user, defaults={"role": role}
    )
    if not is_new and role == Role.SEND and member.role != Role.SEND:
        Member.objects.filter(pk=member.pk).update(role=Role.SEND)
    Invitation.objects.filter(pk=invitation.pk).update(
        accepted_at=moment, declined_at=None, opened_at=Coalesce("opened_at", Value(moment))
    )
    if replaced and replaced.pk != member.pk:
        replaced.delete()


def change_role(member: Member, role: str, *, by: Member) -> None:
    """Raises NobodyCouldSend."""
    with _locked(member.organisation_id):
        _as_now(by)
        Member.objects.filter(pk=member.pk).update(role=role)
        _refuse_if_nobody_could_send(member.organisation_id)


def leave(member: Member) -> None:
    """From the next request on the organisation's pages do not exist for them.

    Raises NobodyCouldSend.
    """
    with _locked(member.organisation_id):
        # Who was invited and is removed does not come back by the same invitation.
        Invitation.objects.filter(
            organisation=member.organisation_id, email__lower=member.user.email.lower()
        ).delete()
        Member.objects.filter(pk=member.pk, organisation=member.organisation_id).delete()
        _refuse_if_nobody_could_send(member.organisation_id)


def remove(member: Member, *, by: Member) -> None:
    """The same, decided by somebody else: whom they had asked to take their place stays out too.

    Raises NobodyCouldSend.
    """
    with _locked(member.organisation_id):
        _as_now(by)
        Invitation.objects.filter(replaces=member).delete()
        leave(member)


def hand_over(by: Member, *, email: str, language: str, moment: datetime) -> Member | None:
    """Let somebody else take one's place: a colleague at once, another person when they come.

    Returns the colleague, or None where a person was invited. Raises AlreadyThere.
    """
    with _locked(by.organisation_id):
        by = _as_now(by, managing=False)
        # A place is one person's: whoever was asked to take it before is not any more.
        Invitation.objects.filter(replaces=by).delete()
        members = Member.objects.filter(organisation=by.organisation_id)
        colleague = members.filter(user__email__lower=email.lower()).exclude(pk=by.pk).first()
        if colleague:
            if by.role == Role.SEND:
                members.filter(pk=colleague.pk).update(role=Role.SEND)
            by.delete()
            return colleague
        Invitation.objects.filter(
            organisation=by.organisation_id, email__lower=email.lower(), accepted_at=None
        ).delete()
        invite(by, email=email, role=by.role, language=language, moment=moment, replaces=True)
        return None


def set_approval(*, needed: bool, by: Member) -> None:
    """Whether only those who can send may send."""
    with _locked(by.organisation_id):
        _as_now(by)
        Organisation.objects.filter(pk=by.organisation_id).update(needs_approval=needed)
