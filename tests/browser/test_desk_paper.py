"""Typing from paper and looking at coverage: axe-core, narrow screens, the keyboard alone."""

from uuid import uuid4

import pytest
from django.test import Client

from surveys.models import Transcript, User
from surveys.people import make_person
from surveys.roles import secretariat
from surveys.transcribing.typing import begin, save
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_transcribing import ANSWERS, first_typing, head, typed, version

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(site, browser_page, live_server, settings):
    """Ana of the Joint Secretariat, in a browser of her own; every form is typed twice."""
    settings.TYPED_TWICE_PERCENT = 100
    ana = make_person("ana@example.org", language="ro")
    User.objects.filter(pk=ana.pk).update(is_staff=True)
    ana.groups.add(secretariat())
    client = Client()
    sign_in_staff(client, ana)

    def open_desk(width=1280, javascript=True):
        page = browser_page(width=width, javascript=javascript)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    open_desk.ana = ana
    return open_desk


@pytest.fixture
def pile(desk):
    """A form for each thing that can be done with one."""
    mira = make_person("mira@example.org", language="sr")
    waiting = first_typing(mira, sheet="P-1")
    different = first_typing(mira, sheet="P-2")
    save(different, typed(desk.ana, {"place": "borski", "C5": "Un pod"}))
    begun = begin(version(), typed(desk.ana, is_finished=False, **head(sheet="P-3")), uuid4())
    return waiting, different, begun


def test_a_pile_is_typed_with_the_keyboard_alone_and_without_script(desk):
    page = desk(javascript=False)
    cursor_for_the_sheet = page.locator("[name=sheet]:focus")
    page.goto(f"/en/admin/transcripts/new/{version().pk}/")

    # The cursor is where the number of the sheet goes; Enter saves and opens the next.
    cursor_for_the_sheet.wait_for()
    page.keyboard.type("P-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    typed_first = Transcript.objects.get()
    assert (typed_first.sheet, typed_first.state) == ("P-1", "waiting")
    assert typed_first.typings.get().answers == {"place": "timis"}
    cursor_for_the_sheet.wait_for()

    # Of the same number there is one: the first link leads to the control.
    page.keyboard.type("P-1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("[href='#id_sheet']:focus").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**#id_sheet")

    assert Transcript.objects.count() == 1
    assert ANSWERS["place"] == "timis"
