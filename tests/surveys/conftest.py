import pytest

from tests.content import load_content


@pytest.fixture
def listens(db):
    return load_content()
