"""The journeys through two web instances, PgBouncer, a primary and a streaming replica."""

import csv
import gzip
import io
import os
import re
import time
import urllib.request

import pytest

from surveys.management.commands.make_demo_accounts import PASSWORD
from tests.html_client import Page, fill
from tests.servers import NEEDED, wait_for, wait_until
from tests.shown import entries
from tests.site.cluster import MAX_LAG, Visitor, cluster

MISSING = [name for name, path in NEEDED.items() if path is None]
SENT = "SELECT answers->>'C5' FROM surveys_response WHERE state = 'sent' AND answers ? 'C5'"
LIST = "/en/admin/surveys/response/"
TO_LIST = 'FROM "surveys_response"'
TO_EXPORT = "COPY (SELECT"

pytestmark = [
    pytest.mark.xdist_group("cluster"),
    pytest.mark.skipif(
        bool(MISSING) and not os.environ.get("REQUIRE_CLUSTER"),
        reason=f"not installed: {', '.join(MISSING)}",
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    assert MISSING == []
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def staff(site):
    return signed_in(site, "secretariat", "/en/admin/")


def signed_in(site, name, following):
    visitor = Visitor(site)
    form = fill(Page(visitor.get("/en/sign-in/demonstration/")))
    form |= {"username": [name], "password": [PASSWORD], "next": [following]}
    visitor.post("/en/sign-in/demonstration/", form)
    assert visitor.status == 200
    assert visitor.address.startswith(following)
    return visitor


def answer(site, words, place="timis"):
    """A citizen's whole answer; gives the reference."""
    visitor = Visitor(site)
    entered = fill(Page(visitor.get("/en/citizens/")))
    visitor.post("/en/citizens/", entered | {"place": [place], "C5": [words]})
    assert visitor.status == 200
    return re.match(r"/en/citizens/sent/([^/]+)/", visitor.address).group(1)


def asked_of(server, phrase):
    """How many of the statements hold it."""
    return sum(phrase in line for line in server)


def read_from_replica(site, phrase, read):
    """What `read` gives once the replica was asked for it; and what each server was asked.

    On a busy machine it may be late for a moment, and is passed over as it should be.
    """
    for _try in range(5):
        site.catch_up()
        with site.primary.statements() as at_primary, site.replica.statements() as at_replica:
            found = read()
        if asked_of(at_replica, phrase):
            return found, at_primary, at_replica
    raise AssertionError("The replica was never asked")


def token_on(page):
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
    return {"csrfmiddlewaretoken": token}


def exported(staff, purpose="a test of ours"):
    """The CSV of the citizens' responses, out of the list."""
    page = staff.get(LIST)
    action = re.search(r'action="([^"]*/export/\d+/codes/)"', page).group(1)
    text = staff.post(action, {"purpose": purpose} | token_on(page))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_citizen_answers_through_both_instances(site):
    before = len(site.served_by())

    reference = answer(site, "Un pod la Baziaș")

    wait_until(lambda: len(site.served_by()) == before + 3)
    assert set(site.served_by()[before:]) == {"web1", "web2"}
    stored = "SELECT reference, answers->>'C5' FROM surveys_response"
    assert (reference, "Un pod la Baziaș") in site.primary.ask(stored)


def test_pages_come_in_a_third_of_their_size_to_who_takes_them_so(site):
    address = f"http://127.0.0.1:{site.balanced}/sr/citizens/"
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answered:  # noqa: S310 - ours
        sent = answered.read()

    page = gzip.decompress(sent)
    assert answered.headers["Content-Encoding"] == "gzip"
    assert b'name="key"' in page
    assert len(sent) < len(page) / 3


def test_an_organisation_answers_through_both_instances(site):
    member = signed_in(site, "stakeholder", "/en/stakeholders/")
    before = len(site.served_by())
    sections = [link for link in Page(member.text).links if "/section/" in link]

    for address in sections:
        member.post(address, fill(Page(member.get(address))))
        assert member.status == 200
    member.post(member.address, fill(Page(member.text)))

    assert len(sections) == 5
    assert site.primary.ask(
        "SELECT state FROM surveys_response WHERE organisation_id IS NOT NULL"
    ) == [("sent",)]
    assert {"web1", "web2"} <= set(site.served_by()[before:])


def test_staff_read_the_list_and_export_from_the_replica(site, staff):
    reference = answer(site, "Feribot la Moldova Nouă")
    staff.get(LIST)

    rows, at_primary, at_replica = read_from_replica(site, TO_EXPORT, lambda: exported(staff))

    assert "Feribot la Moldova Nouă" in {row["C5"] for row in rows}
    assert reference in staff.get(LIST)
    assert asked_of(at_replica, TO_EXPORT) == 1
    assert asked_of(at_replica, TO_LIST) > 0
    assert asked_of(at_primary, TO_EXPORT) == 0


def test_an_export_in_the_background_reads_the_replica_and_keeps_its_files_at_the_primary(
    site, staff
):
    answer(site, "Мост код Базјаша")
    citizens = "SELECT id::text FROM surveys_questionnaire WHERE slug = 'citizens'"
    ((questionnaire,),) = site.primary.ask(citizens)
    form = {"questionnaire": questionnaire, "formats": "csv", "cells": "codes", "language": "en"}

    def export():
        token = token_on(staff.get("/en/admin/exports/"))
        staff.post("/en/admin/exports/", form | {"purpose": "a test of ours"} | token)
        page = staff.address
        site.manage("work", "--only", "long")
        return page

    page, at_primary, at_replica = read_from_replica(site, TO_EXPORT, export)
    files = [link for link in Page(staff.get(page)).links if link.endswith(".csv")]
    text = staff.get(files[0])

    assert "Мост код Базјаша" in text
    assert asked_of(at_replica, TO_EXPORT) == 1
    assert asked_of(at_primary, TO_EXPORT) == 0


def test_the_results_page_is_read_from_the_replica(site):
    visitor = Visitor(site)

    page, _at_primary, _at_replica = read_from_replica(
        site, 'FROM "surveys_consultation"', lambda: visitor.get("/en/results/")
    )

    assert visitor.status == 200
    assert "Who has taken part" in page


def test_staff_read_what_they_have_just_written(site, staff):
    """A decision is made while the replica stands still; the queue does not offer it again."""
    answer(site, "De citit")
    site.catch_up()
    page = staff.get("/en/admin/review/")
    read = staff.address
    site.replica.ask("SELECT pg_wal_replay_pause()")
    try:
        staff.post(f"{read}decide/", entries(page, "decision") | {"verdict": "publish"})
        staff.get("/en/admin/review/")
        following = staff.address
    finally:
        site.replica.ask("SELECT pg_wal_replay_resume()")

    assert following != read


def test_a_replica_that_is_late_is_not_asked(site, staff):
    site.catch_up()
    site.replica.ask("SELECT pg_wal_replay_pause()")
    try:
        reference = answer(site, "Prea târziu pentru replică")
        time.sleep(MAX_LAG)
        with site.replica.statements() as at_replica:
            pages = [staff.get(LIST) for _instance in site.web]
    finally:
        site.replica.ask("SELECT pg_wal_replay_resume()")

    assert all(reference in page for page in pages)
    assert asked_of(at_replica, TO_LIST) == 0


def test_without_the_replica_the_primary_serves_everything(site, staff):
    reference = answer(site, "Fără replică")
    site.catch_up()
    site.replica.stop()
    try:
        pages = [(staff.get(LIST), staff.status) for _time in range(4)]
        words = {row["C5"] for row in exported(staff)}
        results = Visitor(site)
        results.get("/en/results/")
    finally:
        site.replica.start()

    assert [status for _page, status in pages] == [200] * 4
    assert all(reference in page for page, _status in pages)
    assert "Fără replică" in words
    assert results.status == 200


def test_when_one_instance_is_gone_the_other_answers(site):
    one, _other = site.instances
    one.terminate()
    one.wait()

    references = [answer(site, f"Fără o instanță {number}") for number in range(3)]

    assert len(set(references)) == 3
    wait_until(lambda: site.served_by()[-1] == "web2")


def test_when_all_are_gone_the_balancer_says_so_and_a_post_can_be_sent_again(site):
    visitor = Visitor(site)
    entered = fill(Page(visitor.get("/en/citizens/"))) | {"C5": ["Încă o dată"]}
    for each in site.instances:
        each.terminate()
        each.wait()

    page = visitor.post("/en/citizens/", entered)
    away = visitor.status, visitor.headers["Retry-After"], visitor.headers["Cache-Control"]
    with site.instance("web1") as again:
        wait_for(again)
        wait_until(lambda: visitor.post("/en/citizens/", entered) and visitor.status == 200)

    assert away == (503, "10", "no-store")
    assert "Nobody answers at the moment" in page
    assert "Încă o dată" in {words for (words,) in site.primary.ask(SENT)}


def test_nobody_keeps_an_address(site):
    log = site.access_log.read_text()

    assert re.findall(r"127\.0\.0\.1(?!:\d)", log) == []
    assert "/citizens/" not in log
