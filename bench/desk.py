"""The desk's pages over a million responses, beside the same pages over a thousand.

A page is asked for as a member of the Secretariat asks for it, in both databases by turns, and the
fastest of all times counts. What is counted once a minute was counted before.
"""

import random
from datetime import timedelta
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import scale
from bench.asking import figures, measured, queries
from bench.figures import Figure, seconds
from bench.many import look_at
from surveys.admin.capped_list import CappedPaginator
from surveys.admin.response import ResponseAdmin
from surveys.coding.codings import save_coding
from surveys.coding.frames import add_code, open_frame
from surveys.models import CodingFrame, Consultation, Questionnaire, Response, User
from surveys.roles import secretariat
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.surveys.keys import new_key
from tests.surveys.signing_in import sign_in_staff

STAFF = "ana"
SEED = 2027
CODINGS = 300
CODES = 12
ROUNDS = 4
TIMES = 3
QUESTION = "C5"
FORM = "/ro/citizens/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], QUESTION: "Un pod la Baziaș, vă rog"}
TRIGGERS = ("keep_uncoded_of_new", "keep_uncoded_of_changed")


def compare(few: str, many: str) -> list[Figure]:
    at_few, at_many = measured(staff, _pages, few, many)
    look_at(many)
    return [
        *figures(at_few, at_many),
        Figure("queries of all of them", queries(at_many), "", queries(at_few), goal=1),
        _sending(),
    ]


staff = Client()
"""Signed in before the database is copied: so in both."""


def prepare() -> None:
    """A consultation that is open, with few responses, some of them coded, and who looks at it."""
    now = timezone.now()
    Consultation.objects.update(opens_at=now - timedelta(30), closes_at=now + timedelta(30))
    citizens = Questionnaire.objects.get(slug="citizens")
    rng = random.Random(SEED)  # noqa: S311 - plausible, not secret
    ana = User.objects.create_user(STAFF, "ana@example.org", is_staff=True)
    ana.groups.add(secretariat())
    _code(open_frame(citizens, QUESTION, ana), ana, rng)
    sign_in_staff(staff, ana)


def _code(frame: CodingFrame, by: User, rng: random.Random) -> None:
    said = dict.fromkeys(("definition", "include", "exclude", "example"), "")
    codes = [
        add_code(frame, {"label": Text(en=f"Theme {number}")} | said, by)
        for number in range(1, CODES + 1)
    ]
    waiting = Response.objects.filter(uncoded__frame=frame).order_by("id")
    for response in waiting[:CODINGS]:
        words = response.answers[QUESTION]
        save_coding(frame, response, rng.sample(codes, rng.randint(1, 3)), digest_of(words), by)


def _pages() -> list[tuple[str, str]]:
    """What is asked for in the database that is looked at: names and addresses."""
    few = scale.now().few
    # In the middle of what is there, where neither end of an index is near; and in both databases
    # the same but for key and reference.
    half = Response.objects.count() // 2 // few * few + few // 2
    middle = Response.objects.order_by("id")[half]
    frame = CodingFrame.objects.get()
    to_code = frame.uncoded.filter(turn=1, response__gte=middle.pk).order_by("response")[0]
    position = f"{middle.pk}.{middle.unread[0]}"
    responses = reverse("admin:surveys_response_changelist")
    groups = [_citizens().pk, QUESTION]
    answer = [middle.pk, middle.unread[0]]
    return [
        ("the desk's first page", reverse("admin:index")),
        ("review: the next answer", reverse("admin:review_queue")),
        ("review: next in one language", reverse("admin:review_queue") + "?language=sr"),
        ("review: next of one question", reverse("admin:review_queue") + f"?question={QUESTION}"),
        ("review: one answer", reverse("admin:review_answer", args=answer)),
        ("review: table, first page", reverse("admin:review_table")),
        ("review: table, from the middle", reverse("admin:review_table") + f"?after={position}"),
        ("responses: first page", responses),
        ("responses: tenth page", f"{responses}?p=10"),
        ("responses: of a questionnaire", f"{responses}?questionnaire__id__exact={_citizens().pk}"),
        ("responses: in one language", f"{responses}?language__exact=en"),
        ("responses: of one place", f"{responses}?place=timis"),
        ("responses: by two filters", f"{responses}?language__exact=en&channel__exact=web"),
        ("responses: of this month", f"{responses}?{_this_month()}"),
        ("responses: by time of sending", f"{responses}?o=-8"),
        ("responses: one reference", f"{responses}?q={middle.reference}"),
        ("responses: last page there is", f"{responses}?p={_last_page()}"),
        ("one response", reverse("admin:surveys_response_change", args=[middle.pk])),
        ("coding: frames", reverse("admin:coding_frames")),
        ("coding: one frame", reverse("admin:coding_frame", args=[frame.pk])),
        ("coding: the next answer", reverse("admin:coding_next", args=[frame.pk])),
        (
            "coding: one answer",
            reverse("admin:coding_answer", args=[frame.pk, to_code.response_id]),
        ),
        ("campaigns", reverse("admin:campaigns")),
        ("campaigns: groups of a question", reverse("admin:campaign_groups", args=groups)),
        ("questionnaires", reverse("admin:drafting_questionnaires")),
        ("one questionnaire", reverse("admin:drafting_questionnaire", args=[_citizens().pk])),
        ("paper and phone", reverse("admin:transcripts")),
        (
            "coverage, counted before",
            reverse("admin:coverage_questionnaire", args=[_citizens().pk]),
        ),
    ]


def _last_page() -> int:
    rows = min(Response.objects.count(), CappedPaginator.most)
    return rows // ResponseAdmin.list_per_page


def _citizens() -> Questionnaire:
    return Questionnaire.objects.get(slug="citizens")


def _this_month() -> str:
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return urlencode({"sent_at__gte": first, "sent_at__lt": first + timedelta(31)})


def _sending() -> Figure:
    """A form that is sent with a coding frame of a question in it, and without what that adds."""

    def send() -> None:
        answer = Client().post(FORM, {"key": new_key()} | ANSWERS)
        if answer.status_code != 302:
            raise RuntimeError(f"A form was answered {answer.status_code}")

    took: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for _round in range(ROUNDS):
        for change, times in took.items():
            with connection.cursor() as cursor:
                for trigger in TRIGGERS:
                    cursor.execute(f"ALTER TABLE surveys_response {change} TRIGGER {trigger}")
            times += [seconds(send) for _time in range(TIMES)]
    with_frame, without = (1000 * min(times[1:]) for times in took.values())
    return Figure("sending with a coding frame", with_frame, "ms", without, goal=1.5)
