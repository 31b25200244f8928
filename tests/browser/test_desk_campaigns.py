"""Campaigns at the desk in a real browser: found, read, labelled, with the keyboard alone."""

from datetime import timedelta

import pytest
from django.test import Client

from surveys.models import Campaign, CampaignText, Questionnaire, Response, User
from surveys.people import make_person
from surveys.roles import secretariat
from tests.browser.looking import wrong_with
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_campaigns import BRIDGE, COPIES, FERRY

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(site, browser_page, live_server):
    """Ana of the Joint Secretariat, who has shown a second factor, in a browser of her own."""

    def open_desk(language, width=1280, javascript=True):
        ana = make_person("ana@example.org", language=language)
        User.objects.filter(pk=ana.pk).update(is_staff=True)
        ana.groups.add(secretariat())
        client = Client()
        sign_in_staff(client, ana)
        page = browser_page(width=width, javascript=javascript)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_desk


@pytest.fixture
def citizens(site):
    """The questionnaire, with copies in both scripts, long and short, and another answer."""
    questionnaire = Questionnaire.objects.get(slug="citizens")
    texts = (*COPIES, f"{BRIDGE} {'Врло дуга_реч_без_размака' * 12}", FERRY, FERRY)
    for minute, words in enumerate(texts):
        moment = questionnaire.consultation.now + timedelta(minutes=20 * minute)
        Response.objects.create(
            questionnaire=questionnaire,
            version=questionnaire.current_version(),
            state="sent",
            language="sr",
            answers={"place": "timis", "C5": words},
            started_at=moment,
            sent_at=moment,
        )
    return questionnaire


@pytest.mark.parametrize(("language", "width"), [("ro", 1280), ("sr", 360)])
def test_axe_finds_nothing_on_the_pages_of_campaigns(citizens, desk, language, width):
    page = desk(language, width)
    found = {}

    def look(name):
        found[name] = wrong_with(page)

    page.goto(f"/{language}/admin/campaigns/")
    look("questions")
    page.click("a[href$='/C5/']")
    look("no groups yet")
    page.click("form[action$='/find/'] button")
    page.wait_for_selector(".progress-ending")
    look("found")
    page.click(".progress-ending a")
    look("groups")
    page.click("tbody th a")
    look("group")
    page.check("[name=state][value=campaign]")
    page.click(".desk-form button")
    look("group, with errors")
    page.click(".campaign-move button >> nth=1")
    page.wait_for_load_state()
    page.click("summary")
    look("group, with a text taken out and the table open")

    assert found == dict.fromkeys(found, [])
    assert len(found) == 7


def press_until(page, selector):
    """Go on with the Tab key until what the selector finds has the focus."""
    for _time in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"The keyboard does not reach {selector}")


def test_a_campaign_is_found_and_labelled_with_the_keyboard_alone(citizens, desk):
    page = desk("en")
    page.goto("/en/admin/campaigns/")
    for selector in (
        "a[href$='/C5/']",
        "form[action$='/find/'] button",
        ".progress-ending a",
        "tbody th a",
    ):
        press_until(page, selector)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    press_until(page, "[name=state]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    press_until(page, "[name=label]")
    page.keyboard.type("The bridge at night")
    press_until(page, ".desk-form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    campaign = Campaign.objects.get(label="The bridge at night")
    assert (campaign.state, campaign.labelled_by.email) == ("campaign", "ana@example.org")
    assert CampaignText.objects.filter(campaign=campaign).count() == 4


def test_it_all_works_without_script(citizens, desk):
    page = desk("sr-latn", width=360, javascript=False)
    page.goto(f"/sr-latn/admin/campaigns/{citizens.pk}/C5/")

    page.click("form[action$='/find/'] button")
    page.click(".progress-ending a")
    page.click("tbody th a")
    page.click("form[action$='/take-out/'] button >> nth=1")
    page.check("[name=state][value=chance]")
    page.click(".desk-form button")

    assert Campaign.objects.get(state="chance").texts.filter(taken_out=False).count() == 3
