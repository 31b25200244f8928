import random

import pytest

from surveys.fabrication import fabricate
from surveys.identifiers import new_reference
from surveys.models import Response

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


def answers(questionnaire):
    return sorted(
        Response.objects.filter(questionnaire=questionnaire)
        .order_by("id")
        .values_list("answers", "language"),
        key=str,
    )


def test_the_same_seed_fabricates_the_same_answers(citizens):
    assert sum(fabricate(citizens, 20, random.Random(7))) == 20
    first = answers(citizens)
    Response.objects.all().delete()

    list(fabricate(citizens, 20, random.Random(7)))

    assert answers(citizens) == first


def test_another_seed_fabricates_other_answers(citizens):
    list(fabricate(citizens, 20, random.Random(7)))
    first = answers(citizens)
    Response.objects.all().delete()

    list(fabricate(citizens, 20, random.Random(8)))

    assert answers(citizens) != first


def test_a_reference_that_is_taken_is_made_anew(citizens, monkeypatch):
    taken = new_reference()
    references = iter([taken, taken, *(new_reference() for _n in range(8))])
    monkeypatch.setattr("surveys.fabrication._new_reference", lambda: next(references))

    written = list(fabricate(citizens, 4, random.Random(1)))

    assert written == [4]
    assert Response.objects.count() == 4
