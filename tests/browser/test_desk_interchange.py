"""Files at the desk, in a real browser: with the keyboard, on a phone, in two languages."""

import os
from pathlib import Path

import pytest
from django.test import Client

from surveys.models import User, Version
from surveys.people import make_person
from surveys.roles import secretariat
from tests.browser.looking import wrong_with
from tests.surveys.signing_in import sign_in_staff

FORM = Path(__file__).parents[1] / "surveys" / "xlsforms" / "widgets.xlsx"

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(site, browser_page, live_server):
    """Ana of the Joint Secretariat, who has shown a second factor, in a browser of her own."""

    def open_desk(language, width, javascript=True):
        ana = make_person("ana@example.org", language=language)
        User.objects.filter(pk=ana.pk).update(is_staff=True)
        ana.groups.add(secretariat())
        client = Client()
        sign_in_staff(client, User.objects.get(pk=ana.pk))
        page = browser_page(width=width, javascript=javascript)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_desk


@pytest.mark.parametrize(("language", "width"), [("ro", 1280), ("sr", 360)])
def test_axe_finds_nothing_on_the_pages_for_files(desk, language, width):
    page = desk(language, width)
    found = {}

    def look(name):
        found[name] = wrong_with(page)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)

    page.goto(f"/{language}/admin/interchange/")
    look("files")
    page.click("form[action$='/upload/'] button")
    look("nothing chosen")
    page.select_option("[name=questionnaire]", index=1)
    page.set_input_files("[name=file]", FORM)
    page.click("form[action$='/upload/'] button")
    look("a form")
    page.click("form[action$='/import/'] button")
    look("a form that was not agreed to")
    page.goto(f"/{language}/admin/interchange/")
    page.select_option("[name=questionnaire]", index=1)
    file = {"name": "x.json", "mimeType": "", "buffer": b'{"format": "listens-questionnaire"}'}
    page.set_input_files("[name=file]", [file])
    page.click("form[action$='/upload/'] button")
    look("faults")

    assert found == {
        "files": [],
        "nothing chosen": [],
        "a form": [],
        "a form that was not agreed to": [],
        "faults": [],
    }


def test_translations_come_back_with_the_keyboard_alone_and_without_script(desk):
    page = desk("en", 1280, javascript=False)
    page.goto("/en/admin/interchange/")
    with page.expect_download() as download:
        page.focus("a[href$='/ro.xliff'] >> nth=0")
        page.keyboard.press("Enter")
    content = Path(download.value.path()).read_bytes()
    changed = content.replace("Unde locuiți?".encode(), "Unde stați acum?".encode())

    page.select_option("[name=questionnaire]", label="Citizen questionnaire")
    file = {"name": "ro.xliff", "mimeType": "", "buffer": changed}
    page.set_input_files("[name=file]", [file])
    page.focus("form[action$='/upload/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/interchange/upload/*/")
    assert "Unde stați acum?" in page.inner_text("#content")
    page.focus("form[action$='/import/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/interchange/")

    draft = Version.objects.get(published_at=None)
    assert draft.questions[0].text["ro"] == "Unde stați acum?"
    assert "Version 2 of" in page.inner_text(".messagelist")
