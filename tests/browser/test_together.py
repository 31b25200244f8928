"""An organisation answers together, from the invitation to taking the response back."""

import pytest

from surveys import membership
from surveys.models import Member, Message, Organisation, Response
from surveys.people import make_person
from tests.browser.looking import wrong_with
from tests.browser.signing_in import save, sign_in_with_code
from tests.surveys.signing_in import last_code

DRAGAN = "dragan@example.org"

pytestmark = pytest.mark.browser


@pytest.fixture
def together(site, browser_page):
    """Two colleagues, each in a browser of their own: one who can send, one who was invited."""
    Organisation.objects.update(needs_approval=True)

    def come(language, width=1280, javascript=True):
        elena = browser_page(width=width, javascript=javascript)
        elena.goto(f"/{language}/stakeholders/31/members/")
        sign_in_with_code(elena)
        elena.wait_for_url("**/members/")
        elena.fill("[name=email]", DRAGAN)
        elena.select_option("[name=language]", language)
        elena.click("section:has(#invite) .button")
        elena.wait_for_selector("text=" + DRAGAN)
        dragan = browser_page(width=width, javascript=javascript)
        letter = Message.objects.get(kind="invitation", to=DRAGAN)
        dragan.goto(next(word for word in letter.text.split() if "/invitation/" in word)[21:])
        dragan.click("main form .button")
        dragan.fill("[name=code]", last_code(DRAGAN))
        dragan.click("main form .button >> nth=0")
        dragan.wait_for_url("**/stakeholders/31/")
        return elena, dragan

    return come


@pytest.mark.parametrize(("language", "javascript"), [("ro", True), ("sr", False)])
def test_from_the_invitation_to_withdrawing(together, language, javascript):
    elena, dragan = together(language, javascript=javascript)
    team = f"/{language}/stakeholders/31/"

    # Both write into one section at once.
    dragan.goto(f"{team}section/organisation/")
    dragan.select_option("[name=org_type]", "ngo")
    dragan.check("[name=place][value=borski]")
    save(dragan)
    for page in (elena, dragan):
        page.goto(f"{team}section/border/")
    elena.fill("[name=S1_comment]", "Scrie Elena")
    save(elena)
    dragan.fill("[name=S1_comment]", "Пише Драган")
    save(dragan)
    conflict = dragan.inner_text("main")
    dragan.check("[value=mine]")
    save(dragan)

    # The one asks, the other sends.
    dragan.goto(f"{team}check/")
    save(dragan)
    asked = Message.objects.get(kind="approval")
    before = Response.objects.get().state
    elena.goto(next(word for word in asked.text.split() if "/check/" in word)[21:])
    elena.check("[name=publication][value=named]")
    elena.check("[name=authorised]")
    save(elena)
    sent = Response.objects.get()

    # Changed, and withdrawn.
    save(elena)
    elena.goto(f"{team}section/border/")
    elena.fill("[name=S1_comment]", "Scrie din nou Elena")
    save(elena)
    elena.goto(f"{team}check/")
    elena.check("[name=publication][value=anonymous]")
    elena.check("[name=authorised]")
    save(elena)
    changed = Response.objects.get()
    versions = changed.revisions.count()
    elena.goto(f"{team}sent/withdraw/")
    save(elena)
    withdrawn = Response.objects.get()

    assert "Scrie Elena" in conflict
    assert "Пише Драган" in conflict
    assert before == "draft"
    assert asked.to == "elena@example.org"
    assert (sent.state, sent.publication, sent.answers["S1_comment"]) == (
        *("sent", "named", "Пише Драган"),
    )
    assert (changed.publication, changed.answers["S1_comment"], versions) == (
        *("anonymous", "Scrie din nou Elena", 1),
    )
    assert (withdrawn.state, withdrawn.answers) == ("withdrawn", {})
    assert Message.objects.filter(kind="receipt").count() == 6


def test_who_is_removed_is_out_while_they_write(together):
    elena, dragan = together("en")
    dragan.goto("/en/stakeholders/31/section/border/")
    by = Member.objects.get(user__email="elena@example.org")
    membership.remove(Member.objects.get(user__email=DRAGAN), by=by)

    dragan.fill("[name=S1_comment]", "prea târziu")
    answer = dragan.goto("/en/stakeholders/31/section/border/")

    assert answer.status == 404
    assert not Response.objects.exists()


@pytest.fixture
def look(site, browser_page):
    """Elena, signed in, and what is wrong with the pages she looks at."""
    Organisation.objects.update(name="Удружење за заштиту животне средине " * 5)
    colleague = make_person(DRAGAN, name="Драган " * 12, language="sr")
    organisation = Organisation.objects.get()
    Member.objects.create(pk=77_000, organisation=organisation, user=colleague, role="edit")

    class Look:
        def __init__(self, language, width):
            self.page = browser_page(width=width)
            self.team = f"/{language}/stakeholders/31/"
            self.faults = {}
            self.page.goto(f"{self.team}history/")
            sign_in_with_code(self.page)
            self.page.wait_for_url("**/history/")

        def now(self, name):
            found = wrong_with(self.page)
            if found:
                self.faults[name] = found

        def at(self, path):
            self.page.goto(self.team + path)
            self.now(path)

        def write(self, words):
            self.page.goto(f"{self.team}section/border/")
            self.page.fill("[name=S1_comment]", words)
            save(self.page)

        def send(self):
            self.at("check/")
            self.page.check("[name=publication][value=named]")
            self.page.check("[name=authorised]")
            save(self.page)

    return Look


EYES = [("en", 360), ("ro", 1280), ("sr", 360), ("sr-latn", 360)]


@pytest.mark.parametrize(("language", "width"), EYES)
def test_axe_finds_nothing_where_colleagues_meet(look, language, width):
    eye = look(language, width)
    page = eye.page
    eye.now("empty history")
    eye.at("members/")
    page.click("section:has(#invite) .button")
    eye.now("invite, with errors")
    page.fill("[name=email]", "a" * 60 + "@example.org")
    page.click("section:has(#invite) .button")
    eye.now("invited")
    for path in ("members/77000/role/", "members/77000/remove/", "members/hand-over/"):
        eye.at(path)
    eye.at("comments/S1/")
    page.fill("[name=text]", "Порука " * 40)
    save(page)
    eye.now("commented")
    eye.at("section/border/")
    Organisation.objects.update(needs_approval=True)
    Member.objects.filter(pk=77_000).update(role="send")
    Member.objects.exclude(pk=77_000).update(role="edit")
    eye.at("check/")
    eye.at("members/")

    assert eye.faults == {}


@pytest.mark.parametrize(("language", "width"), EYES)
def test_axe_finds_nothing_about_what_was_sent(look, language, width):
    eye = look(language, width)
    page = eye.page
    page.goto(f"{eye.team}section/organisation/")
    page.select_option("[name=org_type]", "ngo")
    page.check("[name=place][value=borski]")
    save(page)
    eye.write("реч" * 30)
    eye.send()
    eye.now("receipt")
    save(page)
    eye.now("changing")
    eye.write("друга реч")
    eye.send()
    for path in ("sent/versions/", "history/", "sent/drop/", "sent/withdraw/"):
        eye.at(path)
    save(page)
    eye.now("withdrawn")

    assert Response.objects.get().state == "withdrawn"
    assert eye.faults == {}
