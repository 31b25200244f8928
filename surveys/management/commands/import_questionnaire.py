"""`manage.py import_questionnaire`: a file becomes the draft version, as at the desk."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.interchange.faults import Refused
from surveys.interchange.imports import Import, kind_of, read_import
from surveys.interchange.storing import Outdated, write_import
from surveys.models import Consultation, Questionnaire


class Command(BaseCommand):
    help = "Import a questionnaire or its translations from JSON, XLSForm, XLIFF or XLSX."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--questionnaire", required=True, help="citizens or stakeholders")
        parser.add_argument("--replace-draft", action="store_true", help="if there is one")
        parser.add_argument(
            "--leave-out", action="store_true", help="what an XLSForm asks that we do not have"
        )

    def handle(self, *args: Any, path: Path, questionnaire: str, **options: Any) -> None:
        asked = Questionnaire.objects.filter(
            consultation=Consultation.objects.current(), slug=questionnaire
        ).first()
        if asked is None:
            raise CommandError(f"There is no questionnaire “{questionnaire}”.")
        try:
            content = path.read_bytes()
            kind = kind_of(content)
            found = read_import(asked, kind, content)
            self.tell(found)
            self.refuse(found, options)
            version = write_import(asked, kind, content, seen=found.seen, name=path.name)
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from error
        except Outdated as error:
            raise CommandError(
                "The questionnaire was changed meanwhile. Nothing was imported; try again."
            ) from error
        self.stdout.write(f"Version {version.number} is a draft now.")

    def tell(self, found: Import) -> None:
        for line in (*found.faults, *found.left_out, *found.warnings):
            self.stderr.write(str(line))

    def refuse(self, found: Import, options: dict[str, Any]) -> None:
        if found.faults:
            raise CommandError(f"Faults: {len(found.faults)}. Nothing was imported.")
        if found.left_out and not options["leave_out"]:
            raise CommandError("Nothing was imported; see --leave-out.")
        if found.is_whole and found.replaces_draft and not options["replace_draft"]:
            raise CommandError("There is a draft version already; see --replace-draft.")
        if not found.does_something:
            raise CommandError("The file says what the questionnaire says already.")
