"""Every address × every visitor × GET, HEAD and POST, against the tables `doors*.csv`.

An address without a row there fails. A cell is the three statuses, for instance 200/200/405.
"""

import pytest
from django.test import Client
from django.urls import reverse

from surveys import urls
from tests.kept_rows import put_once
from tests.surveys.doors import (
    DESK,
    SITE,
    VISITORS,
    arguments,
    client_of,
    doors,
    expected,
    furnish,
    seen_by,
)

CASES = [(table, visitor) for table, visitors in VISITORS.items() for visitor in visitors]


@pytest.fixture
def world(listens):
    return put_once(furnish, listens)


@pytest.mark.parametrize("table", VISITORS, ids=lambda table: table.stem)
def test_every_address_has_a_row(table):
    assert sorted(expected(table)) == sorted(door.name for door in doors(table))


@pytest.mark.parametrize(("table", "visitor"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_every_door_is_open_or_shut_to_this_visitor_as_the_table_says(world, table, visitor):
    statuses, faults = seen_by(visitor, table, world)

    assert statuses == {name: row[visitor] for name, row in expected(table).items()}
    # The preview stands in a frame of our own: tests/surveys/test_drafting_publishing.py.
    assert faults.keys() <= {"admin:drafting_preview_form"}


def test_no_door_fails():
    assert [name for name, row in every_row() if any("500" in cell for cell in row.values())] == []


def test_what_strangers_read_is_what_is_public():
    """Whatever is added here is read by everybody, so it is named here too."""
    read = {name for name, row in expected(SITE).items() if row["stranger"].startswith("200")}

    assert read == {
        *(
            "live",
            "ready",
            "landing",
            "page",
            "privacy_version",
            "blank_questionnaire",
            "citizens",
            "citizen_return",
        ),
        *("replies", "replies_feed", "replies_subscribe", "results", "results_comments"),
        *("open_data", "record", "record_check", "record_checkpoints", "record_specification"),
        *("record_verifier", "sign_in", "register"),
    }


def test_the_desk_is_shut_to_everybody_without_a_second_factor():
    for row in expected(DESK).values():
        for visitor in ("stranger", "member", "superuser without second factor"):
            assert set(row[visitor].split("/")) <= {"302", "405"}


def test_nobody_is_told_anything_by_another_citizens_or_organisations_address():
    for name, row in expected(SITE).items():
        if name in ("citizen_return", "stakeholder_home"):
            continue
        if name.startswith("citizen_"):
            assert row["another citizen"] == "404/404/404"
        if name.startswith(("stakeholder_", "member_", "comment_")):
            assert row["another's member"] == row["superuser"] == "404/404/404"


def every_row():
    return [item for table in VISITORS for item in expected(table).items()]


DOWNLOADS_OF_STAFF = (
    *("export_file", "export_codebook_file", "interchange_json", "interchange_xlsform"),
    *("interchange_sheet", "interchange_xliff", "drafting_print"),
)
DOWNLOADS_OF_MEMBERS = ("stakeholder_copy", "stakeholder_proof")
DOWNLOADS_OF_ONES_OWN = ("account_data", "account_data_pdf")
DOWNLOADS = [
    *((DESK, f"admin:{name}", "superuser", "member") for name in DOWNLOADS_OF_STAFF),
    *((SITE, name, "member", "another's member") for name in DOWNLOADS_OF_MEMBERS),
    *((SITE, name, "member", "stranger") for name in DOWNLOADS_OF_ONES_OWN),
]


def test_a_download_is_of_no_use_to_others_nor_after_signing_out(world):
    shown = {}
    for table, name, owner, other in DOWNLOADS:
        door = next(door for door in doors(table) if door.name == name)
        path = door.path(arguments(door, world, owner))
        visitors = _owner_signed_out(owner, path) | {"other": client_of(other), "none": Client()}
        statuses = {who: visitor.get(path).status_code for who, visitor in visitors.items()}
        shown[name] = {who: status for who, status in statuses.items() if status not in (302, 404)}

    assert shown == dict.fromkeys(shown, {})


def _owner_signed_out(owner, path):
    """Two browsers: the one that signed out after the download, and one with its old cookie."""
    client, replayed = client_of(owner), Client()
    first = client.get(path)
    assert (first.status_code, bool(first.getvalue())) == (200, True)
    assert "no-store" in first["Cache-Control"]
    replayed.cookies = client.cookies.copy()
    client.post(reverse("sign_out"))
    return {"signed out": client, "replayed": replayed}


@pytest.mark.parametrize("name", ["citizen_copy", "citizen_proof"])
def test_a_citizens_file_is_for_whoever_has_the_secret_and_is_kept_by_no_cache(world, name):
    door = next(door for door in doors(SITE) if door.name == name)
    own, other = (door.path(arguments(door, world, v)) for v in ("citizen", "another citizen"))

    first = Client().get(own)

    assert (first.status_code, Client().get(other).status_code) == (200, 404)
    assert "no-store" in first["Cache-Control"]


def test_an_address_of_the_library_is_the_page_of_ours():
    names = {pattern.name: pattern.callback for pattern in urls.urlpatterns}

    assert all(names[theirs] is names[ours] for theirs, ours in urls.OUR_NAMES.items())
