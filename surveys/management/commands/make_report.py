from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from surveys.management.beside import CommandBeside
from surveys.management.whole_file import whole_file
from surveys.models import Consultation, ReportFile
from surveys.reporting.making import NothingReleased, report_in, written


class Command(CommandBeside):
    help = "Make the summary report from the latest release, in one language and format."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default="en")
        parser.add_argument("--format", choices=ReportFile.Format.values, required=True)
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        consultation = Consultation.objects.with_programme().current()
        if consultation is None:
            raise CommandError("There is no consultation. Load one first.")
        try:
            report = report_in(consultation, options["language"])
        except NothingReleased as error:
            raise CommandError("Nothing was released yet: there are no figures.") from error
        content = written(report, options["format"])
        with whole_file(output) as file:
            file.write(content)
        self.stdout.write(f"{len(content)} bytes written to {output}")
