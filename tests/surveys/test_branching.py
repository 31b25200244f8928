"""Answering where some questions are asked only after certain answers, with HTML alone."""

import csv
import io
import random

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from surveys.exports.dataset import csv_blocks
from surveys.fabrication import fabricate
from surveys.journey import asked
from surveys.models import Amendment, Member, Organisation, Response, User, Version
from surveys.printing import blank_questionnaire, copy_of_response
from surveys.roles import secretariat
from tests.html_client import Page, fill
from tests.shown import entries, shown
from tests.surveys.keys import key_on
from tests.surveys.routes import after, publish_with
from tests.surveys.signing_in import sign_in_staff

FORM = "/en/citizens/"
TEAM = "/en/stakeholders/31/"
PROFILE = {"org_type": "ngo", "place": "timis"}
FOLLOW_UPS = {"C2": ["health"], "C4": ["other"], "C4_other_text": "ферибот"}


@pytest.fixture
def citizens(listens):
    """C2 after C1; C4 after C2, and then it must be answered; age on a section's condition."""
    return publish_with(
        listens.questionnaires.get(slug="citizens"),
        {
            "C2": [after("C1", "both", "dk")],
            "C4": [after("C2", "health")],
            "about": [after("place", "timis")],
        },
        required=["C4"],
    )


@pytest.fixture
def stakeholders(listens):
    """A section after an earlier one; a question after an earlier section; a chain on one page."""
    return publish_with(
        listens.questionnaires.get(slug="stakeholders"),
        {
            "S2": [after("S1", "both")],
            "S5": [after("S1", "both")],
            "support": [after("S3", "1", item="money")],
            "S10_place": [after("S10_topic", "health")],
        },
        required=["S7"],
    )


@pytest.fixture
def member(client, stakeholders):
    organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
    user = User.objects.create_user("elena", "elena@example.org")
    Member.objects.create(organisation=organisation, user=user, role="send")
    client.force_login(user)
    return client


def section(name):
    return f"{TEAM}section/{name}/"


def save(client, address, entered, **extra):
    return client.post(address, {"key": key_on(client.get(address))} | entered, **extra)


def send(client):
    said = {"publication": "named", "authorised": "on"}
    return save(client, f"{TEAM}check/", said)


def rows(questionnaire):
    text = b"".join(csv_blocks(questionnaire, Response.objects.all())).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


# One page: the citizens' form


def test_a_follow_up_stands_on_the_page_and_says_when_it_is_meant(client, citizens):
    page = client.get(FORM).content.decode()

    introduction = "If you answered “Health care and long-term care” to question 2:"
    assert f'<span class="introduction">{introduction}</span>' in page
    controls = {control.name: control for control in Page(page).controls}
    assert not controls["C4"].required
    assert controls["place"].required


def test_what_is_not_asked_is_not_stored(client, citizens):
    client.post(
        FORM,
        {"key": key_on(client.get(FORM)), "place": "mehedinti", "C1": "clear_opp"} | FOLLOW_UPS,
    )

    assert Response.objects.get().answers == {"place": "mehedinti", "C1": "clear_opp"}
    (row,) = rows(citizens.questionnaire)
    assert (row["C1"], row["C2_health"], row["C4_other_text"]) == ("clear_opp", "-66", "-66")
    assert (row["age"], row["C3"]) == ("-66", "")


def test_what_is_asked_is_stored(client, citizens):
    entered = {"place": "timis", "C1": "both", "age": "25_34"} | FOLLOW_UPS

    r = client.post(FORM, {"key": key_on(client.get(FORM))} | entered)

    assert r.status_code == 302
    assert Response.objects.get().answers == entered


@pytest.mark.parametrize(
    ("entered", "status"),
    [
        ({"C1": "clear_opp"}, 302),
        ({"C1": "clear_opp", "C2": ["health"]}, 302),
        ({"C1": "both", "C2": ["nature"]}, 302),
        ({"C1": "both", "C2": ["health"]}, 422),
    ],
)
def test_a_follow_up_must_be_answered_only_where_it_is_asked(client, citizens, entered, status):
    r = client.post(FORM, {"key": key_on(client.get(FORM)), "place": "timis"} | entered)

    assert r.status_code == status
    assert ("#id_C4_0" in r.content.decode()) == (status == 422)


def test_nothing_is_complained_of_where_nothing_is_asked(client, citizens):
    entered = {"place": "timis", "C1": "clear_opp", "C2": ["nonsense"], "C4_other_text": "a" * 999}

    r = client.post(FORM, {"key": key_on(client.get(FORM))} | entered)

    assert r.status_code == 302
    assert Response.objects.get().answers == {"place": "timis", "C1": "clear_opp"}


def test_a_draft_keeps_what_was_entered_and_gives_it_back(client, citizens):
    entered = {"place": "timis", "C1": "clear_opp"} | FOLLOW_UPS
    saved = client.post(FORM, {"key": key_on(client.get(FORM)), "save": "yes"} | entered)
    draft = Response.objects.get()
    assert draft.answers == {"place": "timis", "C1": "clear_opp"}
    assert draft.unfinished == FOLLOW_UPS

    address = saved.url.replace("saved/", "")
    form = entries(client.get(address).content.decode())
    assert {name: form[name] for name in FOLLOW_UPS} == {
        "C2": ["health"],
        "C4": ["other"],
        "C4_other_text": ["ферибот"],
    }
    client.post(address, form | {"C1": "both", "save": "yes"})

    draft.refresh_from_db()
    assert draft.answers == {"place": "timis", "C1": "both"} | FOLLOW_UPS
    assert draft.unfinished == {}


def test_a_draft_that_is_sent_leaves_behind_what_is_not_asked(client, citizens):
    entered = {"place": "timis", "C1": "clear_opp"} | FOLLOW_UPS
    saved = client.post(FORM, {"key": key_on(client.get(FORM)), "save": "yes"} | entered)
    address = saved.url.replace("saved/", "")

    r = client.post(address, entries(client.get(address).content.decode()))

    response = Response.objects.get()
    assert r.status_code == 302
    assert (response.state, response.unfinished) == ("sent", {})
    assert response.answers == {"place": "timis", "C1": "clear_opp"}


def test_the_same_form_sent_twice_is_one_response(client, citizens):
    sent = {"key": key_on(client.get(FORM)), "place": "timis", "C1": "clear_opp"} | FOLLOW_UPS

    first, second = client.post(FORM, sent), client.post(FORM, sent)

    assert first.url == second.url
    assert Response.objects.count() == 1


def test_a_change_that_closes_a_route_takes_its_answers_and_keeps_them_as_a_revision(
    client, citizens
):
    entered = {"place": "timis", "C1": "both"} | FOLLOW_UPS
    receipt = client.post(FORM, {"key": key_on(client.get(FORM))} | entered).url
    form = entries(client.get(f"{receipt}change/").content.decode())

    changed = [client.post(f"{receipt}change/", form | {"C1": "clear_opp"}) for _twice in (1, 2)]

    response = Response.objects.get()
    assert [r.status_code for r in changed] == [302, 302]
    assert response.answers == {"place": "timis", "C1": "clear_opp"}
    assert [revision.answers for revision in response.revisions.all()] == [entered]


def test_what_is_not_asked_is_on_no_receipt_and_no_copy(client, citizens):
    entered = {"key": key_on(client.get(FORM)), "place": "timis", "C1": "clear_opp"}
    receipt = client.post(FORM, entered).url

    page = client.get(f"{receipt}answers/").content.decode()
    copy = copy_of_response(Response.objects.get())

    c4 = str(citizens.questions[4].text)
    text = " ".join(
        "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(copy)).pages).split()
    )
    assert citizens.questions[4].name == "C4"
    assert c4 not in page
    assert c4 not in text
    assert str(citizens.questions[3].text) in page


@pytest.mark.parametrize("variant", range(4))
def test_a_citizen_who_knows_only_html_gets_through(client, citizens, variant):
    entered = fill(Page(client.get(FORM).content.decode()), variant)

    r = client.post(FORM, entered)

    response = Response.objects.get()
    version = Version.objects.with_questions().get(pk=citizens.pk)
    assert r.status_code == 302
    names = {name.split("_")[0] for name in response.answers}
    assert names <= {name.split("_")[0] for name in asked(version, response.answers)}


# A page per section: organisations


def test_a_section_that_is_not_asked_is_left_out_everywhere(member):
    page = member.get(TEAM).content.decode()
    check = member.get(f"{TEAM}check/").content.decode()
    today = member.get(section("today")).content.decode()
    last = member.get(section("after_2027")).content.decode()
    refused = member.get(section("support"))
    following = save(member, section("today"), {"S3_money": "5"})

    assert section("support") not in page
    assert section("support") not in check
    assert "Section 3 of 4" in today
    assert "Section 4 of 4" in last
    assert refused.url == TEAM
    assert following.url == section("after_2027")


def test_a_section_is_there_once_it_is_asked(member):
    following = save(member, section("today"), {"S3_money": "1"})

    assert following.url == section("support")
    assert section("support") in member.get(TEAM).content.decode()
    assert "Section 4 of 5" in member.get(section("support")).content.decode()


def test_a_question_that_an_earlier_section_rules_out_is_not_on_the_page(member):
    before = member.get(section("today")).content.decode()
    save(member, section("border"), {"S1": "both"})
    after_it = member.get(section("today")).content.decode()

    assert 'name="S5"' not in before
    assert 'name="S5"' in after_it
    assert "introduction" not in after_it


def test_on_one_page_the_follow_up_is_introduced_and_stored_only_where_asked(member):
    page = member.get(section("border")).content.decode()
    save(member, section("border"), {"S1": "dk", "S2_1": "health"})
    draft = Response.objects.get()
    flipped = draft.answers, draft.unfinished
    save(
        member,
        section("border"),
        shown(member.get(section("border")).content.decode()) | {"S1": "both"},
    )

    draft.refresh_from_db()
    assert "If you answered “Both in equal measure” to question 1:" in page
    assert flipped == ({"S1": "dk"}, {"S2": ["health"]})
    assert (draft.answers, draft.unfinished) == ({"S1": "both", "S2": ["health"]}, {})


def test_an_answer_elsewhere_changed_back_and_forth_loses_nothing(member):
    save(member, section("border"), {"S1": "both"})
    save(member, section("today"), {"S5": ["rules", "other"], "S5_other_text": "mici"})
    save(member, section("border"), {"S1": "dk"})
    save(member, section("today"), {"S3_money": "5"})
    between = Response.objects.get()
    save(member, section("border"), {"S1": "both"})

    draft = Response.objects.get()
    words = {"S5": ["rules", "other"], "S5_other_text": "mici"}
    assert (between.answers, between.unfinished) == ({"S1": "dk", "S3": {"money": "5"}}, words)
    assert draft.answers == {"S1": "both", "S3": {"money": "5"}} | words
    assert draft.unfinished == {}


def test_a_section_open_while_a_colleague_rules_a_question_out_keeps_its_words(member):
    save(member, section("border"), {"S1": "both"})
    opened = key_on(member.get(section("today")))
    save(member, section("border"), {"S1": "dk"})

    r = member.post(section("today"), {"key": opened, "S5": ["other"], "S5_other_text": "mici"})

    draft = Response.objects.get()
    assert r.status_code == 302
    assert draft.answers == {"S1": "dk"}
    assert draft.unfinished == {"S5": ["other"], "S5_other_text": "mici"}


def test_a_section_whose_question_went_elsewhere_is_no_conflict(member):
    save(member, section("border"), {"S1": "both"})
    save(member, section("today"), {"S5": ["rules"], "S3_money": "5"})
    opened = member.get(section("today"))
    save(member, section("border"), {"S1": "dk"})

    r = member.post(section("today"), {"key": key_on(opened), "S5": ["rules"], "S3_money": "4"})

    draft = Response.objects.get()
    assert r.status_code == 302
    assert (draft.answers["S3"], draft.unfinished) == ({"money": "4"}, {"S5": ["rules"]})


def test_the_check_page_says_what_will_not_be_sent_and_sending_leaves_it_out(member):
    save(member, section("organisation"), PROFILE)
    save(member, section("border"), {"S1": "both"})
    save(member, section("today"), {"S5": ["other"], "S5_other_text": "prea mici", "S3_money": "1"})
    save(member, section("support"), {"S6_1": "small", "S7": ["help"]})
    save(member, section("border"), {"S1": "dk"})
    save(member, section("today"), {"S3_money": "5"})

    check = member.get(f"{TEAM}check/").content.decode()
    r = send(member)

    response = Response.objects.get()
    apart = check[check.index('id="set-apart"') :]
    assert "prea mici" in apart
    assert "Small projects with simple rules" in apart
    assert "Answer only if you answered “Both in equal measure” to question 1." in apart
    assert r.url == f"{TEAM}sent/"
    assert response.answers == PROFILE | {"S1": "dk", "S3": {"money": "5"}}
    assert response.unfinished == {}


def test_what_must_be_answered_holds_up_sending_only_where_it_is_asked(member):
    save(member, section("organisation"), PROFILE)
    save(member, section("today"), {"S3_money": "1"})
    held_up = send(member)
    save(member, section("today"), {"S3_money": "5"})
    sent = send(member)

    assert held_up.status_code == 422
    assert f'href="{section("support")}"' in held_up.content.decode()
    assert sent.status_code == 302


def test_what_is_unfinished_holds_up_sending_only_where_it_is_asked(member):
    save(member, section("organisation"), PROFILE)
    save(member, section("border"), {"S1": "both", "S2_1": "health", "S2_2": "health"})
    held_up = send(member)
    form = shown(member.get(section("border")).content.decode())
    save(member, section("border"), form | {"S1": "dk"})
    sent = send(member)

    assert held_up.status_code == 422
    assert sent.status_code == 302
    assert Response.objects.get().answers == PROFILE | {"S1": "dk"}


def test_a_change_of_what_was_sent_follows_the_same_rules(member):
    save(member, section("organisation"), PROFILE)
    save(member, section("border"), {"S1": "both", "S2_1": "health"})
    send(member)
    member.post(f"{TEAM}sent/change/")
    save(member, section("border"), {"S1": "dk", "S2_1": "health"})
    amendment = Amendment.objects.get()
    send(member)

    response = Response.objects.get()
    assert amendment.answers == PROFILE | {"S1": "dk"}
    assert amendment.unfinished == {"S2": ["health"]}
    assert response.answers == PROFILE | {"S1": "dk"}
    assert response.revisions.get().answers == PROFILE | {"S1": "both", "S2": ["health"]}


# What a request holds beside what was asked

FORGED = {"S5": ["rules"], "S5_other_text": "x", "S2_1": "health", "S99": "y", "S7": ["help"]}


def test_forged_fields_are_stored_nowhere_among_what_an_organisation_sent(member):
    def answer(extra):
        Response.objects.all().delete()
        save(member, section("organisation"), PROFILE | extra)
        save(member, section("border"), {"S1": "dk"} | extra)
        save(member, section("support"), {} | extra) if member.get(
            section("support")
        ).status_code == 200 else member.post(
            section("support"), {"key": key_on(member.get(section("border")))} | extra
        )
        save(member, section("today"), {"S3_money": "5", "autosave": "yes"} | extra)
        draft = Response.objects.get().answers
        said = {"publication": "named", "authorised": "on"}
        save(member, f"{TEAM}check/", said | extra)
        first = Response.objects.get()
        member.post(f"{TEAM}sent/change/")
        save(member, section("today"), {"S3_money": "4"} | extra)
        change = Amendment.objects.get().answers
        save(member, f"{TEAM}check/", said | extra)
        changed = Response.objects.get()
        return [draft, first.answers, first.unfinished, change, changed.answers, changed.unfinished]

    assert answer(FORGED) == answer({})


def test_forged_fields_are_stored_nowhere_among_what_a_citizen_sent(client, citizens):
    def answer(extra):
        Response.objects.all().delete()
        client.cookies.clear()
        entered = {"place": "mehedinti", "C1": "clear_opp"} | extra
        sent = {"key": key_on(client.get(FORM))} | entered
        receipt = client.post(FORM, sent).url
        first = Response.objects.get().answers
        form = entries(client.get(f"{receipt}change/").content.decode())
        client.post(f"{receipt}change/", form | {"C3": "yes_some"} | extra)
        changed = Response.objects.get()
        saved = client.post(FORM, {"key": key_on(client.get(FORM)), "save": "yes"} | entered)
        draft = Response.objects.get(state="draft").answers
        key = key_on(client.get(saved.url.replace("saved/", "")))
        client.post(saved.url.replace("saved/", ""), {"key": key} | entered)
        last = Response.objects.latest("sent_at")
        return [first, changed.answers, draft, last.answers, last.unfinished]

    forged = FOLLOW_UPS | {"age": "25_34", "C99": "y", "C2_other_text": "z"}
    assert answer(forged) == answer({})


# Staff, paper, rehearsal


def test_staff_read_that_a_question_was_not_asked(client, citizens):
    client.post(FORM, {"key": key_on(client.get(FORM)), "place": "mehedinti", "C1": "clear_opp"})
    ana = User.objects.create_user("ana", is_staff=True)
    ana.groups.add(secretariat())
    sign_in_staff(client, ana)

    page = client.get(f"/en/admin/surveys/response/{Response.objects.get().pk}/change/")

    assert page.content.decode().count("Not asked") == 4


def test_the_questionnaire_on_paper_says_when_to_answer(citizens):
    version = Version.objects.with_questions().get(pk=citizens.pk)

    pdf = pypdf.PdfReader(io.BytesIO(blank_questionnaire(version)))

    text = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    words = "Answer only if you answered “Health care and long-term care” to question 2."
    assert text.count("Answer only if") == 4
    assert words in text


@pytest.mark.parametrize("slug", ["citizens", "stakeholders"])
def test_made_up_responses_go_the_routes(request, listens, slug):
    version = request.getfixturevalue(slug)
    list(fabricate(version.questionnaire, 500, random.Random(1)))

    version = Version.objects.with_questions().get(pk=version.pk)
    conditional = {"C2", "C4", "age", "S2", "S5", "S6", "S7", "S10_place"}
    answered = set()
    for response in Response.objects.all():
        names = set(response.answers) & conditional
        answered |= names
        assert names <= asked(version, response.answers)
    assert answered == conditional & {question.name for question in version.questions}


def test_sending_takes_as_many_queries_with_one_condition_as_with_five(listens):
    questionnaire = listens.questionnaires.get(slug="citizens")
    counts = []
    for names in (["C2"], ["C2"], ["C2", "C3", "C4", "C5", "about"]):
        publish_with(questionnaire, {name: [after("C1", "both")] for name in names})
        visitor = Client()
        sent = {"key": key_on(visitor.get(FORM)), "place": "mehedinti", "C1": "both"}
        with CaptureQueriesContext(connection) as captured:
            visitor.post(FORM, sent)
        counts.append(len(captured))

    # The first of all finds nothing in the caches of the process.
    assert counts[1] == counts[2]


def test_saving_a_section_takes_as_many_queries_with_three_conditions_as_with_one(
    member, stakeholders
):
    counts = []
    for names in (["S5"], ["S5"], ["S5", "S7", "S9"]):
        Response.objects.all().delete()
        publish_with(stakeholders.questionnaire, {name: [after("S1", "both")] for name in names})
        save(member, section("border"), {"S1": "both"})
        sent = {"key": key_on(member.get(section("today"))), "S5": ["rules"]}
        with CaptureQueriesContext(connection) as captured:
            member.post(section("today"), sent)
        counts.append(len(captured))

    assert counts[1] == counts[2]
