"""Whatever is done in whatever order: what was acknowledged is stored, once, and nothing else is.

A model in Python goes the same way beside the site. `make fuzz` goes many more ways.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from surveys.answering.form_key import FormKey
from surveys.identifiers import secret_hash
from surveys.models import Amendment, Consultation, Member, Organisation, Questionnaire, Response
from surveys.people import make_person
from surveys.tallying.folding import differences, fold
from tests.shown import entries
from tests.surveys.fuzzing import SEED, some

# Each journey has so many steps, and it is steps that are counted: as many in every share.
STEPS = 14
SHARES = 2
LANGUAGES = st.sampled_from(["en", "ro", "sr", "sr-latn"])
WORDS = st.sampled_from(["Un pod la Baziaș", "Да", "=1+1", "<b>&amp;", "a\u0301 😀"]) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=9
)


class Journey(RuleBasedStateMachine):
    """Time, undoing and comparing, for citizens and organisations alike."""

    slug = ""

    def __init__(self):
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.forms = []
        self.phase = "open"

    def teardown(self):
        try:
            self.recount()
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    def recount(self):
        """Tallies are what counting gives."""
        questionnaire = Questionnaire.objects.get(slug=self.slug)
        while fold(questionnaire):
            pass
        assert list(differences(questionnaire)) == []
        sent = Response.objects.filter(questionnaire=questionnaire, state="sent").count()
        assert sent == self.count_sent()

    @precondition(lambda self: self.phase == "open")
    @rule()
    def closing_passes(self):
        self.phase = "grace"
        Consultation.objects.update(closes_at=timezone.now())

    @precondition(lambda self: self.phase == "grace")
    @rule()
    def grace_passes(self):
        self.phase = "closed"
        late = timezone.now() - settings.GRACE_PERIOD - timedelta(seconds=1)
        Consultation.objects.update(closes_at=late)

    def hold(self, page, address, **more):
        """Keep a form of this page open in a tab, if it has one."""
        entered = entries(page.content.decode())
        if "key" in entered:
            self.forms.append({"address": address, "entered": entered} | more)

    def draw_form(self, data):
        return data.draw(st.sampled_from(self.forms))


has_forms = precondition(lambda self: self.forms)
has_responses = precondition(lambda self: self.model)
ANSWERS = st.fixed_dictionaries(
    {"place": st.sampled_from(["timis", "borski"])},
    optional={"C2": st.sampled_from([["nature"], ["nature", "risk"]]), "C5": WORDS},
)


def in_language(address, language):
    return f"/{language}/{address.split('/', 2)[2]}"


class Citizens(Journey):
    """One device, several tabs, anybody's personal links."""

    slug = "citizens"

    def __init__(self):
        super().__init__()
        self.client = Client()
        self.model = {}

    def count_sent(self):
        return sum(said["state"] == "sent" for said in self.model.values())

    @rule(language=LANGUAGES, kiosk=st.booleans())
    def open(self, language, kiosk):
        address = f"/{language}/citizens/" + ("?kiosk=1" if kiosk else "")
        page = self.client.get(address)
        assert page.status_code == 200
        held = len(self.forms)
        self.hold(page, address, is_fresh=True)
        assert (len(self.forms) > held) == (self.phase == "open")

    @has_forms
    @rule(data=st.data(), answers=ANSWERS, language=LANGUAGES, how=st.sampled_from(["", "save"]))
    def post(self, data, answers, language, how):
        form = self.draw_form(data)
        sent = {"key": form["entered"]["key"]} | answers | ({how: "1"} if how else {})
        answer = self.client.post(in_language(form["address"], language), sent)
        key = FormKey.read(form["entered"]["key"][0])
        secret = form.get("secret", key.secret)
        known = self.model.get(secret)
        if state := self.acknowledged(answer):
            assert self.phase != "closed"
            self.put(secret, state, answers, known, form)
            return
        assert answer.status_code in (403, 404, 409, 410)
        if form.get("is_fresh") and known is None and self.phase != "closed":
            # This device has sent just this today.
            assert answer.status_code == 409
            assert answers in [said["answers"] for said in self.model.values()] + self.withdrawn()
        if answer.status_code == 409:
            seen = known["answers"] if known else None
            fresh = form.get("is_fresh")
            self.hold(answer, form["address"], is_fresh=fresh, secret=secret, seen=seen)

    def withdrawn(self):
        return [said["was"] for said in self.model.values() if said["state"] == "withdrawn"]

    def acknowledged(self, answer):
        """What it says has become of the form: it is kept, sent, or nothing."""
        if answer.status_code == 302:
            return "sent" if "/citizens/sent/" in answer.url else "draft"
        return "sent" if answer.status_code == 200 else None

    def put(self, secret, state, answers, known, form):
        if known and known["state"] == "sent" and "/change/" not in form["address"]:
            assert known["answers"] == answers
        assert not known or known["state"] != "withdrawn"
        # Nothing is overwritten that this form has not shown.
        assert not known or known["answers"] in (form.get("seen"), answers)
        if known and known["state"] == "sent":
            state = "sent"
        reference = Response.objects.get(secret_hash=secret_hash(secret)).reference
        self.model[secret] = {"state": state, "answers": answers, "reference": reference}

    @has_forms
    @rule(data=st.data(), answers=ANSWERS, language=LANGUAGES)
    def switch_language(self, data, answers, language):
        form = self.draw_form(data)
        sent = {"key": form["entered"]["key"]} | answers | {"switch": language}
        answer = self.client.post(in_language(form["address"], language), sent)
        if answer.status_code == 200 and "/change/" not in form["address"]:
            shown = entries(answer.content.decode())
            assert {name: shown[name] for name in answers} == {
                name: value if isinstance(value, list) else [value]
                for name, value in answers.items()
            }

    def link(self, data, of, page=""):
        # In the order they came in: the same draws are to find the same response again.
        secret = data.draw(st.sampled_from(list(self.model)))
        language = data.draw(LANGUAGES)
        said = self.model[secret]
        address = f"/{language}/citizens/{of}/{said['reference']}/{secret}/{page}"
        return secret, said, address

    @has_responses
    @rule(data=st.data(), of=st.sampled_from(["draft", "sent"]))
    def resume_or_change(self, data, of):
        page = "change/" if of == "sent" else ""
        secret, said, address = self.link(data, of, page)
        answer = self.client.get(address)
        if said["state"] == "withdrawn":
            assert answer.status_code == 410
        elif answer.status_code == 200 and self.phase == "open":
            self.hold(answer, address, secret=secret, seen=said["answers"])
        else:
            assert answer.status_code in (200, 302)

    @has_responses
    @rule(data=st.data())
    def withdraw(self, data):
        secret, said, address = self.link(data, "sent", "withdraw/")
        answer = self.client.post(address)
        if said["state"] == "sent":
            assert answer.status_code == 302
            gone = {"state": "withdrawn", "answers": {}, "was": said["answers"]}
            self.model[secret] = said | gone

    @has_responses
    @rule(data=st.data())
    def erase(self, data):
        secret, said, address = self.link(data, "draft", "erase/")
        answer = self.client.post(address)
        if said["state"] == "draft":
            assert answer.status_code == 200
            del self.model[secret]

    @invariant()
    def what_was_acknowledged_is_stored_once_and_nothing_else(self):
        stored = {
            hashed: (state, answers)
            for hashed, state, answers in Response.objects.values_list(
                "secret_hash", "state", "answers"
            )
        }
        assert Response.objects.count() == len(stored)
        assert stored == {
            secret_hash(secret): (said["state"], said["answers"])
            for secret, said in self.model.items()
        }


SECTIONS = {
    "organisation": st.fixed_dictionaries(
        {
            "org_type": st.sampled_from(["ngo", "university"]),
            "place": st.sampled_from(["timis", "borski"]),
        }
    ),
    "border": st.fixed_dictionaries({"S1": st.sampled_from(["both", "dk"])}),
}
TEAM = "stakeholders/31/"
has_draft = precondition(lambda self: self.draft is not None)


class Organisations(Journey):
    """Two colleagues of one organisation, each with several tabs."""

    slug = "stakeholders"

    def __init__(self):
        super().__init__()
        organisation = Organisation.objects.create(pk=31, name="Asociația Dunărea Verde")
        self.clients = {}
        for name, role in (("elena", "send"), ("dragan", "edit")):
            user = make_person(f"{name}@example.org", name=name, language="ro")
            Member.objects.create(organisation=organisation, user=user, role=role)
            self.clients[name] = Client()
            self.clients[name].force_login(user)
        self.draft = self.sent = None
        self.is_withdrawn = self.needs_approval = False

    def count_sent(self):
        return int(self.sent is not None)

    who = st.sampled_from(["elena", "dragan"])

    @rule()
    def approval_is_asked_for_or_not(self):
        self.needs_approval = not self.needs_approval
        Organisation.objects.update(needs_approval=self.needs_approval)

    @rule(who=who, language=LANGUAGES, name=st.sampled_from(sorted(SECTIONS)))
    def open_section(self, who, language, name):
        address = f"/{language}/{TEAM}section/{name}/"
        answer = self.clients[who].get(address)
        assert answer.status_code in (200, 302, 403, 410)
        if answer.status_code == 200:
            self.hold(answer, address, who=who, name=name, seen=self.part(name))

    def part(self, name):
        names = ("S1",) if name == "border" else ("org_type", "place")
        return {n: v for n, v in (self.draft or {}).items() if n in names}

    @has_forms
    @rule(data=st.data(), language=LANGUAGES)
    def save_section(self, data, language):
        form = self.draw_form(data)
        if "name" not in form:
            return
        answers = data.draw(SECTIONS[form["name"]])
        sent = {"key": form["entered"]["key"]} | answers
        address = in_language(form["address"], language)
        answer = self.clients[form["who"]].post(address, sent)
        is_conflict = self.draft is not None and self.part(form["name"]) not in (
            form["seen"],
            answers,
        )
        is_new = self.draft is None and self.sent is None and not self.is_withdrawn
        is_open = is_new or self.draft is not None
        if self.phase == "closed" or not is_open or is_conflict:
            assert answer.status_code in (302, 403, 409, 410)
            assert answer.status_code != 302 or "/section/" not in answer.url
            return
        assert answer.status_code == 302
        self.draft = (self.draft or {}) | answers

    @rule(who=who, language=LANGUAGES)
    def open_check(self, who, language):
        address = f"/{language}/{TEAM}check/"
        answer = self.clients[who].get(address)
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:
            page = answer.content.decode()
            key = entries(page, None).get("key")
            if key:
                self.forms.append(
                    {"address": address, "who": who, "entered": {"key": key}, "all": self.draft}
                )

    @has_forms
    @rule(data=st.data(), language=LANGUAGES)
    def send(self, data, language):
        form = self.draw_form(data)
        if "all" not in form:
            return
        sent = {"key": form["entered"]["key"], "publication": "named", "authorised": "on"}
        who = form["who"]
        answer = self.clients[who].post(in_language(form["address"], language), sent)
        assert answer.status_code in (200, 302, 403, 409, 422)
        may = who == "elena" or not self.needs_approval
        is_same = self.draft is not None and form["all"] == self.draft
        is_whole = self.draft is not None and "place" in self.draft
        if may and is_same and is_whole and self.phase != "closed":
            assert answer.status_code == 302
            self.sent, self.draft = self.draft, None

    @rule(who=who, what=st.sampled_from(["change", "drop", "withdraw", "ask"]))
    def press(self, who, what):
        page = "ask/" if what == "ask" else f"sent/{what}/"
        answer = self.clients[who].post(f"/en/{TEAM}{page}")
        assert answer.status_code in (302, 403, 410)
        if self.sent is None:
            return
        is_open = self.phase == "open"
        may = who == "elena" or not self.needs_approval
        if what == "change" and is_open and self.draft is None:
            self.draft = dict(self.sent)
        if what == "drop":
            self.draft = None
        if what == "withdraw" and is_open and may:
            self.sent = self.draft = None
            self.is_withdrawn = True

    @rule(who=who, page=st.sampled_from(["", "sent/", "sent/versions/", "history/", "members/"]))
    def read(self, who, page):
        assert self.clients[who].get(f"/en/{TEAM}{page}").status_code in (200, 302, 410)

    @invariant()
    def what_was_acknowledged_is_stored_once_and_nothing_else(self):
        stored = list(Response.objects.values_list("state", "answers"))
        changes = list(Amendment.objects.values_list("answers", flat=True))
        if self.is_withdrawn:
            expected = [("withdrawn", {})]
        elif self.sent is not None:
            expected = [("sent", self.sent)]
        else:
            expected = [] if self.draft is None else [("draft", self.draft)]
        assert stored == expected
        is_change = self.sent is not None and self.draft is not None
        assert changes == ([self.draft] if is_change else [])


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("machine", [Citizens, Organisations], ids=lambda kind: kind.slug)
def test_nothing_that_was_acknowledged_is_lost_or_doubled(listens, machine, share):
    Consultation.objects.update(closes_at=timezone.now() + timedelta(days=9))

    # A class of its own: the seed is kept on it.
    begun = seed(SEED + share)(type(machine.__name__, (machine,), {}))

    run_state_machine_as_test(
        begun, settings=some(168, shares=SHARES * STEPS, stateful_step_count=STEPS)
    )
