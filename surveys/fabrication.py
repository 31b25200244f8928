"""Plausible, seeded responses for benchmarks and rehearsals. Nothing here is anybody's answer."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from surveys.identifiers import REFERENCE_SPACE, REFERENCE_TRIES, reference_from_number, uuid7
from surveys.journey import Journey
from surveys.models import Organisation, Questionnaire, Response, Version
from surveys.verbatims import words_in, words_names

COLUMNS = (
    "id, reference, questionnaire_id, version_id, organisation_id, state, channel, language,"
    " publication, answers, unfinished, unread, is_rehearsal, secret_hash, started_at, changed_at,"
    " sent_at"
)
LANGUAGES = {"ro": 40, "sr-latn": 30, "sr": 20, "en": 10}
"""How often each is written in, of a site that speaks it; any other as often as English."""
CHANNELS = {"web": 90, "paper": 6, "event": 3, "phone": 1}
PUBLICATIONS = {"named": 50, "anonymous": 30, "totals": 20}
BATCH = 5000


def fabricate(
    questionnaire: Questionnaire, number: int, rng: random.Random, *, now: datetime | None = None
) -> Iterator[int]:
    """Write `number` sent responses by COPY; yield how many were written after each batch.

    The same state of `rng` gives the same answers, languages and times of day.
    """
    version = (
        Version.objects.published()
        .with_questions()
        .filter(questionnaire=questionnaire)
        .order_by("-number")[0]
    )
    journey = Journey(version)
    names = words_names(version)
    now = now or datetime.now(UTC)
    for start in range(0, number, BATCH):
        size = min(BATCH, number - start)
        rows = [
            _row(version, journey, names, organisation, rng, now)
            for organisation in _organisations(questionnaire, size)
        ]
        _write(rows)
        yield size


def _write(rows: list[tuple[Any, ...]]) -> None:
    """One in some thousand references is taken already, where there are many: try others."""
    for _try in range(REFERENCE_TRIES):
        try:
            with (
                transaction.atomic(),
                connection.cursor() as cursor,
                cursor.copy(f"COPY surveys_response ({COLUMNS}) FROM STDIN") as copy,
            ):
                for key, *others in rows:
                    copy.write_row((key, _new_reference(), *others))
            return
        except UniqueViolation:
            continue
    raise RuntimeError("No free references were found")


def _new_reference() -> str:
    """Not seeded: references of fabricated responses are as unforeseeable as any."""
    return reference_from_number(random.SystemRandom().randrange(REFERENCE_SPACE))


def _organisations(questionnaire: Questionnaire, number: int) -> list[int | None]:
    if questionnaire.answered_by == Questionnaire.AnsweredBy.ANYONE:
        return [None] * number
    first = Organisation.objects.count() + 1
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Organisation {position}") for position in range(first, first + number)
    )
    return [organisation.pk for organisation in organisations]


def _row(
    version: Version,
    journey: Journey,
    names: tuple[str, ...],
    organisation: int | None,
    rng: random.Random,
    now: datetime,
) -> tuple[Any, ...]:
    language = _weighted(rng, _languages())
    sent = now - timedelta(seconds=rng.randrange(14 * 24 * 3600))
    started = sent - timedelta(seconds=rng.randrange(60, 1200))
    answers: dict[str, Any] = {}
    for step in journey.steps.values():
        answers |= step.kind.fabricated(rng, language)
    answers = journey.only_asked(answers)
    return (
        uuid7(),
        version.questionnaire_id,
        version.pk,
        organisation,
        Response.State.SENT,
        _weighted(rng, CHANNELS),
        language,
        _weighted(rng, PUBLICATIONS) if organisation else "",
        json.dumps(answers, ensure_ascii=False),
        "{}",
        # Nobody has decided about any of it.
        list(words_in(answers, names)),
        False,
        None,
        started,
        sent,
        sent,
    )


def _languages() -> dict[str, int]:
    weights = LANGUAGES | {code: LANGUAGES.get(code, LANGUAGES["en"]) for code in settings.SPOKEN}
    return {code: weight for code, weight in weights.items() if code in settings.SPOKEN}


def _weighted(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
