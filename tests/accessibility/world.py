"""What there is to be looked at: results, replies, open data, organisations, citizens."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.test import Client

from surveys.models import Consultation, Invitation, Member, Organisation, User
from surveys.open_data.making import open_data_due
from surveys.people import make_person
from tests.content import load_content
from tests.surveys.doors import SITE, arguments, doors, furnish
from tests.surveys.quoting_cast import told_by_many
from tests.surveys.replies_cast import in_all, published
from tests.surveys.results_cast import closed, open_now, release
from tests.surveys.signing_in import sign_in_staff


@dataclass(frozen=True)
class World:
    """An open consultation with something behind every page."""

    things: SimpleNamespace
    sender: str = "sender@example.org"

    def path(self, name, language, visitor="member"):
        """The address of the thing that pages of this name are about."""
        door = next(door for door in doors(SITE) if door.name == name)
        # The doors are those of the language that is active, which is the site's own.
        return door.path(arguments(door, self.things, visitor)).replace("/en/", f"/{language}/", 1)

    def open(self):
        open_now(Consultation.objects.get(), opinions_while_open=True)

    def close(self):
        closed(Consultation.objects.get(), opinions_published_at=Consultation.objects.get().now)

    def newcomer(self, language):
        """Whoever begins to answer for an organisation."""
        email = f"elena-{language}@example.org"
        organisation = Organisation.objects.create(name=f"Удружење „Тимок” {language}")
        member = Member.objects.create(
            organisation=organisation, user=make_person(email, language="en")
        )
        return email, member.organisation_id

    def joins(self, email):
        """Whoever has this address, a second organisation."""
        other = Organisation.objects.get(name="Општина Кладово")
        Member.objects.create(organisation=other, user=User.objects.get(email=email))

    def staff(self, language):
        person = make_person(f"ana-{language}@example.org", language="en")
        User.objects.filter(pk=person.pk).update(is_staff=True)
        return User.objects.get(pk=person.pk)

    def invitation(self):
        who = {"organisation": self.things.organisation, "email": "jovana-ilic@example.org"}
        invitation, _is_new = Invitation.objects.get_or_create(**who)
        return invitation.token


def furnished():
    consultation = open_now(load_content(), opinions_while_open=True)
    things = furnish(consultation)
    told_by_many(consultation)
    _replies(consultation)
    release(consultation)
    open_data_due()
    return World(things)


def session_of(email):
    """The cookie of somebody who has signed in, with a second factor where staff have one."""
    client = Client()
    sign_in_staff(client, User.objects.get(email=email))
    return client.cookies["sessionid"].value


def _replies(consultation):
    vesna = make_person("vesna@example.org", language="en")
    published(consultation, vesna)
    published(consultation, vesna, "Bridges", status="not_now", reason=in_all("No money"))
