"""Verbs about people with a sign-in: who may come in, how one is registered, how one leaves."""

import uuid
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from surveys.models import Invitation, Member, Message, Organisation, Role, User
from surveys.postman import not_leaving
from surveys.retention import BY_KEY


def find_person(email: str) -> User | None:
    """Who signs in with this address, in whatever case it is written."""
    return User.objects.filter(email__lower=email.lower()).first()


def make_person(email: str, *, name: str = "", language: str) -> User:
    """Whoever has this address, or a new person without a password. It is not verified yet."""
    try:
        with transaction.atomic():
            # Nobody signs in with this name. An address may be too long for it, or, after it was
            # changed, be somebody else's name.
            user = User(username=uuid.uuid4().hex, email=email.lower(), language=language)
            user.first_name = name[:150]
            user.set_unusable_password()
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, primary=True)
            return user
    except IntegrityError:
        # The same address at the same moment, or since the caller looked.
        return User.objects.get(email__lower=email.lower())


def let_in_whoever_is_invited(email: str) -> None:
    """Make the person who was invited with this address, so that a code can be sent."""
    if find_person(email):
        return
    invitation = Invitation.objects.filter(email__lower=email.lower()).order_by("id").first()
    if invitation:
        make_person(email, language=invitation.language)


def register_organisation(user: User, name: str) -> Organisation:
    """An organisation that comes by itself; the Secretariat confirms it. Its member can send."""
    with transaction.atomic():
        # A second click, or a second tab.
        User.objects.select_for_update().get(pk=user.pk)
        organisation = Organisation.objects.of(user).filter(name=name).first()
        if organisation is None:
            organisation = Organisation.objects.create(
                name=name, standing=Organisation.Standing.WAITING
            )
            Member.objects.create(organisation=organisation, user=user, role=Role.SEND)
    return organisation


def left_without_sender(user: User | AnonymousUser) -> list[Organisation]:
    """Organisations that would have members but nobody who can send, were this person gone."""
    left = []
    for organisation in Organisation.objects.of(user):
        others = Member.objects.filter(organisation=organisation).exclude(user=user.pk)
        if others.exists() and not others.filter(role=Role.SEND).exists():
            left.append(organisation)
    return left


def close_account(user: User) -> None:
    """Delete a person and the address. What the organisation wrote stays, with who wrote it.

    Raises ValueError where an organisation would be left with members but nobody who can send.
    """
    with transaction.atomic():
        # Of two who leave at the same moment the second sees that the first is gone.
        list(Organisation.objects.of(user).select_for_update(of=("self",)).order_by("pk"))
        User.objects.select_for_update().get(pk=user.pk)
        if left_without_sender(user):
            raise ValueError("Somebody else has to be able to send first")
        _forget_address(user.email.lower())
        user.delete()


def _forget_address(email: str) -> None:
    """Delete where somebody came from, and what was written to them and is not just leaving."""
    Invitation.objects.filter(email__lower=email, accepted_at__isnull=False).delete()
    not_leaving(Message.objects.filter(to__lower=email), timezone.now()).delete()


def unused_people(moment: datetime) -> QuerySet[User]:
    """Those who asked for a code long enough ago and never came."""
    return User.objects.filter(
        last_login=None,
        date_joined__lt=BY_KEY["people"].before(moment),
        member=None,
        is_staff=False,
        is_superuser=False,
    )
