"""“You said, we did” in a real browser: every variant, wide and narrow, without JavaScript."""

import pytest
from django.utils import timezone

from surveys.models import Consultation, Message, Subscriber
from surveys.replying import publish
from tests.browser.looking import wrong_with
from tests.surveys.coding_cast import person
from tests.surveys.quoting_cast import answered, decided, quoted
from tests.surveys.replies_cast import in_all, published

LONG = "Прекогранично чекање на прелазима и трајектима " * 12
LINES_OF_FIRST_WORD = """() => {
    const words = document.querySelector(".reply-table tbody th");
    const text = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    while (text.nextNode() && !text.currentNode.data.trim());
    const begin = text.currentNode.data.search(/\\S/), range = document.createRange();
    range.setStart(text.currentNode, begin);
    range.setEnd(text.currentNode, begin + text.currentNode.data.trim().search(/\\s/));
    return range.getClientRects().length;
}"""

pytestmark = pytest.mark.browser


@pytest.fixture
def replied(site):
    """A reply that was changed and quotes a long answer, and one that is not taken up."""
    listens, vesna = Consultation.objects.get(), person("vesna")
    response = answered(listens, LONG, language="sr")
    decided(response)
    quotation = quoted(listens, response, en=LONG, ro=LONG)
    reply = published(listens, vesna, "Врло_дуга_реч" * 8, quotation=quotation, number=12)
    reply.did = in_all(LONG)
    reply.save()
    publish(reply.pk, vesna, timezone.now())
    published(listens, vesna, "Bridges", status="not_now", reason=in_all(LONG), number=3)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_nothing_is_wrong_with_the_pages_of_replies(replied, browser_page, language, width):
    page = browser_page(width=width)
    found = {}

    for path in ("reply/", "reply/?status=not_now", "reply/?status=partly"):
        page.goto(f"/{language}/{path}")
        found[path] = wrong_with(page)
    page.goto(f"/{language}/reply/subscribe/")
    page.click("main .button")
    found["error"] = wrong_with(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_an_address_is_entered_confirmed_and_forgotten_without_javascript(site, browser_page):
    page = browser_page(width=360, javascript=False)

    page.goto("/sr-latn/reply/")
    page.fill("[name=email]", "ana@example.org")
    page.click("main form .button")
    assert "?asked" in page.url
    text = Message.objects.get().text
    page.goto("/sr-latn/reply/" + text.partition("/sr-latn/reply/")[2].split()[0])
    page.click("main form .button")

    assert Subscriber.objects.get().confirmed_at is not None


def test_a_long_word_of_a_theme_is_not_broken(site, browser_page):
    published(Consultation.objects.get(), person("vesna"), "Прекогранично чекање")
    page = browser_page()

    page.goto("/sr/reply/")

    assert page.evaluate(LINES_OF_FIRST_WORD) == 1
