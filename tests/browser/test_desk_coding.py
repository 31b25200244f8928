"""Coding in a real browser: with the keyboard alone, and what axe-core says of every page."""

import pytest
from django.test import Client

from surveys.coding.frames import add_code, change_frame, open_frame, split_code
from surveys.models import CodingFrame, Questionnaire
from surveys.translated import Text
from tests.browser.test_accessibility import BROKEN_IDS
from tests.browser.test_public_pages import SCROLLS_SIDEWAYS
from tests.surveys.coding_cast import address, answer, code_it, numbers, person
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
    page.wait_for_url(f"**/answers/{first.pk}/")
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
    page.wait_for_url(f"**/answers/{second.pk}/")

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


@pytest.mark.parametrize(("language", "width"), [("ro", 1280), ("sr", 360), ("sr-latn", 360)])
def test_axe_finds_nothing_on_the_pages_of_coding(desk, axe, frame, ana, language, width):
    mira = person("mira")
    codes = [add_code(frame, said(name), ana) for name in ("Waiting", "Bridge", "Ferry")]
    double = answer(frame, "Скела преко Дунава би помогла. " * 20)
    code_it(frame, double, ana, codes[0])
    code_it(frame, double, mira, codes[1], codes[2])
    split = code_it(frame, answer(frame), ana, codes[2])
    split_code(codes[2], [said("Small ferry"), said("Large ferry")], ana)
    waiting = answer(frame)
    found = {}
    page = desk(width)

    def look(name):
        sideways = ["scrolls sideways"] if page.evaluate(SCROLLS_SIDEWAYS) else []
        found[name] = axe(page) + page.evaluate(BROKEN_IDS) + sideways

    def go(name, *arguments):
        page.goto(address(name, *arguments).replace("/en/", f"/{language}/"))
        look(name)

    go("coding_frames")
    for name in (
        *("coding_frame", "coding_frame_edit", "coding_history", "code_add"),
        *("coding_differences", "coding_agreement"),
    ):
        go(name, frame.pk)
    for name in ("code_edit", "code_merge", "code_split"):
        go(name, frame.pk, 1)
    go("code_recode", frame.pk, 3)
    go("coding_recode", frame.pk, split.pk)
    go("coding_agree", frame.pk, double.pk)
    go("coding_answer", frame.pk, waiting.pk)
    page.click(".coding-choice button >> nth=0")
    look("an answer, with errors")
    go("code_split", frame.pk, 1)
    page.click(".desk-form button >> nth=0")
    look("splitting, with errors")
    code_it(frame, waiting, mira)
    code_it(frame, waiting, ana)
    go("coding_next", frame.pk)

    assert {name: faults for name, faults in found.items() if faults} == {}
