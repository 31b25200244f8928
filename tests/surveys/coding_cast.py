"""Coders, answers and codes that the tests of coding stand on."""

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.coding.codings import save_coding
from surveys.coding.frames import add_code
from surveys.models import Response, User
from surveys.roles import secretariat
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.surveys.signing_in import sign_in_staff

WORDS = "Чекање на прелазу траје дуже од пута."


def person(name, *, in_secretariat=True):
    """A member of staff; outside the Secretariat they may do nothing at first."""
    user = User.objects.create_user(name, f"{name}@example.org", first_name=name.capitalize())
    User.objects.filter(pk=user.pk).update(is_staff=True)
    if in_secretariat:
        user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


def at_the_desk(user):
    client = Client()
    sign_in_staff(client, user)
    return client


def answer(frame, words=WORDS, **fields):
    """A response that was sent with these words."""
    now = timezone.now()
    defaults = {
        "questionnaire": frame.questionnaire,
        "version": frame.questionnaire.current_version(),
        "state": "sent",
        "language": "sr",
        "answers": {frame.question: words, "place": "borski"},
        "started_at": now,
        "sent_at": now,
    }
    return Response.objects.create(**defaults | fields)


def new_code(frame, label, by, **said):
    texts = dict.fromkeys(("definition", "include", "exclude", "example"), "")
    return add_code(frame, {"label": Text(en=label)} | texts | said, by)


def code_it(frame, response, by, *codes):
    return save_coding(frame, response, codes, digest_of(response.answers[frame.question]), by)


def numbers(coding):
    return sorted(coding.codes.values_list("number", flat=True))


def address(name, *args):
    return reverse(f"admin:{name}", args=args)
