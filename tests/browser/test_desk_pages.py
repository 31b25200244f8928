"""Every page of the desk in a real browser, with real things on it: axe-core, ids, width, keyboard.

The pages come from the URL configuration: one without a visit here fails.
"""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys import notices
from surveys.campaigns.finding import find_campaigns
from surveys.coding.frames import add_code, change_frame, open_frame, split_code
from surveys.desk.urls import urlpatterns
from surveys.drafting.versions import begin as begin_draft
from surveys.exporting.asking import ask
from surveys.exporting.running import export_due
from surveys.interchange.storing import keep
from surveys.models import (
    Campaign,
    CodingFrame,
    Question,
    Questionnaire,
    Section,
    Target,
)
from surveys.subjects.finding import Subject
from surveys.subjects.requests import take_in
from surveys.transcribing.typing import begin, save
from surveys.translated import Text
from tests.browser.looking import SCROLLS_SIDEWAYS, wrong_with
from tests.surveys.coding_cast import answer, code_it, person
from tests.surveys.quoting_cast import answered, decided, quoted
from tests.surveys.replies_cast import a_reply, in_all, published
from tests.surveys.report_cast import released
from tests.surveys.routes import after, draft_with
from tests.surveys.signing_in import sign_in_staff
from tests.surveys.test_campaigns import BRIDGE, COPIES
from tests.surveys.test_interchange_xlsforms import FORMS
from tests.surveys.test_transcribing import first_typing, head, typed, version

LONG = "Прекогранично чекање на прелазима, трајектима и мостовима преко Дунава"
# What is no page: files, what is only posted to, and what sends on to another page here.
POSTED = (
    *("drafting_begin", "drafting_note", "drafting_rehearsals_erase", "drafting_move"),
    *("branching_condition_remove", "interchange_upload", "interchange_import"),
    *("interchange_discard", "review_publish", "review_decide", "review_suggest"),
    *("review_confirm", "review_reopen", "coding_frame_add", "coding_export", "coding_skip"),
    *("report_make", "report_publish", "report_take_back"),
    *("coding_translation", "campaign_find", "campaign_text_take_out", "campaign_text_put_back"),
    *("results_while_open", "export_cancel", "export_resume"),
    *("reply_move", "reply_publish", "reply_take_back"),
    *("quotation_add", "quotation_move", "quotation_remove"),
    *("subject_copy", "subject_done", "subject_lift", "notice_begin"),
    *("notice_publish", "notice_delete"),
)
FILES = (
    *("drafting_print", "interchange_json", "interchange_xlsform", "interchange_sheet"),
    *("interchange_xliff", "export_file", "export_codebook_file"),
    "report_file",
)
# Of each page the names of what stands in its address, as `things` calls them.
VISITS = {
    "drafting_questionnaires": [],
    "drafting_questionnaire": ["citizens"],
    "drafting_version": ["draft"],
    "drafting_version_delete": ["draft"],
    "drafting_publish": ["draft"],
    "drafting_length": ["draft"],
    "drafting_translations": ["draft"],
    "drafting_preview": ["draft"],
    "drafting_preview_form": ["draft"],
    "drafting_rehearsal": ["draft"],
    "drafting_section_translations": ["section"],
    "drafting_section_add": ["draft"],
    "drafting_question_add": ["section"],
    "drafting_code_add": ["question", "option"],
    "drafting_row": ["kind", "question"],
    "drafting_delete": ["kind", "question"],
    "branching_versions": [],
    "branching": ["routes"],
    "branching_section": ["routed_section"],
    "branching_question": ["routed"],
    "interchange": [],
    "interchange_preview": ["upload"],
    "review_queue": [],
    "review_table": [],
    "review_waiting": [],
    "review_answer": ["waiting", "C5"],
    "coding_frames": [],
    "coding_frame": ["frame"],
    "coding_frame_edit": ["frame"],
    "coding_history": ["frame"],
    "code_add": ["frame"],
    "code_edit": ["frame", "code"],
    "code_merge": ["frame", "code"],
    "code_split": ["frame", "code"],
    "code_recode": ["frame", "divided"],
    "coding_recode": ["frame", "coding"],
    "coding_next": ["frame"],
    "coding_answer": ["frame", "waiting"],
    "coding_agree": ["frame", "double"],
    "coding_differences": ["frame"],
    "coding_agreement": ["frame"],
    "campaigns": [],
    "campaign_groups": ["citizens", "C5"],
    "campaign": ["campaign"],
    "exports": [],
    "export": ["export"],
    "export_codebook": ["stakeholders"],
    "coverage": [],
    "coverage_questionnaire": ["stakeholders"],
    "coverage_targets": ["citizens", "place"],
    "results_desk": [],
    "results_publish": [],
    "results_questions": ["stakeholders"],
    "results_question": ["stakeholders", "S3"],
    "report": [],
    "report_texts": [],
    "report_text": ["report_place"],
    "replies_desk": [],
    "reply_add": [],
    "reply_edit": ["reply"],
    "reply_preview": ["reply"],
    "reply_delete": ["written"],
    "replies_tell": [],
    "quotations_desk": [],
    "quotations_choose": [],
    "quotation_edit": ["quotation"],
    "transcripts": [],
    "transcript_errors": ["citizens"],
    "transcript_new": ["organisations"],
    "transcript_type": ["typed_once"],
    "transcript_differences": ["different"],
    "transcript_aside": ["different"],
    "typing_erase": ["begun"],
    "subject_requests": [],
    "subject_request": ["erasure"],
    "retention": [],
    "errors": [],
    "notices": [],
    "notice_preview": ["notice"],
    "notice_edit": ["notice"],
}
# Of Django's own pages those that staff come to first.
ADMIN = {
    "index": [],
    "surveys_response_changelist": [],
    "surveys_response_change": ["waiting"],
    "surveys_auditentry_changelist": [],
    "surveys_organisation_changelist": [],
    "surveys_questionnaire_change": ["citizens"],
}
# Forms that are sent as they are and refused: the button that sends them.
REFUSED = {
    "coding_answer": ".coding-choice button",
    "code_split": ".desk-form button",
    "reply_add": ".desk-form .desk-actions button",
    "drafting_section_add": ".desk-form button",
    "exports": ".desk-form button",
    "interchange": "form[action$='/upload/'] button",
    "review_answer": "#save",
    "subject_requests": ".desk-form button",
    "transcript_new": ".desk-actions button",
    "transcript_differences": ".desk-actions button",
}

pytestmark = pytest.mark.browser


@pytest.fixture
def things(site, settings):
    """One thing for every page, so that each has something to show."""
    cache.clear()
    settings.TYPED_TWICE_PERCENT = 100
    ana, mira = person("ana"), person("mira")
    citizens = Questionnaire.objects.get(slug="citizens")
    stakeholders = Questionnaire.objects.get(slug="stakeholders")
    found = {"ana": ana, "citizens": citizens.pk, "stakeholders": stakeholders.pk}
    found |= _coded(citizens, ana, mira) | _typed(ana, mira)
    find_campaigns(citizens, "C5", citizens.consultation.now)
    Target.objects.create(
        questionnaire=citizens,
        dimension="place",
        code="borski",
        population=9000,
        source="made up for a test",
        wanted=500,
    )
    found |= {"campaign": Campaign.objects.latest("pk").pk, "kind": "question", "option": "option"}
    found["upload"] = keep(citizens, FORMS[0].name, FORMS[0].read_bytes(), ana).pk
    found["export"] = _exported(citizens, ana)
    released(citizens.consultation)
    found["report_place"] = "introduction"
    found["notice"] = notices.begin_draft(citizens.consultation, ana).pk
    found["erasure"] = _asked_to_erase(ana)
    return SimpleNamespace(**found | _drafted(citizens, stakeholders) | _replied(citizens, ana))


def _asked_to_erase(ana):
    """By the person who answers for an organisation."""
    subject = Subject(email="elena@example.org")
    day = timezone.localdate()
    return take_in(subject, kind="erase", proof="email", received=day, by=ana).pk


def _replied(citizens, ana):
    """A reply that was published and changed, one that is written, and what it quotes."""
    listens = citizens.consultation
    responses = [answered(listens, f"{LONG} {number} " * 5) for number in range(2)]
    for response in responses:
        decided(response)
    quotation = quoted(listens, responses[0], en="A translation.")
    gone = quoted(listens, answered_and_gone(listens), position=2)
    gone.response.decisions.update(is_current=False)
    reply = published(listens, ana, LONG, quotation=quotation, number=9)
    reply.status, reply.reason = "not_now", in_all(LONG)
    reply.save()
    written = a_reply(listens, did=Text(en=LONG))
    return {"reply": reply.pk, "written": written.pk, "quotation": quotation.pk}


def answered_and_gone(listens):
    """Words that were to be published once."""
    response = answered(listens, "Un pod.")
    decided(response)
    return response


def _exported(citizens, ana):
    """One that is ready."""
    export = ask(ana, citizens, purpose="Анализа за извештај " * 8, formats=["csv", "ods"])
    while export_due():
        pass
    return export.pk


def _coded(citizens, ana, mira):
    frame = open_frame(citizens, "C5", ana)
    change_frame(frame, 100, [], ana)
    frame = CodingFrame.objects.get()
    codes = [add_code(frame, _said(name), ana) for name in ("Waiting", "Bridge", "Ferry")]
    double, once = answer(frame, "Скела преко Дунава би помогла. " * 20), answer(frame)
    code_it(frame, double, ana, codes[0])
    code_it(frame, double, mira, codes[1], codes[2])
    coding = code_it(frame, once, ana, codes[2])
    split_code(codes[2], [_said("Small ferry"), _said("Large ferry")], ana)
    for words in COPIES:
        answer(frame, words)
    waiting = answer(frame, f"{BRIDGE} Зовите 064/123-4567. {'Врло_дуга_реч' * 12}", unread=["C5"])
    return {
        "frame": frame.pk,
        "code": codes[0].number,
        "divided": codes[2].number,
        "coding": coding.pk,
        "double": double.pk,
        "waiting": waiting.pk,
    }


def _said(english):
    texts = dict.fromkeys(("include", "exclude", "example"), "Așteptarea la vamă. " * 6)
    return {"label": Text(en=english, sr=LONG), "definition": "Time at the crossing", **texts}


def _typed(ana, mira):
    once, different = first_typing(mira, sheet="P-1"), first_typing(mira, sheet="P-2")
    save(different, typed(ana, {"place": "borski", "C5": "Un pod"}))
    begun = begin(version(), typed(ana, is_finished=False, **head(sheet="P-3")), uuid4())
    return {
        "typed_once": once.pk,
        "different": different.pk,
        "begun": begun.typings.get().pk,
        "organisations": version("stakeholders").pk,
    }


def _drafted(citizens, stakeholders):
    """A draft with a stale and a missing translation, and one whose routes are impossible."""
    draft = begin_draft(citizens, is_empty=False)
    stale = Question.objects.get(version=draft, name="C5")
    stale.translated_from = {"text": {"ro": "Other words"}}
    stale.text = {"en": stale.text["en"], "ro": stale.text["ro"]}
    stale.save()
    question = Question.objects.get(version=draft, name="C2")
    routes = {"S9": [after("S1", "both"), after("S1", "dk")], "support": [after("S1", "both")]}
    routed = draft_with(stakeholders, routes)
    return {
        "draft": draft.pk,
        "question": question.pk,
        "section": question.section_id,
        "routes": routed.pk,
        "routed": Question.objects.get(version=routed, name="S9").pk,
        "routed_section": Section.objects.get(version=routed, name="support").pk,
    }


@pytest.fixture
def desk(things, browser_page, live_server):
    """Ana of the Joint Secretariat in a browser, and what its console complains of."""

    def open_desk(width=1280):
        client = Client()
        sign_in_staff(client, things.ana)
        page = browser_page(width=width)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: is_complaint(told) and complaints.append(told.text))
        return page, complaints

    return open_desk


def is_complaint(told):
    """Refused code is. That a form was refused, and that a frame may run no script, are meant."""
    meant = ("the server responded with a status of 4", "frame is sandboxed")
    return told.type in ("error", "warning") and not any(words in told.text for words in meant)


def address(things, name, language="en"):
    # What is no thing stands in the address as it is.
    arguments = [getattr(things, argument, argument) for argument in (VISITS | ADMIN)[name]]
    return reverse(f"admin:{name}", args=arguments).replace("/en/", f"/{language}/", 1)


def test_every_page_of_the_desk_is_visited():
    names = [pattern.name for pattern in urlpatterns]

    assert sorted([*VISITS, *POSTED, *FILES]) == sorted(names)
    assert REFUSED.keys() <= VISITS.keys()


@pytest.mark.parametrize(
    ("language", "width"), [("en", 1280), ("ro", 360), ("sr", 360), ("sr-latn", 1280)]
)
def test_nothing_is_wrong_with_any_page_of_the_desk(desk, things, language, width):
    page, complaints = desk(width)
    found = {}

    def look(name):
        # Before looking, which tries what a strict policy refuses.
        refused = complaints.copy()
        found[name] = [*refused, *wrong_with(page)]
        complaints.clear()

    for name in VISITS | ADMIN:
        answered = page.goto(address(things, name, language))
        assert answered.status == 200, name
        look(name)
        if name in REFUSED:
            with page.expect_navigation():
                page.click(f"{REFUSED[name]} >> nth=0")
            look(f"{name}, refused")

    assert {name: faults for name, faults in found.items() if faults} == {}


HAS_TO_BE_MOVED = """[...document.querySelectorAll(".desk-wide")]
    .filter(box => box.scrollWidth > box.clientWidth).length"""
BREAKS_WORDS = """[...document.querySelectorAll("#desk-tasks ~ * td")]
    .filter(cell => getComputedStyle(cell).wordBreak !== "normal").length"""
TALLEST_ROW = """Math.max(...[...document.querySelectorAll(".desk-table tbody tr")]
    .map(row => row.offsetHeight))"""
CAPTION_ENDS = """document.querySelector(".desk-table caption").getBoundingClientRect().right"""


def test_tables_are_read_on_a_phone(desk, things):
    page, _complaints = desk(360)
    moved, tallest = {}, {}

    for name in ("index", "review_table", "coverage_questionnaire"):
        page.goto(address(things, name, "sr"))
        moved[name] = page.evaluate(HAS_TO_BE_MOVED)
    page.goto(address(things, "index", "sr"))
    broken = page.evaluate(BREAKS_WORDS)
    for name in ("export", "exports", "drafting_questionnaire", "transcripts"):
        page.goto(address(things, name, "sr"))
        tallest[name] = page.evaluate(TALLEST_ROW)
    page.goto(address(things, "campaign_groups", "sr"))
    caption_ends = page.evaluate(CAPTION_ENDS)

    assert moved == {"index": 0, "review_table": 0, "coverage_questionnaire": 0}
    assert broken == 0
    assert {name: height for name, height in tallest.items() if height > 120} == {}
    assert caption_ends <= 360


# What takes the keyboard on the page, radio buttons of one name being one; told while Tab goes on.
WATCH_FOCUS = """() => {
    const main = document.querySelector("#content-start");
    const key = element => element.type === "radio" ? element.name : element;
    const takes = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const all = [...main.querySelectorAll(takes)].filter(
        element => element.checkVisibility() && !element.disabled && element.tabIndex >= 0);
    window.unreached = new Map(all.map(element => [key(element), element.outerHTML]));
    window.unseen = [];
    main.focus();
    main.addEventListener("focusin", ({target}) => {
        window.unreached.delete(key(target));
        // What is laid over its words, unseen, has the outline drawn around them.
        const drawn = Number(getComputedStyle(target).opacity) ? target : target.nextElementSibling;
        if (getComputedStyle(drawn).outlineStyle === "none") window.unseen.push(target.outerHTML);
    });
}"""
LEFT = "() => [...window.unreached.values()]"
# What stands in its frames is the public form, which has tests of its own.
FRAMED = ("drafting_preview", "drafting_preview_form")


def test_every_control_is_reached_by_tab_and_seen_to_have_the_focus(desk, things):
    page, _complaints = desk()
    found = {}
    for name in VISITS.keys() - FRAMED:
        page.goto(address(things, name))
        page.evaluate(WATCH_FOCUS)
        for press in range(1, 301):
            page.keyboard.press("Tab")
            if press % 10 == 0 and not page.evaluate(LEFT):
                break
        found[name] = [*page.evaluate(LEFT), *page.evaluate("window.unseen")]

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_first_link_of_a_page_skips_to_its_content(desk, things):
    page, _complaints = desk()
    page.goto(address(things, "review_table"))

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('#content') !== null")


@pytest.mark.parametrize("order", ["", "?o=1", "?q=most"])
def test_the_list_of_responses_fits_a_telephone(things, desk, order):
    page, complaints = desk(width=360)

    page.goto(address(things, "surveys_response_changelist", "sr") + order)

    assert [*wrong_with(page), *complaints] == []
    wide = {
        name: page.locator(name).bounding_box()["width"]
        for name in ("#searchbar", ".actions select", ".actions [name=purpose]")
    }
    assert [name for name, width in wide.items() if width < 200] == []
    search = page.locator("#changelist-search input[type=submit]").bounding_box()
    assert search["height"] < 60
    labels = page.locator("label:has-text('Чему служ')").all_inner_texts()
    assert len({*labels}) == len(labels) == 2


def test_a_very_long_word_is_broken_rather_than_widening_a_page(things, desk):
    question = Question.objects.get(pk=things.question)
    question.text = dict.fromkeys(("en", "ro", "sr"), "а" * 1200)
    question.short = dict.fromkeys(("en", "ro", "sr"), "а" * 100)
    question.save()
    page, _complaints = desk(width=360)
    wide = []

    for name in ("drafting_section_translations", "drafting_row", "drafting_version"):
        page.goto(address(things, name))
        if page.evaluate(SCROLLS_SIDEWAYS):
            wide.append(name)

    assert wide == []
