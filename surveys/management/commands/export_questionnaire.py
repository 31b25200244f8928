"""`manage.py export_questionnaire`: a version as our own JSON or as an XLSForm, as at the desk."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys import audit
from surveys.interchange.our_json import write_json
from surveys.interchange.whole import whole_of
from surveys.interchange.xlsform import write_xlsform
from surveys.models import AuditEntry, Consultation, Version

WRITERS = {"json": write_json, "xlsform": write_xlsform}


class Command(BaseCommand):
    help = "Write a questionnaire to a file: its draft version, or the last that was published."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--questionnaire", required=True, help="citizens or stakeholders")
        parser.add_argument("--format", choices=[*WRITERS], default="json")
        parser.add_argument("--number", type=int, help="of the version; the latest without it")
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, *args: Any, output: Path, number: int | None, **options: Any) -> None:
        versions = Version.objects.with_questions().filter(
            questionnaire__consultation=Consultation.objects.current(),
            questionnaire__slug=options["questionnaire"],
        )
        if number is not None:
            versions = versions.filter(number=number)
        version = versions.order_by("-number").first()
        if version is None:
            raise CommandError(f"There is no such version of “{options['questionnaire']}”.")
        try:
            output.write_bytes(WRITERS[options["format"]](whole_of(version)))
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        audit.record(None, AuditEntry.Action.EXPORTED, version, format=options["format"])
        self.stdout.write(f"Version {version.number} written to {output}")
