"""Reviewing open answers: the queue, the page of one, decisions, and what two people do at once."""

import random
import re
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from surveys.fabrication import fabricate
from surveys.lifecycle import change_response, send_citizen_response, withdraw
from surveys.models import (
    AuditEntry,
    Campaign,
    CampaignText,
    Decision,
    Organisation,
    Response,
    Revision,
    SoftLock,
    User,
    WorkingTranslation,
)
from surveys.parts import Part
from surveys.reviewing.deciding import Decided, NotAllowed, Overtaken, Seen, confirm, decide
from surveys.reviewing.originals import erase_originals
from surveys.reviewing.queue import Filters, Position
from surveys.roles import secretariat
from surveys.subjects.restricting import restrict
from surveys.verbatims import digest_of
from tests.surveys.signing_in import sign_in_staff

TEXT = "Прошле зиме је комшија Милан Ј. из Текије чекао три сата."
NAMES = frozenset({"place", "C1", "C1_comment", "C5"})


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


def colleague(name, **fields):
    user = User.objects.create_user(name, first_name=name.title(), is_staff=True, **fields)
    user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def ana(listens):
    return colleague("ana")


@pytest.fixture
def mirko(listens):
    return colleague("mirko")


@pytest.fixture
def desk(client, ana):
    sign_in_staff(client, ana)
    return client


def visit(user):
    client = Client()
    sign_in_staff(client, user)
    return client


def send(questionnaire, text=TEXT, *, language="sr", place="borski", **answers):
    secret = f"{Response.objects.count():028}"
    document = {"place": place, "C5": text, **answers}
    part = Part(NAMES, {name: words for name, words in document.items() if words}, {})
    version = questionnaire.current_version()
    moment = timezone.now()
    return send_citizen_response(
        version, secret=secret, part=part, seen="", language=language, moment=moment
    )


@pytest.fixture
def one(citizens):
    return send(citizens)


def address(response, page="", name="C5", language="en"):
    return f"/{language}/admin/review/{response.pk}/{name}/{page}"


def form(response, verdict="publish", name="C5", **fields):
    """What the form on the page of an answer sends."""
    current = Decision.objects.filter(response=response, question=name, is_current=True).first()
    seen = {
        "seen_words": digest_of(response.answers[name]),
        "seen_decision": current.pk if current else "",
    }
    return seen | {"verdict": verdict, "reason": ""} | fields


def seen(response, decision=None, name="C5"):
    digest = digest_of(response.answers[name])
    return Seen(response.pk, name, digest, decision and decision.pk)


def decided(response, by, verdict="publish", **fields):
    return decide(seen(response), Decided(verdict, **fields), by=by, moment=timezone.now())


# Who


PAGES = ("", "table/", "waiting/")


@pytest.mark.parametrize("missing", ["review_response", "see_words"])
def test_who_may_not_read_words_opens_nothing(one, ana, missing):
    group = secretariat()
    group.permissions.remove(group.permissions.get(codename=missing))
    client = visit(ana)

    assert [client.get(f"/en/admin/review/{page}").status_code for page in PAGES] == [403] * 3
    assert client.get(address(one)).status_code == 403
    assert client.post(address(one, "decide/"), form(one)).status_code == 403
    assert not Decision.objects.exists()


def test_a_stranger_is_asked_to_sign_in(client, one):
    assert client.get(address(one)).status_code == 302


def test_who_may_not_know_who_answered_sees_no_name(one, ana, listens):
    group = secretariat()
    group.permissions.remove(group.permissions.get(codename="see_identity"))
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    organisation = Organisation.objects.create(name="Primăria Orșova")
    theirs = store(stakeholders, {"S10": "Un pod"}, ["S10"], organisation=organisation)
    client = visit(ana)

    pages = [client.get(address(theirs, name="S10")), client.get("/en/admin/review/table/")]

    for page in pages:
        assert page.status_code == 200
        assert "Primăria Orșova" not in page.content.decode()
        assert theirs.reference not in page.content.decode()


def store(questionnaire, answers, unread, **fields):
    now = timezone.now()
    return Response.objects.create(
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        answers=answers,
        unread=unread,
        **{"state": "sent", "language": "ro", "started_at": now, "sent_at": now} | fields,
    )


@pytest.mark.parametrize("fields", [{"state": "draft", "sent_at": None}, {"is_rehearsal": True}])
def test_drafts_and_rehearsals_are_not_there(desk, citizens, fields):
    response = store(citizens, {"C5": "nobody's business"}, [], **fields)

    assert desk.get(address(response)).status_code == 404


def test_organisations_nobody_confirmed_are_not_there(desk, listens):
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    waiting = Organisation.objects.create(name="Ko zna", standing="waiting")
    response = store(stakeholders, {"S10": "Мост"}, ["S10"], organisation=waiting)

    assert desk.get(address(response, name="S10")).status_code == 404
    assert Filters().left() == 0


@pytest.mark.parametrize("name", ["C2", "place", "X"])
def test_only_words_are_reviewed(desk, one, name):
    assert desk.get(address(one, name=name)).status_code == 404


# The queue


def test_the_oldest_answer_is_read_first(desk, citizens):
    first, _second = send(citizens, "Мост"), send(citizens, "Скела")

    assert desk.get("/en/admin/review/").url == address(first)


def test_an_answer_a_colleague_has_open_is_offered_to_nobody_else(desk, citizens, mirko):
    first, second = send(citizens, "Мост"), send(citizens, "Скела")
    visit(mirko).get(address(first))

    assert desk.get("/en/admin/review/").url == address(second)

    SoftLock.objects.update(since=timezone.now() - timedelta(minutes=15))
    assert desk.get("/en/admin/review/").url == address(first)


def test_nothing_to_read_says_so(desk):
    page = desk.get("/en/admin/review/")

    assert "All read" in page.content.decode()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Мост", "Beside", "Un pod", "Milan milan@example.org"]),
        ({"question": "C1_comment"}, ["Beside"]),
        ({"language": "ro"}, ["Un pod"]),
        ({"place": "timis"}, ["Un pod"]),
        ({"flags": "none"}, ["Мост", "Beside", "Un pod"]),
        ({"language": "xx", "questionnaire": "x", "flags": "?"}, None),
        ({"questionnaire": "9" * 30}, None),
        ({"place": "nowhere"}, []),
    ],
)
def test_filters_let_through_what_they_say(desk, citizens, filters, found):
    send(citizens, "Мост", C1_comment="Beside")
    send(citizens, "Un pod", language="ro", place="timis")
    send(citizens, "Milan milan@example.org", language="en")

    page = desk.get("/en/admin/review/table/", filters)

    words = [row["read"].waiting.words for row in page.context["rows"]]
    expected = ["Beside", "Мост", "Un pod", "Milan milan@example.org"]
    assert words == (
        expected if found is None or len(found) == 4 else [w for w in expected if w in found]
    )


def test_questionnaires_are_offered_by_their_names(desk, listens):
    form = desk.get("/ro/admin/review/table/").context["form"]

    citizens, stakeholders = listens.questionnaires.order_by("pk")
    assert form.fields["questionnaire"].choices == [
        ("", "Toate"),
        (str(citizens.pk), citizens.name["ro"]),
        (str(stakeholders.pk), stakeholders.name["ro"]),
    ]


def test_the_queue_is_in_the_order_in_which_responses_were_begun_and_says_so(desk, citizens):
    first, second = send(citizens, "Мост"), send(citizens, "Скела")
    # A draft of an organisation is begun long before it is sent.
    Response.objects.filter(pk=first.pk).update(sent_at=timezone.now() + timedelta(days=3))

    table = desk.get("/en/admin/review/table/")
    answer_page = desk.get(address(second)).content.decode()

    assert [row["read"].waiting.words for row in table.context["rows"]] == ["Мост", "Скела"]
    assert "in the order in which responses were begun: 2" in table.content.decode()
    assert "In the order in which responses were begun" in answer_page


def test_a_page_of_the_table_goes_on_where_the_last_ended(desk, citizens):
    for number in range(30):
        send(citizens, f"Мост {number}", C1_comment=f"Скела {number}")

    read, page = [], "/en/admin/review/table/"
    while page:
        context = desk.get(page).context
        read += [row["read"].waiting.words for row in context["rows"]]
        page = context["following"] and f"/en/admin/review/table/{context['following']}"

    assert read == [f"{what} {number}" for number in range(30) for what in ("Скела", "Мост")]


def test_answers_without_flags_are_found_behind_many_with(desk, citizens):
    list(fabricate(citizens, 120, random.Random(1)))
    Response.objects.filter(unread__contains=["C5"]).update(
        answers={"C5": "Milan milan@example.org"}, unread=["C5"]
    )
    Response.objects.exclude(unread__contains=["C5"]).update(unread=[])
    Response.objects.order_by("-id").exclude(unread=[])[:1].get()
    last = send(citizens, "Un pod", language="ro")

    page = desk.get("/en/admin/review/?flags=none")

    assert page.url == address(last) + "?flags=none"


def test_what_waits_is_counted_up_to_a_thousand(desk, citizens):
    list(fabricate(citizens, 1100, random.Random(1)))
    Response.objects.update(unread=["C5"])

    assert Filters().left() == 1001
    assert Filters(question="C5").left() == 1001
    assert "over 1,000" in desk.get("/en/admin/review/table/").content.decode()


@pytest.mark.parametrize("after", ["", "x", "0" * 500, "1.2", "é.C5"])
def test_a_position_that_is_none_is_the_beginning(desk, one, after):
    assert Position.read(after) is None
    assert desk.get("/en/admin/review/", {"after": after}).url == address(one)
    assert desk.get("/en/admin/review/table/", {"after": after}).status_code == 200


# One answer


def test_the_page_shows_the_words_their_flags_and_the_whole_response(desk, citizens):
    one = send(citizens, C1="both", C1_comment="Рекао бих")

    page = desk.get(address(one)).content.decode()

    assert '<blockquote class="desk-verbatim" id="words" lang="sr-Cyrl">' in page
    assert "<mark>Милан Ј</mark>" in page
    assert "The text seems to name a person." in page
    assert "Hide “Милан Ј”" in page
    assert "11 words" in page
    assert "Both in equal measure" in page
    assert "Рекао бих" in page
    assert f"CIT-{one.reference}" in page


def test_serbian_is_shown_in_latin_letters_where_asked(desk, one):
    page = desk.get(address(one) + "?script=latin").content.decode()

    assert '<blockquote class="desk-verbatim" id="words" lang="sr-Latn">' in page
    assert "<mark>Milan J</mark>" in page
    assert "Show as it was written" in page


def test_a_working_translation_is_shown(desk, one, ana):
    WorkingTranslation.objects.create(
        response=one,
        question="C5",
        language="en",
        text="Last winter",
        made_by=ana,
        made_at=timezone.now(),
    )

    assert "Last winter" in desk.get(address(one)).content.decode()


def test_the_same_words_nearby_are_a_possible_copy(desk, citizens):
    text = "Очистимо Дунав заједно, са обе обале."
    first = send(citizens, text)
    second = send(citizens, "OCISTIMO DUNAV ZAJEDNO sa obe obale", language="sr-latn")

    page = desk.get(address(second)).content.decode()

    assert f"as in: {first.reference}." in page


def test_short_answers_are_no_copies(desk, citizens):
    send(citizens, "Мост")
    second = send(citizens, "Мост")

    assert "Possible copy" not in desk.get(address(second)).content.decode()


def test_a_text_in_a_campaign_is_a_possible_copy(desk, one, citizens):
    found = Campaign.objects.create(
        questionnaire=citizens,
        question="C5",
        state="campaign",
        label="Ferry letter",
        found_at=timezone.now(),
    )
    CampaignText.objects.create(
        campaign=found, questionnaire=citizens, question="C5", response=one, likeness=100
    )

    page = desk.get(address(one)).content.decode()

    assert "Ferry letter: One of 1 near-identical texts." in page
    CampaignText.objects.update(taken_out=True)
    assert "Ferry letter" not in desk.get(address(one)).content.decode()


def test_opening_is_logged_without_words(desk, one, ana):
    desk.get(address(one))

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user_id, entry.object_id) == ("saw", ana.pk, str(one.pk))
    assert entry.details == {"question": "C5"}


def test_opening_tells_the_others(desk, one, mirko, ana):
    desk.get(address(one))

    page = visit(mirko).get(address(one)).content.decode()

    since = date_format(timezone.localtime(SoftLock.objects.get().since), "H:i")
    assert f"Ana has had this response open since {since}" in page
    assert SoftLock.objects.get().held_by == ana
    assert "has had this response open" not in desk.get(address(one)).content.decode()


def test_what_a_coder_has_open_is_not_taken_over_in_review(desk, citizens, one, mirko):
    following = send(citizens, "Скела")
    since = timezone.now() - timedelta(minutes=14)
    SoftLock.objects.create(response=one, held_by=mirko, since=since)

    page = desk.get(address(one)).content.decode()

    assert "Mirko has had this response open since" in page
    assert SoftLock.objects.get(response=one).held_by == mirko
    assert desk.get("/en/admin/review/").url == address(following)


def test_the_page_asks_the_same_number_of_queries_for_more(desk, citizens, ana, mirko):
    def queries(url):
        desk.get(url)
        with CaptureQueriesContext(connection) as captured:
            desk.get(url)
        return len(captured)

    one, _next = send(citizens), send(citizens, "Скела")
    first = [queries(address(one)), queries("/en/admin/review/table/")]
    for number in range(3):
        send(citizens, f"{TEXT} {number}", C1_comment="Мост", language="ro", place="timis")
        Revision.objects.create(
            response=one,
            number=number + 1,
            answers={"C5": "x"},
            language="sr",
            said_since=timezone.now(),
            replaced_at=timezone.now(),
        )
        Decision.objects.create(
            response=one,
            question="C5",
            verdict="publish",
            decided_by=mirko,
            decided_at=timezone.now(),
            is_current=False,
        )

    assert [queries(address(one)), queries("/en/admin/review/table/")] == first


# Deciding


def test_a_decision_is_saved_and_the_next_answer_opens(desk, citizens, ana):
    first, second = send(citizens), send(citizens, "Скела")

    page = desk.post(address(first, "decide/"), form(first), follow=True)

    first.refresh_from_db()
    decision = Decision.objects.get()
    assert (decision.verdict, decision.decided_by, decision.hidden) == ("publish", ana, [])
    assert first.unread == []
    assert page.redirect_chain == [(address(second), 302)]
    assert f"CIT-{first.reference} saved. 1 left" in page.content.decode()
    assert '<h1 id="answer" tabindex="-1" autofocus>' in page.content.decode()
    entry = AuditEntry.objects.get(action="decided")
    assert entry.details == {"question": "C5", "verdict": "publish", "hidden": 0}


def test_filters_stay_from_one_answer_to_the_next(desk, citizens):
    first, _other, third = (
        send(citizens, text, language=language)
        for text, language in (("Мост", "sr"), ("Un pod", "ro"), ("Скела", "sr"))
    )

    page = desk.post(address(first, "decide/") + "?language=sr", form(first))

    assert page.url == address(third) + "?language=sr"


def test_after_the_last_the_oldest_that_was_skipped_comes(desk, citizens):
    first, second = send(citizens, "Мост"), send(citizens, "Скела")

    assert desk.post(address(second, "decide/"), form(second)).url == address(first)
    assert desk.post(address(first, "decide/"), form(first)).url == "/en/admin/review/"


def test_words_are_hidden_where_they_stand(desk, one):
    desk.post(address(one, "decide/"), form(one, "hide", hide=["4", "5"]))

    (start, end) = Decision.objects.get().hidden[0]
    assert TEXT[start:end] == "Милан Ј"
    page = desk.get(address(one)).content.decode()
    assert "комшија [words removed]. из Текије" in page


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"verdict": ""}, "Choose what becomes of the text"),
        ({"verdict": "burn"}, "Select a valid choice"),
        ({"verdict": "hide"}, "Choose the words to hide"),
        ({"verdict": "publish", "hide": ["4"]}, "You chose words to hide"),
        ({"verdict": "hide", "hide": ["99"]}, "Select a valid choice"),
        ({"verdict": "hide", "hide": ["9" * 400]}, "Select a valid choice"),
        ({"verdict": "count"}, "Say why"),
        ({"verdict": "ask", "reason": " "}, "Say why"),
        ({"verdict": "ask", "reason": "?", "asked": "9" * 30}, "Select a valid choice"),
        ({"verdict": "ask", "reason": "?", "asked": "\x00"}, "Null characters are not allowed"),
        ({"verdict": "count", "reason": "\x00"}, "Null characters are not allowed"),
        ({"verdict": "count", "reason": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_decision_that_cannot_be_is_told_and_not_saved(desk, one, fields, error):
    page = desk.post(address(one, "decide/"), form(one, **fields))

    assert page.status_code == 422
    assert error in page.content.decode()
    assert "<title>Error:" in page.content.decode()
    assert not Decision.objects.exists()


def test_an_empty_form_is_shown_again(desk, one):
    page = desk.post(address(one, "decide/"), {})

    assert page.status_code == 409
    assert not Decision.objects.exists()


def test_a_suggestion_ticks_its_words_and_saves_nothing(desk, one):
    page = desk.post(
        address(one, "suggest/"), form(one, "", reason="Милан", suggestion="0", hide=["9"])
    )

    assert page.status_code == 200
    ticked = re.findall(r'name="hide" value="(\d+)" checked', page.content.decode())
    assert ticked == ["4", "5", "9"]
    assert page.context["form"].data["verdict"] == "hide"
    assert ">\nМилан</textarea>" in page.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("suggestion", ["", "7", "x", "-1", "9" * 400, "\x00"])
def test_a_suggestion_there_is_not_ticks_nothing(desk, one, suggestion):
    page = desk.post(address(one, "suggest/"), form(one, suggestion=suggestion))

    assert page.status_code == 200
    assert page.context["form"].chosen() == set()


@pytest.mark.parametrize("page", ["decide/", "suggest/", "confirm/", "reopen/"])
def test_what_changes_something_is_not_asked_for_by_a_link(desk, one, page):
    assert desk.get(address(one, page)).status_code == 405


# Second persons and colleagues


def test_a_text_is_left_out_by_two_people(desk, one, mirko):
    desk.post(address(one, "decide/"), form(one, "count", reason="Insults"))
    mine = desk.get(address(one)).content.decode()
    client = visit(mirko)
    waiting = client.get("/en/admin/review/waiting/").content.decode()
    theirs = client.get(address(one)).content.decode()

    assert "A second person has to confirm it." in mine
    assert "Insults" in waiting
    assert "Confirm: do not publish" in theirs
    assert "Confirm: do not publish" not in mine

    client.post(address(one, "confirm/"), form(one))

    assert Decision.objects.get().confirmed_by == mirko
    assert "Insults" not in client.get("/en/admin/review/waiting/").content.decode()
    assert AuditEntry.objects.filter(action="decided", details__confirmed="count").exists()


def test_nobody_confirms_ones_own(desk, one, ana):
    decision = decided(one, ana, "count", reason="Insults")

    page = desk.post(address(one, "confirm/"), form(one), follow=True)

    assert "A second person has to confirm it." in page.content.decode()
    assert Decision.objects.get().confirmed_by is None
    with pytest.raises(NotAllowed):
        confirm(seen(one, decision), by=ana)


def test_a_colleague_who_is_asked_sees_it_and_decides(desk, one, mirko, ana):
    jelena = colleague("jelena")
    desk.post(address(one, "decide/"), form(one, "ask", reason="Is it a name?", asked=mirko.pk))

    lists = {
        user.username: [
            len(rows)
            for _heading, rows in visit(user).get("/en/admin/review/waiting/").context["lists"]
        ]
        for user in (mirko, jelena)
    }
    page = visit(mirko).post(address(one, "decide/"), form(one, "publish"))

    assert lists == {"mirko": [1, 0, 0, 0], "jelena": [0, 0, 0, 1]}
    assert page.status_code == 302
    current = Decision.objects.get(is_current=True)
    assert (current.verdict, current.decided_by) == ("publish", mirko)


def test_a_decision_is_shown_and_can_be_taken_back(desk, one, ana):
    decided(one, ana, reason="Fine")
    page = desk.get(address(one)).content.decode()
    assert "decided by Ana" in page
    assert 'id="decision"' not in page

    desk.post(address(one, "reopen/"), form(one))

    one.refresh_from_db()
    assert one.unread == ["C5"]
    assert not Decision.objects.filter(is_current=True).exists()
    assert "does not stand any more" in desk.get(address(one)).content.decode()


# Meanwhile


def test_saving_over_a_colleagues_decision_shows_both(desk, one, mirko):
    before = form(one, "publish", reason="My words")
    decided(one, mirko, "count", reason="Insults")

    page = desk.post(address(one, "decide/"), before)

    text = page.content.decode()
    assert page.status_code == 409
    assert "Mirko decided meanwhile" in text
    assert "Insults" in text
    assert "My words</textarea>" in text
    assert Decision.objects.get().verdict == "count"

    again = before | {"seen_decision": Decision.objects.get().pk}
    assert desk.post(address(one, "decide/"), again).status_code == 302
    assert Decision.objects.get(is_current=True).verdict == "publish"
    assert Decision.objects.count() == 2


def test_words_that_changed_meanwhile_are_read_again(desk, one):
    before = form(one, "hide", hide=["4"], reason="My words")
    shown = Part.of(one, NAMES)
    other = Part(NAMES, {**shown.answers, "C5": "Мост код Милана"}, {})
    change_response(one, part=other, seen=shown.fingerprint(), language="sr", moment=timezone.now())

    page = desk.post(address(one, "decide/"), before)

    text = page.content.decode()
    assert page.status_code == 409
    assert "The respondent changed these words while you were reading." in text
    assert "Мост код Милана" in text
    assert "My words</textarea>" in text
    assert page.context["form"].chosen() == set()
    assert not Decision.objects.exists()


def test_a_response_that_was_withdrawn_says_so(desk, one):
    before = form(one)
    withdraw(one)

    for page in (desk.get(address(one)), desk.post(address(one, "decide/"), before)):
        assert "The respondent withdrew this response." in page.content.decode()
        assert "Милан" not in page.content.decode()
    assert not Decision.objects.exists()


def test_a_response_that_is_restricted_is_not_read(desk, one):
    before = form(one)
    restrict(one)

    pages = [
        desk.get(address(one)),
        desk.post(address(one, "decide/"), before),
        desk.post(address(one, "suggest/"), before),
        desk.post(address(one, "reopen/"), before, follow=True),
    ]

    for page in pages:
        assert "The sender asked that this response is kept" in page.content.decode()
        assert "Милан" not in page.content.decode()
    assert not Decision.objects.exists()
    assert list(AuditEntry.objects.values()) == []


def test_words_that_are_gone_say_so(desk, citizens):
    one = send(citizens, "Мост")

    page = desk.get(address(one, name="C1_comment"))

    assert "These words are in it no more." in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(listens, ana, mirko):
    one = send(listens.questionnaires.get(slug="citizens"))
    line = threading.Barrier(2)
    outcomes = []

    def act(user, verdict):
        try:
            line.wait(10)
            decided(one, user, verdict, reason="?")
            outcomes.append(verdict)
        except Overtaken:
            outcomes.append("told")
        finally:
            connection.close()

    people = [
        threading.Thread(target=act, args=pair) for pair in ((ana, "publish"), (mirko, "count"))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert sorted(outcomes)[-1] == "told"
    assert Decision.objects.get().verdict == min(outcomes)


# Rules and retention


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("only_leaving_a_text_out_is_confirmed", {"confirmed_by": "mirko"}),
        (
            "a_second_person_confirms",
            {"verdict": "count", "reason": "?", "confirmed_by": "ana"},
        ),
        ("leaving_out_and_asking_have_a_reason", {"verdict": "count"}),
        ("leaving_out_and_asking_have_a_reason", {"verdict": "ask"}),
        ("verdict_is_known", {"verdict": "burn"}),
        ("only_a_text_that_is_published_has_hidden_words", {"hidden": [[0, 1]]}),
    ],
)
def test_a_decision_keeps_the_rules(one, ana, mirko, rule, fields):
    people = {"ana": ana, "mirko": mirko}
    fields = {name: people.get(str(value), value) for name, value in fields.items()}

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Decision.objects.create(
            response=one,
            question="C5",
            decided_by=ana,
            decided_at=timezone.now(),
            **{"verdict": "publish"} | fields,
        )


def test_hidden_words_are_erased_when_they_are_due(one, ana, listens, settings):
    shown = Part.of(one, NAMES)
    part = Part(NAMES, {**shown.answers, "C5": f"{TEXT} Хвала!"}, {})
    one = change_response(
        one, part=part, seen=shown.fingerprint(), language="sr", moment=timezone.now()
    )
    decided(one, ana, "hide", hidden=[(23, 30)], reason="Милан Ј.")
    WorkingTranslation.objects.create(
        response=one, question="C5", language="en", text="Milan", made_at=timezone.now()
    )
    due = listens.closes_at + timedelta(days=settings.ORIGINALS_KEPT_DAYS)

    assert erase_originals(due) == 0
    assert erase_originals(due + timedelta(seconds=1)) == 1
    assert erase_originals(due + timedelta(seconds=1)) == 0

    one.refresh_from_db()
    decision = Decision.objects.get()
    kept = one.answers["C5"]
    assert "Милан" not in str([one.answers, *one.revisions.values(), *Decision.objects.values()])
    assert kept.startswith("Прошле зиме је комшија [")
    assert kept.endswith("сата. Хвала!")
    assert one.unread == []
    assert (decision.hidden, decision.reason) == ([], "")
    assert decision.digest == digest_of(kept)
    assert not WorkingTranslation.objects.exists()


def test_what_was_decided_anew_is_not_erased_as_before(one, ana, listens, settings):
    first = decided(one, ana, "hide", hidden=[(23, 30)])
    decide(seen(one, first), Decided("publish"), by=ana, moment=timezone.now())

    erase_originals(listens.closes_at + timedelta(days=settings.ORIGINALS_KEPT_DAYS + 1))

    one.refresh_from_db()
    assert one.answers["C5"] == TEXT


# Several at once


def ticked(response, name="C5", text=None):
    return f"{response.pk}.{name}.{digest_of(text or response.answers[name])}"


def test_answers_without_flags_are_published_together(desk, citizens, ana):
    first, flagged, third = send(citizens, "Мост"), send(citizens), send(citizens, "Скела")
    table = desk.get("/en/admin/review/table/").content.decode()
    assert ticked(first) in table
    assert ticked(flagged) not in table

    page = desk.post(
        "/en/admin/review/table/publish/", {"answer": [ticked(first), ticked(third)]}, follow=True
    )

    assert "2 answers were decided: publish as they are." in page.content.decode()
    assert {each.response for each in Decision.objects.all()} == {first, third}
    assert AuditEntry.objects.filter(action="decided", user_id=ana.pk).count() == 2


def test_what_is_not_as_it_was_shown_is_left_alone(desk, citizens, mirko):
    changed, taken = send(citizens, "Мост"), send(citizens, "Скела")
    decided(taken, mirko, "count", reason="?")
    forged = ["", "x", "\x00", "a.b.c", f"{changed.pk}.C5", f"{changed.pk}.X\x00.y"]
    answers = [ticked(changed, text="other words"), ticked(taken), *forged]

    page = desk.post("/en/admin/review/table/publish/", {"answer": answers}, follow=True)

    assert "8 answers were left alone" in page.content.decode()
    assert Decision.objects.get().verdict == "count"


def test_the_table_logs_whose_words_it_showed(desk, one):
    desk.get("/en/admin/review/table/")

    assert AuditEntry.objects.get().details == {"answers": [f"{one.pk}.C5"]}
