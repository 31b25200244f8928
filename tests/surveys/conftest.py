from pathlib import Path

import pytest

from surveys.loading import load
from surveys.models import Consultation

CONTENT = Path(__file__).parents[2] / "surveys" / "content" / "listens"


@pytest.fixture
def listens(db):
    load(CONTENT)
    return Consultation.objects.get()
