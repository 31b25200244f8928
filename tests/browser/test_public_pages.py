"""Every public page in every language, on a wide and on a narrow screen."""

import pytest
from django.utils import timezone

from surveys.models import Consultation, Response, Tally
from tests.browser.looking import wrong_with
from tests.surveys.quoting_cast import told_by_many
from tests.surveys.results_cast import closed, open_now, release

PAGES = [
    *("", "citizens/", "about/privacy/", "about/accessibility/", "about/help/", "sign-in/"),
    *("nowhere/", "record/", "record/check/"),
    *("reply/", "reply/subscribe/", "reply/confirm/forged/"),
]
RESULTS = [
    *("", "?country=rs", "?place=borski", "citizens/C2/?by=place", "stakeholders/S3/?by=country"),
    *("stakeholders/S2/", "comments/", "comments/?language=sr"),
]

pytestmark = pytest.mark.browser


@pytest.fixture
def told(site):
    """Who took part, opinions with some that are not shown, and words that were published."""
    consultation = open_now(Consultation.objects.get(), opinions_while_open=True)
    told_by_many(consultation)
    release(consultation)
    return consultation


def show(consultation, state):
    now = timezone.now()
    if state == "few":
        Tally.objects.update(n=1)
    elif state == "participation":
        open_now(consultation, opinions_while_open=False)
    elif state == "being read":
        closed(consultation)
    elif state == "final":
        closed(consultation, opinions_published_at=now)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_axe_finds_nothing_on_results(told, browser_page, language, width):
    page = browser_page(width=width)
    found = {}

    for path in RESULTS:
        page.goto(f"/{language}/results/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found[path] = wrong_with(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("state", ["few", "participation", "being read", "final"])
def test_axe_finds_nothing_on_results_in_any_state(told, browser_page, state):
    page = browser_page(width=360)
    show(told, state)

    page.goto("/ro/results/")

    assert wrong_with(page) == []


def test_results_need_no_javascript(told, browser_page):
    page = browser_page(width=360, javascript=False)

    page.goto("/en/")
    page.click(".main-navigation >> text=Results")
    page.click(".filters .link-row >> text=Serbia")
    page.click("#map summary")
    page.click("#citizens-C2 >> text=The question in full >> nth=0")

    assert "/results/citizens/C2/" in page.url
    assert page.locator(".chart .bars").count() > 3


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_axe_finds_nothing_on_any_public_page(site, browser_page, language, width):
    page = browser_page(width=width)
    found = {}

    for path in PAGES:
        page.goto(f"/{language}/{path}")
        found[path] = wrong_with(page)
    page.goto(f"/{language}/citizens/")
    page.click("form .actions button")
    found["citizens, with errors"] = wrong_with(page)
    page.check("[name=place][value=timis]")
    page.click("form .actions button")
    found["receipt"] = wrong_with(page)

    assert Response.objects.count() == 1
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_citizen_answers_without_javascript(site, browser_page):
    page = browser_page(width=360, javascript=False)

    page.goto("/sr/")
    page.click(".way .button >> nth=0")
    page.check("[name=place][value=borski]")
    page.fill("[name=C5]", "Скела код Голупца")
    page.click("form .actions button")

    response = Response.objects.get()
    assert page.locator(".reference").inner_text() == response.reference
    assert response.answers == {"place": "borski", "C5": "Скела код Голупца"}
