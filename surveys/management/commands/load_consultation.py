from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.loading import LoadingError, load
from surveys.roles import bring_up_to_date


class Command(BaseCommand):
    help = (
        "Load a programme's consultation from a folder of YAML files. Run again, it adds what is "
        "missing, and leaves what is there as staff have it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="for example surveys/content/listens")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="put what the files say in the place of what staff have changed at the desk",
        )

    def handle(self, *args: Any, path: Path, overwrite: bool, **options: Any) -> None:
        bring_up_to_date()
        try:
            for line in load(path, overwrite=overwrite):
                self.stdout.write(line)
        except LoadingError as error:
            raise CommandError(str(error)) from error
