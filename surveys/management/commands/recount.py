"""`manage.py recount`: count all responses, and hold the tallies against it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.models import Questionnaire
from surveys.tallying.folding import count_anew, differences

SHOWN = 20


class Command(BaseCommand):
    help = "Count all responses from their rows. Ends with 1 where the tallies say otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="forget the tallies and count them anew first"
        )

    def handle(self, *args: Any, anew: bool, **options: Any) -> None:
        different = 0
        for questionnaire in Questionnaire.objects.select_related("consultation"):
            if anew:
                count_anew(questionnaire)
            found = differences(questionnaire)
            different += len(found)
            words = f"{len(found)} differences" if found else "the tallies agree"
            self.stdout.write(f"{questionnaire.consultation.slug}/{questionnaire.slug}: {words}")
            for each in found[:SHOWN]:
                self.stdout.write(f"  {each}")
        if different:
            raise CommandError("The tallies are not what there is. Use --anew, and tell us.")
