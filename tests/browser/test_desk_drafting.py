"""Writing a questionnaire at the desk, in a real browser: what is seen, and with the keyboard."""

import pytest
from django.test import Client
from django.urls import reverse

from surveys.drafting.versions import begin
from surveys.models import Option, Question, Questionnaire, User
from surveys.roles import secretariat
from tests.surveys.signing_in import sign_in_staff

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(site):
    """A draft with a stale and a missing translation."""
    draft = begin(Questionnaire.objects.get(slug="citizens"), is_empty=False)
    question = Question.objects.get(version=draft, name="C5")
    question.translated_from = {"text": {"ro": "Other words"}}
    question.text = {"en": question.text["en"], "ro": question.text["ro"]}
    question.save()
    return draft


@pytest.fixture
def desk(draft, browser_page, live_server):
    """A browser signed in as Ana of the Joint Secretariat, with a second factor."""

    def open_page(**kwargs):
        ana = User.objects.create_user("ana", is_staff=True)
        ana.groups.add(secretariat())
        client = Client()
        sign_in_staff(client, ana)
        page = browser_page(**kwargs)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        page.context.add_cookies([cookie | {"url": live_server.url}])
        return page

    return open_page


def addresses(draft):
    question = Question.objects.get(version=draft, name="C2")
    section = question.section_id
    version = ("version", "translations", "publish", "length", "preview")
    named = [(name, [draft.pk]) for name in version]
    named += [
        ("questionnaires", []),
        ("questionnaire", [draft.questionnaire_id]),
        ("row", ["question", question.pk]),
        ("section_translations", [section]),
        ("question_add", [section]),
        ("delete", ["question", question.pk]),
    ]
    found = [reverse(f"admin:drafting_{name}", args=args) for name, args in named]
    return [*found, reverse("admin:surveys_questionnaire_change", args=[draft.questionnaire_id])]


def codes(question):
    return list(Option.objects.filter(question=question).values_list("code", flat=True))


@pytest.mark.parametrize("javascript", [True, False])
def test_options_are_put_in_order_with_the_keyboard_alone(desk, draft, javascript):
    page = desk(javascript=javascript)
    question = Question.objects.get(version=draft, name="C1")
    first, second, *rest = codes(question)
    page.goto(reverse("admin:drafting_row", args=["question", question.pk]))

    page.locator("#part-option + ol li button[value=down]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#option-*")

    assert codes(question) == [second, first, *rest]


def test_options_are_put_in_order_by_dragging(desk, draft):
    page = desk()
    question = Question.objects.get(version=draft, name="C1")
    first, second, third, *rest = codes(question)
    page.goto(reverse("admin:drafting_row", args=["question", question.pk]))
    listed = page.locator("#part-option + ol > li")

    listed.nth(0).locator(".row-says").drag_to(listed.nth(2))
    page.wait_for_url("**/#option-*")

    assert codes(question) == [second, third, first, *rest]


def test_the_form_is_shown_as_wide_as_a_phone_and_sends_nothing(desk, draft):
    page = desk()
    page.goto(reverse("admin:drafting_preview", args=[draft.pk]))

    phone = page.frame_locator(".preview-phone")
    phone.locator("h1").wait_for()

    assert page.locator(".preview-phone").evaluate("frame => frame.clientWidth") == 360
    phone.get_by_role("button", name="Send my answers").click()
    page.wait_for_timeout(300)
    assert phone.locator("h1").inner_text() == "Tell us what matters to you"
