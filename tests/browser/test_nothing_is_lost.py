"""Ways to lose an answer that only a browser has. Each compares what was written with what is."""

import time

import pytest

from surveys.models import Response
from tests.browser.signing_in import sign_in_with_code

WORDS = "Ștefan: „podul” mai repede.\nЂорђе: брже преко границе"
STORED = {"place": "timis", "C5": WORDS}
BORDER = "/sr/stakeholders/31/section/border/"

pytestmark = pytest.mark.browser


@pytest.fixture
def citizen(site, browser_page):
    """A citizen who has filled in the form: `citizen(javascript=False)`."""

    def fill_in(address="/ro/citizens/", **kwargs):
        page = browser_page(**kwargs)
        page.goto(address)
        write(page)
        return page

    return fill_in


@pytest.fixture
def colleague(site, browser_page):
    def sign_in(**kwargs):
        page = browser_page(**kwargs)
        page.goto(BORDER)
        sign_in_with_code(page)
        page.wait_for_url(f"**{BORDER}")
        return page

    return sign_in


def write(page):
    page.check("[name=place][value=timis]")
    page.fill("[name=C5]", WORDS)


def written(page):
    return page.is_checked("[name=place][value=timis]"), page.input_value("[name=C5]")


def send(page):
    page.click("main form .actions .button >> nth=0")
    page.wait_for_selector(".panel .reference")


def backups(page):
    return page.evaluate("Object.keys(localStorage)")


def until(condition, seconds=10):
    """Wait for it. The page's own policy forbids the functions that Playwright would wait with."""
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience
        time.sleep(0.05)


def wait_for_backup(page):
    until(lambda: any(name.startswith("backup:") for name in backups(page)))


def status(page):
    return page.inner_text("#autosave-status")


def test_refreshing_the_page_offers_what_was_written(citizen):
    page = citizen()
    wait_for_backup(page)

    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.click("[data-do=restore]")

    assert written(page) == (True, WORDS)


def test_a_crashed_browser_offers_what_was_written(citizen):
    page = citizen()
    wait_for_backup(page)
    context = page.context
    page.on("crash", lambda: None)
    context.new_cdp_session(page).send("Page.enable")
    page.close(run_before_unload=False)

    page = context.new_page()
    page.goto("/ro/citizens/")
    page.click("[data-do=restore]")
    send(page)

    assert Response.objects.get().answers == STORED
    assert backups(page) == []


def test_back_from_another_page_shows_what_was_written(citizen):
    page = citizen(javascript=False)

    page.click("footer a[href$='/about/privacy/']")
    page.wait_for_url("**/about/privacy/")
    page.go_back()

    assert written(page) == (True, WORDS)


@pytest.mark.parametrize("javascript", [True, False])
def test_back_after_sending_and_sending_again_is_one_response(citizen, javascript):
    page = citizen(javascript=javascript)
    send(page)

    page.go_back()
    page.wait_for_selector("[name=place]")
    told = page.inner_text("main .notice >> nth=0")
    if written(page) == (True, WORDS):
        # The browser filled in the fresh form with what the sent one held.
        page.click("main form .actions .button >> nth=0")
        page.wait_for_load_state()
        assert "Exact aceste răspunsuri" in page.inner_text("main .notice >> nth=0")

    assert told.startswith("Astăzi s-a trimis deja un răspuns de pe acest dispozitiv.")
    assert Response.objects.get().answers == STORED


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_is_one_response(citizen, javascript):
    page = citizen(javascript=javascript)

    page.dblclick("main form .actions .button >> nth=0")
    page.wait_for_selector(".panel .reference")

    assert Response.objects.get().answers == STORED


def test_another_language_keeps_an_invalid_answer_without_javascript(citizen):
    page = citizen(javascript=False)
    for topic in ("nature", "risk", "energy", "health"):
        page.check(f"[name=C2][value={topic}]")

    page.click("header button[lang=sr-Cyrl]")
    page.wait_for_url("**/sr/citizens/")

    assert written(page) == (True, WORDS)
    assert page.locator("[name=C2]:checked").count() == 4
    assert page.inner_text("h1") == "Реците нам шта вам је важно"
    assert Response.objects.count() == 0


def test_another_script_keeps_the_words_in_theirs(citizen):
    page = citizen("/sr/citizens/")

    page.click("header button[lang=sr-Latn]")
    page.wait_for_url("**/sr-latn/citizens/")
    send(page)

    assert Response.objects.get().answers == STORED
    assert Response.objects.get().language == "sr-latn"


def test_enter_in_a_line_of_text_sends_and_does_not_switch_the_language(citizen):
    page = citizen()

    page.press("[name=C2_other_text]", "Enter")
    page.wait_for_selector(".panel .reference")

    assert "/ro/citizens/sent/" in page.url


def test_a_draft_goes_on_on_the_phone_by_its_link(citizen, browser_page):
    page = citizen(javascript=False)
    page.click("button[name=save]")
    link = page.input_value("#personal-link")
    phone = browser_page(width=360, javascript=False)

    phone.goto(link)
    assert written(phone) == (True, WORDS)
    send(phone)

    assert Response.objects.get().answers == STORED


def test_two_tabs_of_one_draft_show_both_texts(citizen):
    page = citizen(javascript=False)
    page.click("button[name=save]")
    page.click(".prose .actions .button")
    other = page.context.new_page()
    other.goto(page.url)

    page.fill("[name=C5]", "primul")
    page.click("button[name=save]")
    other.fill("[name=C5]", "al doilea")
    other.click("button[name=save]")
    texts = other.locator(".versions .verbatim").all_inner_texts()
    other.check("[name=choose-C5][value=mine]")
    other.click("main form .button")

    assert texts == ["al doilea", "primul"]
    assert other.input_value("[name=C5]") == "al doilea"
    assert Response.objects.get().answers["C5"] == "al doilea"


def test_signing_out_in_another_tab_gives_the_words_back(colleague):
    page = colleague(javascript=False)
    page.fill("[name=S1_comment]", WORDS)
    other = page.context.new_page()
    other.goto(BORDER)
    other.click("button[form=sign-out]")

    page.click("main form .button")
    page.click("main .actions .button")
    sign_in_with_code(page)
    shown = page.input_value("[name=S1_comment]")
    page.click("main form .button")

    assert shown == WORDS
    assert page.url.endswith("/sr/stakeholders/31/section/today/")
    assert Response.objects.get().answers == {"S1_comment": WORDS}


def test_a_section_saves_itself_and_says_so(colleague):
    page = colleague()

    page.fill("[name=S1_comment]", WORDS)
    until(lambda: status(page))

    assert Response.objects.get().answers == {"S1_comment": WORDS}
    assert status(page).startswith("Сачувано у ")
    page.fill("[name=S1_comment]", WORDS + "!")
    page.click("main form .actions .button")
    page.wait_for_url("**/section/today/")
    assert Response.objects.get().answers == {"S1_comment": WORDS + "!"}


def test_sending_while_a_section_saves_itself_is_no_conflict(colleague):
    page = colleague()
    held = []

    def hold_the_answer(route):
        if "autosave" in (route.request.post_data or ""):
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(f"**{BORDER}", hold_the_answer)
    page.fill("[name=S1_comment]", "întâi")
    until(lambda: page.wait_for_timeout(100) or held)
    page.fill("[name=S1_comment]", WORDS)
    page.click("main form .actions .button", no_wait_after=True)
    route, answer = held[0]
    route.fulfill(response=answer)
    page.wait_for_url("**/section/today/")

    assert Response.objects.get().answers == {"S1_comment": WORDS}


def test_without_connection_a_section_says_so_and_saves_itself_later(colleague):
    page = colleague()
    page.context.set_offline(True)
    page.fill("[name=S1_comment]", WORDS)
    until(lambda: status(page))
    told = status(page)

    page.context.set_offline(False)
    until(lambda: status(page).startswith("Сачувано"), seconds=20)

    assert told == "Није сачувано: нема везе. Покушавамо поново."
    assert Response.objects.get().answers == {"S1_comment": WORDS}


def test_leaving_with_words_that_are_not_sent_asks_first(citizen):
    page = citizen()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.click("footer a[href$='/about/privacy/']")
    page.wait_for_url("**/about/privacy/")

    assert asked == ["beforeunload"]


def test_the_characters_left_are_counted_as_one_writes(citizen):
    page = citizen()

    count = page.locator("#C5-count").inner_text()

    assert count == f"Caractere rămase: {1000 - len(WORDS)}"


def test_an_emoji_is_one_character_to_the_page_and_to_the_server(citizen):
    page = citizen()
    page.fill("textarea[name=C5]", "🙂" * 999 + "\n")
    full = page.locator("#C5-count").inner_text()
    page.locator("textarea[name=C5]").press("End")
    page.keyboard.insert_text("👍")
    over = page.locator("#C5-count").inner_text()
    page.click("main form .actions .button >> nth=0")

    assert (full, over) == ("Caractere rămase: 0", "Caractere rămase: -1")
    assert "cel mult 1000 de caractere. Are 1001" in page.locator("#errors").inner_text()
    assert page.input_value("textarea[name=C5]") == "🙂" * 999 + "\n👍"


def test_who_wants_no_copy_on_the_device_has_none(citizen):
    page = citizen()
    wait_for_backup(page)

    page.uncheck("[data-do=keep]")
    page.fill("[name=C5]", "altceva")
    page.wait_for_timeout(800)

    assert [name for name in backups(page) if name.startswith("backup:")] == []


def test_a_kiosk_keeps_no_copy_no_cookie_and_no_link(citizen):
    page = citizen("/ro/citizens/?kiosk=1")
    page.wait_for_timeout(800)
    kept = backups(page)
    send(page)

    assert (kept, backups(page), page.context.cookies()) == ([], [], [])
    assert page.url.endswith("/ro/citizens/?kiosk=1")
    assert Response.objects.get().answers == STORED


def test_a_kiosk_nobody_uses_returns_to_the_start(citizen):
    page = citizen("/ro/citizens/?kiosk=1")
    page.clock.install()
    page.reload()

    page.clock.run_for(91_000)
    assert page.inner_text(".floating").startswith("Mai este cineva aici?")
    page.clock.run_for(30_000)
    page.wait_for_url("**/ro/?kiosk=1")

    assert page.locator("form").count() == 0
