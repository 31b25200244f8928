"""Writing checked organisations and their invitations, all of them or none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Lower

from surveys.folding import folded_by_the_database
from surveys.models import Invitation, Member, Organisation, OrganisationList, User
from surveys.organisation_lists.checking import Entry, Identity
from surveys.retention import BY_KEY

BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What was written, counted."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    invitations: int = 0
    languages_changed: int = 0
    """Invitations that were not sent yet and will be in another language."""


def load(entries: Sequence[Entry], invited_by: User | None = None) -> Iterator[Outcome]:
    """Write the entries in one transaction; yields what was written so far, batch by batch.

    Nothing is kept unless it is run to its end. What is there already is changed only where an
    entry says something else: a name's spelling, an answer of the profile, or the language of an
    invitation that was not sent. Nothing is deleted, and no response is touched.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One list at a time, and no other listed organisation meanwhile; people who answer
            # are not held up.
            cursor.execute("LOCK TABLE surveys_organisation IN SHARE ROW EXCLUSIVE MODE")
        writer = _Writer(entries, invited_by)
        outcome = Outcome()
        for start in range(0, len(entries), BATCH):
            outcome = writer.write(entries[start : start + BATCH], outcome)
            yield outcome


class LoadedAlready(Exception):
    """Somebody else loaded the list or threw it away, or the button was clicked twice."""


def load_list(
    uploaded: OrganisationList, entries: Sequence[Entry], invited_by: User
) -> Iterator[Outcome]:
    """Load the checked entries of an uploaded list and delete it. Raises LoadedAlready."""
    with transaction.atomic():
        if not OrganisationList.objects.select_for_update().filter(pk=uploaded.pk).exists():
            raise LoadedAlready
        yield from load(entries, invited_by)
        uploaded.delete()


def forget_lists(moment: datetime) -> int:
    """Delete the uploaded lists that nobody has loaded for long enough; how many."""
    old = OrganisationList.objects.filter(uploaded_at__lt=BY_KEY["lists"].before(moment))
    return old.delete()[0]


class _Writer:
    """Knows what is there already, and writes what is not."""

    def __init__(self, entries: Sequence[Entry], invited_by: User | None) -> None:
        self.invited_by = invited_by
        self.folded = folded_by_the_database([entry.name for entry in entries])
        self.organisations = _listed()
        self.invitations = _unsent_languages()
        self.members = set(Member.objects.values_list("organisation", Lower("user__email")))

    def write(self, batch: Sequence[Entry], before: Outcome) -> Outcome:
        new, changed = self._organisations(batch)
        Organisation.objects.bulk_create(new)
        # As an upsert of the row itself: `bulk_update` takes ten times as long.
        Organisation.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name", "profile"],
        )
        return replace(
            before,
            rows=before.rows + len(batch),
            new=before.new + len(new),
            changed=before.changed + len(changed),
            unchanged=before.unchanged + len(batch) - len(new) - len(changed),
            invitations=before.invitations + self._invite(batch),
            languages_changed=before.languages_changed + self._change_languages(batch),
        )

    def _identity(self, entry: Entry) -> Identity:
        return self.folded[entry.name], entry.place

    def _organisations(
        self, batch: Sequence[Entry]
    ) -> tuple[list[Organisation], list[Organisation]]:
        new, changed = [], []
        for entry in batch:
            organisation = self.organisations.get(self._identity(entry))
            if organisation is None:
                organisation = Organisation(name=entry.name, profile=entry.profile)
                self.organisations[self._identity(entry)] = organisation
                new.append(organisation)
            elif _update(organisation, entry):
                changed.append(organisation)
        return new, changed

    def _invite(self, batch: Sequence[Entry]) -> int:
        """Whoever is neither invited nor a member; how many."""
        invitations = [
            Invitation(
                organisation=organisation,
                email=email,
                language=entry.language,
                invited_by=self.invited_by,
            )
            for entry in batch
            for organisation in [self.organisations[self._identity(entry)]]
            for email in entry.emails
            if (organisation.pk, email.lower()) not in self.invitations
            and (organisation.pk, email.lower()) not in self.members
        ]
        # A colleague may invite the same address at this moment: that is no reason to load nothing.
        Invitation.objects.bulk_create(invitations, ignore_conflicts=True)
        ours = [each.token for each in invitations]
        return Invitation.objects.filter(token__in=ours).count() if ours else 0

    def _change_languages(self, batch: Sequence[Entry]) -> int:
        changed: dict[str, list[int]] = {}
        for entry in batch:
            organisation = self.organisations[self._identity(entry)]
            for email in entry.emails:
                unsent = self.invitations.get((organisation.pk, email.lower()))
                if unsent and unsent[1] != entry.language:
                    changed.setdefault(entry.language, []).append(unsent[0])
        return sum(
            Invitation.objects.filter(pk__in=ids).update(language=language)
            for language, ids in changed.items()
        )


def _update(organisation: Organisation, entry: Entry) -> bool:
    """Whether the entry says something else; an empty cell says nothing."""
    profile: dict[str, Any] = organisation.profile | entry.profile
    if (organisation.name, organisation.profile) == (entry.name, profile):
        return False
    organisation.name, organisation.profile = entry.name, profile
    return True


def _listed() -> dict[Identity, Organisation]:
    listed = Organisation.objects.filter(standing=Organisation.Standing.LISTED)
    return {(each.folded_name, each.profile.get("place") or ""): each for each in listed}


def _unsent_languages() -> dict[tuple[int, str], tuple[int, str] | None]:
    """By organisation and address: an invitation's id and language, or None once it was sent."""
    rows = Invitation.objects.order_by().values_list(
        "organisation", Lower("email"), "pk", "language", "sent_at"
    )
    return {
        (organisation, address): None if sent_at else (pk, language)
        for organisation, address, pk, language, sent_at in rows
    }
