"""The CSV of a million responses, beside PostgreSQL's own copy of the same rows.

The floor is what `\\copy (SELECT * ...) TO file CSV` does: the rows as they are stored, answers as
one JSON document in one cell, written to a file block by block. Ours is `manage.py
export_responses --fast`, with a column for each option of each question. By turns, and the fastest
counts.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bench.figures import Figure, seconds
from surveys.models import Response

ROUNDS = 2
FEWER = 10_000
GOAL = 0.6
STORED = """
    COPY (SELECT * FROM surveys_response WHERE state = 'sent' AND questionnaire_id =
    (SELECT id FROM surveys_questionnaire WHERE slug = 'citizens') ORDER BY id)
    TO STDOUT (FORMAT csv, HEADER)
"""


def prepare() -> None:
    """What the other parts prepare is enough."""


def compare(few: str, many: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "citizens.csv"
        took = [
            (seconds(lambda: _floor(file)), seconds(lambda: _ours(file))) for _ in range(ROUNDS)
        ]
        rows = _rows()
        floor, ours = (rows / min(times) for times in zip(*took, strict=True))
        memory = [_memory(file, number) for number in (rows, FEWER)]
    return [
        Figure("export: rows a second (CSV)", ours, "/s", floor, GOAL, at_most=False),
        Figure("export: memory of many rows", memory[0], "MB", memory[1], goal=1.1),
    ]


def _floor(file: Path) -> None:
    with (
        file.open("wb") as written,
        connection.cursor() as cursor,
        cursor.copy(STORED) as blocks,
    ):
        for block in blocks:
            written.write(block)


def _ours(file: Path) -> None:
    with Path("/dev/null").open("w") as nowhere:
        call_command(
            "export_responses",
            questionnaire="citizens",
            output=file,
            fast=True,
            stdout=nowhere,
        )


def _rows() -> int:
    return Response.objects.filter(state="sent", questionnaire__slug="citizens").count()


def _memory(file: Path, number: int) -> float:
    """The most that a process of its own has had."""
    command = [sys.executable, "-m", "bench.export_memory", str(file), str(number)]
    database = str(connection.settings_dict["NAME"])
    told = subprocess.run([*command, database], capture_output=True, check=True, text=True)
    return float(told.stdout.splitlines()[-1])
