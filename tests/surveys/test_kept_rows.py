"""What a fixture has made once is there again, row by row, in the next test."""

import pytest

from surveys.models import Consultation, Member, Organisation
from surveys.people import make_person
from tests.kept_rows import put_once


def made_up(consultation):
    """Rows with numbers of their own, and one that was there and is changed."""
    Consultation.objects.update(slug="another")
    organisation = Organisation.objects.create(name="Tab\t and\nline, Općina \\N")
    person = make_person("elena@example.org", language="ro")
    return Member.objects.create(organisation=organisation, user=person, role="send")


@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_what_was_made_is_there(listens, time):
    somebody = make_person(f"{time}@example.org", language="en")

    member = put_once(made_up, listens)

    assert Member.objects.get() == member
    assert member.user_id not in (None, somebody.pk)
    assert (member.organisation.name, member.user.email) == (
        Organisation.objects.get().name,
        "elena@example.org",
    )
    assert Consultation.objects.get().slug == "another"
    assert Organisation.objects.create(name="Later").pk > member.organisation_id


def test_what_a_test_does_to_it_is_not_given_to_the_next(listens):
    put_once(one_more, listens).name = "Changed"
    Organisation.objects.all().delete()

    assert put_once(one_more, listens).name == Organisation.objects.get().name == "One more"


def one_more(consultation):
    return Organisation.objects.create(name="One more")
