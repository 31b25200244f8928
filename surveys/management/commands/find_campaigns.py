"""`manage.py find_campaigns`: what a scheduler runs while a consultation is open."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from surveys.campaigns.answers import open_questions
from surveys.campaigns.finding import find_campaigns
from surveys.management.beside import CommandBeside
from surveys.models import Questionnaire


class Command(CommandBeside):
    help = "Group near-identical open answers. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--questionnaire", help="its slug; without it, all")
        parser.add_argument("--question", help="its name; without it, all open questions")

    def handle(
        self, *args: Any, questionnaire: str | None, question: str | None, **options: Any
    ) -> None:
        chosen = [
            (each, asked.name)
            for each in Questionnaire.objects.order_by("pk")
            if questionnaire in (None, each.slug)
            for asked in open_questions(each)
            if question in (None, asked.name)
        ]
        if not chosen:
            raise CommandError("There is no such open question.")
        for each, name in chosen:
            found = find_campaigns(each, name, timezone.now())
            self.stdout.write(
                f"{each.slug} {name}: answers {found.read}, groups {found.groups}, "
                f"new {found.new}, answers in groups {found.texts}"
            )
