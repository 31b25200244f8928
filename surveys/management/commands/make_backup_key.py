"""`manage.py make_backup_key`: what `age-keygen` does, where it is not installed."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.backups.sealing import new_identity


class Command(BaseCommand):
    help = "Write a new secret key for backups to a file, and say the public key to it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        secret, public = new_identity()
        try:
            # For its owner alone, and never over a key that is there.
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        with os.fdopen(made, "w") as out:
            out.write(f"# public key: {public}\n{secret}\n")
        self.stdout.write(public)
