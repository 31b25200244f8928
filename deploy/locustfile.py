"""Load for an installation of your own: people who answer, and people who read results.

    pip install 'locust>=2.47,<3'     # the group `load` of pyproject.toml
    I_MAY_LOAD=https://rehearsal.example.org \
        locust -f deploy/locustfile.py --host https://rehearsal.example.org

Every answer it sends is a response like any other, and is counted. So it runs only against the
address that I_MAY_LOAD names, and never belongs on a consultation that anybody takes part in: set
one up for it, or erase its database afterwards.

What is answered is read from the form itself, so it fits any questionnaire.
"""

import os
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from locust import FastHttpUser, between, events, task

LANGUAGES = ("en", "ro", "sr", "sr-latn")
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS = (
    "Un pod la Baziaș ar scurta drumul. Мост би скратио пут, trajekt nedelju dana ne vozi. "
    "A ferry on Sundays, please; the bus does not wait at the border. "
)
SKIPS = 0.3
"""Of the questions that may be left out."""
SAVES = 0.05
"""Of the people, who save and come back."""


@dataclass
class Control:
    """One name of a form: what can be chosen, or how much can be written."""

    kind: str
    value: str = ""
    values: list[str] = field(default_factory=list)
    is_required: bool = False
    at_most: int = 200


class Form(HTMLParser):
    """The first form of a page that is posted."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.controls: dict[str, Control] = {}
        self._forms, self._is_inside, self._name = 0, False, ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form" and found.get("method") == "post":
            self._forms += 1
            self._is_inside = self._forms == 1
        if not self._is_inside:
            return
        if tag in ("input", "select", "textarea") and found.get("name"):
            self._take(tag, found)
        elif tag == "option" and found.get("value"):
            self.controls[self._name].values.append(found["value"])

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False

    def _take(self, tag, found):
        kind = found.get("type", "text") if tag == "input" else tag
        if kind in ("submit", "button", "file"):
            return
        self._name = found["name"]
        control = self.controls.setdefault(self._name, Control(kind))
        control.is_required |= "required" in found or found.get("aria-required") == "true"
        control.at_most = int(found.get("maxlength") or control.at_most)
        if kind in ("radio", "checkbox"):
            control.values.append(found.get("value", "on"))
        else:
            control.value = found.get("value", "")


def answers(form: Form) -> dict[str, list[str]]:
    """What somebody could send: chance, within what the form allows."""
    return {name: value for name, each in form.controls.items() if (value := answer(each))}


def answer(control: Control) -> list[str]:
    if control.kind == "hidden":
        return [control.value]
    if not control.is_required and random.random() < SKIPS:
        return []
    if control.values:
        return [random.choice(control.values)]
    words = (WORDS * 20)[: random.randint(20, max(20, control.at_most))]
    return [words[: control.at_most]]


@events.test_start.add_listener
def refuse_by_mistake(environment, **_kwargs):
    """Nothing is sent to a site that was not named twice."""
    if (environment.host or "").rstrip("/") != os.environ.get("I_MAY_LOAD", "").rstrip("/"):
        raise SystemExit("Set I_MAY_LOAD to the very address of --host: answers are counted.")


class Visitor(FastHttpUser):
    abstract = True

    def on_start(self):
        self.language = random.choice(LANGUAGES)

    def read(self, path, name):
        return self.client.get(f"/{self.language}/{path}", name=name)


class Citizen(Visitor):
    """Opens the form, reads it, answers, and sends; a few save and come back first."""

    weight = 4
    wait_time = between(5, 60)

    @task
    def take_part(self):
        self.client.cookiejar.clear()
        self.read("", "first page")
        self.wait()
        path = f"/{self.language}/citizens/"
        entered = answers(Form(self.client.get(path, name="form").text))
        self.wait()
        if random.random() < SAVES:
            path, entered = self.save(path, entered)
        receipt = self.post(path, entered, "send")
        if receipt:
            self.client.get(receipt, name="receipt")

    def save(self, path, entered):
        """Save, leave, and come back by the personal link; where it leads and what it holds."""
        saved = self.post(path, entered | {"save": ["yes"]}, "save")
        if not saved:
            return path, entered
        self.wait()
        path = saved.removesuffix("saved/")
        page = self.client.get(path, name="draft")
        return path, answers(Form(page.text))

    def post(self, path, entered, name):
        """Where it leads; None if it was not taken."""
        body = urlencode(entered, doseq=True)
        options = {"allow_redirects": False, "catch_response": True, "headers": AS_FORM}
        with self.client.post(path, data=body, name=name, **options) as taken:
            if taken.status_code == 302:
                taken.success()
                return taken.headers["Location"]
            # From one address so many drafts are taken and no more.
            if taken.status_code == 429 and name == "save":
                taken.success()
            else:
                taken.failure(f"not taken: {taken.status_code}")
        return None


class Reader(Visitor):
    """Reads results, one page after the other."""

    weight = 1
    wait_time = between(3, 30)

    @task(3)
    def results(self):
        self.read("results/", "results")

    @task
    def first_page(self):
        self.read("", "first page")
