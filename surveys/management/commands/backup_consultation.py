from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.backups import Refused
from surveys.backups.writing import back_up


class Command(BaseCommand):
    help = "Write all that belongs to one consultation to an encrypted file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("-o", "--output", type=Path, required=True)
        parser.add_argument("--recipient", required=True, help="a public key of age: age1…")

    def handle(self, *args: Any, slug: str, output: Path, recipient: str, **options: Any) -> None:
        part = output.with_name(output.name + ".part")
        try:
            with part.open("wb") as file:
                manifest = back_up(slug, file, recipient)
            # A file that is there is whole.
            part.replace(output)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        finally:
            part.unlink(missing_ok=True)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        responses = manifest["tables"]["surveys.Response"]["rows"]
        self.stdout.write(f"{responses} responses, {rows} rows in all, written to {output}")
