"""The desk's pages about exports: asking, looking, cancelling, taking files."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from surveys.exporting.asking import ask
from surveys.exporting.running import export_due
from surveys.exports import spss
from surveys.models import AuditEntry, Export, User
from surveys.roles import NATIONAL_AUTHORITY, SECRETARIAT
from tests.surveys.exports_cast import made_up, respond
from tests.surveys.signing_in import sign_in_staff

ADDRESS = "/en/admin/exports/"
LIST = "/en/admin/surveys/response/"


@pytest.fixture
def citizens(listens):
    cache.clear()
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def desk(citizens):
    def sign_in(role=SECRETARIAT, name="ana"):
        user, _is_new = User.objects.get_or_create(username=name, is_staff=True)
        user.groups.set([role.group()])
        client = Client()
        sign_in_staff(client, user)
        client.user = user
        return client

    return sign_in


def asked(citizens, **changes):
    form = {
        "questionnaire": citizens.pk,
        "formats": ["csv"],
        "cells": "codes",
        "language": "en",
        "purpose": "analysis",
    }
    return form | changes


def made(desk, citizens, *formats):
    export = ask(desk.user, citizens, purpose="analysis", formats=list(formats or ["csv"]))
    while export_due():
        pass
    export.refresh_from_db()
    return export


def test_nobody_has_asked_yet(desk):
    page = desk().get(ADDRESS)

    assert page.status_code == 200
    assert page["Cache-Control"].startswith("private, no-store")
    assert "Nobody has asked for an export yet." in page.content.decode()


def test_what_is_asked_for_is_stored_and_shown(desk, citizens):
    client = desk()
    form = asked(citizens, formats=["csv", "sps"], place="borski", response_language="ro")

    answer = client.post(ADDRESS, form | {"sent_from": "2026-11-09", "channel": "paper"})

    export = Export.objects.get()
    assert answer.url == f"{ADDRESS}{export.pk}/"
    assert export.filters == {
        **{"place": "borski", "language": "ro", "channel": "paper"},
        "sent_from": "2026-11-09",
    }
    assert (export.formats, export.purpose) == (["csv", "sps"], "analysis")
    assert (export.labels, export.language) == (False, "en")
    page = client.get(answer.url)
    assert page["Refresh"] == "3"
    assert "It waits for its turn." in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"purpose": "  "}, "Say what the data are for"),
        ({"purpose": "x" * 301}, "Say it in 300 characters or fewer"),
        ({"formats": []}, "Choose at least one format"),
        ({"questionnaire": "999"}, "Select a valid choice"),
        ({"formats": ["exe"]}, "Select a valid choice"),
        ({"formats": ["sps"]}, "The SPSS syntax reads a CSV with codes"),
        ({"formats": ["csv", "sps"], "cells": "labels"}, "The SPSS syntax reads a CSV"),
        ({"place": "atlantis"}, "Select a valid choice"),
        ({"sent_from": "soon"}, "This is not a date. It looks like 2027-01-31"),
        ({"sent_from": "2027-01-02", "sent_until": "2027-01-01"}, "This day is before the first"),
        ({"purpose": "a\x00b"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk, citizens, changes, words):
    form = asked(citizens) | changes

    page = desk().post(ADDRESS, form)

    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Error: Exports" in " ".join(text.split())
    assert words in text
    for target in re.findall(r'href="#(id_[^"]+)"', text):
        assert f'id="{target}"' in text
    assert not Export.objects.exists()
    if "purpose" not in changes:
        assert 'value="analysis"' in text


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Asked for on"), ("ro", "Cerut la"), ("sr", "Затражено")]
)
def test_the_list_says_when_an_export_was_asked_for_and_asks_nobody(
    desk, citizens, language, heading
):
    client = desk()
    made(client, citizens)

    assert f'<th scope="col">{heading}</th>' in client.get(f"/{language}/admin/exports/").text


def test_too_many_rows_for_spss_are_refused_before_anything_is_made(desk, citizens, monkeypatch):
    monkeypatch.setattr("surveys.exporting.forms.MOST_ROWS", 2)
    made_up(citizens, 3)

    page = desk().post(ADDRESS, asked(citizens, formats=["sav"]))

    assert page.status_code == 422
    assert "2 rows at most" in page.content.decode()
    assert spss.MOST_ROWS == 50_000


def test_how_far_it_is_is_shown_and_it_can_be_cancelled(desk, citizens):
    client = desk()
    export = ask(client.user, citizens, purpose="analysis", formats=["csv"])
    Export.objects.filter(pk=export.pk).update(
        state="running", total=1200, done=600, began_at=export.asked_at
    )
    address = f"{ADDRESS}{export.pk}/"

    page = client.get(address).content.decode()

    assert "600 of 1,200 rows" in page
    assert '<progress class="export-progress" max="100" value="25"' in page
    answer = client.post(f"{address}cancel/", follow=True)
    assert "Nothing of it is kept" in answer.content.decode()
    assert "Refresh" not in answer
    assert client.get(f"{address}cancel/").status_code == 405


def test_one_that_failed_says_why_and_goes_on(desk, citizens):
    client = desk()
    export = ask(client.user, citizens, purpose="analysis", formats=["csv"])
    Export.objects.filter(pk=export.pk).update(state="failed", problem="Disk <full>")
    address = f"{ADDRESS}{export.pk}/"

    assert "Disk &lt;full&gt;" in client.get(address).content.decode()
    client.post(f"{address}resume/")

    export.refresh_from_db()
    assert export.state == "waiting"


def test_a_file_is_taken_and_that_is_logged_with_the_purpose(desk, citizens):
    client = desk()
    response = respond(citizens, {"C5": "Мост"})
    export = made(client, citizens, "csv")
    page = client.get(f"{ADDRESS}{export.pk}/").content.decode()
    address = f"{ADDRESS}{export.pk}/files/citizens.csv"

    file = client.get(address)

    content = b"".join(file.streaming_content)
    assert f'href="{address}"' in page
    assert response.reference in content.decode()
    assert file["Cache-Control"].startswith("private, no-store")
    assert file["Content-Disposition"] == 'attachment; filename="citizens.csv"'
    assert int(file["Content-Length"]) == len(content)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.purpose) == ("exported", "analysis")
    assert entry.details == {"step": "downloaded", "file": "citizens.csv"}


def test_what_is_no_file_of_it_is_not_found(desk, citizens):
    client = desk()
    export = made(client, citizens)

    for name in ("citizens.sav", "other.csv", "", ".."):
        assert client.get(f"{ADDRESS}{export.pk}/files/{name}").status_code in (404, 302)
    assert client.get(f"{ADDRESS}99999/files/citizens.csv").status_code == 404
    waiting = ask(client.user, citizens, purpose="x", formats=["csv"])
    assert client.get(f"{ADDRESS}{waiting.pk}/files/citizens.csv").status_code == 404


def test_who_lost_a_right_is_refused_their_own_file(desk, citizens):
    export = made(desk(), citizens)
    fewer = desk(NATIONAL_AUTHORITY)

    page = fewer.get(f"{ADDRESS}{export.pk}/").content.decode()

    assert "It has columns that your rights do not let you see." in page
    assert "files/citizens.csv" not in page
    assert fewer.get(f"{ADDRESS}{export.pk}/files/citizens.csv").status_code == 403


def test_the_codebook_shows_what_its_reader_may_see(desk, citizens):
    address = f"{ADDRESS}codebook/{citizens.pk}/"

    whole, fewer = (
        desk(role).get(address).content.decode() for role in (SECRETARIAT, NATIONAL_AUTHORITY)
    )

    assert "<code>reference</code>" in whole
    assert "<code>C5</code>" in whole
    assert "<code>place</code>" in fewer
    for hidden in ("reference", "sent_at", "organisation", "C5", "C1_comment"):
        assert f"<code>{hidden}</code>" not in fewer


@pytest.mark.parametrize("form", ["html", "pdf", "ddi", "csvw"])
def test_the_codebook_to_keep_has_the_same_columns(desk, citizens, form):
    address = f"{ADDRESS}codebook/{citizens.pk}/{form}/"

    whole, fewer = (desk(role).get(address) for role in (SECRETARIAT, NATIONAL_AUTHORITY))

    assert (whole.status_code, fewer.status_code) == (200, 200)
    assert "attachment" in whole["Content-Disposition"]
    if form != "pdf":
        assert "sent_at" in whole.content.decode()
        assert "sent_at" not in fewer.content.decode()


def test_a_codebook_of_another_form_is_not_found(desk, citizens):
    assert desk().get(f"{ADDRESS}codebook/{citizens.pk}/docx/").status_code == 404


@pytest.mark.parametrize("language", ["ro", "sr", "sr-latn"])
def test_the_pages_are_there_in_every_language(desk, citizens, language):
    client = desk()
    export = made(client, citizens)

    for page in ("", f"{export.pk}/", f"codebook/{citizens.pk}/"):
        address = f"{ADDRESS}{page}".replace("/en/", f"/{language}/")
        assert client.get(address).status_code == 200


def test_many_exports_are_shown_on_pages(desk, citizens, django_assert_max_num_queries):
    client = desk()
    for _each in range(30):
        ask(client.user, citizens, purpose="analysis", formats=["csv"])
    client.get(ADDRESS)

    with django_assert_max_num_queries(25):
        page = client.get(ADDRESS, {"p": 2}).content.decode()

    assert "Page 2 of 2" in page
    assert page.count("<td>analysis</td>") == 5


# The buttons of the list of responses


def test_the_list_exports_nothing_without_a_purpose(desk, citizens):
    client = desk()
    one = respond(citizens, {"C5": "Мост"})

    answers = [
        client.post(f"{LIST}export/{citizens.pk}/codes/?language__exact=ro", follow=True),
        client.get(f"{LIST}export/{citizens.pk}/codes/", follow=True),
        client.post(LIST, {"action": "export_codes", "_selected_action": [one.pk]}, follow=True),
    ]

    for answer in answers:
        assert "Say what the data are for" in answer.content.decode()
        assert one.reference not in AuditEntry.objects.values_list("details", flat=True)
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_what_the_list_exports_is_logged_with_the_purpose(desk, citizens):
    client = desk()
    respond(citizens)

    client.post(f"{LIST}export/{citizens.pk}/codes/?language__exact=ro", {"purpose": " for a map "})

    entry = AuditEntry.objects.get(action="exported")
    assert (entry.purpose, entry.details["filters"]) == ("for a map", "language__exact=ro")
