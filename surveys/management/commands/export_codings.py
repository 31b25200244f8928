from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from surveys import audit
from surveys.coding.datafile import coding_blocks
from surveys.management.beside import CommandBeside
from surveys.management.whole_file import whole_file
from surveys.models import AuditEntry, CodingFrame, Consultation


class Command(CommandBeside):
    help = "Write how the answers to an open question were coded to a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--questionnaire", required=True, help="citizens or stakeholders")
        parser.add_argument("--question", required=True, help="the name of the open question")
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, *args: Any, output: Path, **options: Any) -> None:
        frame = CodingFrame.objects.filter(
            questionnaire__consultation=Consultation.objects.current(),
            questionnaire__slug=options["questionnaire"],
            question=options["question"],
        ).first()
        if frame is None:
            raise CommandError(f"No coding frame is there for “{options['question']}”.")
        rows = -1
        with whole_file(output) as file:
            audit.record(None, AuditEntry.Action.EXPORTED, frame, model="coding")
            for block in coding_blocks(frame, with_reference=True):
                file.write(block)
                rows += 1
        self.stdout.write(f"{rows} codings written to {output}")
