"""A citizen follows their answers: from the receipt into the public list, without JavaScript."""

import json
import re

import pytest
from django.utils import timezone

from surveys.identifiers import new_secret
from surveys.ledger.batches import publish_batch_due
from surveys.lifecycle import send_citizen_response
from surveys.models import Version
from surveys.parts import Part
from tests.browser.test_public_pages import SCROLLS_SIDEWAYS

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


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_a_citizen_checks_that_their_answers_are_counted(
    site, browser_page, axe, tmp_path, language
):
    page = browser_page(width=360, javascript=False)
    found = {}

    def look(name):
        found[name] = axe(page), page.evaluate(SCROLLS_SIDEWAYS)

    page.goto(f"/{language}/citizens/")
    page.check("[name=place][value=borski]")
    page.fill("[name=C5]", "Скела код Голупца")
    page.click("form .actions button")
    receipt_page = page.url
    others()
    publish_batch_due()
    page.goto(receipt_page)
    with page.expect_download() as download:
        page.click("a[download]")
    download.value.save_as(tmp_path / "receipt.json")
    page.goto(f"/{language}/record/")
    look("record")
    page.click("main .button")
    page.set_input_files("[name=file]", tmp_path / "receipt.json")
    page.click("main form .button")
    look("check, good")
    good = page.locator(".notice.good").count()
    receipt = json.loads((tmp_path / "receipt.json").read_text("utf-8"))
    receipt["response"]["answers"]["C5"] = "Мост"
    page.fill("[name=pasted]", json.dumps(receipt))
    page.click("main form .button")
    look("check, forged")

    assert re.fullmatch("[0-9a-f]{64}", receipt["commitment"])
    assert good == 5
    assert page.locator(".notice.bad").count() == 1
    assert {name: faults for name, faults in found.items() if faults != ([], False)} == {}
