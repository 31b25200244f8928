"""A newcomer of the Secretariat comes from nothing to published answers by what screens say.

Nobody types an address after the first page, and nothing is written but through the pages.
"""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone, translation

from surveys.models import Campaign, Coding, Decision, Question, Response
from surveys.question_types import KINDS
from surveys.reviewing.redaction import published_text
from tests.browser.newcomer import (
    add_question,
    add_section,
    choose,
    follow,
    member_of_the_secretariat,
    press,
    reads,
    send_a_response,
    sit_down,
    write,
)

pytestmark = pytest.mark.browser

YES_NO = (("yes", "Yes", "Da", "Да"), ("no", "No", "Nu", "Не"))
REASONS = (("work", "Work", "Munca", "Посао"), ("family", "Family", "Familia", "Породица"))
THINGS = (
    ("bridge", "A bridge", "Un pod", "Мост"),
    ("ferry", "A ferry", "Un bac", "Скела"),
    ("path", "A path", "O potecă", "Стаза"),
)
RATES = (("good", "Good", "Bune", "Добро"), ("bad", "Bad", "Rele", "Лоше"))
ROWS = (("roads", "Roads", "Drumurile", "Путеви"), ("banks", "Banks", "Malurile", "Обале"))

NAMED = "Please call Maria Ionescu on 0722 123 456 about the ferry timetable."
LEFT_OUT = "The owner of the mill beats his dog, and everybody knows it."
TEXTS = (
    ("en", NAMED),
    ("en", "More trees along the banks of the river."),
    ("en", "A cinema in the old harbour would be splendid."),
    ("en", LEFT_OUT),
    ("en", "Fewer lorries in our village, please."),
    ("en", "I would like my children to learn swimming."),
    ("ro", "Un autobuz direct până la Timișoara în fiecare dimineață."),
    ("ro", "Apă curată la robinet, nu doar pe hârtie."),
    ("ro", "Medici care rămân în satele de pe malul Dunării."),
    ("ro", "Cursuri de limba sârbă pentru vecini."),
    ("ro", "O piață comună pentru micii producători."),
    ("sr", "Да се обнови железничка станица."),
    ("sr", "Више посла за младе у Кладову."),
    ("sr", "Стаза за бицикле дуж целог тока."),
    ("sr-latn", "Zajednički festival muzike svakog leta."),
    ("sr-latn", "Internet koji radi i kad pada kiša."),
    # Sent by people who were asked to: one text in both scripts, without accents, with a greeting.
    ("sr", "Тражимо нови мост код Голупца, јер скела не вози ноћу и чекамо сатима."),
    ("sr-latn", "Tražimo novi most kod Golupca, jer skela ne vozi noću i čekamo satima."),
    ("sr-latn", "Trazimo novi most kod Golupca, jer skela ne vozi nocu i cekamo satima."),
    ("sr", "Поштовани, тражимо нови мост код Голупца, јер скела не вози ноћу и чекамо сатима."),
)
ABOUT_CROSSING = re.compile("ferry|most|мост|autobuz|железничка")


def test_a_newcomer_comes_from_nothing_to_published_answers(site, browser_page, live_server):
    ana = sit_down(browser_page(), member_of_the_secretariat("ana"), live_server.url)
    ivo = sit_down(browser_page(), member_of_the_secretariat("ivo"), live_server.url)

    makes_a_consultation(ana)
    makes_a_questionnaire(ana)
    writes_a_question_of_every_kind(ana)
    asks_one_of_them_only_after_another(ana)
    is_refused_while_a_text_is_not_translated(ana)
    translates_it_and_publishes(ana)
    people_answer_in_four_languages()
    labels_the_campaign(ana)
    makes_a_coding_frame_of_two_codes(ana)
    codes_all_answers(ana)
    codes_all_answers(ivo, otherwise=NAMED)
    settles_where_the_two_differ(ana)
    hides_words_publishes_and_leaves_out(ana)
    confirms_what_was_left_out(ivo)

    assert_what_was_asked_and_answered()
    assert_what_is_published()
    assert_what_the_screens_count(ana)


# Making a questionnaire


def makes_a_consultation(page):
    follow(page, "Questionnaires")
    follow(page, "Add a consultation")
    choose(page, "Programme", "Interreg IPA Romania–Serbia Programme")
    write(page, {"Code name": "river", "Title": ("Our river", "Râul nostru", "Наша река")})
    write(page, {"Short title": ("River", "Râul", "Река")})
    for label, days in (("Opens", -1), ("Closes", 30)):
        day = timezone.localdate() + timedelta(days=days)
        page.get_by_label(f"{label}: Date").fill(day.isoformat())
        page.get_by_label(f"{label}: Time").fill("09:00")
    press(page, "Save")
    reads(page, "Its passages were taken over from “Interreg LISTENS”")


def makes_a_questionnaire(page):
    follow(page, "Add a questionnaire")
    choose(page, "Consultation", "River")
    choose(page, "Answered by", "anyone, without an account")
    write(page, {"Respondent category": "residents", "Reference prefix": "RES"})
    write(page, {"Minutes it takes": 5, "Name": ("Residents", "Locuitori", "Становници")})
    write(page, {"Title": ("Tell us about the river", "Spuneți-ne de râu", "Реците нам о реци")})
    press(page, "Save")
    reads(page, "Respondents see it once a version is published")


def writes_a_question_of_every_kind(page):
    press(page, "Begin an empty version")
    add_section(page, ("You", "Dumneavoastră", "Ви"), "you")
    # The name of a question about places is suggested.
    add_question(
        page, "You", "Place", {"Text": ("Where do you live?", "Unde locuiți?", "Где живите?")}
    )
    crosses = {"Text": ("Do you cross it?", "Îl treceți?", "Прелазите ли је?"), "Name": "CROSSES"}
    add_question(page, "You", "One answer", crosses, options=YES_NO)
    why = {"Text": ("Why do you cross it?", "De ce îl treceți?", "Зашто?"), "Name": "WHY"}
    add_question(page, "You", "Several answers", why, options=REASONS)
    add_section(page, ("Wishes", "Dorințe", "Жеље"), "wishes")
    first = {"Text": ("What comes first?", "Ce e primul?", "Шта је прво?"), "Name": "FIRST"}
    add_question(page, "Wishes", "Ranking", first, options=THINGS)
    state = {"Text": ("How are they?", "Cum sunt?", "Какви су?"), "Name": "STATE"}
    add_question(page, "Wishes", "Matrix", state, rows=ROWS, options=RATES)
    wish = {"Text": ("What do you wish for?",), "Name": "WISH", "Characters at most": 1000}
    add_question(page, "Wishes", "Open text", wish)


def asks_one_of_them_only_after_another(page):
    follow(page, "Why do you cross it?")
    follow(page, "When it is asked")
    choose(page, "After the answer to", "Do you cross it?")
    press(page, "Show its answers")
    page.get_by_role("checkbox", name="Yes").check()
    press(page, "Add the condition")
    reads(page, "Only after “Yes” to the question “Do you cross it?”")


def is_refused_while_a_text_is_not_translated(page):
    follow(page, "Branching")
    follow(page, "Check and publish")
    reads(page, "4 texts to translate")
    assert page.get_by_role("button", name="Publish version 1").is_disabled()


def translates_it_and_publishes(page):
    follow(page, "WISH: “text” is missing in Romanian.")
    for text in ("text", "in a few words"):
        beside = page.get_by_role("region", name=f"WISH: {text}")
        beside.get_by_label("Romanian").fill("Ce vă doriți?")
        beside.get_by_label("Serbian, Cyrillic").fill("Шта желите?")
    press(page, "Save the translations")
    follow(page, "Version 1")
    follow(page, "Check and publish")
    reads(page, "Nothing is in the way.")
    press(page, "Publish version 1")
    reads(page, "Version 1 is published.")


def people_answer_in_four_languages():
    statuses = [
        send_a_response(language, variant, words) for variant, (language, words) in enumerate(TEXTS)
    ]
    assert statuses == [302] * 20


# Working with the responses


def labels_the_campaign(page):
    follow(page, "Campaigns")
    follow(page, "What do you wish for?")
    press(page, "Look for copies now")
    reads(page, "1 group of near-identical answers, 1 of them new.")
    follow(page, "To the groups")
    page.get_by_role("link", name="Group ").click()
    reads(page, "4 texts")
    page.get_by_role("radio", name="A campaign").check()
    write(page, {"Label": "A bridge at Golubac"})
    press(page, "Save")


def makes_a_coding_frame_of_two_codes(page):
    follow(page, "Coding")
    page.get_by_role("button", name="Make a frame").click()
    follow(page, "Add the first code")
    write(page, {"Label, English": "Crossings", "Definition": "Getting across the river"})
    press(page, "Add the code")
    follow(page, "Add a code")
    write(page, {"Label, English": "Daily life", "Definition": "Life in the villages"})
    press(page, "Add the code")
    follow(page, "Share and coders")
    write(page, {"Percent of the answers that two people code": 100})
    press(page, "Save")
    reads(page, "100 % of the answers are coded by two people.")


def codes_all_answers(page, otherwise=None):
    """With the keyboard; one of them otherwise than it looks."""
    follow(page, "Coding")
    page.get_by_role("link", name="Code the next answer").click()
    for _answer in TEXTS:
        words = page.locator("blockquote").inner_text()
        is_crossing = bool(ABOUT_CROSSING.search(words)) and words != otherwise
        page.get_by_label("Crossings" if is_crossing else "Daily life").first.focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    reads(page, "Nothing waits to be coded by you in this frame.")


def settles_where_the_two_differ(page):
    follow(page, "To the frame")
    follow(page, "Where two coders differ")
    reads(page, "1 answer waits to be agreed on.")
    follow(page, "Agree 1")
    page.get_by_role("checkbox", name="Crossings").check()
    press(page, "This counts")
    reads(page, "all differences are settled")


def hides_words_publishes_and_leaves_out(page):
    follow(page, "Home")
    follow(page, "20 responses have words that nobody has decided about")
    page.get_by_role("button", name="Hide “Maria Ionescu”").click()
    page.get_by_role("button", name="Hide “0722 123 456”").click()
    press(page, "Save and next")
    for _answer in range(2):
        page.get_by_role("radio", name="Publish as it is").check()
        press(page, "Save and next")
    reads(page, LEFT_OUT)
    page.get_by_role("radio", name="Count it, do not publish the text").check()
    write(page, {"Reason": "It accuses somebody who can be recognised."})
    press(page, "Save and next")


def confirms_what_was_left_out(page):
    follow(page, "Home")
    follow(page, "1 decision waits for a second person")
    page.get_by_role("table").get_by_role("link").first.click()
    reads(page, LEFT_OUT)
    press(page, "Confirm: do not publish")


# What came of it


def assert_what_was_asked_and_answered():
    responses = Response.objects.sent()
    answers = [response.answers for response in responses]
    asked = Question.objects.filter(version__in=responses.values("version"))
    assert sorted(asked.values_list("kind", flat=True)) == sorted(KINDS)
    assert {response.language for response in responses} == {"en", "ro", "sr", "sr-latn"}
    assert {each["CROSSES"]: "WHY" in each for each in answers} == {"yes": True, "no": False}
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.label) == ("campaign", "A bridge at Golubac")
    assert sorted(Coding.objects.values_list("turn", flat=True)) == [1] * 20 + [2] * 20 + [3]


def assert_what_is_published():
    decisions = Decision.objects.select_related("response").order_by("pk")
    # Citizens left their languages behind.
    with translation.override("en"):
        published = [published_text(each.response.answers["WISH"], each) for each in decisions]
    redacted = "Please call [words removed] on [words removed] about the ferry timetable."
    assert published == [redacted, TEXTS[1][1], TEXTS[2][1], None]
    assert Decision.objects.get(verdict="count").confirmed_by.email == "ivo@example.org"


def assert_what_the_screens_count(page):
    cache.clear()
    call_command("work")
    follow(page, "Coding")
    follow(page, "What do you wish for?")
    follow(page, "Agreement")
    reads(page, "20 answers were coded by two people.")
    reads(page, "0.89")
    follow(page, "Coverage")
    reads(page, "20 responses")
    follow(page, "Home")
    reads(page, "Residents: 20")
