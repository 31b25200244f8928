"""Who may come in, with what, and what a stranger learns: nothing."""

import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.accounts import registration
from surveys.models import Invitation, Member, Message, Organisation, Role, User
from surveys.people import make_person
from surveys.rate_limits import RateLimit
from tests.surveys.signing_in import last_code, sign_in_staff, sign_in_with_code

ELENA = "elena@example.org"
HOME = "/en/stakeholders/"
ONE_TIME = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def organisation(listens):
    return Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")


@pytest.fixture
def elena(organisation):
    user = make_person(ELENA, name="Elena Pop", language="ro")
    Member.objects.create(organisation=organisation, user=user)
    return user


def ask(client, email):
    return client.post("/en/sign-in/", {"email": email})


def enter(client, code):
    return client.post("/en/sign-in/code/", {"code": code})


def is_signed_in(client):
    return client.get("/en/account/").status_code == 200


# The code


def test_a_code_from_an_email_signs_in(client, elena):
    signed_in = sign_in_with_code(client, ELENA)

    assert signed_in.url == HOME
    assert client.get(HOME).url == "/en/stakeholders/31/"
    assert EmailAddress.objects.get().verified is True


def test_the_address_is_taken_in_whatever_case_it_is_written(client, elena):
    ask(client, "Elena@Example.ORG")

    enter(client, Message.objects.get().subject[:9])

    assert is_signed_in(client)


def test_the_code_is_taken_as_it_is_typed(client, elena):
    ask(client, ELENA)

    enter(client, f" {last_code(ELENA).replace('-', ' ').lower()} ")

    assert is_signed_in(client)


def test_a_code_signs_in_once(client, elena):
    ask(client, ELENA)
    code = last_code(ELENA)
    enter(client, code)
    client.post("/en/sign-out/")

    enter(client, code)

    assert not is_signed_in(client)


def test_a_code_is_of_use_to_no_other_browser(client, elena):
    ask(client, ELENA)
    thief = Client()
    ask(thief, "thief@example.org")

    refused = enter(thief, last_code(ELENA))

    assert refused.status_code == 422
    assert not is_signed_in(thief)


def test_after_five_wrong_codes_the_right_one_is_refused(client, elena):
    ask(client, ELENA)
    for _try in range(5):
        enter(client, "BBBB-BBBB")

    enter(client, last_code(ELENA))

    assert not is_signed_in(client)


def test_a_wrong_code_is_told_in_words_beside_the_field(client, elena):
    ask(client, ELENA)

    page = enter(client, "BBBB-BBBB").content.decode()

    assert page.count("This is not the code we sent.") == 2
    assert "<title>Error: Enter the code" in page


def test_a_new_code_can_be_sent_and_the_old_one_is_void(client, elena):
    ask(client, ELENA)
    first = last_code(ELENA)
    client.post("/en/sign-in/code/", {"action": "resend"})
    second = last_code(ELENA)

    refused = enter(client, first)
    enter(client, second)

    assert first != second
    assert refused.status_code == 422
    assert is_signed_in(client)


def test_the_code_is_written_in_the_language_of_the_page(client, elena):
    client.post("/sr/sign-in/", {"email": ELENA})

    message = Message.objects.get()
    assert (message.language, message.kind, message.to) == ("sr", "code", ELENA)


@pytest.mark.parametrize("entered", ["", "elena", "elena@", "a@b@c", "\0@example.org"])
def test_what_is_no_address_is_told_in_words(client, listens, entered):
    answer = ask(client, entered)

    assert answer.status_code == 422
    assert 'id="errors"' in answer.content.decode()


def test_an_account_that_was_switched_off_stays_out(client, elena):
    User.objects.update(is_active=False)
    ask(client, ELENA)

    assert not Message.objects.filter(key__startswith="code:").exists()


# What a stranger learns


def test_a_known_and_an_unknown_address_look_the_same(elena):
    answers = []
    for email in (ELENA, "nobody@example.org"):
        visitor = Client()
        asked = ask(visitor, email)
        page = visitor.get(asked.url)
        wrong = enter(visitor, "BBBB-BBBB")
        shown = [ONE_TIME.sub("", a.content.decode()).replace(email, "…") for a in (page, wrong)]
        answers.append((asked.status_code, asked.url, page.status_code, wrong.status_code, shown))

    assert answers[0] == answers[1]


def test_a_new_code_takes_the_same_work_whether_the_address_is_known_or_not(elena):
    written = []
    for email in (ELENA, "nobody@example.org"):
        visitor = Client()
        ask(visitor, email)
        with CaptureQueriesContext(connection) as queries:
            visitor.post("/en/sign-in/code/", {"action": "resend"})
        written.append(sum("surveys_message" in query["sql"] for query in queries))

    # Of a stranger's letter there is nothing to insert.
    assert written == [2, 1]
    assert Message.objects.filter(to="nobody@example.org").count() == 1


def test_a_stranger_is_written_to_once_a_day_and_told_how_to_register(listens):
    for _time in range(3):
        ask(Client(), "nobody@example.org")

    message = Message.objects.get()
    assert "/en/register/" in message.text
    assert User.objects.count() == 0


def test_too_many_codes_for_one_address_are_refused_known_or_not(elena):
    for email in (ELENA, "nobody@example.org"):
        statuses = [ask(Client(), email).status_code for _time in range(4)]
        assert statuses == [302, 302, 302, 422]


def test_the_counts_of_tries_hold_no_address(client, elena):
    ask(client, ELENA)

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        keys = " ".join(key for (key,) in cursor.fetchall())
    assert keys
    assert "127.0.0.1" not in keys
    assert "elena" not in keys


# Invitations


@pytest.fixture
def invitation(organisation):
    return Invitation.objects.create(
        organisation=organisation, email="Dragan@example.org", role=Role.EDIT, language="sr-latn"
    )


def test_the_link_of_an_invitation_leads_to_the_organisation(client, invitation):
    page = client.get(f"/sr-latn/invitation/{invitation.token}/")
    sent = client.post(f"/sr-latn/invitation/{invitation.token}/")
    client.post(sent.url, {"code": last_code("dragan@example.org")})

    member = Member.objects.get()
    invitation.refresh_from_db()
    assert "Asociația Dunărea Verde" in page.content.decode()
    assert (member.user.email, member.role, member.organisation_id) == (
        "dragan@example.org",
        "edit",
        31,
    )
    assert member.user.language == "sr-latn"
    assert invitation.opened_at < invitation.accepted_at


def test_an_invited_address_signs_in_without_the_link(client, invitation):
    sign_in_with_code(client, "dragan@example.org")

    assert Member.objects.get().user.email == "dragan@example.org"


@pytest.mark.parametrize("page", ["register/", "invitation/{}/", "invitation/{}/decline/"])
def test_no_cache_keeps_a_page_that_sets_a_cookie(client, invitation, page):
    answer = client.get(f"/en/{page.format(invitation.token)}")

    assert "no-store" in answer.headers["Cache-Control"]


def test_a_scanner_of_e_mails_that_asks_for_the_head_alone_has_not_opened(client, invitation):
    client.head(f"/en/invitation/{invitation.token}/")
    invitation.refresh_from_db()
    assert invitation.opened_at is None

    client.get(f"/en/invitation/{invitation.token}/")
    invitation.refresh_from_db()
    assert invitation.opened_at


def test_the_link_alone_lets_nobody_in(client, invitation):
    client.get(f"/en/invitation/{invitation.token}/")
    client.post(f"/en/invitation/{invitation.token}/")

    assert client.get("/en/stakeholders/31/").status_code == 302
    assert not Member.objects.exists()


def test_an_invitation_for_another_address_is_not_taken_by_who_is_signed_in(
    client, elena, invitation
):
    client.force_login(elena)
    other = Organisation.objects.create(pk=32, name="Општина Кладово")
    Invitation.objects.update(organisation=other)

    page = client.post(f"/en/invitation/{invitation.token}/")

    assert "this invitation is for Dragan@example.org" in page.content.decode()
    assert not Member.objects.filter(organisation=32).exists()


@pytest.mark.parametrize("lookalike", ["dragan@bıg.example", "dragan@ſmall.example"])
def test_an_address_that_only_looks_like_an_invited_one_in_capitals_is_a_strangers(
    client, organisation, lookalike
):
    invited = lookalike.replace("ı", "i").replace("ſ", "s")
    Invitation.objects.create(organisation=organisation, email=invited)
    register(client, lookalike)

    client.post("/en/sign-in/code/", {"code": last_code(lookalike)})

    assert is_signed_in(client)
    assert not Member.objects.filter(organisation=organisation).exists()
    assert invited not in client.get("/en/account/data.json").content.decode()


def test_a_code_goes_to_the_address_that_is_known_however_it_was_typed(client, organisation):
    make_person("k@example.org", language="en")

    ask(client, "\N{KELVIN SIGN}@example.org")

    assert Message.objects.get().to == "k@example.org"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", ["/en/invitation/nothing/", "/en/invitation/nothing/decline/"])
def test_an_unknown_invitation_is_told_in_words_with_ways_in(client, listens, method, address):
    answer = getattr(client, method)(address)

    page = answer.content.decode().split("<main")[1].split("</main")[0]
    assert answer.status_code == 404
    assert "<h1>We do not know this invitation</h1>" in page
    assert "The link may be old or incomplete." in page
    assert re.findall('href="([^"]+)"', page) == [
        "/en/sign-in/",
        "/en/register/",
        "/en/about/help/",
    ]


def test_who_declines_is_remembered_once_and_may_still_come(client, invitation):
    address = f"/en/invitation/{invitation.token}/decline/"

    before = client.get(address)
    after = client.post(address)
    declined = Invitation.objects.get(pk=invitation.pk).declined_at
    client.post(address)
    still = Invitation.objects.get(pk=invitation.pk).declined_at
    sign_in_with_code(client, "dragan@example.org")

    invitation.refresh_from_db()
    assert "Do not write to us again" in before.content.decode()
    assert "We will not write to you again" in after.content.decode()
    assert declined == still is not None
    assert (invitation.declined_at, invitation.accepted_at is None) == (None, False)


# Registration


def register(client, email, organisation="Udruženje Timok"):
    return client.post(
        "/en/register/", {"email": email, "name": "Jovana", "organisation": organisation}
    )


def test_an_organisation_registers_itself_and_waits(client, listens):
    asked = register(client, "jovana@example.org", "  Udruženje   Timok ")
    client.post(asked.url, {"code": last_code("jovana@example.org")})

    organisation = Organisation.objects.get()
    member = Member.objects.get()
    assert (organisation.name, organisation.standing) == ("Udruženje Timok", "waiting")
    assert (member.user.first_name, member.role) == ("Jovana", "send")
    assert client.get(HOME).url == f"/en/stakeholders/{organisation.pk}/"


def test_nothing_is_registered_before_the_address_is_proved(client, listens):
    register(client, "jovana@example.org")

    assert not Organisation.objects.exists()


def test_registering_looks_the_same_for_a_known_address_and_changes_nothing_of_it(elena):
    known, unknown = Client(), Client()

    first = register(known, ELENA)
    second = register(unknown, "nobody@example.org")

    elena.refresh_from_db()
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert elena.first_name == "Elena Pop"


def test_a_known_person_can_register_a_second_organisation(client, elena):
    client.force_login(elena)

    registered = client.post("/en/register/", {"organisation": "Udruženje Timok"})
    again = client.post("/en/register/", {"organisation": "Udruženje Timok"})

    assert registered.url == again.url
    assert Organisation.objects.of(elena).count() == 2
    assert client.get(HOME).status_code == 200


def test_one_network_registers_so_many_organisations_a_day_and_keeps_what_it_entered(
    client, elena, monkeypatch
):
    monkeypatch.setattr(registration, "REGISTRATIONS", RateLimit("few", 1, timedelta(days=1)))
    client.force_login(elena)
    client.post("/en/register/", {"organisation": "Udruženje Timok"})

    refused = client.post("/en/register/", {"organisation": "Udruženje Dunav"})

    page = refused.content.decode()
    assert refused.status_code == 429
    assert 'value="Udruženje Dunav"' in page
    assert "Too many organisations were registered from this network today" in page
    assert sorted(Organisation.objects.of(elena).values_list("name", flat=True)) == [
        *("Asociația Dunărea Verde", "Udruženje Timok"),
    ]


def test_a_known_person_registers_nothing_with_a_form_whose_token_is_gone(elena):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(elena)

    refused = browser.post("/en/register/", {"organisation": "Udruženje Timok"})

    assert refused.status_code == 403
    assert 'value="Udruženje Timok"' in refused.content.decode()
    assert Organisation.objects.of(elena).count() == 1


def test_somebody_elses_code_registers_nothing_for_them(client, elena):
    register(client, "jovana@example.org")

    sign_in_with_code(client, ELENA)

    assert Organisation.objects.count() == 1


def test_who_asked_for_a_code_and_never_came_is_forgotten(client, elena, capsys):
    register(client, "jovana@example.org")
    User.objects.update(date_joined=timezone.now() - timedelta(days=2))

    call_command("erase_expired")

    assert [user.email for user in User.objects.all()] == [ELENA]
    assert "  people: 1\n" in capsys.readouterr().out


LONG = f"a@{'.'.join(['b' * 60] * 4)}.org"


def test_the_longest_address_registers_and_signs_in(client, listens):
    stranger = ask(Client(), LONG)
    register(client, LONG)

    client.post("/en/sign-in/code/", {"code": last_code(LONG)})

    assert stranger.status_code == 302
    assert is_signed_in(client)


def change_address(client, user, email):
    """As staff do it."""
    administrator = User.objects.create_superuser("root")
    sign_in_staff(client, administrator)
    page = f"/en/admin/surveys/user/{user.pk}/change/"
    entered = {"email": email, "first_name": "Elena", "language": "ro", "is_active": "on"}
    return client.post(page, entered)


def test_an_address_that_was_changed_opens_the_account_no_more(client, elena):
    sign_in_with_code(Client(), ELENA)
    assert change_address(client, elena, "Elena.Pop@example.org").status_code == 302
    cache.clear()

    ask(Client(), ELENA)
    stranger = Message.objects.latest("pk")
    visitor = Client()
    sign_in_with_code(visitor, "elena.pop@example.org")
    somebody_else = Client()
    register(somebody_else, ELENA)
    somebody_else.post("/en/sign-in/code/", {"code": last_code(ELENA)})

    assert stranger.key.startswith("unknown:")
    assert visitor.get(HOME).url == "/en/stakeholders/31/"
    assert is_signed_in(somebody_else)
    assert EmailAddress.objects.get().user.email == ELENA
    assert EmailAddress.objects.get().verified is True


# Staff and demonstration accounts


@pytest.fixture
def staff(db):
    user = make_person("ana@example.org", language="en")
    User.objects.update(is_staff=True, is_superuser=True)
    return user


def test_a_code_alone_does_not_open_the_desk(client, listens, staff):
    sign_in_with_code(client, "ana@example.org")

    assert client.get("/en/admin/").status_code == 302
    assert client.get("/en/admin/login/?next=/en/admin/").url == "/en/account/"
    assert client.get("/en/admin/surveys/response/").status_code == 302


def test_staff_set_up_an_authenticator_and_are_asked_for_it_next_time(client, listens, staff):
    sign_in_with_code(client, "ana@example.org")
    page = client.get("/en/account/authenticator/add/").content.decode()
    secret = re.search(r'<code class="reference">([^<]+)</code>', page).group(1)
    client.post("/en/account/authenticator/add/", {"code": totp(secret)})
    opened = client.get("/en/admin/")

    cache.clear()
    second = Client()
    after_code = sign_in_with_code(second, "ana@example.org")
    closed = second.get("/en/admin/")
    refused = second.post(after_code.url, {"code": "000000"})

    assert opened.status_code == 200
    assert after_code.url.startswith("/en/sign-in/second-factor/")
    assert closed.status_code == 302
    assert "This was not accepted" in refused.content.decode()
    assert not is_signed_in(second)

    cache.clear()
    second.post(after_code.url, {"code": totp(secret)})
    assert second.get("/en/admin/").status_code == 200


def totp(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def add_authenticator(client):
    page = client.get("/en/account/authenticator/add/").content.decode()
    secret = re.search(r'<code class="reference">([^<]+)</code>', page).group(1)
    client.post("/en/account/authenticator/add/", {"code": totp(secret)})
    return secret


def test_staff_whom_an_administrator_gave_a_password_set_up_an_authenticator(
    client, listens, staff
):
    staff.refresh_from_db()
    staff.set_password("of-no-use-here")
    staff.save()
    sign_in_with_code(client, "ana@example.org")

    add_authenticator(client)
    again = client.get("/en/account/authenticator/remove/", follow=True)

    assert client.get("/en/admin/").status_code == 200
    assert "Code from your authenticator app" in again.content.decode()


def test_staff_keep_a_second_factor(client, listens, staff):
    sign_in_with_code(client, "ana@example.org")
    secret = add_authenticator(client)
    cache.clear()
    client.post("/en/account/again/", {"code": totp(secret)})

    kept = client.post("/en/account/authenticator/remove/", follow=True)
    passkey = Authenticator.objects.create(user=staff, type="webauthn", data={})
    client.post("/en/account/authenticator/remove/")

    assert "Add another one first" in kept.content.decode()
    assert Authenticator.objects.get() == passkey


def test_a_password_opens_nothing_where_debug_is_off(client, listens):
    User.objects.create_superuser("secretariat", "ana@example.org", "listens-2027")

    demonstration = client.get("/en/sign-in/demonstration/")
    client.post("/en/admin/login/", {"username": "secretariat", "password": "listens-2027"})

    assert demonstration.status_code == 404
    assert client.login(username="secretariat", password="listens-2027") is False
    assert client.login(username="ana@example.org", password="listens-2027") is False
    assert client.get("/en/admin/").status_code == 302


@override_settings(DEBUG=True)
def test_demonstration_accounts_sign_in_with_a_password_where_debug_is_on(client, listens):
    call_command("make_demo_accounts")
    credentials = {"username": "secretariat", "password": "listens-2027"}
    client.post("/en/admin/login/", credentials)
    member = Client()
    member.post("/en/sign-in/demonstration/", {**credentials, "username": "stakeholder"})

    assert client.get("/en/admin/").status_code == 200
    assert member.get(HOME).status_code == 302
    with override_settings(DEBUG=False):
        assert client.get("/en/admin/").status_code == 302
        assert member.get("/en/account/").status_code == 302


@override_settings(DEBUG=True)
def test_nobody_else_signs_in_with_a_password_there(client, listens):
    User.objects.create_superuser("root", password="listens-2027")

    assert client.login(username="root", password="listens-2027") is False
