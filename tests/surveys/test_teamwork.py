"""Colleagues comment beside questions, and see who changed what and when."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from surveys.lifecycle import draft_of, save_section
from surveys.models import Comment, Event, Member, Organisation, Questionnaire, Response
from surveys.parts import Part
from surveys.people import make_person
from tests.surveys.keys import key_on

TEAM = "/en/stakeholders/31/"
BORDER = f"{TEAM}section/border/"
S1 = f"{TEAM}comments/S1/"


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def elena(client, organisation):
    user = make_person("elena@example.org", name="Elena Pop", language="ro")
    client.force_login(user)
    return Member.objects.create(organisation=organisation, user=user, role="send")


@pytest.fixture
def dragan(organisation):
    user = make_person("dragan@example.org", name="Драган П.", language="sr")
    return Member.objects.create(organisation=organisation, user=user, role="edit")


def save(client, entered, address=BORDER):
    return client.post(address, {"key": key_on(client.get(address))} | entered)


# Comments


def test_the_comment_button_saves_the_section_with_all_that_is_in_it(client, elena):
    r = save(client, {"S1": "both", "S2_1": "health", "S2_2": "health", "comment": "S1"})

    draft = Response.objects.get()
    assert r.url == S1
    assert draft.answers == {"S1": "both"}
    assert draft.unfinished == {"S2": ["health", "health", "", "", ""]}


def test_a_comment_beside_a_question_that_does_not_exist_saves_all_the_same(client, elena):
    r = save(client, {"S1": "both", "comment": "../../x"})

    assert r.url == f"{TEAM}section/today/"
    assert client.get(f"{TEAM}comments/nothing/").status_code == 404


def test_colleagues_read_a_comment_beside_its_question(client, elena, dragan):
    client.post(S1, {"text": "Е ли ово тачно? <b>"})
    client.force_login(dragan.user)

    section = client.get(BORDER).content.decode()

    assert "Comments (1)" in section
    assert "Е ли ово тачно? &lt;b&gt;" in section
    assert "Elena Pop" in section


def test_a_comment_is_dated_on_the_clocks_of_both_countries(client, elena):
    client.post(S1, {"text": "Oare?"})
    Comment.objects.update(written_at=datetime(2027, 2, 28, 21, 59, tzinfo=UTC))
    written = "28 februarie 2027, 23:59 (România), 22:59 (Serbia)"

    assert written in client.get(S1.replace("/en/", "/ro/")).content.decode()
    assert written in client.get(BORDER.replace("/en/", "/ro/")).content.decode()


def test_a_settled_comment_leaves_the_section_and_can_be_opened_again(client, elena):
    client.post(S1, {"text": "Oare?"})
    settle = f"{TEAM}comments/{Comment.objects.get().pk}/settle/"

    client.post(settle, pressed(client))
    settled = client.get(BORDER).content.decode()
    listed = client.get(S1).content.decode()
    client.post(settle, pressed(client))

    assert "Oare?" not in settled
    assert "Oare?" in listed
    assert "Oare?" in client.get(BORDER).content.decode()


def pressed(client):
    """What the button beside the one comment sends."""
    return dict(re.findall(r'name="(settled)" value="(.*?)"', client.get(S1).content.decode()))


def test_two_who_settle_a_comment_at_once_leave_it_settled(client, elena):
    client.post(S1, {"text": "Oare?"})
    settle = f"{TEAM}comments/{Comment.objects.get().pk}/settle/"
    button = pressed(client)

    client.post(settle, button)
    first = Comment.objects.get().settled_at
    client.post(settle, button)

    assert first is not None
    assert Comment.objects.get().settled_at == first


@pytest.mark.parametrize("text", ["", "   ", "a" * 2001, "a\0b"])
def test_a_comment_that_cannot_be_taken_is_told_and_kept(client, elena, text):
    answer = client.post(S1, {"text": text})

    assert answer.status_code == 422
    assert 'id="errors"' in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_is_in_no_data_file(client, elena, tmp_path):
    save(client, {"org_type": "ngo", "place": "timis"}, f"{TEAM}section/organisation/")
    client.post(S1, {"text": "numai pentru colegi"})
    save(client, {"publication": "named", "authorised": "on"}, f"{TEAM}check/")
    file = tmp_path / "s.csv"

    call_command("export_responses", questionnaire="stakeholders", output=file)

    assert Response.objects.get().reference in file.read_text()
    assert "numai pentru colegi" not in file.read_text()
    copy = client.get(f"{TEAM}sent/versions/").content.decode()
    assert "numai pentru colegi" not in copy


# Who changed what


@pytest.fixture
def write(listens, organisation):
    """Save the first section as somebody, so many minutes after the start."""
    questionnaire = Questionnaire.objects.get(slug="stakeholders")
    version = questionnaire.current_version()
    names = frozenset({"S1", "S1_comment", "S2"})

    def write(member, minutes, **answers):
        moment = listens.now + timedelta(minutes=minutes)
        draft = draft_of(organisation, questionnaire, version, listens.now)
        save_section(
            draft,
            version=version,
            part=Part(names, answers, {}),
            seen=Part.of(draft, names).fingerprint(),
            language="ro",
            moment=moment,
            by=member.user,
        )

    return write


def told():
    events = Event.objects.order_by("pk")
    return [(event.author_name, event.questions, event.before) for event in events]


def test_what_was_saved_says_who_which_and_what_it_said_before(write, elena, dragan):
    write(elena, 0, S1="both")
    write(dragan, 1, S1="dk", S1_comment="не знамо")

    assert told() == [
        ("Elena Pop", ["S1"], {}),
        ("Драган П.", ["S1", "S1_comment"], {"S1": "both"}),
    ]


def test_saving_every_few_seconds_is_one_event_that_keeps_what_was_there_first(write, elena):
    write(elena, 0, S1_comment="a")
    write(elena, 20, S1_comment="ab")
    write(elena, 21, S1_comment="abc")
    write(elena, 22, S1_comment="abcd", S1="both")

    assert told() == [
        ("Elena Pop", ["S1_comment"], {}),
        ("Elena Pop", ["S1", "S1_comment"], {"S1_comment": "a"}),
    ]


def test_somebody_elses_saving_in_between_begins_a_new_event(write, elena, dragan):
    write(elena, 0, S1="both")
    write(dragan, 1, S1="dk")
    write(elena, 2, S1="both")

    assert [name for name, _questions, _before in told()] == [
        "Elena Pop",
        "Драган П.",
        "Elena Pop",
    ]


def test_saving_what_is_there_already_is_no_event(write, elena):
    write(elena, 0, S1="both")
    write(elena, 1, S1="both")

    assert len(told()) == 1


def test_the_page_tells_the_story_of_a_response(client, elena, dragan):
    save(client, {"org_type": "ngo", "place": "timis"}, f"{TEAM}section/organisation/")
    save(client, {"S1_comment": "întâi așa"})
    client.force_login(dragan.user)
    save(client, {"S1_comment": "потом овако"})
    save(client, {"publication": "named", "authorised": "on"}, f"{TEAM}check/")
    client.post(f"{TEAM}sent/change/")
    client.post(f"{TEAM}sent/drop/")

    page = client.get(f"{TEAM}history/").content.decode()

    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["saved", "saved", "sent", "reopened", "dropped"]
    assert page.count("<strong>Драган П.</strong>") == 4
    assert page.count("<strong>Elena Pop</strong>") == 1
    assert "întâi așa" in page
    assert "потом овако" not in page


def test_before_anything_was_saved_the_page_says_so(client, elena):
    assert "Nothing was changed yet" in client.get(f"{TEAM}history/").content.decode()


def test_withdrawing_forgets_what_was_said_and_keeps_who_did_what(client, elena):
    save(client, {"org_type": "ngo", "place": "timis"}, f"{TEAM}section/organisation/")
    save(client, {"org_type": "ngo", "place": "borski"}, f"{TEAM}section/organisation/")
    save(client, {"publication": "named", "authorised": "on"}, f"{TEAM}check/")
    client.post(f"{TEAM}sent/withdraw/")

    assert told() == [("Elena Pop", [], {}) for _event in range(3)]
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        *("saved", "sent", "withdrawn"),
    ]
