"""Grouping 100,000 open answers, beside reading, folding and hashing each of them once.

The answers are made up; bench/open_answers.py says how, and what that is worth.
"""

import subprocess
import sys
from hashlib import blake2b
from uuid import UUID

from django.db import transaction

from bench.figures import Figure, seconds
from bench.open_answers import Answer, answers, compared
from surveys.campaigns.answers import answers_with_words
from surveys.campaigns.finding import find_campaigns
from surveys.campaigns.normalising import core
from surveys.identifiers import reference_from_number
from surveys.models import CampaignText, Questionnaire, Response

NUMBER = 100_000
FEWER = 10_000
SEED = 2027
TWO_MINUTES = 120
QUESTION = "C5"


def measure() -> list[Figure]:
    made = list(answers(NUMBER, SEED))
    with transaction.atomic():
        took, floor, groups = _found(made)
        transaction.set_rollback(True)
    found, mixed_groups, mixed_originals = compared(made, groups)
    for alteration, share in sorted(found.items()):
        print(f"  copies found, {alteration}: {100 * share:.2f} %")
    return [
        Figure("group 100,000 open answers", took, "s", floor, goal=12),
        Figure("the same, of two minutes", took, "s", TWO_MINUTES, goal=1),
        Figure("planted copies found", 100 * found["all"], "%", 100, goal=0.98, at_most=False),
        Figure("groups of what is not alike", 100 * mixed_groups, "%", 1, goal=1),
        Figure("distinct answers in such groups", 100 * mixed_originals, "%", 1, goal=1),
        Figure("memory of 100,000 to 10,000", _memory(NUMBER), "MB", _memory(FEWER), goal=10),
    ]


def _found(made: list[Answer]) -> tuple[float, float, list[list[int]]]:
    """How long finding and the floor take, and groups of positions in `made`."""
    questionnaire = Questionnaire.objects.get(slug="citizens")
    positions = _stored(made, questionnaire)
    words = answers_with_words(questionnaire, QUESTION).values_list("words", flat=True)
    floor = seconds(lambda: [_hashed(text) for text in words.iterator(chunk_size=2000)])
    now = questionnaire.consultation.now
    took = seconds(lambda: find_campaigns(questionnaire, QUESTION, now))
    groups: dict[int, list[int]] = {}
    for campaign, response in CampaignText.objects.values_list("campaign", "response"):
        groups.setdefault(campaign, []).append(positions[response])
    return took, floor, list(groups.values())


def _stored(made: list[Answer], questionnaire: Questionnaire) -> dict[UUID, int]:
    """Responses with these answers; the place of each in `made`."""
    version, now = questionnaire.current_version(), questionnaire.consultation.now
    responses = [
        Response(
            # By chance two of so many would be the same.
            reference=reference_from_number(position),
            questionnaire=questionnaire,
            version=version,
            state="sent",
            language=answer.language,
            answers={QUESTION: answer.text},
            started_at=now,
            sent_at=now,
        )
        for position, answer in enumerate(made)
    ]
    Response.objects.bulk_create(responses, batch_size=2000)
    return {response.pk: position for position, response in enumerate(responses)}


def _hashed(text: str) -> int:
    return blake2b(core(text).encode()).digest()[0]


def _memory(number: int) -> float:
    command = [sys.executable, "-m", "bench.grouping_memory", str(number), str(SEED)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
