from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.backups import Refused
from surveys.backups.restoring import restore
from surveys.management.commands.verify_backup import secret_key


class Command(BaseCommand):
    help = "Write the consultation of a backup into an installation that has only its migrations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file of the secret key")

    def handle(self, *args: Any, file: Path, identity: Path, **options: Any) -> None:
        try:
            with file.open("rb") as backup:
                manifest = restore(backup, secret_key(identity))
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        responses = manifest["tables"]["surveys.Response"]["rows"]
        self.stdout.write(f"{responses} responses are here again. Accounts have no rights yet.")
