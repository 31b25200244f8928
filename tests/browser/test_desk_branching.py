"""Routes through a questionnaire in a real browser: at the desk, and for those who answer."""

import pytest
from django.test import Client

from surveys.models import Condition, Questionnaire, Response, User
from surveys.people import make_person
from surveys.roles import secretariat
from tests.browser.looking import wrong_with
from tests.browser.signing_in import sign_in_with_code
from tests.surveys.routes import after, draft_with, publish_with
from tests.surveys.signing_in import sign_in_staff

pytestmark = pytest.mark.browser

ROUTES = {
    "S2": [after("S1", "both")],
    "S5": [after("S1", "both")],
    "support": [after("S3", "1", item="money")],
}


@pytest.fixture
def citizens(site):
    return publish_with(
        Questionnaire.objects.get(slug="citizens"),
        {
            "C2": [after("C1", "both")],
            "C4": [after("C2", "health")],
            "about": [after("place", "timis")],
        },
        required=["C4"],
    )


@pytest.fixture
def stakeholders(site):
    return publish_with(Questionnaire.objects.get(slug="stakeholders"), ROUTES)


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


def question(page, name):
    return page.locator(f".question:has([name={name}])").first


def test_with_javascript_only_what_applies_is_shown_and_nothing_written_is_lost(
    citizens, browser_page
):
    page = browser_page(width=360)
    page.goto("/en/citizens/")
    assert not question(page, "C2").is_visible()
    assert not question(page, "C4").is_visible()
    assert not question(page, "age").is_visible()
    page.check("[name=place][value=timis]")
    page.check("[name=C1][value=both]")
    page.check("[name=C2][value=health]")
    page.check("[name=C4][value=other]")
    page.fill("[name=C4_other_text]", "ферибот")
    assert question(page, "age").is_visible()

    # Hiding the source hides what hangs on it, and both come back as they were.
    page.check("[name=C1][value=dk]")
    assert not question(page, "C2").is_visible()
    assert not question(page, "C4").is_visible()
    page.check("[name=C1][value=both]")
    assert page.input_value("[name=C4_other_text]") == "ферибот"
    page.check("[name=C1][value=dk]")
    page.click("form#answers .button >> nth=0")
    page.wait_for_url("**/citizens/sent/**")

    assert Response.objects.get().answers == {"place": "timis", "C1": "dk"}


@pytest.mark.parametrize("javascript", [True, False])
def test_a_follow_up_that_must_be_answered_is_asked_for(citizens, browser_page, javascript):
    page = browser_page(javascript=javascript)
    page.goto("/en/citizens/")
    assert question(page, "C2").is_visible() != javascript
    page.check("[name=place][value=mehedinti]")
    page.check("[name=C1][value=both]")
    page.check("[name=C2][value=health]")
    page.click("form#answers .button >> nth=0")
    page.wait_for_selector("#errors")
    assert "Answer this question" in page.inner_text("#errors")
    assert question(page, "C4").is_visible()
    page.check("[name=C4] >> nth=0")
    page.click("form#answers .button >> nth=0")
    page.wait_for_url("**/citizens/sent/**")

    assert set(Response.objects.get().answers) == {"place", "C1", "C2", "C4"}


@pytest.mark.parametrize("javascript", [True, False])
def test_an_organisation_walks_its_route(stakeholders, browser_page, javascript):
    page = browser_page(javascript=javascript)
    page.goto("/en/stakeholders/31/section/border/")
    sign_in_with_code(page)
    page.wait_for_url("**/section/border/")
    page.check("[name=S1][value=both]")
    assert page.locator("[name=S2_1]").is_visible()
    page.select_option("[name=S2_1]", "health")
    if javascript:
        page.locator("#autosave-status", has_text="Saved").wait_for()
        assert Response.objects.get().answers == {"S1": "both", "S2": ["health"]}
    page.check("[name=S1][value=dk]")
    assert page.locator("[name=S2_1]").is_visible() != javascript
    page.click("form#answers .button")
    page.wait_for_url("**/section/today/")

    draft = Response.objects.get()
    assert (draft.answers, draft.unfinished) == ({"S1": "dk"}, {"S2": ["health"]})
    assert page.locator("[name=S5]").count() == 0
    assert "Section 3 of 4" in page.inner_text("main")
    page.check("[name=S3_money][value='1']")
    page.click("form#answers .button")
    page.wait_for_url("**/section/support/")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_condition_is_made_and_removed_with_the_keyboard(desk, javascript):
    draft = draft_with(Questionnaire.objects.get(slug="stakeholders"), {})
    page = desk("en", javascript=javascript)
    page.goto(f"/en/admin/branching/{draft.pk}/")
    page.locator(".route-question a", has_text="7. Simplification").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/branching/question/**")
    page.focus("[name=source]")
    page.select_option("[name=source]", "S6:")
    page.focus("form[method=get] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=codes]")
    page.focus("[name=codes] >> nth=0")
    page.keyboard.press("Space")
    page.focus("form[method=post]:has([name=codes]) button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".conditions")

    condition = Condition.objects.get()
    assert (condition.question.name, condition.source, condition.codes) == ("S7", "S6", ["small"])
    page.focus(".conditions button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".conditions", state="detached")
    assert not Condition.objects.exists()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("sr-latn", 360)])
def test_axe_finds_nothing_on_forms_with_follow_ups(
    citizens, stakeholders, browser_page, language, width
):
    page = browser_page(width=width)
    page.goto(f"/{language}/citizens/")
    page.check("[name=place][value=timis]")
    page.check("[name=C1][value=both]")
    page.check("[name=C2][value=health]")
    found = wrong_with(page)
    page.goto(f"/{language}/stakeholders/31/section/border/")
    sign_in_with_code(page)
    page.wait_for_url("**/section/border/")
    found += wrong_with(page)
    page.check("[name=S1][value=both]")
    page.select_option("[name=S2_1]", "health")
    page.check("[name=S1][value=dk]")
    page.click("form#answers .button")
    page.wait_for_url("**/section/today/")
    page.goto(f"/{language}/stakeholders/31/check/")
    assert page.locator("#set-apart").count() == 1
    found += wrong_with(page)

    assert found == []
