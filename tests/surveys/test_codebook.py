"""All versions are one data set, and an empty cell says why it is empty."""

import csv
import io

from django.utils import timezone

from surveys.codebook import NOT_ASKED, variables
from surveys.exports.dataset import csv_blocks
from surveys.models import Question, Response, Section, Version


def publish_second_version(questionnaire):
    """A version that asks only one question, and that one is new."""
    version = Version.objects.create(questionnaire=questionnaire, number=2)
    section = Section.objects.create(version=version, position=1, name="new")
    Question.objects.create(version=version, section=section, position=1, name="C6", kind="text")
    version.published_at = timezone.now()
    version.save()
    return version


def store(version, **answers):
    now = timezone.now()
    Response.objects.create(
        questionnaire_id=version.questionnaire_id,
        version=version,
        answers=answers,
        state="sent",
        language="en",
        started_at=now,
        sent_at=now,
    )


def test_the_header_follows_the_questionnaire(listens):
    citizens = listens.questionnaires.get(slug="citizens")

    names = [variable.name for variable in variables(citizens)]

    assert names[:11] == [
        *("reference", "state", "version", "language", "channel", "sent_at"),
        *("organisation", "publication", "place", "C1", "C1_comment"),
    ]
    assert names[-4:] == ["C5", "C5_topic", "crossing", "age"]
    assert len(names) == len(set(names))


def test_not_asked_is_told_from_not_answered(listens):
    citizens = listens.questionnaires.get(slug="citizens")
    first = citizens.current_version()
    second = publish_second_version(citizens)
    store(first, place="timis")
    store(second, C6="=nou")

    blocks = csv_blocks(citizens, Response.objects.all())
    rows = csv.DictReader(io.StringIO(b"".join(blocks).decode("utf-8-sig")))
    old, new = sorted(rows, key=lambda row: row["version"])

    assert (old["place"], old["C1"], old["C6"]) == ("timis", "", NOT_ASKED)
    assert (new["place"], new["C2_health"], new["C6"]) == (NOT_ASKED, NOT_ASKED, "'=nou")
