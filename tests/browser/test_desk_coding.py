"""Coding in a real browser: with the keyboard alone, and what axe-core says of every page."""

import pytest
from django.test import Client

from surveys.coding.frames import add_code, change_frame, open_frame
from surveys.masks import masked
from surveys.models import CodingFrame, Questionnaire
from surveys.translated import Text
from tests.surveys.coding_cast import answer, numbers, person
from tests.surveys.signing_in import sign_in_staff

pytestmark = pytest.mark.browser

LONG = "Прекогранично чекање на прелазима, трајектима и мостовима преко Дунава"


def said(english, serbian=LONG):
    texts = dict.fromkeys(("include", "exclude", "example"), "Așteptarea la vamă. " * 6)
    return {"label": Text(en=english, sr=serbian), "definition": "Time at the crossing", **texts}


@pytest.fixture
def ana(site):
    return person("ana")


@pytest.fixture
def frame(ana):
    frame = open_frame(Questionnaire.objects.get(slug="citizens"), "C5", ana)
    change_frame(frame, 100, [], ana)
    return CodingFrame.objects.get()


@pytest.fixture
def desk(browser_page, live_server, ana):
    """Ana of the Joint Secretariat in a browser, who has shown a second factor."""

    def open_desk(width=1280, **kwargs):
        client = Client()
        sign_in_staff(client, ana)
        page = browser_page(width=width, **kwargs)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_desk


def tab_to(page, what):
    """Press Tab until the focus is on the one that is meant; as often as it takes somebody."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"Tab never comes to {what}")


@pytest.mark.parametrize("javascript", [True, False])
def test_an_answer_is_coded_with_the_keyboard_alone(desk, frame, ana, javascript):
    codes = [add_code(frame, said(name), ana) for name in ("Waiting", "Bridge")]
    first, second = answer(frame), answer(frame, "Мост.")
    page = desk(javascript=javascript)
    page.goto(f"/en/admin/coding/{frame.pk}/")

    page.focus("#site-name a")
    tab_to(page, "a[href$='/next/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/answers/{masked(first.pk)}/")
    page.focus("#site-name a")
    tab_to(page, "[name=codes][value='1']")
    page.keyboard.press("Space")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    assert page.is_visible("details[open] dd")
    tab_to(page, "[name=codes][value='2']")
    page.keyboard.press("Space")
    # Enter in a checkbox presses the first button of the form, which is to save the codes.
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/answers/{masked(second.pk)}/")

    assert numbers(frame.codings.get()) == [code.number for code in codes]

    page.focus("#site-name a")
    tab_to(page, "[name=nothing]")
    page.keyboard.press("Space")
    tab_to(page, "#id_translation")
    page.keyboard.type("A bridge.")
    tab_to(page, "button[formaction*='/translation/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/translation/")
    assert page.is_checked("[name=nothing]")
    page.focus("#site-name a")
    tab_to(page, ".coding-choice button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/next/")

    assert numbers(second.codings.get()) == []
    assert second.working_translations.get().text == "A bridge."
