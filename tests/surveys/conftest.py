import pytest
from django.db import connection

from surveys.models import User
from tests.content import load_content
from tests.kept_versions import published_is_kept
from tests.surveys.signing_in import sign_in_staff


@pytest.fixture
def listens(db, nothing_is_kept, request, monkeypatch):
    """The consultation as its files have it. What is published of it is read for all tests once.

    Where a test has transactions of its own it is read at each request.
    """
    consultation = load_content()
    if connection.in_atomic_block and "versions_are_read" not in request.fixturenames:
        with published_is_kept(monkeypatch):
            yield consultation
    else:
        yield consultation


@pytest.fixture
def versions_are_read():
    """At each request, for tests of what is asked of the database."""


@pytest.fixture
def as_role(client, db):
    """Sign in as somebody of a role: `as_role(SECRETARIAT)` gives the client."""

    def sign_in(role):
        user = User.objects.create_user(role.name, is_staff=True)
        user.groups.add(role.group())
        sign_in_staff(client, user)
        return client

    return sign_in
