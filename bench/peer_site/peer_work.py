"""What is asked of the peer beside serving: `make`, `count` and `export`, each told as JSON."""

import json
import os
import sys
import time
import uuid

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "peer_settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from survey.exporter.csv.survey2csv import Survey2Csv  # noqa: E402
from survey.forms import ResponseForm  # noqa: E402
from survey.models import Answer, Question, Response, Survey  # noqa: E402


class Nobody:
    is_authenticated = False


def make(questions):
    """The questions, all on one page; gives a valid form for them."""
    call_command("migrate", verbosity=0)
    survey = Survey.objects.create(
        name="peer",
        description="",
        is_published=True,
        need_logged_user=False,
        display_method=Survey.ALL_IN_ONE_PAGE,
    )
    for order, question in enumerate(questions):
        Question.objects.create(survey=survey, order=order, **question)
    form = ResponseForm(survey=survey, user=Nobody())
    return {"path": f"/survey/{survey.pk}/", "form": {n: _valid(f) for n, f in form.fields.items()}}


def _valid(field):
    """An answer: two of several, one of one, some words."""
    choices = [value for value, _label in getattr(field, "choices", []) if value]
    if not choices:
        return "Un pod la Baziaș, vă rog"
    return choices[:2] if "Multiple" in type(field).__name__ else choices[0]


def count():
    return Response.objects.count()


def export(number):
    """Its CSV of so many responses: seconds, and lines without the header."""
    survey = Survey.objects.get()
    lacking = number - survey.responses.count()
    _fill(survey, max(0, lacking))
    Response.objects.filter(pk__in=survey.responses.order_by("pk")[number:].values("pk")).delete()
    began = time.perf_counter()
    text = str(Survey2Csv(survey))
    return {"seconds": time.perf_counter() - began, "rows": text.count("\n")}


def _fill(survey, number):
    """As many more, with the answers of the first."""
    first = list(survey.responses.first().answers.values_list("question_id", "body"))
    made = Response.objects.bulk_create(
        Response(survey=survey, interview_uuid=uuid.uuid4().hex) for _number in range(number)
    )
    answers = [_answer(each, *answer) for each in made for answer in first]
    Answer.objects.bulk_create(answers, batch_size=2000)


def _answer(response, question, body):
    # As its own form does: what is given at once would be looked up and checked each time.
    answer = Answer()
    answer.response, answer.question_id, answer.body = response, question, body
    return answer


WORK = {"make": make, "count": count, "export": export}
print(json.dumps(WORK[sys.argv[1]](*map(json.loads, sys.argv[2:]))))
