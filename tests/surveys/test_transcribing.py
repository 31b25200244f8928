"""Forms from paper and phone: typed once or twice, compared, decided, taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from surveys.desk.sources import forms_to_type
from surveys.lifecycle import take_transcript, withdraw, withdraw_for_organisation
from surveys.models import (
    AuditEntry,
    Consultation,
    Meeting,
    Organisation,
    Response,
    Transcript,
    Typing,
    User,
    Version,
)
from surveys.parts import Part
from surveys.question_types import question_types
from surveys.roles import MANAGING_AUTHORITY, OBSERVER, secretariat
from surveys.transcribing.double_typing import differences, is_typed_twice, resolved
from surveys.transcribing.lists import error_rates, waiting_for
from surveys.transcribing.sheets import is_typed_now
from surveys.transcribing.typing import NotYours, Typed, begin, resolve, save, set_aside
from tests.content import load_content
from tests.surveys.signing_in import sign_in_staff

LIST = "/en/admin/transcripts/"
ANSWERS = {"place": "timis", "C2": ["nature", "risk"], "C5": "Un pod la Baziaș"}


def person(name):
    user = User.objects.create_user(name, f"{name}@example.org", first_name=name, is_staff=True)
    user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ana(listens):
    return person("Ana")


@pytest.fixture
def mira(listens):
    return person("Mira")


@pytest.fixture
def desk():
    def sign_in(user):
        client = Client()
        sign_in_staff(client, user)
        return client

    return sign_in


@pytest.fixture
def always(settings):
    settings.TYPED_TWICE_PERCENT = 100


@pytest.fixture
def never(settings):
    settings.TYPED_TWICE_PERCENT = 0


def version(slug="citizens"):
    return Version.objects.with_questions().get(questionnaire__slug=slug)


def new_form(**changed):
    """What the browser sends for a form of today."""
    head = {
        "key": str(uuid4()),
        "channel": "paper",
        "language": "ro",
        "received_on": f"{timezone.localdate()}",
        "then": "list",
    }
    return head | ANSWERS | changed


def address(slug="citizens"):
    return f"{LIST}new/{version(slug).pk}/"


def typed(by, answers=ANSWERS, is_finished=True, **head):
    part = Part(frozenset(answers), dict(answers), {})
    return Typed(part, by, timezone.now(), is_finished, head)


def head(**changed):
    said = {"channel": "paper", "language": "ro", "received_on": timezone.localdate()}
    return said | changed


def first_typing(by, answers=ANSWERS, **changed):
    return begin(version(), typed(by, answers, **head(**changed)), uuid4())


def page_of(answer):
    return answer.content.decode()


# One typing


def test_a_form_that_is_typed_once_is_a_response(desk, ana, never):
    answer = desk(ana).post(address(), new_form(sheet="P-17"))

    response = Response.objects.get()
    transcript = Transcript.objects.get()
    assert (answer.status_code, answer.url) == (302, LIST)
    assert (response.state, response.channel, response.language) == ("sent", "paper", "ro")
    assert response.answers == ANSWERS
    assert (transcript.response, transcript.state, transcript.sheet) == (response, "done", "P-17")
    assert Response.objects.sent().count() == 1


def test_it_counts_from_noon_of_the_day_it_was_received(ana, never, listens):
    Consultation.objects.update(opens_at=timezone.now() - timedelta(days=9))
    yesterday = timezone.localdate() - timedelta(days=1)

    response = first_typing(ana, received_on=yesterday).response

    noon = timezone.make_aware(datetime.combine(yesterday, datetime.min.time())) + timedelta(
        hours=12
    )
    assert (response.sent_at, response.started_at) == (noon, noon)


def test_it_never_counts_from_before_the_opening_or_from_the_future(ana, never):
    opening = timezone.now() - timedelta(minutes=1)
    Consultation.objects.update(opens_at=opening)

    response = first_typing(ana).response

    assert opening <= response.sent_at <= timezone.now()


def test_what_is_required_online_may_be_empty_on_paper(desk, ana, never):
    desk(ana).post(address(), new_form(place=""))

    assert Response.objects.get().place is None


def test_an_answer_that_respondents_could_not_give_is_refused(desk, ana, never):
    answer = desk(ana).post(
        address(), new_form(C2=["nature", "risk", "energy", "health"], place="paris")
    )

    assert answer.status_code == 422
    assert "Choose 3 answers or fewer. You chose 4" in page_of(answer)
    assert "Choose one of the answers listed" in page_of(answer)
    assert not Transcript.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"received_on": ""}, "Enter the date"),
        ({"received_on": "31.12.2026"}, "This is not a date"),
        ({"received_on": "1999-01-01"}, "was not open yet on this day"),
        ({"received_on": "9999-12-31"}, "This day is still to come"),
        ({"channel": "web"}, "Select a valid choice"),
        ({"channel": "event"}, "Choose the meeting at which it was filled in"),
        ({"meeting": "9" * 30}, "Select a valid choice"),
        ({"channel": "event", "meeting": "9" * 30}, "Select a valid choice"),
        ({"meeting": "x\0"}, "Null characters are not allowed"),
        ({"sheet": "a\0b"}, "Null characters are not allowed"),
        ({"sheet": "7" * 41}, "at most 40 characters"),
        ({"language": "de"}, "Select a valid choice"),
        ({"new_meeting": "Orșova"}, "Enter when the meeting was held"),
    ],
)
def test_what_is_wrong_about_a_sheet_is_said_and_nothing_is_written(desk, ana, changed, words):
    answer = desk(ana).post(address(), new_form(**changed))

    assert answer.status_code == 422
    assert words in page_of(answer)
    assert "Un pod la Bazia" in page_of(answer)
    assert not Transcript.objects.exists()
    assert not Meeting.objects.exists()


def test_a_number_is_typed_once(desk, ana, never):
    desk(ana).post(address(), new_form(sheet="P-1"))
    answer = desk(ana).post(address(), new_form(sheet=" P-1 "))

    assert "A form with the number P-1 was typed already" in page_of(answer)
    assert Transcript.objects.count() == 1


def test_the_next_form_of_a_pile_keeps_channel_language_meeting_and_day(desk, ana, never):
    meeting = {"channel": "event", "new_meeting": "Orșova", "new_meeting_on": "2026-11-20"}
    client = desk(ana)

    following = client.post(address(), new_form(then="next", **meeting)).url

    kept = Meeting.objects.get()
    form = client.get(following).context["head"]
    assert (kept.name, kept.held_on) == ("Orșova", date(2026, 11, 20))
    assert {name: str(form[name].value()) for name in ("channel", "language", "meeting")} == {
        "channel": "event",
        "language": "ro",
        "meeting": str(kept.pk),
    }
    assert str(form["received_on"].value()) == f"{timezone.localdate()}"


def test_meetings_of_one_name_on_one_day_become_one_and_stay_one(desk, ana, listens, never):
    day = {"name": "Orșova", "held_on": date(2026, 11, 20)}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_meeting DROP CONSTRAINT meeting_is_unique_on_its_day")
    first, second = (Meeting.objects.create(consultation=listens, **day) for _time in range(2))
    desk(ana).post(address(), new_form(channel="event", meeting=second.pk))

    migration = import_module("surveys.migrations.0034_meetings_of_a_day")
    migration.make_one(apps, None)

    assert Transcript.objects.get().meeting == Meeting.objects.get() == first


def test_a_meeting_is_there_once_on_its_day(listens):
    day = {"consultation": listens, "name": "Orșova", "held_on": date(2026, 11, 20)}
    Meeting.objects.create(**day)

    with pytest.raises(IntegrityError, match="meeting_is_unique_on_its_day"):
        Meeting.objects.create(**day)


def test_a_double_click_makes_one_response(desk, ana, never):
    form = new_form()
    answers = [desk(ana).post(address(), form).status_code for _click in range(2)]

    assert answers == [302, 302]
    assert (Response.objects.count(), Typing.objects.count()) == (1, 1)


# Broken off


def test_a_typing_that_is_broken_off_is_kept_with_all_that_is_not_valid_yet(desk, ana, never):
    too_many = ["nature", "risk", "energy", "health"]
    client = desk(ana)
    client.post(address(), new_form(then="later", sheet="P-2", C2=too_many))
    kept = Transcript.objects.get()

    page = page_of(client.get(f"{LIST}{kept.pk}/type/"))

    assert kept.state == "begun"
    assert page.count(" checked") == 5
    assert "Un pod la Baziaș" in page
    assert f"{LIST}{kept.pk}/type/" in page_of(client.get(LIST))
    assert not Response.objects.exists()


def test_what_was_kept_is_gone_on_with_and_taken(desk, ana, never):
    client = desk(ana)
    client.post(address(), new_form(then="later"))
    kept = Transcript.objects.get()

    client.post(f"{LIST}{kept.pk}/type/", new_form(sheet="P-3", place="borski"))

    assert Response.objects.get().place == "borski"
    assert Transcript.objects.get().sheet == "P-3"


def test_only_an_unfinished_typing_can_be_thrown_away(desk, ana, mira, always):
    client = desk(mira)
    begun = begin(version(), typed(ana, is_finished=False, **head()), uuid4())
    finished = first_typing(ana)

    client.post(f"{LIST}typings/{finished.typings.get().pk}/erase/")
    client.post(f"{LIST}typings/{begun.typings.get().pk}/erase/")

    assert list(Transcript.objects.all()) == [finished]


# Two typings


def test_the_second_person_does_not_see_the_first_typing(desk, ana, mira, always):
    transcript = first_typing(ana, sheet="P-4")

    page = page_of(desk(mira).get(f"{LIST}{transcript.pk}/type/"))

    assert "P-4" in page
    assert " checked" not in page
    assert "Bazia" not in page


def test_nobody_types_a_form_twice(desk, ana, mira, always):
    transcript = first_typing(ana)

    answer = desk(ana).get(f"{LIST}{transcript.pk}/type/")

    assert answer.status_code == 302
    assert [list(waiting_for(user)) for user in (ana, mira)] == [[], [transcript]]


def test_two_typings_that_say_the_same_are_taken(ana, mira, always):
    transcript = first_typing(ana)
    assert not Response.objects.exists()

    save(transcript, typed(mira, ANSWERS | {"C5": "  Un pod\nla Baziaș "}))

    assert Response.objects.get().answers == ANSWERS


def test_two_typings_that_differ_wait_for_a_choice(desk, ana, mira, always):
    transcript = first_typing(ana)
    save(transcript, typed(mira, ANSWERS | {"place": "borski", "C5": "Un pod"}))
    client, page = desk(ana), f"{LIST}{transcript.pk}/differences/"

    shown = page_of(client.get(page))
    refused = client.post(page, {"choose-place": "second"})
    taken = client.post(page, {"choose-place": "second", "choose-C5": "first"})

    assert "Bor District" in shown
    assert "Timiș County" in shown
    assert "Climate adaptation" not in shown
    assert refused.status_code == 422
    assert "Choose for: If you could choose one joint project" in page_of(refused)
    assert taken.status_code == 302
    assert Response.objects.get().answers == ANSWERS | {"place": "borski"}


def test_who_finds_it_decided_is_told_and_changes_nothing(desk, ana, mira, always):
    transcript = first_typing(ana)
    save(transcript, typed(mira, {"place": "borski"}))
    choices = {"place": "first", "C2": "first", "C5": "first"}
    resolve(transcript, choices, timezone.now(), ana)

    answer = desk(mira).post(f"{LIST}{transcript.pk}/differences/", {"choose-place": "second"})
    resolve(transcript, dict.fromkeys(choices, "second"), timezone.now(), mira)

    assert answer.status_code == 302
    assert Response.objects.get().answers == ANSWERS


def test_somebody_elses_second_typing_is_not_overwritten(ana, mira, always):
    transcript = first_typing(ana)
    save(transcript, typed(mira, {"place": "borski"}, is_finished=False))

    with pytest.raises(NotYours):
        save(transcript, typed(person("Ivan"), {"place": "timis"}))

    assert Typing.objects.get(turn=2).answers == {"place": "borski"}


# Properties: any two typings, any choices

PLACES = ("timis", "borski", "podunavski")
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "place": st.sampled_from(PLACES),
        "C2": st.lists(st.sampled_from(["nature", "risk", "energy"]), min_size=1, unique=True),
        "C2_other_text": st.text(min_size=1, max_size=9).filter(str.strip),
        "C3_comment": st.sampled_from(["Drum", "drum", "Drum ", "Пут"]),
        "C5": st.text(min_size=1, max_size=20).filter(str.strip),
        "age": st.sampled_from(["18_24", "25_34"]),
    },
)
CHOICES = st.dictionaries(
    st.sampled_from(["place", "C2", "C3", "C5", "age"]), st.sampled_from(["first", "second"])
)
ANY_DATA = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)


@ANY_DATA
@given(DOCUMENTS, DOCUMENTS, CHOICES)
@example({"C2": ["nature"], "C2_other_text": "x"}, {"C2": ["risk"]}, {"C2": "second"})
def test_what_is_taken_is_question_by_question_what_was_chosen(listens, first, second, choices):
    kinds = question_types(version())

    answers = resolved(kinds, first, second, choices)

    for kind in kinds:
        chosen = second if choices.get(kind.name) == "second" else first
        for name in kind.stored_names():
            assert answers.get(name) == chosen.get(name)
    assert set(answers) <= {*first, *second}


@ANY_DATA
@given(DOCUMENTS, DOCUMENTS)
def test_what_differs_is_what_differs_but_for_spaces(listens, first, second):
    kinds = question_types(version())

    found = {each.kind.name for each in differences(kinds, first, second)}

    def plain(document, name):
        value = document.get(name)
        return value.split() if isinstance(value, str) else value

    expected = {
        kind.name
        for kind in kinds
        if any(plain(first, name) != plain(second, name) for name in kind.stored_names())
    }
    assert found == expected
    assert differences(kinds, first, first) == []


@pytest.mark.parametrize(
    ("percent", "low", "high"), [(0, 0, 0), (10, 850, 1150), (100, 10**4, 10**4)]
)
def test_the_share_that_is_typed_twice_is_drawn(settings, percent, low, high):
    settings.TYPED_TWICE_PERCENT = percent

    drawn = [number for number in range(10_000) if is_typed_twice(number, "paper")]

    assert low <= len(drawn) <= high
    assert drawn == [number for number in range(10_000) if is_typed_twice(number, "event")]


def test_what_is_drawn_hangs_on_the_secret_of_the_site_alone(settings):
    settings.SECRET_KEY = "one"
    first = [is_typed_twice(number, "paper") for number in range(1000)]
    settings.SECRET_KEY = "another"

    assert first != [is_typed_twice(number, "paper") for number in range(1000)]


def test_a_phone_call_is_typed_once(ana, always):
    assert first_typing(ana, channel="phone").state == "done"


# At once


@pytest.fixture
def at_once(transactional_db):
    """Run calls in threads of their own; what each gave, or the name of what it raised."""
    load_content()

    def run(*calls):
        def call(function):
            try:
                return function()
            except Exception as error:
                return type(error).__name__
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(call, calls))

    return run


def test_the_same_form_many_times_at_once_is_one_response(at_once, settings):
    settings.TYPED_TWICE_PERCENT = 0
    ana, key, asked = person("Ana"), uuid4(), version()

    found = at_once(*[lambda: begin(asked, typed(ana, **head(sheet="P-9")), key)] * 6)

    assert {transcript.pk for transcript in found} == {Transcript.objects.get().pk}
    assert Response.objects.count() == 1


def test_two_forms_with_one_number_at_once_are_one_and_a_refusal(at_once):
    ana, asked = person("Ana"), version()

    found = at_once(*[lambda: begin(asked, typed(ana, **head(sheet="P-9")), uuid4())] * 4)

    assert found.count("SheetTaken") == 3
    assert Transcript.objects.count() == 1


def test_of_two_people_who_type_a_form_a_second_time_one_does(at_once, settings):
    settings.TYPED_TWICE_PERCENT = 100
    transcript = first_typing(person("Ana"))
    others = [person(name) for name in ("Mira", "Ivan", "Ion")]

    found = at_once(*[lambda by=by: save(transcript, typed(by)) for by in others])

    assert found.count("NotYours") == 2
    assert (Typing.objects.count(), Response.objects.count()) == (2, 1)


def test_one_form_taken_many_times_at_once_is_one_response(at_once, settings):
    settings.TYPED_TWICE_PERCENT = 100
    ana = person("Ana")
    transcript = first_typing(ana)

    def take():
        return take_transcript(transcript, answers=ANSWERS, moment=timezone.now(), by=ana)

    found = at_once(*[take] * 6)

    assert found == [Response.objects.get()] * 6
    assert AuditEntry.objects.filter(model="response").count() == 1


def test_differences_decided_twice_at_once_make_one_response(at_once, settings):
    settings.TYPED_TWICE_PERCENT = 100
    ana, mira = person("Ana"), person("Mira")
    transcript = first_typing(ana)
    save(transcript, typed(mira, {"place": "borski"}))

    found = at_once(
        *[
            lambda by=by, side=side: resolve(
                transcript, {"place": side, "C2": side, "C5": side}, timezone.now(), by
            )
            for by, side in [(ana, "first"), (mira, "second")] * 2
        ]
    )

    assert found == [None] * 4
    assert Response.objects.count() == 1
    assert Response.objects.get().answers in (ANSWERS, {"place": "borski"})
    assert AuditEntry.objects.filter(action="decided").count() == 1


# Organisations


@pytest.fixture
def danube(listens):
    return Organisation.objects.create(name="Asociația Dunărea Verde")


def stakeholder_form(**changed):
    answers = {"org_type": "ngo", "place": "timis"}
    form = {name: value for name, value in new_form().items() if name not in ANSWERS}
    return form | answers | changed


@pytest.mark.parametrize("text", ["Asociatia dunarea", "  ДУНАРЕА  ", "{pk}"])
def test_an_organisation_is_found_by_name_in_any_script_or_number(desk, ana, danube, never, text):
    desk(ana).post(
        address("stakeholders"), stakeholder_form(organisation=text.format(pk=danube.pk))
    )

    assert Response.objects.get().organisation == danube


def test_several_of_a_name_are_told_apart_by_number(desk, ana, danube):
    other = Organisation.objects.create(name="Dunărea Albastră")

    page = page_of(
        desk(ana).post(address("stakeholders"), stakeholder_form(organisation="Dunărea"))
    )

    assert f"{danube.pk} Asociația Dunărea Verde" in page
    assert f"{other.pk} Dunărea Albastră" in page


def test_withdrawing_erases_what_was_typed_for_an_organisation(ana, mira, danube, never):
    transcript = begin(
        version("stakeholders"),
        typed(ana, {"org_type": "ngo"}, **head(organisation=danube)),
        uuid4(),
    )
    assert Typing.objects.get().answers == {"org_type": "ngo"}

    withdraw_for_organisation(transcript.response, moment=timezone.now(), by=mira)

    assert Response.objects.get().state == "withdrawn"
    assert Typing.objects.count() == 0
    transcript.refresh_from_db()
    assert (transcript.state, transcript.organisation) == ("done", danube)


def test_withdrawing_erases_what_was_typed_twice_for_a_citizen_and_nothing_of_others(
    ana, mira, always
):
    transcript, other = first_typing(ana), first_typing(ana)
    for each in (transcript, other):
        save(each, typed(mira))
    transcript.refresh_from_db()

    withdraw(transcript.response)

    assert [*Typing.objects.values_list("transcript", "turn")] == [(other.pk, 1), (other.pk, 2)]


@pytest.mark.parametrize("state", ["draft", "sent", "withdrawn"])
def test_an_organisation_that_answered_online_is_refused_in_words(desk, ana, danube, state):
    now = timezone.now()
    Response.objects.create(
        questionnaire=version("stakeholders").questionnaire,
        version=version("stakeholders"),
        organisation=danube,
        state=state,
        language="ro",
        started_at=now,
        sent_at=None if state == "draft" else now,
    )

    answer = desk(ana).post(address("stakeholders"), stakeholder_form(organisation="Dunărea Verde"))

    assert answer.status_code == 422
    assert "Each organisation has one response" in page_of(answer)
    assert Response.objects.count() == 1


def test_an_organisation_that_answers_online_meanwhile_leaves_the_form_to_be_set_aside(
    desk, ana, mira, danube, always
):
    asked = version("stakeholders")
    answers = {"org_type": "ngo"}
    transcript = begin(asked, typed(ana, answers, **head(organisation=danube)), uuid4())
    now = timezone.now()
    Response.objects.create(
        questionnaire=asked.questionnaire,
        version=asked,
        organisation=danube,
        state="draft",
        language="ro",
        started_at=now,
    )

    answer = desk(mira).post(f"{LIST}{transcript.pk}/type/", answers | {"then": "list"})
    desk(mira).post(f"{LIST}{transcript.pk}/aside/", {"reason": "It answers on the website"})

    transcript.refresh_from_db()
    assert answer.status_code == 422
    assert transcript.state == "aside"
    assert AuditEntry.objects.get(purpose="It answers on the website").user_name == "Mira"


def test_what_is_done_cannot_be_set_aside(ana, never):
    with pytest.raises(NotYours):
        set_aside(first_typing(ana), "a mistake", ana)


# Until when


@pytest.mark.parametrize(
    ("opened", "closed", "is_typed"),
    [(1, 9, False), (-9, 9, True), (-99, -20, True), (-99, -22, False)],
)
def test_forms_are_typed_until_some_days_after_closing(listens, settings, opened, closed, is_typed):
    settings.TYPED_UNTIL_DAYS = 21
    listens.opens_at = timezone.now() + timedelta(days=opened)
    listens.closes_at = timezone.now() + timedelta(days=closed)

    assert is_typed_now(listens) == is_typed


def test_after_closing_only_what_came_before_is_taken(desk, ana, never):
    closing = timezone.now() - timedelta(days=3)
    Consultation.objects.update(opens_at=closing - timedelta(days=30), closes_at=closing)
    client = desk(ana)

    late = client.post(address(), new_form())
    in_time = client.post(address(), new_form(received_on=f"{timezone.localdate(closing)}"))

    assert "A form that came later is not taken" in page_of(late)
    assert in_time.status_code == 302
    assert Response.objects.get().sent_at <= closing


def test_a_page_says_when_forms_are_not_typed_any_more(desk, ana):
    long_ago = timezone.now() - timedelta(days=99)
    Consultation.objects.update(opens_at=long_ago - timedelta(days=9), closes_at=long_ago)

    answer = desk(ana).post(address(), new_form())

    assert "until some days after its closing" in page_of(answer)
    assert not Transcript.objects.exists()


# How well we type


def test_the_error_rate_is_of_the_forms_with_an_answer_there(ana, mira, always):
    for second in (ANSWERS, ANSWERS | {"place": "borski"}, ANSWERS | {"age": "25_34"}):
        save(first_typing(ana), typed(mira, second))
    begin(version(), typed(ana, is_finished=False, **head()), uuid4())

    rates = {
        rate.question.name: (rate.compared, rate.different)
        for rate in error_rates(version().questionnaire)
    }

    assert rates["place"] == (3, 1)
    assert rates["C5"] == (3, 0)
    assert rates["age"] == (1, 1)
    assert rates["C1"] == (0, 0)


# Who may, what is logged, how many queries


def test_the_log_tells_who_typed_and_never_what(desk, ana, mira, always):
    transcript = first_typing(ana, sheet="P-5")
    save(transcript, typed(mira, {"place": "borski"}))
    resolve(transcript, {"place": "first", "C2": "first", "C5": "first"}, timezone.now(), ana)

    entries = list(AuditEntry.objects.order_by("pk").values_list("user_name", "action", "model"))
    assert entries == [
        ("Ana", "added", "transcript"),
        ("Mira", "changed", "transcript"),
        ("Ana", "added", "response"),
        ("Ana", "decided", "transcript"),
    ]
    assert "Bazia" not in str(list(AuditEntry.objects.values()))


def test_who_may_look_may_not_type_and_others_may_neither(desk, ana, always):
    transcript = first_typing(ana)
    pages = [LIST, address(), f"{LIST}{transcript.pk}/type/", f"{LIST}{transcript.pk}/aside/"]
    found = {}
    for role in (MANAGING_AUTHORITY, OBSERVER):
        user = User.objects.create_user(role.name, is_staff=True)
        user.groups.add(role.group())
        client = desk(user)
        found[role] = [client.get(page).status_code for page in pages]

    assert found == {MANAGING_AUTHORITY: [200, 403, 403, 403], OBSERVER: [403] * 4}


def test_the_pile_takes_as_many_queries_for_three_as_for_one(
    desk, ana, mira, always, django_assert_num_queries
):
    def pile():
        save(first_typing(ana), typed(mira, {"place": "borski"}))
        begin(version(), typed(mira, is_finished=False, **head()), uuid4())
        first_typing(ana)

    client = desk(mira)
    pile()
    client.get(LIST)
    with django_assert_num_queries(13) as first:
        client.get(LIST)
    pile()
    pile()
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(LIST)


def test_forms_that_wait_are_tasks(ana, mira, always):
    assert list(forms_to_type(Consultation.objects.current())) == []
    save(first_typing(ana), typed(mira, {"place": "borski"}))
    first_typing(ana)
    first_typing(ana)
    save(first_typing(ana), typed(mira, is_finished=False))

    found = [task.words for task in forms_to_type(Consultation.objects.current())]

    assert found == [
        "2 forms wait to be typed a second time",
        "1 form was read differently by two people",
    ]


def test_a_form_that_was_begun_and_left_is_a_task_after_an_hour(ana, mira, always):
    left = begin(version(), typed(ana, is_finished=False, **head()), uuid4())
    again = save(first_typing(ana), typed(mira, is_finished=False))
    an_hour_ago = timezone.now() - timedelta(hours=1, seconds=1)

    found = []
    for forgotten in ([], [left], [left, again]):
        left_alone = Typing.objects.filter(transcript__in=forgotten, is_finished=False)
        left_alone.update(typed_at=an_hour_ago)
        found.append([task.words for task in forms_to_type(Consultation.objects.current())])

    assert found == [
        [],
        ["1 form was begun and is not typed to its end"],
        ["2 forms were begun and are not typed to their end"],
    ]


@pytest.mark.parametrize(
    "query",
    ["meeting=x&received_on=never", "channel=x&language=%ED%A0%80", f"meeting={'9' * 40}"],
)
def test_a_forged_address_of_the_next_form_opens_it_all_the_same(desk, ana, query):
    assert desk(ana).get(f"{address()}?{query}").status_code == 200


# Rules of the database


@pytest.fixture
def transcript(ana, always):
    return first_typing(ana, sheet="P-1")


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("a_transcript_that_is_done_is_a_response", {"state": "done"}),
        ("a_transcript_is_of_something_that_was_not_typed", {"channel": "web"}),
    ],
)
def test_a_transcript_is_what_its_rules_say(transcript, rule, changed):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Transcript.objects.update(**changed)


def test_a_number_and_a_form_make_one_transcript(transcript):
    again = {"version": transcript.version, "state": "begun"} | head()

    for rule, same in [
        ("a_sheet_is_transcribed_once", {"sheet": "P-1"}),
        ("a_transcript_is_begun_once_with_a_form", {"form_key": transcript.form_key}),
    ]:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            Transcript.objects.create(**again | same)


def test_the_number_of_what_was_set_aside_is_free_again(transcript, ana):
    set_aside(transcript, "a page is missing", ana)

    assert first_typing(ana, sheet="P-1").pk != transcript.pk


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_sheet_is_typed_once_in_each_turn", {"turn": 1}),
        ("a_sheet_is_typed_by_different_people", {"turn": 2, "typed_by": "ana"}),
        ("typed_once_or_twice", {"turn": 3}),
        (
            "a_finished_typing_has_nothing_unfinished",
            {"turn": 2, "is_finished": True, "unfinished": {"C5": "x"}},
        ),
    ],
)
def test_a_typing_is_what_its_rules_say(transcript, ana, rule, fields):
    fields = {name: ana if value == "ana" else value for name, value in fields.items()}

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Typing.objects.create(transcript=transcript, typed_at=timezone.now(), **fields)
