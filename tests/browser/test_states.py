"""Every state a respondent can meet, held against axe-core in every language."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from consultation import errors
from surveys.models import Attempts, Consultation, Response
from tests.browser.looking import wrong_with
from tests.browser.signing_in import sign_in_with_code
from tests.surveys.keys import new_key

LANGUAGES = ["en", "ro", "sr", "sr-latn"]
WORDS = "Ștefan: „podul” mai repede. Ђорђе: брже преко границе"

pytestmark = pytest.mark.browser


@pytest.fixture
def look(browser_page):
    """Look at a page in one language: `look.at(address)`, `look.now("what it is")`."""

    class Look:
        def __init__(self, language, width):
            self.page = browser_page(width=width)
            self.prefix = f"/{language}/"
            self.faults = {}
            self.seen = []

        def at(self, path, name=None, status=200):
            answer = self.page.goto(self.prefix + path if path[:1] != "/" else path)
            assert answer.status == status, path
            self.now(name or path)

        def now(self, name):
            found = wrong_with(self.page)
            if found:
                self.faults[name] = found
            self.seen.append(self.page.title())

        def html(self, html, name):
            """A page that no address shows by itself."""
            self.page.route("**/shown/", lambda route: route.fulfill(body=html, status=200))
            self.page.goto("/shown/")
            self.page.unroute("**/shown/")
            self.now(name)

    return Look


def fill_in(page):
    page.check("[name=place][value=timis]")
    page.fill("[name=C5]", WORDS)


def receive(page):
    """What the button leads to, whatever it is."""
    with page.expect_navigation():
        page.click("main form .button >> nth=0")


@pytest.mark.parametrize("language", LANGUAGES)
def test_citizens_states(site, look, language):
    eye = look(language, 360)
    page = eye.page
    eye.at("citizens/")
    fill_in(page)
    page.click("button[name=save]")
    eye.now("draft saved")
    draft = page.url.removesuffix("saved/")
    eye.at("/" + draft.split("/", 3)[3], "draft")
    receive(page)
    eye.now("receipt")
    receipt = "/" + page.url.split("/", 3)[3]
    for part in ("answers/", "change/", "withdraw/"):
        eye.at(receipt + part, part)
    eye.at("citizens/", "answered today")
    fill_in(page)
    receive(page)
    eye.now("the same again")
    eye.at(receipt + "change/")
    page.fill("[name=C5]", WORDS + "!")
    receive(page)
    eye.now("changed")
    eye.at(receipt + "withdraw/")
    receive(page)
    eye.now("withdrawn")
    eye.at("citizens/return/")
    receive(page)
    eye.now("return, with errors")
    eye.at("citizens/sent/AAAA-AAAA/x/", "unknown link", 404)
    eye.at("citizens/?kiosk=1", "kiosk")
    fill_in(page)
    receive(page)
    eye.now("kiosk receipt")
    Attempts.objects.update(count=30)
    eye.at("citizens/sent/AAAA-AAAA/x/", "too many tries", 429)

    assert eye.faults == {}
    assert Response.objects.sent().count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_conflicts_and_deadlines(site, look, language):
    eye = look(language, 1280)
    page = eye.page
    eye.at("citizens/")
    fill_in(page)
    page.click("button[name=save]")
    draft = "/" + page.url.removesuffix("saved/").split("/", 3)[3]
    eye.at(draft)
    Response.objects.update(answers={"place": "borski", "C2": ["nature", "risk"], "C5": WORDS * 9})
    receive(page)
    eye.now("conflict")
    eye.at(draft)
    consultation = Consultation.objects.get()
    now = timezone.now()
    for name, dates in {
        "last week": {"closes_at": now + timedelta(days=3)},
        "last day": {"closes_at": now + timedelta(hours=3)},
        "extended": {
            "closes_at": consultation.closes_at,
            "extended_from": consultation.closes_at - timedelta(days=9),
        },
        "grace": {"closes_at": now - timedelta(minutes=3), "extended_from": None},
        "closed": {"closes_at": now - timedelta(minutes=20)},
    }.items():
        Consultation.objects.update(**dates)
        eye.at("", f"landing, {name}")
        eye.at("citizens/", f"form, {name}")
    eye.at(draft, "draft after closing")
    page.goto(draft)
    Consultation.objects.update(
        opens_at=now + timedelta(days=2), closes_at=now + timedelta(days=20)
    )
    eye.at("", "landing, upcoming")
    eye.at("citizens/", "form, upcoming")

    assert eye.faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_that_come_too_late(site, look, language):
    eye = look(language, 360)
    eye.at("citizens/")
    fill_in(eye.page)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    receive(eye.page)
    eye.now("too late")

    assert WORDS in eye.page.inner_text("main")
    assert eye.faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_organisations_states(site, look, language):
    eye = look(language, 360)
    page = eye.page
    section = f"/{language}/stakeholders/31/section/border/"

    page.goto(section)
    sign_in_with_code(page)
    page.wait_for_url(f"**{section}")
    other = page.context.new_page()
    other.goto(section)
    other.fill("[name=S1_comment]", "primul " * 20)
    receive(other)
    page.fill("[name=S1_comment]", WORDS)
    receive(page)
    eye.now("conflict")
    page.check("[value=mine]")
    receive(page)
    page.context.clear_cookies()
    page.fill("[name=S1_comment]", WORDS + "!")
    receive(page)
    eye.now("signed out")
    page.click("main .actions .button")
    sign_in_with_code(page)
    page.wait_for_selector("[name=S1_comment]")
    eye.now("signed in again")
    page.context.clear_cookies(name="csrftoken")
    receive(page)
    eye.now("page open too long")
    shown = page.input_value("[name=S1_comment]")
    receive(page)
    Consultation.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    eye.at("stakeholders/", "draft after closing")

    assert shown == WORDS + "!"
    assert Response.objects.get().answers == {"S1_comment": WORDS + "!"}
    assert eye.faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_what_went_wrong(site, look, language, monkeypatch):
    eye = look(language, 360)
    client = Client(raise_request_exception=False)
    form = f"/{language}/citizens/"
    with monkeypatch.context() as broken:

        def away(*args, **kwargs):
            raise OperationalError("the connection is lost")

        broken.setattr("surveys.answering.opened.get_version", away)
        fetched = client.get(form)
        sent = client.post(form, {"key": new_key(), "place": "timis", "C5": WORDS})

        broken.setattr("surveys.answering.opened.get_version", lambda *args: 1 / 0)
        broken_page = client.get(form)
    too_much = client.post(form, {"C5": "a" * 9_000_000})
    statuses = {"away": 503, "sent": 503, "broken": 500, "too much": 413}
    pages = {"away": fetched, "sent": sent, "broken": broken_page, "too much": too_much}

    for name, answer in pages.items():
        assert answer.status_code == statuses[name]
        eye.html(answer.content.decode(), name)
    request = RequestFactory().get(form)
    with translation.override(language):
        eye.html(errors.bad_request(request, ValueError("x")).content.decode(), "bad request")
        for template in ("403.html", "403_csrf.html"):
            eye.html(render_to_string(template, request=request), template)

    assert eye.faults == {}
