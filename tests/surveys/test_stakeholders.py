"""An organisation answers section by section, checks and sends."""

import html
import re

import pytest

from surveys.answering import versions
from surveys.journey import Journey
from surveys.models import Member, Organisation, Response, User
from tests.surveys.keys import key_on

SECTIONS = "/en/stakeholders/31/"
BORDER = "/en/stakeholders/31/section/border/"
AFTER = "/en/stakeholders/31/section/after_2027/"
CHECK = "/en/stakeholders/31/check/"
PROFILE = {"org_type": "ngo", "place": "timis"}


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def member(client, organisation):
    user = User.objects.create_user("elena", "elena@example.org")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    return client


def save(client, address, entered):
    return client.post(address, {"key": key_on(client.get(address))} | entered)


def send(client):
    return save(client, CHECK, {"publication": "anonymous", "authorised": "on"})


def test_a_stranger_signs_in_first(client, listens):
    r = client.get(BORDER)

    assert r.status_code == 302
    assert r.url == f"/en/sign-in/?next={BORDER}"


def test_somebody_without_an_organisation_is_told_so(client, listens):
    client.force_login(User.objects.create_user("ion", password="secret"))

    r = client.get("/en/stakeholders/")

    assert r.status_code == 403
    assert "Your account does not belong to an organisation" in r.content.decode()


def test_a_section_is_saved_and_the_next_one_opens(member, organisation):
    r = save(member, BORDER, {"S1": "both", "S2_1": "health", "S2_3": "nature"})

    draft = Response.objects.get(organisation=organisation)
    assert r.url == "/en/stakeholders/31/section/today/"
    assert draft.answers == {"S1": "both", "S2": ["health", "nature"]}
    assert draft.state == "draft"


def test_saving_by_itself_says_on_every_clock_when(member):
    entered = {"key": key_on(member.get(BORDER)), "S1": "both", "autosave": "yes"}

    said = member.post(BORDER, entered).json()["status"]

    assert re.fullmatch(r"Saved at \d\d:\d\d \(Romania\), \d\d:\d\d \(Serbia\)", said)


def test_the_way_through_a_version_is_made_once_for_many_pages(member, monkeypatch):
    monkeypatch.setattr(versions, "READ_FOR", 60)
    made, make = [], Journey.__init__

    def counted(journey, version):
        made.append(version.pk)
        make(journey, version)

    monkeypatch.setattr(Journey, "__init__", counted)

    statuses = [
        member.get(SECTIONS).status_code,
        member.get(BORDER).status_code,
        save(member, BORDER, {"S1": "both"}).status_code,
        member.get(CHECK).status_code,
    ]

    assert statuses == [200, 200, 302, 200]
    # The version is read as what is answered now, and as what the form showed that was posted.
    assert made == [Response.objects.get().version_id] * 2


def test_a_draft_survives_signing_out(member, organisation):
    save(member, BORDER, {"S1": "both", "S1_comment": "o podul\nnou"})
    member.post("/en/sign-out/")

    member.force_login(User.objects.get())
    page = member.get(BORDER).content.decode()

    assert 'value="both" id="id_S1_2" checked' in page
    assert "o podul\nnou</textarea>" in page


def test_saving_a_section_leaves_the_others_alone(member, organisation):
    save(member, BORDER, {"S1": "both"})
    save(member, "/en/stakeholders/31/section/support/", {"S7": ["lump", "speed"]})
    save(member, BORDER, {"S1": "dk"})

    draft = Response.objects.get(organisation=organisation)
    assert draft.answers == {"S1": "dk", "S7": ["lump", "speed"]}


def test_a_rank_used_twice_is_refused_and_kept_on_the_page(member):
    r = save(member, BORDER, {"S2_1": "health", "S2_2": "health"})

    page = r.content.decode()
    assert r.status_code == 422
    assert "twice. Choose a different answer for each place" in page
    assert page.count('<option value="health" selected>') == 2
    draft = Response.objects.get()
    assert (draft.answers, draft.unfinished) == ({}, {"S2": ["health", "health", "", "", ""]})
    assert member.get(BORDER).content.decode().count('<option value="health" selected>') == 2


def test_the_errors_at_the_top_say_which_questions_they_are_about(member):
    entered = {"S1_comment": "a" * 600, "S2_1": "health", "S2_2": "health"}

    page = html.unescape(save(member, BORDER, entered).content.decode())

    assert re.findall('<li><a href="#([^"]+)">(.+?)</a>', page) == [
        (
            "id_S1_comment",
            "“For your organisation, is being close to the Romanian-Serbian border more an "
            "opportunity or a disadvantage?”: Your answer must be 500 characters or fewer. It has "
            "600",
        ),
        (
            "id_S2_1",
            "“Rank up to five topics where cooperation across the border could help your area most "
            "after 2027.”: You chose “Health care and long-term care” twice. Choose a different "
            "answer for each place",
        ),
    ]
    assert '<span class="visually-hidden">Error:</span> You chose “Health care' in page


def test_the_errors_at_the_top_name_a_question_that_must_be_answered_once(member):
    page = save(member, "/en/stakeholders/31/section/organisation/", {"org_type": "ngo"})

    links = re.findall('<li><a href="#([^"]+)">(.+?)</a>', html.unescape(page.content.decode()))

    assert links == [("id_place_0", "Answer this question: “Where is your organisation based?”")]


def test_what_is_unfinished_holds_up_sending(member):
    save(member, "/en/stakeholders/31/section/organisation/", PROFILE)
    save(member, BORDER, {"S2_1": "health", "S2_2": "health"})

    r = send(member)

    assert r.status_code == 422
    assert f'<li><a href="{BORDER}">' in r.content.decode()
    assert Response.objects.get().state == "draft"


def test_the_check_page_says_what_is_wrong_with_an_answer_that_is_there(member):
    save(member, "/en/stakeholders/31/section/organisation/", PROFILE)
    save(member, BORDER, {"S2_1": "health", "S2_2": "health"})
    save(member, AFTER, {"S10": "a" * 4000})

    page = html.unescape(send(member).content.decode())

    assert re.findall('<li><a href="/en/stakeholders/31/section/([^"]+)/">(.+?)</a>', page) == [
        (
            "border",
            "“Rank up to five topics where cooperation across the border could help your area most "
            "after 2027.”: You chose “Health care and long-term care” twice. Choose a different "
            "answer for each place",
        ),
        (
            "after_2027",
            "“Describe one project or one new rule you would start with after 2027: what, where "
            "and for whom.”: Your answer must be 1500 characters or fewer. It has 4000",
        ),
    ]


def test_an_answer_that_was_right_meanwhile_is_to_be_saved_again(member):
    save(member, "/en/stakeholders/31/section/organisation/", PROFILE)
    save(member, BORDER, {"S2_1": "health", "S2_2": "health"})
    Response.objects.update(unfinished={"S2": ["health", "", "", "", ""]})

    page = html.unescape(send(member).content.decode())

    assert "after 2027.”: Look at your answer and save it again</a>" in page


def test_a_required_answer_that_cannot_be_taken_is_told_once(member):
    save(member, "/en/stakeholders/31/section/organisation/", {"org_type": "x", "place": "timis"})

    page = html.unescape(send(member).content.decode())

    assert re.findall('<li><a href="/en/stakeholders/31/section/[^"]+/">(.+?)</a>', page) == [
        "“What kind of organisation do you answer for?”: Choose one of the answers listed"
    ]


def test_a_section_with_an_answer_that_cannot_be_sent_is_not_completed(member):
    save(member, BORDER, {"S1": "both", "S2_1": "health", "S2_2": "health"})

    tasks = member.get(SECTIONS).content.decode()
    check = member.get(CHECK).content.decode()

    assert re.findall(r"(\d) of 2 answered", tasks) == ["1", "0"]
    assert (tasks.count("Completed"), tasks.count("In progress")) == (0, 1)
    assert "Completed" not in check


def test_what_must_be_answered_holds_up_sending(member, organisation):
    save(member, BORDER, {"S1": "both"})

    r = send(member)

    assert r.status_code == 422
    assert 'href="/en/stakeholders/31/section/organisation/"' in r.content.decode()
    assert Response.objects.get(organisation=organisation).state == "draft"


def test_a_response_is_sent_once_and_then_only_read(member, organisation):
    save(member, "/en/stakeholders/31/section/organisation/", PROFILE)

    opened = key_on(member.get(BORDER))
    check = {"key": key_on(member.get(CHECK)), "publication": "anonymous", "authorised": "on"}

    first = member.post(CHECK, check)
    second = member.post(CHECK, check)
    late = member.post(BORDER, {"key": opened, "S1_comment": "prea târziu"})

    response = Response.objects.get(organisation=organisation)
    assert first.url == second.url == "/en/stakeholders/31/sent/"
    assert late.status_code == 409
    assert "prea târziu" in late.content.decode()
    assert response.reference in member.get(first.url).content.decode()
    assert (response.state, response.publication) == ("sent", "anonymous")
    assert response.answers == PROFILE


def test_sending_needs_the_choice_of_publication_and_the_right_to_answer(member, organisation):
    save(member, "/en/stakeholders/31/section/organisation/", PROFILE)

    r = save(member, CHECK, {})

    assert r.status_code == 422
    assert "Choose whether we may publish your response" in r.content.decode()
    assert "Confirm that you are allowed to answer for it" in r.content.decode()
    assert Response.objects.get(organisation=organisation).state == "draft"


def test_colleagues_see_one_draft_and_strangers_another(member, organisation, client):
    save(member, BORDER, {"S1": "both"})
    stranger = User.objects.create_user("dragan", password="secret")
    other = Organisation.objects.create(name="Општина Кладово")
    Member.objects.create(organisation=other, user=stranger)
    client.force_login(stranger)

    assert "checked" not in client.get(BORDER).content.decode()
