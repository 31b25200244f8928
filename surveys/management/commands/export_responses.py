from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override
from tqdm import tqdm

from surveys import audit
from surveys.codebook import variables
from surveys.exports.codebook_files import codebook_html, codebook_pdf
from surveys.exports.csvw import csvw, csvw_name
from surveys.exports.data import CannotWrite, Data
from surveys.exports.dataset import counted_blocks, plain_rows
from surveys.exports.ddi import ddi
from surveys.exports.formats import FORMATS
from surveys.management.beside import CommandBeside
from surveys.management.whole_file import whole_file
from surveys.models import AuditEntry, Consultation, Questionnaire, Response


class Command(CommandBeside):
    help = "Write the responses that were sent to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--questionnaire", required=True, help="citizens or stakeholders")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        parser.add_argument("--labels", action="store_true", help="labels instead of codes")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default="en",
            help="of the labels and the codebook",
        )
        parser.add_argument(
            "--codebook", type=Path, help="a folder for the codebook: HTML, PDF, DDI and CSVW"
        )
        parser.add_argument(
            "--fast",
            action="store_true",
            help="many responses as CSV over several connections; whoever answers meanwhile waits",
        )
        parser.add_argument("-o", "--output", type=Path, required=True)

    def gives_way(self, argv: list[str]) -> bool:
        return "--fast" not in argv

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        questionnaire = (
            Questionnaire.objects.select_related("consultation__programme")
            .filter(consultation=Consultation.objects.current(), slug=options["questionnaire"])
            .first()
        )
        if questionnaire is None:
            raise CommandError(f"There is no questionnaire “{options['questionnaire']}”.")
        try:
            with override(options["language"]), whole_file(output) as file:
                audit.record(
                    None,
                    AuditEntry.Action.EXPORTED,
                    questionnaire,
                    format=options["format"],
                    labels=options["labels"],
                )
                data = _data(questionnaire, labels=options["labels"])
                rows = _write(data, options["format"], file, fast=options["fast"])
                if options.get("codebook"):
                    _write_codebook(data, options["codebook"], output.name)
        except CannotWrite as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{rows} responses written to {output}")


def _data(questionnaire: Questionnaire, *, labels: bool) -> Data:
    columns = variables(questionnaire)
    responses = Response.objects.filter(questionnaire=questionnaire)
    return Data(
        questionnaire,
        columns,
        lambda: (row for _key, row in plain_rows(columns, responses)),
        labels,
        timezone.now(),
    )


def _write(data: Data, name: str, file: IO[bytes], *, fast: bool) -> int:
    """How many responses it was."""
    responses = Response.objects.filter(questionnaire=data.questionnaire)
    if name != "csv":
        FORMATS[name].write(data, file)
        return responses.sent().count()
    rows = 0
    with tqdm(unit=" responses", disable=None) as bar:
        if not bar.disable:
            bar.reset(responses.sent().count())
        for block, number in counted_blocks(
            data.questionnaire, responses, labels=data.labels, fast=fast
        ):
            file.write(block)
            rows += number
            bar.update(number)
    return rows


def _write_codebook(data: Data, folder: Path, csv: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{data.questionnaire.slug}-codebook"
    (folder / f"{name}.html").write_bytes(codebook_html(data))
    (folder / f"{name}.pdf").write_bytes(codebook_pdf(data))
    (folder / f"{name}.xml").write_bytes(ddi(data))
    if csv.endswith(".csv"):
        (folder / csvw_name(csv)).write_bytes(csvw(data, csv))
