"""Recorded as counted: commitments, the list, its batches and its numbers."""

import pytest
from django.utils import timezone

from surveys.identifiers import new_secret
from surveys.ledger.batches import publish_batch_due
from surveys.ledger.reading import list_blocks, state_blocks, summary_now
from surveys.lifecycle import send_citizen_response
from surveys.models import Commitment, Version
from surveys.parts import Part


@pytest.fixture
def version(listens):
    return Version.objects.with_questions().get(questionnaire__slug="citizens")


def send(version, **answers):
    part = Part(frozenset(answers), answers, {})
    return send_citizen_response(
        version, secret=new_secret(), part=part, seen="", language="ro", moment=timezone.now()
    )


def test_a_batch(listens, version):
    for _ in range(21):
        send(version, place="timis")
    assert publish_batch_due(timezone.now())
    found = summary_now(listens)
    print(found)
    print(b"".join(list_blocks(found.checkpoint)), b"".join(state_blocks(found.checkpoint)))
    assert Commitment.objects.count() == 21
