"""Every figure that is shown is what another library counts in the exported data file."""

import random

import pytest

from surveys.exports.dataset import csv_blocks
from surveys.fabrication import fabricate
from surveys.models import Questionnaire, Response, Version
from surveys.tabulation.counted import EVERYBODY
from surveys.tallying.folding import fold
from surveys.tallying.reading import dimension_names, tables
from tests.surveys import independent

NUMBERS = {"citizens": 900, "stakeholders": 150}


@pytest.fixture
def files(listens):
    """The data file of each questionnaire, of made-up responses, as polars reads it."""
    rng = random.Random(6)
    found = {}
    for slug, number in NUMBERS.items():
        questionnaire = Questionnaire.objects.get(slug=slug)
        for _written in fabricate(questionnaire, number, rng):
            pass
        fold(questionnaire)
        found[slug] = independent.read(b"".join(csv_blocks(questionnaire, Response.objects.all())))
    return found


def questions(slug):
    version = Version.objects.with_questions().get(questionnaire__slug=slug)
    return version.questions


@pytest.mark.parametrize("slug", sorted(NUMBERS))
def test_tallies_are_counted_again_in_the_file_in_every_group(files, slug):
    frame, questionnaire = files[slug], Questionnaire.objects.get(slug=slug)
    assert len(frame) == NUMBERS[slug]
    for dimension in [EVERYBODY, *dimension_names(questionnaire)]:
        if dimension == "country":
            continue
        groups = {EVERYBODY: frame} if not dimension else independent.by_group(frame, dimension)
        found = tables(questionnaire, dimension)
        for question in questions(slug):
            table = found[question.name]
            assert set(table.groups) == set(groups)
            for group, rows in groups.items():
                counted, again = table.groups[group], independent.counts(rows, question)
                where = (question.name, dimension, group)
                assert (counted.total, counted.asked, counted.answered) == (
                    again.total,
                    again.asked,
                    again.answered,
                ), where
                assert {key: n for key, n in counted.cells.items() if n} == again.cells, where
