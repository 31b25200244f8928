"""Whole journeys of both audiences: with the keyboard alone, and without JavaScript."""

import pytest

from surveys.models import Response
from tests.browser.signing_in import sign_in_with_code
from tests.surveys.signing_in import last_code

IS_FOCUSED = "selector => document.activeElement.matches(selector)"
WORDS = "Скела код Голупца, vă rog"
PROFILE = {"org_type": "ngo", "place": "timis"}

pytestmark = pytest.mark.browser


def tab_to(page, selector):
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(IS_FOCUSED, selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def choose(page, selector):
    tab_to(page, selector)
    page.keyboard.press("Space")


def follow(page, selector):
    """Go where Enter leads to."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_citizen_with_the_keyboard_alone(site, browser_page):
    page = browser_page()
    page.goto("/ro/")
    follow(page, ".way .button")

    choose(page, "[name=place]")
    tab_to(page, "textarea[name=C5]")
    page.keyboard.type(WORDS)
    follow(page, "button[name=save]")
    follow(page, "main a.button")
    follow(page, "main form .button")
    follow(page, "a[href$='/withdraw/']")
    stored = Response.objects.get().answers
    follow(page, "main form .button")

    assert page.inner_text("h1") == "Aceste răspunsuri au fost retrase"
    assert stored == {"place": "timis", "C5": WORDS}
    assert Response.objects.get().state == "withdrawn"


def test_a_citizen_without_javascript(site, browser_page):
    page = browser_page(width=360, javascript=False)
    page.goto("/sr/")
    page.click(".way .button >> nth=0")
    page.check("[name=place][value=borski]")
    page.fill("[name=C5]", WORDS)
    page.click("button[lang=sr-Latn]")
    page.click("button[name=save]")
    page.click("main a.button")
    page.click("main form .button >> nth=0")
    page.click("a[href$='/change/']")
    page.fill("[name=C5]", WORDS + "!")
    page.click("main form .button")
    page.click("a[href$='/answers/']")

    assert WORDS + "!" in page.inner_text("main")
    response = Response.objects.get()
    assert response.answers == {"place": "borski", "C5": WORDS + "!"}
    assert [revision.answers["C5"] for revision in response.revisions.all()] == [WORDS]


def test_an_organisation_with_the_keyboard_alone(site, browser_page):
    page = browser_page()
    page.goto("/ro/stakeholders/")
    page.focus("[name=email]")
    page.keyboard.type("elena@example.org")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.focus("[name=code]")
    page.keyboard.type(last_code("elena@example.org"))
    with page.expect_navigation():
        page.keyboard.press("Enter")

    follow(page, ".task a")
    tab_to(page, "[name=org_type]")
    page.keyboard.type("Asoc")
    choose(page, "[name=place]")
    for _section in ("organisation", "border", "today", "support", "after_2027"):
        follow(page, "main form .actions .button")
    choose(page, "[name=publication]")
    choose(page, "[name=authorised]")
    follow(page, "main form .actions .button")

    response = Response.objects.get()
    assert (response.state, response.answers, response.publication) == ("sent", PROFILE, "named")


def test_an_organisation_without_javascript(site, browser_page):
    page = browser_page(width=360, javascript=False)
    page.goto("/en/stakeholders/31/section/organisation/")
    sign_in_with_code(page)
    page.select_option("[name=org_type]", "ngo")
    page.check("[name=place][value=timis]")
    page.click("main form .actions .button")
    page.fill("[name=S1_comment]", WORDS)
    page.click("button[lang=sr-Cyrl]")
    page.click("main form .actions .button")
    page.goto("/sr/stakeholders/31/check/")
    page.check("[name=publication][value=anonymous]")
    page.check("[name=authorised]")
    page.click("main form .actions .button")

    response = Response.objects.get()
    assert page.inner_text(".reference") == response.reference
    assert (response.state, response.language) == ("sent", "sr")
    assert response.answers == PROFILE | {"S1_comment": WORDS}
