"""Every public page in every language, on a wide and on a narrow screen."""

import pytest

from surveys.models import Response

PAGES = [
    *("", "citizens/", "about/privacy/", "about/accessibility/", "about/help/", "sign-in/"),
    *("nowhere/", "reply/", "reply/subscribe/", "reply/confirm/forged/"),
]
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_axe_finds_nothing_on_any_public_page(site, browser_page, axe, language, width):
    page = browser_page(width=width)
    found = {}

    for path in PAGES:
        page.goto(f"/{language}/{path}")
        found[path] = axe(page), page.evaluate(SCROLLS_SIDEWAYS)
    page.goto(f"/{language}/citizens/")
    page.click("form .actions button")
    found["citizens, with errors"] = axe(page), page.evaluate(SCROLLS_SIDEWAYS)
    page.check("[name=place][value=timis]")
    page.click("form .actions button")
    found["receipt"] = axe(page), page.evaluate(SCROLLS_SIDEWAYS)

    assert Response.objects.count() == 1
    assert {path: faults for path, faults in found.items() if faults != ([], False)} == {}


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
