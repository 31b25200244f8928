import random
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from surveys.fabrication import fabricate
from surveys.ledger.committing import commit_missing
from surveys.models import Consultation, Questionnaire


class Command(BaseCommand):
    help = "Fill the current consultation with made-up responses, for benchmarks and rehearsals."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--citizens", type=int, default=0)
        parser.add_argument("--stakeholders", type=int, default=0)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        rng = random.Random(seed)  # noqa: S311 - plausible, not secret
        for slug in ("citizens", "stakeholders"):
            number = options[slug]
            if number < 0:
                raise CommandError(f"--{slug} takes a number of responses, not {number}.")
            if number:
                self.fabricate(slug, number, rng)

    def fabricate(self, slug: str, number: int, rng: random.Random) -> None:
        questionnaire = Questionnaire.objects.filter(
            consultation=Consultation.objects.current(), slug=slug
        ).first()
        if questionnaire is None:
            raise CommandError(f"There is no questionnaire “{slug}”. Load a consultation first.")
        with tqdm(total=number, unit=" responses", disable=None) as bar:
            for written in fabricate(questionnaire, number, rng):
                bar.update(written)
        while commit_missing():
            pass
        self.stdout.write(f"{number} made-up responses of {slug}")
