"""The first statement fails, then the second, then each: all of a sending is stored, or nothing."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from surveys.models import Commitment, Member, Message, Organisation, Response, User
from tests.shown import entries
from tests.surveys.keys import key_on, new_key

pytestmark = pytest.mark.usefixtures("versions_are_read")

FORM = "/ro/citizens/"
CHECK = "/ro/stakeholders/31/check/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș"}


class FailAt:
    """Lets so many statements pass and fails the next one, as when the database goes away."""

    def __init__(self, number):
        self.left = number

    @property
    def has_failed(self):
        return self.left < 0

    def __call__(self, execute, query, params, many, context):
        self.left -= 1
        if self.left == -1:
            raise OperationalError("gone") from psycopg.OperationalError("gone")
        return execute(query, params, many, context)


@pytest.fixture
def elena(client, listens):
    """Her organisation's answers are all there, and not sent."""
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    user = User.objects.create_user("elena", "elena@example.org")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    address = "/ro/stakeholders/31/section/organisation/"
    key = key_on(client.get(address))
    client.post(address, {"key": key, "org_type": "ngo", "place": "timis"})
    return client


def stored():
    """Responses, hashes for the public list, e-mails: each counts what was sent."""
    kinds = Response.objects.filter(state="sent"), Commitment.objects, Message.objects
    return tuple(each.count() for each in kinds)


def fail_at_each(send, fresh, stored_once):
    """How many statements there are; each time anew, and each failure sent again as its page asks.

    `stored_once` is what comes of sending what is `fresh`: all of it, or nothing yet.
    """
    for number in range(200):
        point = transaction.savepoint()
        form, before, fail = fresh(), stored(), FailAt(number)
        with connection.execute_wrapper(fail):
            answer = send(form)
        if answer.status_code == 503:
            assert stored() == before
            answer = send(entries(answer.content.decode(), None))
        after = stored()
        transaction.savepoint_rollback(point)
        assert answer.status_code == 302
        assert tuple(b - a for a, b in zip(before, after, strict=True)) == stored_once
        if not fail.has_failed:
            return number
    raise AssertionError("There is no end of statements")


def test_a_citizens_answers_are_stored_whole_or_not_at_all(listens):
    # A device of its own each time: who sends the same again from one is asked first.
    statements = fail_at_each(
        lambda form: Client().post(FORM, form), lambda: {"key": new_key()} | ANSWERS, (1, 1, 0)
    )

    assert statements > 5


def test_an_organisations_answers_are_sent_whole_or_not_at_all(elena):
    form = {"key": key_on(elena.get(CHECK)), "publication": "anonymous", "authorised": "on"}

    statements = fail_at_each(lambda form: elena.post(CHECK, form), lambda: form, (1, 1, 1))

    assert statements > 20
