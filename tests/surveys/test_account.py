"""One's account: what is kept about oneself, and leaving."""

import io
import json

import pypdf
import pytest
from django.utils import timezone

from surveys.models import Comment, Event, Member, Organisation, Questionnaire, Response, User
from surveys.people import close_account, make_person

ACCOUNT = "/en/account/"


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def elena(client, organisation):
    user = make_person("elena@example.org", name="Elena Pop", language="ro")
    Member.objects.create(organisation=organisation, user=user)
    client.force_login(user)
    return user


@pytest.fixture
def words_of_elena(elena, organisation):
    now = timezone.now()
    questionnaire = Questionnaire.objects.get(slug="stakeholders")
    Comment.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        question="S1",
        author=elena,
        author_name=str(elena),
        text="Да ли је ово тачно? Și podul?",
    )
    response = Response.objects.create(
        organisation=organisation,
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        state="draft",
        language="ro",
        started_at=now,
    )
    Event.objects.create(
        response=response,
        kind="saved",
        author=elena,
        author_name=str(elena),
        questions=["S1"],
        began_at=now,
        at=now,
    )


def test_name_and_language_of_emails_are_changed(client, elena):
    client.post(ACCOUNT, {"first_name": "Elena", "language": "sr-latn"})

    elena.refresh_from_db()
    assert (elena.first_name, elena.language) == ("Elena", "sr-latn")


def test_a_language_that_does_not_exist_is_told(client, elena):
    answer = client.post(ACCOUNT, {"first_name": "Elena", "language": "xx"})

    elena.refresh_from_db()
    assert answer.status_code == 422
    assert elena.language == "ro"


def test_own_data_holds_what_somebody_wrote_and_nobody_elses(client, words_of_elena):
    other = make_person("dragan@example.org", name="Dragan", language="sr")
    Member.objects.create(organisation_id=31, user=other)

    data = json.loads(client.get("/en/account/data.json").content)

    assert data["account"][0]["email"] == "elena@example.org"
    assert [row["organisation"] for row in data["memberships"]] == ["Asociația Dunărea Verde"]
    assert [row["text"] for row in data["comments"]] == ["Да ли је ово тачно? Și podul?"]
    assert [row["questions"] for row in data["changes"]] == ["S1"]
    assert "dragan" not in json.dumps(data)


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_own_data_can_be_read_as_a_pdf_in_every_language(client, words_of_elena, language):
    answer = client.get(f"/{language}/account/data.pdf")

    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(page.extract_text() for page in pages)
    assert answer["Content-Type"] == "application/pdf"
    assert "elena@example.org" in text
    assert "Да ли је ово тачно? Și podul?" in text


def test_closing_deletes_the_person_and_leaves_the_organisations_words(client, words_of_elena):
    closed = client.post("/en/account/close/")

    assert "Your account is closed" in closed.content.decode()
    assert not User.objects.exists()
    assert Comment.objects.get().author_name == "Elena Pop"
    assert Event.objects.get().author is None
    assert Response.objects.count() == 1
    assert client.get(ACCOUNT).status_code == 302


def test_who_alone_can_send_hands_over_before_leaving(client, elena, organisation):
    colleague = make_person("dragan@example.org", language="sr")
    member = Member.objects.create(organisation=organisation, user=colleague, role="edit")

    refused = client.post("/en/account/close/")
    with pytest.raises(ValueError, match="Somebody else has to be able to send first"):
        close_account(elena)
    Member.objects.filter(pk=member.pk).update(role="send")
    client.post("/en/account/close/")

    assert refused.status_code == 409
    assert "Asociația Dunărea Verde" in refused.content.decode()
    assert [user.email for user in User.objects.all()] == ["dragan@example.org"]


def test_the_account_of_staff_is_not_closed_by_a_click(client, elena):
    User.objects.update(is_staff=True)

    client.post("/en/account/close/")

    assert User.objects.count() == 1


def test_who_has_a_password_is_told_to_sign_in_with_a_code_again(client, listens):
    user = User.objects.create_user("ana", "ana@example.org", "a password", is_staff=True)
    client.force_login(user)

    page = client.get("/en/account/authenticator/add/", follow=True)

    assert page.redirect_chain[-1][0].startswith(ACCOUNT)
    assert "Sign in once with a code from an e-mail first" in page.content.decode()
