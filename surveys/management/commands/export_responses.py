from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override
from tqdm import tqdm

from surveys.exports.dataset import csv_blocks
from surveys.models import Consultation, Questionnaire, Response


class Command(BaseCommand):
    help = "Write the responses that were sent to a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--questionnaire", required=True, help="citizens or stakeholders")
        parser.add_argument("--format", choices=["csv"], default="csv")
        parser.add_argument("--labels", action="store_true", help="labels instead of codes")
        parser.add_argument("--language", default="en", help="of the labels")
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        questionnaire = Questionnaire.objects.filter(
            consultation=Consultation.objects.current(), slug=options["questionnaire"]
        ).first()
        if questionnaire is None:
            raise CommandError(f"There is no questionnaire “{options['questionnaire']}”.")
        responses = Response.objects.all()
        rows = 0
        total = responses.sent().filter(questionnaire=questionnaire).count()
        part = output.with_name(output.name + ".part")
        try:
            with (
                override(options["language"]),
                part.open("wb") as file,
                tqdm(total=total, unit=" responses", disable=None) as bar,
            ):
                blocks = csv_blocks(questionnaire, responses, labels=options["labels"])
                file.write(next(blocks))
                for block in blocks:
                    file.write(block)
                    rows += 1
                    bar.update(1)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        # A file that is there is whole.
        part.replace(output)
        self.stdout.write(f"{rows} responses written to {output}")
