"""Signing in with a passkey: a real browser, with an authenticator that is only software."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from surveys.models import Invitation, Member, Message, Organisation, Response, User
from surveys.people import make_person
from surveys.roles import secretariat
from tests.browser.looking import wrong_with
from tests.browser.signing_in import save, sign_in_with_code
from tests.surveys.signing_in import last_code, sign_in_staff

ELENA = "elena@example.org"

pytestmark = pytest.mark.browser


def plug_in_authenticator(page):
    """A device that says yes with its owner's finger on it, as Chromium emulates one."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = debugger.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return debugger, added["authenticatorId"]


@pytest.fixture
def local_page(browser_page, live_server):
    """Passkeys need a host name; browsers trust this one without https."""

    def open_page(**kwargs):
        page = browser_page(**kwargs)
        page.local = live_server.url.replace("127.0.0.1", "localhost")
        return page

    return open_page


@pytest.mark.parametrize("language", ["ro", "sr"])
def test_a_passkey_is_added_and_signs_in_without_a_code(site, settings, local_page, language):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    page = local_page()
    plug_in_authenticator(page)
    account = f"{page.local}/{language}/account/"
    page.goto(account)
    sign_in_with_code(page)
    page.wait_for_url(account)
    page.click("a[href$='/passkeys/add/']")
    page.fill("[name=name]", "Telefonul Elenei")
    page.click("#passkey-button")
    page.wait_for_url(account)
    assert "Telefonul Elenei" in page.inner_text("main")

    page.click("button[form=sign-out]")
    page.goto(f"{page.local}/{language}/sign-in/")
    page.click("#passkey-button")
    page.wait_for_url(f"**/{language}/stakeholders/31/")

    assert Authenticator.objects.get().user.email == ELENA

    page.goto(account)
    page.click("a[href*='/passkeys/'][href$='/remove/']")
    page.click("main form .button")
    page.wait_for_url(account)
    assert not Authenticator.objects.exists()


def test_a_passkey_that_is_refused_is_told_in_words(site, local_page):
    page = local_page(width=360)
    debugger, authenticator = plug_in_authenticator(page)
    debugger.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    page.goto(f"{page.local}/en/sign-in/")

    page.click("#passkey-button")
    page.wait_for_selector("[data-passkey-error]:not(:empty)")

    assert "The passkey was not accepted" in page.inner_text("main")


def test_without_javascript_no_passkey_is_offered(site, browser_page):
    page = browser_page(javascript=False)
    page.goto("/en/sign-in/")

    assert not page.is_visible("#passkey-button")


@pytest.mark.parametrize("language", ["ro", "sr-latn"])
def test_staff_use_a_passkey_as_second_step(site, settings, local_page, language):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    make_person("ana@example.org", language=language)
    User.objects.filter(email="ana@example.org").update(is_staff=True, is_superuser=True)
    page = local_page()
    plug_in_authenticator(page)
    page.goto(f"{page.local}/{language}/admin/")
    sign_in_with_code(page, "ana@example.org")
    page.wait_for_url("**/account/")
    page.click("a[href$='/passkeys/add/']")
    page.click("#passkey-button")
    page.wait_for_url("**/account/")
    page.click("a[href$='/admin/']")
    assert page.url.endswith(f"/{language}/admin/")

    page.context.clear_cookies()
    page.goto(f"{page.local}/{language}/admin/")
    sign_in_with_code(page, "ana@example.org")
    page.wait_for_url("**/second-factor/**")
    page.click("#passkey-button")
    page.wait_for_url(f"**/{language}/admin/")


@pytest.fixture
def desk(site, browser_page, live_server):
    """Ana of the Joint Secretariat, who has shown a second factor, in a browser of her own."""

    def open_desk(language, width=1280):
        ana = make_person("ana@example.org", language=language)
        User.objects.filter(pk=ana.pk).update(is_staff=True)
        ana.groups.add(secretariat())
        client = Client()
        sign_in_staff(client, ana)
        page = browser_page(width=width)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_desk


@pytest.mark.parametrize(("language", "javascript"), [("ro", True), ("sr", False)])
def test_from_registering_oneself_to_being_confirmed(desk, browser_page, language, javascript):
    mira = browser_page(width=360, javascript=javascript)
    mira.goto(f"/{language}/register/")
    mira.fill("[name=organisation]", "Asociația „Podul” Orșova")
    mira.fill("[name=name]", "Mira Pop")
    mira.fill("[name=email]", "mira@example.org")
    mira.click("main form .button")
    mira.fill("[name=code]", last_code("mira@example.org"))
    mira.click("main form .button >> nth=0")
    registered = Organisation.objects.get(name="Asociația „Podul” Orșova")
    mira.wait_for_url(f"**/{language}/stakeholders/{registered.pk}/")
    mira.click("a[href$='/section/organisation/']")
    mira.select_option("[name=org_type]", "ngo")
    mira.check("[name=place][value=mehedinti]")
    save(mira)
    mira.goto(f"/{language}/stakeholders/{registered.pk}/check/")
    mira.check("[name=publication][value=named]")
    mira.check("[name=authorised]")
    save(mira)
    counted_before = Response.objects.sent().count()

    ana = desk(language)
    ana.goto(f"/{language}/admin/surveys/organisation/?standing__exact=waiting")
    ana.click("#result_list tbody th a")
    with ana.expect_navigation():
        ana.click("form[action$='/confirm/'] [type=submit]")

    letter = Message.objects.get(kind="registration-confirmed")
    assert counted_before == 0
    assert Response.objects.sent().get().organisation == registered
    assert (letter.to, letter.language) == ("mira@example.org", language)
    mira.goto(next(word for word in letter.text.split() if "/stakeholders/" in word)[21:])
    assert mira.url.endswith(f"/{language}/stakeholders/{registered.pk}/")
    assert "Podul" in mira.inner_text("main")


@pytest.mark.parametrize(
    ("language", "width"), [("en", 360), ("ro", 1280), ("sr", 360), ("sr-latn", 1280)]
)
def test_axe_finds_nothing_around_signing_in(site, browser_page, language, width):
    organisation = Organisation.objects.create(name="Удружење „Тимок” " * 8)
    invitation = Invitation.objects.create(organisation=organisation, email="jovana@example.org")
    page = browser_page(width=width)
    found = {}

    def look(name):
        found[name] = wrong_with(page)

    def go(path):
        page.goto(f"/{language}/{path}")
        look(path)

    go("register/")
    page.click("main form .button")
    look("register, with errors")
    go(f"invitation/{invitation.token}/")
    go(f"invitation/{invitation.token}/decline/")
    page.click("main form .button")
    look("declined")
    go("sign-in/")
    page.click("main form .button >> nth=0")
    look("sign in, with errors")
    page.fill("[name=email]", ELENA)
    page.click("main form .button >> nth=0")
    look("code")
    page.fill("[name=code]", "BBBB-BBBB")
    page.click("main form .button >> nth=0")
    look("wrong code")
    page.fill("[name=code]", last_code(ELENA))
    page.click("main form .button >> nth=0")
    page.wait_for_url("**/stakeholders/31/")
    for path in ("account/", "account/passkeys/add/", "account/close/", "register/"):
        go(path)
    page.goto(f"/{language}/invitation/{invitation.token}/")
    look("invitation for somebody else")
    Member.objects.create(organisation=organisation, user=User.objects.get(email=ELENA))
    go("stakeholders/")
    User.objects.update(is_staff=True)
    go("account/")
    go("account/authenticator/add/")

    assert {name: faults for name, faults in found.items() if faults} == {}
