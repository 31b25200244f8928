"""Reviewing in a real browser: with the keyboard alone, without scripts, by selecting, with axe."""

import pytest
from django.test import Client
from django.utils import timezone

from surveys.lifecycle import send_citizen_response
from surveys.models import Decision, Response, User, Version
from surveys.parts import Part
from surveys.roles import secretariat
from tests.browser.looking import wrong_with
from tests.surveys.signing_in import sign_in_staff

TEXTS = (
    ("sr", "Прошле зиме је комшија Милан Ј. из Текије чекао три сата. Зовите 064/123-4567."),
    ("ro", "Vrem un pod nou. Vedeți www.exemplu.ro/pod, vă rog frumos."),
    ("sr", "Скела би много помогла."),
)

pytestmark = pytest.mark.browser


def send(number, language, text):
    document = {"place": "borski", "C1": "both", "C5": text}
    return send_citizen_response(
        Version.objects.get(questionnaire__slug="citizens"),
        secret=f"{number:028}",
        part=Part(frozenset(document), document, {}),
        seen="",
        language=language,
        moment=timezone.now(),
    )


@pytest.fixture
def answers(site):
    return [send(number, *text) for number, text in enumerate(TEXTS)]


def staff(name):
    user, _is_new = User.objects.get_or_create(
        username=name, defaults={"first_name": name.title(), "is_staff": True}
    )
    user.groups.add(secretariat())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def desk(answers, browser_page, live_server):
    """A member of staff who has shown a second factor, in a browser of their own."""

    def open_desk(name="ana", **kwargs):
        client = Client()
        sign_in_staff(client, staff(name))
        page = browser_page(**kwargs)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return open_desk


def hidden(response):
    decision = Decision.objects.get(response=response, is_current=True)
    return [response.answers["C5"][start:end] for start, end in decision.hidden]


def test_three_answers_are_read_with_the_keyboard_alone(desk, answers):
    page = desk()
    page.goto("/en/admin/review/")
    first = page.url

    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("k")
    page.wait_for_url(first)
    page.focus("[name=verdict][value=publish]")
    page.keyboard.press("Space")
    page.keyboard.press("s")
    page.wait_for_url(lambda url: url != first)

    assert Decision.objects.get().response == answers[0]
    assert f"CIT-{answers[0].reference} saved. 2 left" in page.inner_text("[role=status]")
    assert page.evaluate("document.activeElement.id") == "answer"


def test_shortcuts_can_be_turned_off_and_stay_off(desk, answers):
    page = desk()
    page.goto("/en/admin/review/")
    page.click("#shortcuts button")
    page.reload()
    address = page.url

    page.keyboard.press("j")
    page.wait_for_timeout(300)

    assert page.url == address
    assert page.inner_text("#shortcuts").strip() == "Turn shortcuts on"


def test_keys_that_are_typed_do_nothing_else(desk, answers):
    page = desk()
    page.goto("/en/admin/review/")
    address = page.url

    page.focus("[name=reason]")
    page.keyboard.type("just skip")

    assert page.url == address
    assert page.input_value("[name=reason]") == "just skip"


@pytest.mark.parametrize("script", ["", "?script=latin"])
def test_words_are_hidden_by_selecting_them(desk, answers, script):
    page = desk()
    page.goto(f"/en/admin/review/{answers[0].pk}/C5/{script}")
    page.evaluate("""() => {
        const mark = document.querySelector("#words mark");
        window.getSelection().selectAllChildren(mark);
    }""")
    page.click("#hide-selection")
    page.click("#save")
    page.wait_for_url(lambda url: str(answers[0].pk) not in url)

    assert hidden(answers[0]) == ["Милан Ј"]


def test_words_are_hidden_with_the_arrow_keys(desk, answers):
    page = desk()
    page.goto(f"/en/admin/review/{answers[0].pk}/C5/")
    page.click("#hiding summary")
    page.keyboard.press("Tab")
    for _word in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.click("#save")
    page.wait_for_url(lambda url: str(answers[0].pk) not in url)

    assert hidden(answers[0]) == ["Милан Ј"]


@pytest.mark.parametrize("javascript", [True, False])
def test_suggestions_are_hidden_by_a_button_each(desk, answers, javascript):
    page = desk(javascript=javascript, width=360)
    page.goto(f"/sr/admin/review/{answers[0].pk}/C5/")
    page.click("[name=suggestion][value='0']")
    page.click("[name=suggestion][value='1']")
    assert Decision.objects.count() == 0
    page.click("#save")
    page.wait_for_url(lambda url: str(answers[0].pk) not in url)

    assert hidden(answers[0]) == ["Милан Ј", "064/123-4567"]


def test_everything_is_decided_without_javascript(desk, answers):
    page = desk(javascript=False)
    page.goto("/en/admin/review/")
    page.click("label[for=id_verdict_0]")
    page.click("#save")
    assert "saved. 2 left" in page.inner_text("[role=status]")
    page.click("label[for=id_verdict_2]")
    page.click("#save")
    assert "Say why" in page.inner_text("[role=alert]")
    page.fill("[name=reason]", "An advertisement")
    page.click("#save")
    page.click("#hiding summary")
    page.click(".hide-words label >> nth=0")
    page.click("label[for=id_verdict_1]")
    page.click("#save")

    assert "All read" in page.inner_text("main")
    assert set(Decision.objects.values_list("verdict", flat=True)) == {"publish", "count", "hide"}

    other = desk("mirko", javascript=False)
    other.goto("/en/admin/review/waiting/")
    other.click("table a")
    other.click("form[action$='/confirm/'] button")
    assert Decision.objects.get(verdict="count").confirmed_by.username == "mirko"


@pytest.mark.parametrize(("language", "width"), [("ro", 1280), ("sr", 360)])
def test_axe_finds_nothing_on_any_page_of_review(desk, answers, language, width):
    page, found = desk(width=width), {}
    one = f"/{language}/admin/review/{answers[0].pk}/C5/"

    def look(name):
        found[name] = wrong_with(page)

    def go(address, name):
        page.goto(address)
        look(name)

    go(one, "answer")
    page.click("#hiding summary")
    page.check(".hide-words input >> nth=1", force=True)
    page.check("[name=verdict][value=publish]")
    page.click("#save")
    look("answer, with errors")
    page.check("[name=verdict][value=count]")
    page.uncheck(".hide-words input >> nth=1", force=True)
    page.fill("[name=reason]", "?" * 500)
    page.click("#save")
    look("saved")
    go(one, "decided")
    go(f"/{language}/admin/review/table/", "table")
    go(f"/{language}/admin/review/waiting/", "waiting")
    go(f"/{language}/admin/review/?place=timis", "nothing waits")
    Response.objects.update(answers={}, unread=[], state="withdrawn")
    go(one, "withdrawn")

    assert {name: faults for name, faults in found.items() if faults} == {}
