from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.loading import LoadingError, load
from surveys.roles import bring_up_to_date


class Command(BaseCommand):
    help = "Load a programme's consultation from a folder of YAML files. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="for example surveys/content/listens")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        bring_up_to_date()
        try:
            for line in load(path):
                self.stdout.write(line)
        except LoadingError as error:
            raise CommandError(str(error)) from error
