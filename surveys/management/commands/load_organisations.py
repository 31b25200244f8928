"""`manage.py load_organisations`: a list of organisations from a file, as in the admin."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from surveys.organisation_lists import Asked, Checked, Outcome, Unreadable, check, load, read


class Command(BaseCommand):
    help = "Load organisations and their addresses from a CSV or XLSX file. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default="",
            help="of the e-mails, where the list does not say",
        )
        parser.add_argument(
            "--skip-problems", action="store_true", help="load the rows without a problem"
        )

    def handle(
        self, *args: Any, file: Path, language: str, skip_problems: bool, **options: Any
    ) -> None:
        checked = self.checked(file, language)
        for problem in checked.problems:
            where = f"Row {problem.row}, {problem.column}"
            self.stderr.write(f"{where}: {problem.what} [{problem.cell}]")
        if checked.problems and not skip_problems:
            raise CommandError(
                f"Rows with problems: {checked.rows_with_problems}. Nothing was loaded; correct "
                "them, or load the others with --skip-problems."
            )
        outcome = Outcome()
        with tqdm(total=len(checked.entries), unit=" organisations", file=self.stderr) as bar:
            for outcome in load(checked.entries):
                bar.update(outcome.rows - bar.n)
        self.stdout.write(
            f"New: {outcome.new}, changed: {outcome.changed}, unchanged: {outcome.unchanged}, "
            f"new invitations: {outcome.invitations}"
        )

    def checked(self, file: Path, language: str) -> Checked:
        try:
            rows = read(file.read_bytes())
        except (OSError, Unreadable) as error:
            raise CommandError(str(error)) from error
        checked = check(rows, Asked.now(), language)
        if checked.errors:
            raise CommandError(" ".join(checked.errors))
        for column in checked.unknown_columns:
            self.stderr.write(f"Unknown column, not loaded: {column}")
        for warning in checked.warnings:
            self.stderr.write(f"Row {warning.row}: {warning.what} [{warning.cell}]")
        return checked
