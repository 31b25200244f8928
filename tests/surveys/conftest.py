import pytest

from surveys.models import User
from tests.content import load_content
from tests.surveys.signing_in import sign_in_staff


@pytest.fixture
def listens(db):
    return load_content()


@pytest.fixture
def as_role(client, db):
    """Sign in as somebody of a role: `as_role(SECRETARIAT)` gives the client."""

    def sign_in(role):
        user = User.objects.create_user(role.name, is_staff=True)
        user.groups.add(role.group())
        sign_in_staff(client, user)
        return client

    return sign_in
