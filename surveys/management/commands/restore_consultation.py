"""`manage.py restore_consultation`: see docs/backups.md."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.backups import Refused
from surveys.backups.keys import to_carry_over
from surveys.backups.restoring import restore
from surveys.management.commands.verify_backup import secret_key

AND_NOW = (
    "Accounts of the backup have no rights here yet: give them anew at the desk.",
    "E-mails that waited are not sent from here: the desk lists them as given up.",
    "Repeat what was erased and withdrawn since: docs/backups.md tells how to find it.",
)


class Command(BaseCommand):
    help = "Write the consultation of a backup into an installation that has none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file of the secret key")
        parser.add_argument(
            "--other-keys",
            action="store_true",
            help="restore although this installation has other keys or another address",
        )

    def handle(
        self, *args: Any, file: Path, identity: Path, other_keys: bool, **options: Any
    ) -> None:
        try:
            key = secret_key(identity)
            with file.open("rb") as backup:
                head, manifest = restore(backup, key, other_keys=other_keys)
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        responses = manifest["tables"]["surveys.Response"]["rows"]
        self.stdout.write(f"{responses} responses of “{head['slug']}” are here, as they were.")
        for words in (*to_carry_over(head["slug"], head["keys"]), *AND_NOW):
            self.stdout.write(f"- {words}")
