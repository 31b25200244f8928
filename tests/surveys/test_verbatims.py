"""What is to be read is known at every moment, whatever respondents and staff do."""

import importlib
import random
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.fabrication import fabricate
from surveys.lifecycle import change_response, send_citizen_response, send_draft, whole, withdraw
from surveys.models import Decision, Organisation, Response, User, WorkingTranslation
from surveys.parts import Part
from surveys.verbatims import digest_of, note_words, undecided, words_names

NAMES = ("C3_comment", "C5")


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def version(citizens):
    return citizens.current_version()


def part(**answers):
    return Part(frozenset({"place", "C3", *NAMES}), {"place": "borski", **answers}, {})


def send(version, secret="s" * 28, **answers):
    return send_citizen_response(
        version, secret=secret, part=part(**answers), seen="", language="sr", moment=timezone.now()
    )


def change(response, **answers):
    seen = Part.of(response, part().names).fingerprint()
    return change_response(
        response, part=part(**answers), seen=seen, language="sr", moment=timezone.now()
    )


def decide(response, name, **fields):
    """A decision as it is stored, without the pages."""
    Decision.objects.create(
        response=response,
        question=name,
        digest=digest_of(response.answers[name]),
        decided_at=timezone.now(),
        **{"verdict": "publish"} | fields,
    )
    note_words(response)
    response.save()


def test_words_stand_in_open_answers_and_beside_closed_ones(listens, version):
    organisations = listens.questionnaires.get(slug="stakeholders").current_version()

    assert words_names(version) == (
        *("C1_comment", "C2_other_text", "C3_comment", "C4_other_text", "C5"),
    )
    assert {"S1_comment", "S10"} <= set(words_names(organisations))
    assert "org_type" not in words_names(organisations)


def test_what_is_sent_is_to_be_read(version):
    assert send(version, C5="Мост", C3_comment="скела").unread == ["C3_comment", "C5"]
    assert send(version, secret="t" * 28).unread == []


def test_a_draft_is_not_to_be_read(listens):
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    now = timezone.now()
    draft = Response.objects.create(
        questionnaire=stakeholders,
        version=stakeholders.current_version(),
        organisation=Organisation.objects.create(name="Primăria Orșova"),
        state="draft",
        language="ro",
        started_at=now,
        answers={"S10": "Un pod"},
    )
    user = User.objects.create_user("elena", "elena@example.org")
    assert draft.unread == []

    sent = send_draft(
        draft,
        seen=whole(draft).fingerprint(),
        publication="named",
        language="ro",
        moment=now,
        by=user,
    )

    assert sent.unread == ["S10"]


def test_a_change_reopens_only_the_words_that_changed(version):
    response = send(version, C5="Мост", C3_comment="скела")
    decide(response, "C5")
    decide(response, "C3_comment")
    assert response.unread == []

    changed = change(response, C5="Тунел", C3_comment="скела")

    assert changed.unread == ["C5"]
    current = Decision.objects.filter(is_current=True)
    assert list(current.values_list("question", flat=True)) == ["C3_comment"]


def test_words_that_are_gone_are_decided_about_no_more(version):
    response = send(version, C5="Мост")
    decide(response, "C5", verdict="ask", reason="?")

    assert change(response).unread == []
    assert not Decision.objects.filter(is_current=True).exists()


def test_withdrawing_forgets_what_staff_made_of_the_words(version):
    response = send(version, C5="Мост код Милана")
    decide(response, "C5", verdict="hide", hidden=[[9, 15]], reason="Милан")
    WorkingTranslation.objects.create(
        response=response, question="C5", language="en", text="Bridge", made_at=timezone.now()
    )

    withdraw(response)

    response.refresh_from_db()
    decision = Decision.objects.get()
    assert response.unread == []
    assert (decision.hidden, decision.digest, decision.reason) == ([], "", "")
    assert (decision.verdict, decision.is_current) == ("hide", False)
    assert not WorkingTranslation.objects.exists()


def test_a_rehearsal_is_not_to_be_read(version):
    response = send(version, C5="Мост")
    response.is_rehearsal = True

    note_words(response)

    assert response.unread == []


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_rows_stored_before_are_brought_up_to_date_as_new_ones_are(listens, slug):
    questionnaire = listens.questionnaires.get(slug=slug)
    list(fabricate(questionnaire, 60, random.Random(3)))
    read = Response.objects.exclude(unread=[]).first()
    decide(read, read.unread[0])
    expected = dict(Response.objects.values_list("pk", "unread"))
    assert sum(map(len, expected.values())) > 20
    Response.objects.update(unread=[])

    migration = importlib.import_module("surveys.migrations.0009_words_to_read")
    with connection.schema_editor(atomic=False) as editor:
        migration.note_words(apps, editor)

    assert dict(Response.objects.values_list("pk", "unread")) == expected


WORDS = st.sampled_from(["", "a", "b", "ж"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), WORDS, WORDS),
        st.tuples(st.just("decide"), st.sampled_from(NAMES), st.just("")),
        st.tuples(st.just("withdraw"), st.just(""), st.just("")),
    ),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_after_any_steps_exactly_the_undecided_words_are_to_be_read(version, steps):
    """Beside the code a model that is as simple as can be: which words were decided about."""
    Response.objects.all().delete()
    response = send(version, C5="a")
    said, decided = {"C5": "a"}, {}
    for step, one, other in steps:
        if response.state != "sent":
            break
        if step == "change":
            said = {n: w for n, w in zip(NAMES, (one, other), strict=True) if w}
            response = change(response, **said)
            decided = {name: words for name, words in decided.items() if said.get(name) == words}
        elif step == "withdraw":
            withdraw(response)
            said = {}
        elif one in response.unread:
            decide(response, one)
            decided[one] = said[one]
        response.refresh_from_db()
        assert response.unread == [
            name for name in NAMES if name in said and decided.get(name) != said[name]
        ]


@given(st.dictionaries(st.text(max_size=3), st.text(min_size=1), max_size=4))
def test_what_was_decided_about_in_these_very_words_is_read(words):
    decided = {name: digest_of(said) for name, said in words.items()}

    assert undecided(words, decided) == []
    assert undecided(words, {}) == list(words)
