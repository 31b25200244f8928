"""How a newcomer at the desk gets on: by the words of links, buttons and labels alone."""

import re

from django.test import Client

from surveys.people import make_person
from surveys.roles import secretariat
from tests.html_client import Page, fill
from tests.surveys.signing_in import sign_in_staff

LANGUAGES = ("English", "Romanian", "Serbian, Cyrillic")


def member_of_the_secretariat(name):
    person = make_person(f"{name}@example.org", language="en")
    person.first_name, person.is_staff = name.capitalize(), True
    person.save()
    person.groups.add(secretariat())
    return person


def sit_down(page, person, address):
    """Somebody has signed in with a second factor and sees the desk's first page."""
    client = Client()
    sign_in_staff(client, person)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    page.set_default_timeout(15_000)
    page.goto("/en/admin/")
    return page


def follow(page, words, **more):
    """The first link of just these words."""
    page.get_by_role("link", name=words, exact=True, **more).first.click()


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).first.click()


def reads(page, words):
    """Wait until the page says it."""
    page.locator("main").get_by_text(words).first.wait_for()


def labelled(words):
    """These words, whatever letter they begin with, and what is said after them but a word."""
    return re.compile(rf"^{re.escape(words)}(?! \w)", re.IGNORECASE)


def write(page, entries):
    """Fill in controls by their labels; a tuple in English, Romanian and Serbian."""
    for label, value in entries.items():
        if isinstance(value, tuple):
            group = page.get_by_role("group", name=labelled(label)).last
            for language, text in zip(LANGUAGES, value, strict=False):
                group.get_by_label(language).fill(text)
        else:
            page.get_by_label(labelled(label)).first.fill(str(value))


def choose(page, label, option):
    page.get_by_label(labelled(label)).select_option(label=option)


def add_section(page, title, name):
    follow(page, "Add a section")
    write(page, {"Title": title, "Name": name})
    press(page, "Save")


def add_question(page, section, kind, entries, rows=(), options=()):
    """From the list of all questions, and back to it."""
    page.get_by_role("region", name=section).get_by_role("link", name="Add a question").click()
    page.get_by_role("radio", name=kind, exact=True).check()
    press(page, "Continue")
    write(page, entries | {"In a few words": entries["Text"]})
    press(page, "Save")
    add_codes(page, "Add a row", rows)
    add_codes(page, "Add an option", options)
    follow(page, "To all questions")


def add_codes(page, add, codes):
    """The options or rows of a question, each a code and what it is called."""
    if codes:
        follow(page, add)
    for code, *label in codes:
        write(page, {"Label": tuple(label), "Code": code})
        press(page, "Save" if code == codes[-1][0] else "Save and add another")


def send_a_response(language, variant, words):
    """The status of the answer to a response that a citizen's browser without script sends."""
    client = Client()
    address = f"/{language}/citizens/"
    entered = fill(Page(client.get(address).content.decode()), variant)
    return client.post(address, entered | {"WISH": [words]}).status_code
