"""`manage.py backup_consultation`: see docs/backups.md."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys import audit
from surveys.backups import Refused
from surveys.backups.writing import back_up
from surveys.management.beside import CommandBeside
from surveys.models import AuditEntry, Consultation


class Command(CommandBeside):
    help = "Write all that belongs to one consultation to an encrypted file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("-o", "--output", type=Path, required=True)
        parser.add_argument(
            "--recipient",
            action="append",
            required=True,
            help="a public key of age (age1…); may be given again for a second key",
        )

    def handle(
        self, *args: Any, slug: str, output: Path, recipient: list[str], **options: Any
    ) -> None:
        part = output.with_name(output.name + ".part")
        try:
            manifest = _write(slug, output, part, recipient)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        finally:
            part.unlink(missing_ok=True)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        responses = manifest["tables"]["surveys.Response"]["rows"]
        self.stdout.write(f"{responses} responses, {rows} rows in all, written to {output}")


def _write(slug: str, output: Path, part: Path, recipients: list[str]) -> dict[str, Any]:
    """The file stands under its name only when it is whole."""
    if output.exists():
        raise Refused(f"{output} is there already. A backup is never written over another one.")
    with open(part, "wb", opener=_for_ourselves) as file:
        manifest = back_up(slug, file, recipients)
        file.flush()
        os.fsync(file.fileno())
    consultation = Consultation.objects.get(slug=slug)
    audit.record(None, AuditEntry.Action.EXPORTED, consultation, step="backup")
    part.replace(output)
    return manifest


def _for_ourselves(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
