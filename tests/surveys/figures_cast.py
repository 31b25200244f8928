"""What a release of fabricated data says, and the same data as files, for comparing the two."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import polars
from django.db import connection
from django.utils import timezone

from surveys.exports.dataset import csv_blocks
from surveys.fabrication import fabricate
from surveys.models import Consultation, Place, Response, User, Version
from surveys.releasing.releasing import release
from tests.content import load_content
from tests.surveys import independent
from tests.surveys.recounted import Recounted, recount

NUMBERS = {"citizens": 900, "stakeholders": 400}
# Organisations of few kinds, or next to nothing of what they said could be shown.
FEWER = {
    "org_type": ["ngo", "local"],
    "place": ["timis", "borski"],
    "S1": ["both", "rather_opp"],
    "S8": ["same", "dk"],
    "S10_topic": ["nature", "health"],
    "S10_place": ["several"],
}


@dataclass
class Told:
    """A consultation whose results are public, and what was asked and exported of it."""

    consultation: Consultation
    files: dict[str, polars.DataFrame]
    questions: dict[tuple[str, str], object]
    country_of: dict[str, str]
    counted: dict[tuple[str, ...], Recounted] = field(default_factory=dict)

    def slice(self, slug, dimension="", group=""):
        """The responses of a group; those that did not say are the group without a name."""
        frame = self.files[slug]
        if not dimension:
            return frame
        column = polars.col("place" if dimension == "country" else dimension)
        column = column.fill_null("").replace(independent.NOT_ASKED, "")
        if dimension == "country":
            column = column.replace(self.country_of)
        return frame.filter(column == group)

    def recount(self, slug, name, dimension="", group=""):
        key = (slug, name, dimension, group)
        if key not in self.counted:
            self.counted[key] = recount(self.slice(slug, dimension, group), self.questions[key[:2]])
        return self.counted[key]

    def codes(self, slug, name):
        """Of a question by its labels, in English."""
        question = self.questions[slug, name]
        labels = {str(option.label): option.code for option in question.options.all()}
        if question.kind == "place":
            labels |= {str(place.name): place.code for place in Place.objects.all()}
        return labels


def release_fabricated():
    """A real release of what was fabricated and is closed."""
    now = timezone.now()
    load_content()
    Consultation.objects.update(
        opens_at=now - timedelta(days=30), closes_at=now - timedelta(minutes=2)
    )
    consultation = Consultation.objects.get()
    rng = random.Random(6)
    for slug, number in NUMBERS.items():
        for _written in fabricate(consultation.questionnaires.get(slug=slug), number, rng):
            pass
    _make_organisations_alike()
    release(consultation, by=User.objects.create_user("ana"), moment=timezone.now())
    return told(Consultation.objects.current())


def told(consultation):
    files, questions = {}, {}
    for questionnaire in consultation.questionnaires.all():
        content = b"".join(csv_blocks(questionnaire, Response.objects.all()))
        files[questionnaire.slug] = independent.read(content)
        version = Version.objects.with_questions().get(questionnaire=questionnaire)
        questions |= {(questionnaire.slug, each.name): each for each in version.questions}
    country_of = dict(Place.objects.values_list("code", "country__code"))
    return Told(consultation, files, questions, country_of)


def _make_organisations_alike():
    with connection.cursor() as cursor:
        for name, codes in FEWER.items():
            cursor.execute(
                "UPDATE surveys_response SET answers = answers || jsonb_build_object(%s::text,"
                " (%s::text[])[1 + abs(hashtext(id::text || %s)) %% %s])"
                " WHERE organisation_id IS NOT NULL AND answers ? %s",
                [name, codes, name, len(codes), name],
            )
        cursor.execute(
            "UPDATE surveys_response SET channel = 'web', language ="
            " CASE WHEN language = 'en' THEN 'en' ELSE 'ro' END WHERE organisation_id IS NOT NULL"
        )
