"""The admin's own forms of consultations and questionnaires: usable, and they lose nothing."""

import re

import pytest
from django.urls import reverse

from surveys.drafting.versions import begin
from surveys.models import (
    AuditEntry,
    Consultation,
    Country,
    Programme,
    Question,
    Questionnaire,
    User,
)
from surveys.roles import secretariat
from tests.shown import entries
from tests.surveys.signing_in import sign_in_staff


@pytest.fixture
def desk(client, listens):
    ana = User.objects.create_user("ana", first_name="Ana", is_staff=True)
    ana.groups.add(secretariat())
    sign_in_staff(client, ana)
    return client


def form_of(desk, thing):
    """The address of a thing's form, and what a browser would send of it."""
    name = thing._meta.model_name
    address = reverse(f"admin:surveys_{name}_change", args=[thing.pk])
    page = desk.get(address).content.decode()
    return address, {
        control: values[-1] for control, values in entries(page, f"{name}_form").items()
    }


def texts_of(consultation):
    return list(consultation.passages.values_list("slot", "position", "heading", "text", "tone"))


def all_values(model):
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize("model", [Consultation, Questionnaire, Programme, Country])
def test_saving_a_form_that_was_only_looked_at_changes_nothing(desk, model):
    before = {each: all_values(each) for each in (Consultation, Questionnaire, Programme, Country)}
    address, entered = form_of(desk, model.objects.first())

    r = desk.post(address, entered)

    assert r.status_code == 302, re.findall(r"(?s)errorlist.*?</ul>", r.content.decode())
    assert {each: all_values(each) for each in before} == before
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details) == ("changed", {"fields": []})


def test_the_card_of_a_questionnaire_is_changed_field_by_field(desk, listens):
    questionnaire = listens.questionnaires.get(slug="citizens")
    before = questionnaire.invitation
    address, entered = form_of(desk, questionnaire)

    desk.post(address, entered | {"card_button_ro": "Răspundeți", "card_tag_1_en": ""})

    questionnaire.refresh_from_db()
    assert questionnaire.invitation["button"] == before["button"] | {"ro": "Răspundeți"}
    assert questionnaire.invitation["text"] == before["text"]
    assert questionnaire.invitation["tags"][1:] == before["tags"][1:]
    assert "en" not in questionnaire.invitation["tags"][0]


def test_a_consultation_and_its_questionnaire_are_created_at_the_desk(desk, listens):
    texts = {
        f"{field}_{language}": words
        for field in ("title", "short_title", "name", "lead")
        for language, words in {"en": "New", "ro": "Nou", "sr": "Ново"}.items()
    }
    inline = {f"passages-{part}_FORMS": 0 for part in ("TOTAL", "INITIAL")}
    times = {"opens_at_0": "2030-01-01", "opens_at_1": "09:00:00"}
    times |= {"closes_at_0": "2030-03-01", "closes_at_1": "18:00:00"}
    new = texts | inline | times | {"slug": "next", "programme": listens.programme_id}

    desk.post(reverse("admin:surveys_consultation_add"), new)
    consultation = Consultation.objects.get(slug="next")
    fields = {"consultation": consultation.pk, "slug": "citizens", "position": 1, "minutes": 5}
    fields |= {"answered_by": "anyone", "reference_prefix": "CIT"}
    made = desk.post(reverse("admin:surveys_questionnaire_add"), texts | fields)

    questionnaire = Questionnaire.objects.get(consultation=consultation)
    next_page = desk.get(made.url).content.decode()
    assert made.url == reverse("admin:drafting_questionnaire", args=[questionnaire.pk])
    assert "the site shows the consultation that opened last, “Interreg LISTENS”" in next_page
    assert texts_of(consultation) == texts_of(listens) != []
    assert consultation.title == {"en": "New", "ro": "Nou", "sr": "Ново"}
    assert questionnaire.invitation == {"heading": {}, "text": {}, "button": {}, "tags": []}
    listed = desk.get(reverse("admin:surveys_questionnaire_changelist")).content.decode()
    assert reverse("admin:drafting_questionnaire", args=[questionnaire.pk]) in listed


def test_the_second_questionnaire_for_the_same_people_says_that_it_is_not_shown(desk, listens):
    second = Questionnaire.objects.create(
        consultation=listens, slug="youth", position=9, answered_by="anyone", minutes=3
    )
    first = listens.questionnaires.get(slug="citizens")

    pages = {
        each: desk.get(reverse("admin:drafting_questionnaire", args=[each.pk])).content.decode()
        for each in (first, second)
    }

    assert f"“{first}” is for the same people and comes before it" in pages[second]
    assert 'href="/en/citizens/"' in pages[first]


def test_a_card_that_was_left_empty_is_said_with_name_and_lead(client, listens):
    lead = {"en": "Five questions."}
    listens.questionnaires.filter(slug="citizens").update(invitation={}, lead=lead)

    page = client.get("/en/").content.decode()

    assert "<span>Citizen questionnaire</span>" in page
    assert "<p>Five questions.</p>" in page
    assert ">Answer the questions</a>" in page


def test_the_name_that_lists_look_for_is_suggested_for_a_place_once(desk, listens):
    questionnaire = listens.questionnaires.get(slug="citizens")
    draft = begin(questionnaire, is_empty=True)
    section = draft.sections.create(name="you", position=1, title={"en": "You"})
    address = reverse("admin:drafting_question_add", args=[section.pk]) + "?kind=place"
    suggested = 'name="name" value="place"'

    before = suggested in desk.get(address).content.decode()
    Question.objects.create(version=draft, section=section, name="place", kind="place", position=1)

    assert before
    assert suggested not in desk.get(address).content.decode()


@pytest.mark.parametrize("json", ["{", '["a\\u0000b"]', '["\\ud800"]', "[NaN]", "[1e999]"])
def test_what_is_no_json_that_can_be_kept_is_said(desk, listens, json):
    address, entered = form_of(desk, listens.programme)

    r = desk.post(address, entered | {"map_lines": json})

    assert r.status_code == 200
    assert "errorlist" in r.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "versions/999999999999999999999/",
        "versions/999999999999999999999/publish/",
        "question/999999999999999999999/",
        "horoscope/1/",
        "horoscope/1/move/",
        "section/999999999999999999999/translations/",
        "questionnaires/999999999999999999999/",
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(desk, address):
    method = desk.post if address.endswith("move/") else desk.get

    assert method(f"/en/admin/drafting/{address}").status_code == 404


def test_nothing_but_a_row_is_added_to_a_question(desk, listens):
    question = Question.objects.first()

    r = desk.get(f"/en/admin/drafting/question/{question.pk}/section/add/")

    assert r.status_code == 404
