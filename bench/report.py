"""The report of 20,000 responses: all its documents, in every language and format."""

import random

from bench.figures import Figure, seconds
from surveys.fabrication import fabricate
from surveys.models import Consultation, Questionnaire, Response, User
from surveys.reporting.making import edition_steps, how_many_files
from tests.surveys.results_cast import open_now, release

NUMBERS = {"citizens": 19_850, "stakeholders": 150}
SEED = 2027
TWO_MINUTES = 120


def measure() -> list[Figure]:
    consultation = open_now(Consultation.objects.get(), opinions_while_open=True)
    rng = random.Random(SEED)  # noqa: S311 - plausible, not secret
    for slug, number in NUMBERS.items():
        questionnaire = Questionnaire.objects.get(slug=slug)
        lacking = number - Response.objects.filter(questionnaire=questionnaire).count()
        for _written in fabricate(questionnaire, max(0, lacking), rng):
            pass
    release(consultation)
    writer = User.objects.create_user("vera", "vera@example.org", is_staff=True)
    took = seconds(lambda: list(edition_steps(consultation, writer)))
    print(f"  {how_many_files()} documents of a report")
    return [Figure("the report, all its documents", took, "s", TWO_MINUTES, goal=1)]
