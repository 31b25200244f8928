"""`manage.py verify_backup`: see docs/backups.md."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.backups import Refused
from surveys.backups.reading import Nobody, read


class Command(BaseCommand):
    help = "Read a backup of a consultation to its end, and say what is in it. Writes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file of the secret key")

    def handle(self, *args: Any, file: Path, identity: Path, **options: Any) -> None:
        try:
            key = secret_key(identity)
            with file.open("rb") as backup:
                head, manifest = read(backup, key, Nobody())
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        for label, table in manifest["tables"].items():
            self.stdout.write(f"{table['rows']:>9}  {table['sha256'][:16]}  {label}")
        where = head["keys"]["SITE_URL"]
        self.stdout.write(f"“{head['slug']}” of {where}, as it was at {head['made_at']}.")
        self.stdout.write("The backup is whole.")


def secret_key(file: Path) -> str:
    """The key in a file as age-keygen writes it: the line that is no comment."""
    lines = file.read_text("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
