"""`manage.py find_error NUMBER < log`: what is behind the number that a page of an error shows."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultation.logs import SHORT


class Command(BaseCommand):
    help = "Find in a log of JSON lines, from standard input, what a visitor's number stands for."
    # It is needed most where the database is away.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="as the page shows it, or the whole X-Request-ID")

    def handle(self, *args: Any, **options: Any) -> None:
        number = options["number"].strip().lower()
        if not re.fullmatch(f"[0-9a-f]{{{SHORT},32}}", number):
            raise CommandError(f"A number has at least {SHORT} digits and letters from a to f.")
        found = list(lines_of(sys.stdin, number))
        if not found:
            raise CommandError("The log has no such number.")
        for said in found:
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))


def lines_of(log: Iterable[str], number: str) -> Iterator[dict[str, Any]]:
    """Of a log, which may have other programs' lines and what docker puts before them."""
    for line in log:
        start = line.find("{")
        if number not in line or start < 0:
            continue
        try:
            said = json.loads(line[start:])
        except ValueError:
            continue
        if isinstance(said, dict) and str(said.get("id", "")).startswith(number):
            yield said
