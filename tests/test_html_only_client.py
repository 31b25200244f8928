"""Both questionnaires are answered by markup alone, and the data file holds what was sent."""

import csv

import pytest
from django.core.management import call_command

from surveys.models import Consultation, Member, Organisation, Question, Response, User
from tests.content import load_content
from tests.html_client import Page, fill
from tests.surveys.signing_in import last_code

LANGUAGES = ["en", "ro", "sr", "sr-latn"]
FORM_ONLY = {"key", "csrfmiddlewaretoken", "next", "username", "password"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def listens():
    load_content()
    return Consultation.objects.get()


def open_page(client, address):
    return Page(client.get(address, follow=True).content.decode())


def exported(questionnaire, folder):
    path = folder / "data.csv"
    call_command("export_responses", questionnaire=questionnaire, output=path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    return row


def as_columns(entered):
    """What was entered, under the names the data file has for it."""
    rankings = set(Question.objects.filter(kind="ranking").values_list("name", flat=True))
    several = set(Question.objects.filter(kind="multiple").values_list("name", flat=True))
    columns = {}
    for name, values in entered.items():
        question, _underscore, rank = name.rpartition("_")
        if question in rankings and rank.isdigit():
            columns[f"{question}_{values[0]}"] = rank
        elif name in several:
            columns |= {f"{name}_{value}": "1" for value in values}
        else:
            columns[name] = values[0]
    return columns


@pytest.mark.parametrize(("variant", "language"), list(enumerate(LANGUAGES)))
def test_a_citizen_answers_and_the_data_file_says_so(client, listens, language, variant, tmp_path):
    landing = open_page(client, f"/{language}/")
    form = next(link for link in landing.links if "citizens" in link)
    entered = fill(open_page(client, form), variant)

    r = client.post(form, entered)

    assert r.status_code == 302
    response = Response.objects.get()
    assert response.reference in client.get(r.url).content.decode()
    row = exported("citizens", tmp_path)
    sent = as_columns({name: value for name, value in entered.items() if name not in FORM_ONLY})
    assert {name: row[name] for name in sent} == sent
    assert (row["reference"], row["language"]) == (response.reference, language)


@pytest.mark.parametrize(("variant", "language"), list(enumerate(LANGUAGES)))
def test_an_organisation_answers_and_the_data_file_says_so(
    client, listens, language, variant, tmp_path
):
    user = User.objects.create_user("elena", "elena@example.org")
    organisation = Organisation.objects.create(name="Asociația Dunărea Verde")
    Member.objects.create(organisation=organisation, user=user)
    entry = client.get(f"/{language}/stakeholders/").url
    sign_in = fill(open_page(client, entry)) | {"email": ["elena@example.org"]}
    asked = client.post(entry, sign_in).url
    code = fill(open_page(client, asked)) | {"code": [last_code("elena@example.org")]}
    page = client.get(client.post(asked, code).url)

    sent = {}
    sections = [link for link in open_page(client, page.url).links if "/section/" in link]
    for address in sections:
        entered = fill(open_page(client, address), variant)
        sent |= entered
        page = client.post(address, entered)
        assert page.status_code == 302
    page = client.post(page.url, fill(open_page(client, page.url), variant), follow=True)

    row = exported("stakeholders", tmp_path)
    expected = as_columns({name: value for name, value in sent.items() if name not in FORM_ONLY})
    assert len(sections) == 5
    assert row["reference"] in page.content.decode()
    assert {name: row[name] for name in expected} == expected
    assert (row["organisation"], row["language"]) == (organisation.name, language)
