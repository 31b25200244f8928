"""The pages of organisations, with a keyboard, on both widths and in every language."""

import pytest

from surveys.models import Response
from tests.browser.looking import wrong_with
from tests.browser.signing_in import sign_in_with_code

SECTIONS = ["organisation", "border", "today", "support", "after_2027"]

pytestmark = pytest.mark.browser


@pytest.fixture
def signed_in(site, browser_page):
    def sign_in(language, width):
        page = browser_page(width=width)
        page.goto(f"/{language}/stakeholders/")
        sign_in_with_code(page)
        page.wait_for_url(f"**/{language}/stakeholders/31/")
        return page

    return sign_in


@pytest.mark.parametrize(
    ("language", "width"), [("en", 360), ("ro", 1280), ("sr", 360), ("sr-latn", 1280)]
)
def test_axe_finds_nothing_on_any_stakeholder_page(signed_in, language, width):
    page = signed_in(language, width)
    found = {}

    for path in ["", *(f"section/{name}/" for name in SECTIONS), "check/"]:
        page.goto(f"/{language}/stakeholders/31/{path}")
        found[path] = wrong_with(page)
    page.click("main form .button")
    found["check, with errors"] = wrong_with(page)
    page.goto(f"/{language}/stakeholders/31/section/border/")
    page.select_option("#id_S2_1", "nature")
    page.select_option("#id_S2_2", "nature")
    page.click("main form .button")
    found["section, with errors"] = wrong_with(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_an_organisation_answers_with_the_keyboard_alone(signed_in):
    page = signed_in("ro", 1280)

    page.focus(".task a >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/section/organisation/")
    page.focus("[name=org_type]")
    page.keyboard.type("Asoc")
    # Over the question's comments to the next question.
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.focus("main form .button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/section/border/")

    assert Response.objects.get().answers == {"org_type": "ngo", "place": "timis"}
