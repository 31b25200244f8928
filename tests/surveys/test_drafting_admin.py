"""The admin's own forms of consultations and questionnaires: usable, and they lose nothing."""

import re

import pytest
from django.urls import reverse

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
    desk.post(reverse("admin:surveys_questionnaire_add"), texts | fields)

    questionnaire = Questionnaire.objects.get(consultation=consultation)
    assert consultation.title == {"en": "New", "ro": "Nou", "sr": "Ново"}
    assert questionnaire.invitation == {"heading": {}, "text": {}, "button": {}, "tags": []}
    listed = desk.get(reverse("admin:surveys_questionnaire_changelist")).content.decode()
    assert reverse("admin:drafting_questionnaire", args=[questionnaire.pk]) in listed


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
