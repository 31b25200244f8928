"""Typing from paper and looking at coverage: axe-core, narrow screens, the keyboard alone."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from surveys.models import Questionnaire, Response, Target, Transcript, User
from surveys.people import make_person
from surveys.roles import secretariat
from surveys.transcribing.typing import begin, save
from tests.browser.test_accessibility import BROKEN_IDS
from tests.browser.test_public_pages import SCROLLS_SIDEWAYS
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


@pytest.mark.parametrize(("language", "width"), [("ro", 1280), ("sr", 360)])
def test_axe_finds_nothing_where_forms_are_typed(desk, pile, axe, language, width):
    waiting, different, begun = pile
    page = desk(width)
    paths = [
        "",
        f"new/{version().pk}/",
        f"new/{version('stakeholders').pk}/",
        f"{waiting.pk}/type/",
        f"{begun.pk}/type/",
        f"{different.pk}/differences/",
        f"{different.pk}/aside/",
        f"typings/{begun.typings.get().pk}/erase/",
        f"errors/{version().questionnaire_id}/",
    ]
    found = {}
    for path in paths:
        page.goto(f"/{language}/admin/transcripts/{path}")
        found[path] = axe(page), page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(BROKEN_IDS)
    for path in (f"new/{version('stakeholders').pk}/", f"{different.pk}/differences/"):
        page.goto(f"/{language}/admin/transcripts/{path}")
        with page.expect_navigation():
            page.click(".desk-actions button >> nth=0")
        name = f"{path}, with errors"
        found[name] = axe(page), page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(BROKEN_IDS)

    assert {path: faults for path, faults in found.items() if faults != ([], False, [])} == {}


@pytest.mark.parametrize(("language", "width"), [("ro", 360), ("sr-latn", 1280)])
def test_axe_finds_nothing_about_coverage(desk, axe, language, width):
    cache.clear()
    citizens = Questionnaire.objects.get(slug="citizens")
    now = timezone.now()
    for code, number in (("timis", 40), ("borski", 3)):
        Target.objects.create(
            questionnaire=citizens,
            dimension="place",
            code=code,
            population=9000,
            source="made up for a test",
            wanted=500,
        )
        Response.objects.bulk_create(
            Response(
                questionnaire=citizens,
                version=version(),
                state="sent",
                language="ro",
                answers={"place": code},
                started_at=now,
                sent_at=now,
            )
            for _position in range(number)
        )
    page = desk(width)
    targets = f"/{language}/admin/coverage/{citizens.pk}/targets/place/"
    found = {}
    for path in (f"/{language}/admin/coverage/", targets):
        page.goto(path)
        found[path] = axe(page), page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(BROKEN_IDS)
    page.fill("[name=mehedinti-population]", "100")
    with page.expect_navigation():
        page.click(".desk-actions button")
    found["errors"] = axe(page), page.evaluate(SCROLLS_SIDEWAYS), page.evaluate(BROKEN_IDS)

    assert {path: faults for path, faults in found.items() if faults != ([], False, [])} == {}


def test_a_pile_is_typed_with_the_keyboard_alone_and_without_script(desk):
    page = desk(javascript=False)
    page.goto(f"/en/admin/transcripts/new/{version().pk}/")

    # The cursor is where the number of the sheet goes; Enter saves and opens the next.
    page.keyboard.type("P-1")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    typed_first = Transcript.objects.get()
    assert (typed_first.sheet, typed_first.state) == ("P-1", "waiting")
    assert typed_first.typings.get().answers == {"place": "timis"}
    assert page.evaluate("document.activeElement.name") == "sheet"

    # Of the same number there is one: the first link leads to the control.
    page.keyboard.type("P-1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**#id_sheet")

    assert Transcript.objects.count() == 1
    assert ANSWERS["place"] == "timis"
