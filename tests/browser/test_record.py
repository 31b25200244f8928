"""A citizen follows their answers: from the receipt into the public list, without JavaScript."""

import json

import pytest
from django.utils import timezone

from surveys.identifiers import new_secret
from surveys.ledger.batches import publish_batch_due
from surveys.lifecycle import send_citizen_response
from surveys.models import Version
from surveys.parts import Part
from tests.browser.looking import wrong_with

pytestmark = pytest.mark.browser


def others():
    """Enough other people for a batch."""
    version = Version.objects.with_questions().get(questionnaire__slug="citizens")
    for _ in range(30):
        send_citizen_response(
            version,
            secret=new_secret(),
            part=Part(frozenset({"place"}), {"place": "timis"}, {}),
            seen="",
            language="ro",
            moment=timezone.now(),
        )


def send_and_download(page, language, folder):
    """Send as a citizen, wait for a batch, and download the receipt file with its proof."""
    page.goto(f"/{language}/citizens/")
    page.check("[name=place][value=borski]")
    page.fill("[name=C5]", "Скела код Голупца")
    page.click("form .actions button")
    page.wait_for_selector(".reference")
    others()
    publish_batch_due()
    page.reload()
    with page.expect_download() as download:
        page.click("a[download]")
    download.value.save_as(folder / "receipt.json")
    return folder / "receipt.json"


def test_a_citizen_checks_without_javascript_that_their_answers_are_counted(
    site, browser_page, tmp_path
):
    page = browser_page(width=360, javascript=False)
    receipt = send_and_download(page, "sr", tmp_path)

    page.goto("/sr/record/")
    page.click("main .button")
    page.set_input_files("[name=file]", receipt)
    page.click("main form .button")

    assert page.locator(".notice.good").count() == 5
    assert page.locator(".notice.bad").count() == 0


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_axe_finds_nothing_on_the_pages_of_the_record(site, browser_page, tmp_path, language):
    page = browser_page(width=360)
    receipt = send_and_download(page, language, tmp_path)
    found = {}

    def look(name):
        found[name] = wrong_with(page)

    look("receipt")
    page.goto(f"/{language}/record/")
    look("record")
    page.goto(f"/{language}/record/check/")
    page.set_input_files("[name=file]", receipt)
    page.click("main form .button")
    look("check, good")
    forged = json.loads(receipt.read_text("utf-8"))
    forged["response"]["answers"]["C5"] = "Мост"
    page.fill("[name=pasted]", json.dumps(forged))
    page.click("main form .button")
    look("check, forged")

    assert page.locator(".notice.bad").count() == 1
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
