"""What axe-core does not say: ids that lead nowhere, sideways scroll, refused code, keyboard."""

import pytest

from tests.browser.looking import BROKEN_IDS, SCROLLS_SIDEWAYS
from tests.browser.signing_in import sign_in_with_code
from tests.browser.test_public_pages import PAGES
from tests.browser.test_stakeholder_pages import SECTIONS

LANGUAGES = ["en", "ro", "sr", "sr-latn"]

pytestmark = pytest.mark.browser


@pytest.fixture
def watched_page(browser_page):
    """A page, and what its console complained of: refused code and styles are among it."""

    def open_page(width):
        page = browser_page(width=width)
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # That a page answers 404 or 422 is told there too, and is what it is meant to do.
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and "the server responded with a status of 4" not in message.text
                and complaints.append(f"{page.url}: {message.text}")
            ),
        )
        return page, complaints

    return open_page


def faults(page):
    page.wait_for_load_state()
    found = page.evaluate(BROKEN_IDS)
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate(SCROLLS_SIDEWAYS):
            found.append(f"scrolls sideways at {width}")
    return found


def sign_in(page, language):
    page.goto(f"/{language}/stakeholders/")
    sign_in_with_code(page)
    page.wait_for_url(f"**/{language}/stakeholders/31/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_hold_together(site, watched_page, language):
    page, complaints = watched_page(width=360)
    found = {}

    for path in PAGES:
        page.goto(f"/{language}/{path}")
        found[path] = faults(page)
    page.goto(f"/{language}/sign-in/")
    page.click("main form .button")
    found["sign-in, with errors"] = faults(page)
    page.goto(f"/{language}/record/check/")
    page.click("main form .button")
    found["check a receipt, with errors"] = faults(page)
    page.goto(f"/{language}/citizens/")
    page.evaluate(
        "document.querySelectorAll('textarea').forEach(t => t.removeAttribute('maxlength'))"
    )
    for area in page.locator("textarea").all():
        area.fill("ш" * 5000)
    page.click("form .actions button")
    found["citizens, with errors"] = faults(page)
    page.goto(f"/{language}/citizens/")
    page.check("[name=place][value=timis]")
    page.click("form .actions button")
    found["receipt"] = faults(page)

    assert page.locator(".reference").is_visible()
    assert {path: broken for path, broken in found.items() if broken} == {}
    assert complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_stakeholder_pages_hold_together(site, watched_page, language):
    page, complaints = watched_page(width=360)
    sign_in(page, language)
    found = {}

    for path in ["", *(f"section/{name}/" for name in SECTIONS), "check/"]:
        page.goto(f"/{language}/stakeholders/31/{path}")
        found[path] = faults(page)
    page.click("main form .button")
    found["check, with errors"] = faults(page)
    page.goto(f"/{language}/stakeholders/31/section/border/")
    page.select_option("#id_S2_1", "nature")
    page.select_option("#id_S2_2", "nature")
    page.click("main form .button")
    found["section, with errors"] = faults(page)

    assert {path: broken for path, broken in found.items() if broken} == {}
    assert complaints == []


def test_tab_reaches_the_button_that_sends(site, watched_page):
    page, _complaints = watched_page(width=1280)
    page.goto("/ro/citizens/")

    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.actions button')"):
            break
    page.keyboard.press("Enter")

    page.wait_for_selector("#errors")
