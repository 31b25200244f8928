"""`manage.py erase_expired`: what a scheduler runs once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from surveys.desk.erasers import run
from surveys.retention import CLASSES


class Command(BaseCommand):
    help = "Erase what is due of every class of data, and note how much; see the page Retention"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Count what is due, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        counted = run(timezone.now(), is_dry=is_dry)
        self.stdout.write("Due, nothing is erased:" if is_dry else "Erased:")
        for kept in CLASSES:
            self.stdout.write(f"  {kept.key}: {counted[kept.key]}")
