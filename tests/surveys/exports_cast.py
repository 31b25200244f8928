"""Data sets that the tests of exports write and read back."""

import io
from random import Random

from django.utils import timezone

from surveys.codebook import variables, visible
from surveys.exports.data import Data
from surveys.exports.dataset import plain_rows
from surveys.exports.formats import FORMATS
from surveys.fabrication import fabricate
from surveys.models import Response
from surveys.rights import ALL


def respond(questionnaire, answers=None, version=None, **fields):
    """A response that was sent."""
    now = timezone.now()
    stored = {
        "questionnaire": questionnaire,
        "version": version or questionnaire.current_version(),
        "state": "sent",
        "language": "en",
        "answers": answers or {},
        "started_at": now,
        "sent_at": now,
    }
    return Response.objects.create(**stored | fields)


def made_up(questionnaire, number, seed=1):
    for _batch in fabricate(questionnaire, number, Random(seed)):
        pass


def data_of(questionnaire, *, labels=False, rights=ALL):
    columns = visible(variables(questionnaire), rights)
    responses = Response.objects.filter(questionnaire=questionnaire)
    return Data(
        questionnaire,
        columns,
        lambda: (row for _key, row in plain_rows(columns, responses)),
        labels,
        timezone.now(),
    )


def written(data, name):
    """The file in this format."""
    file = io.BytesIO()
    FORMATS[name].write(data, file)
    return file.getvalue()
