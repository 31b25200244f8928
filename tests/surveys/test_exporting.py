"""Exports in the background: slice by slice, resumed, cancelled, with the rights of the moment."""

import hashlib
import io
import json
import threading
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from consultation import replica
from surveys.exporting import running
from surveys.exporting.asking import ask, cancel, erase_exports, may_have, resume
from surveys.exporting.filters import exported
from surveys.exporting.parts import stored_file
from surveys.exporting.running import export_due
from surveys.exports import spss
from surveys.exports.formats import FORMATS
from surveys.models import AuditEntry, Export, ExportPart, Questionnaire, Response, User
from surveys.roles import MANAGING_AUTHORITY, NATIONAL_AUTHORITY, SECRETARIAT
from surveys.subjects.erasing import erase
from surveys.subjects.finding import Subject
from surveys.subjects.restricting import restrict
from tests.content import load_content
from tests.surveys.exports_cast import data_of, made_up, respond, written
from tests.surveys.test_codebook import publish_second_version

ALL_FORMATS = list(FORMATS)


def staff(role=SECRETARIAT, name="ana"):
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(role.group())
    return user


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def ana(listens):
    return staff()


@pytest.fixture
def small_slices(monkeypatch):
    monkeypatch.setattr(running, "SLICE", 10)
    monkeypatch.setattr(running, "LOOKS_EVERY", 5)


def ask_for(user, questionnaire, *formats, **asked):
    return ask(user, questionnaire, purpose="a test", formats=list(formats or ["csv"]), **asked)


def made(export):
    """The export when there is nothing left to do."""
    for _step in range(100):
        if not export_due():
            break
    export.refresh_from_db()
    return export


def content(export, name):
    return b"".join(stored_file(export, name))


def contents(export):
    return {facts["name"]: content(export, facts["name"]) for facts in export.files}


def test_it_is_made_in_slices_and_is_what_is_written_at_once(citizens, ana, small_slices):
    made_up(citizens, 35)
    export = ask_for(ana, citizens, "csv", "jsonl")

    steps = []
    while export_due():
        export.refresh_from_db()
        steps.append((export.done, len(export.files)))

    assert steps[:6] == [(0, 0), (10, 0), (20, 0), (30, 0), (35, 0), (35, 1)]
    assert export.state == "done"
    data = data_of(citizens)
    assert content(export, "citizens.csv") == written(data, "csv")
    assert content(export, "citizens.jsonl") == written(data, "jsonl")
    assert not ExportPart.objects.filter(export=export, file="").exists()


@pytest.fixture
def replica_behind(transactional_db, settings, monkeypatch):
    """A replica that has what is committed now, and nothing of what this test does after it."""
    load_content()
    connections[replica.ALIAS] = connection.copy()
    settings.DATABASE_ROUTERS = ["consultation.replica.Router"]
    monkeypatch.setattr(replica._watch, "holds", lambda since: True)
    yield Questionnaire.objects.get(slug="citizens")
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS]


def test_it_is_made_in_slices_from_a_replica_that_has_none_of_its_parts(
    replica_behind, small_slices
):
    made_up(replica_behind, 35)
    export = ask_for(staff(), replica_behind)
    expected = written(data_of(replica_behind), "csv")
    assert export_due()

    with transaction.atomic():
        # Of this it does not hear either: the rows are the replica's.
        Response.objects.all().delete()
        made(export)
        found = content(export, "citizens.csv")

    assert (export.state, export.done) == ("done", 35)
    assert found == expected


def test_without_rows_it_is_a_header_and_a_codebook(citizens, ana):
    export = made(ask_for(ana, citizens, *ALL_FORMATS))

    assert (export.state, export.done, export.total) == ("done", 0, 0)
    assert content(export, "citizens.csv").count(b"\n") == 1
    assert "citizens.sav" in contents(export)


def test_what_accompanies_the_files_is_true(citizens, ana, small_slices):
    made_up(citizens, 12)
    export = made(ask_for(ana, citizens, "csv", "ods", filters={}))

    files = contents(export)

    about = json.loads(files["about-these-files.json"])
    assert [one["name"] for one in about["files"]] == [
        *("citizens.csv", "citizens.ods", "citizens-codebook.html", "citizens-codebook.pdf"),
        *("citizens-codebook.xml", "citizens.csv-metadata.json"),
    ]
    for one in about["files"]:
        assert one["sha256"] == hashlib.sha256(files[one["name"]]).hexdigest()
        assert one["bytes"] == len(files[one["name"]])
    csv = about["files"][0]
    assert (csv["rows"], csv["columns"]) == (12, len(data_of(citizens).columns))
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums["citizens.ods"] == hashlib.sha256(files["citizens.ods"]).hexdigest()
    assert (
        sums["about-these-files.json"]
        == hashlib.sha256(files["about-these-files.json"]).hexdigest()
    )
    assert about["purpose"] == "a test"
    assert about["asked_by"] == "ana"
    assert about["rights"] == {"identity": True, "words": True}
    assert about["questionnaire"] == "listens-2027/citizens"
    assert about["software"].startswith("consultation ")
    assert about["data_from"] <= about["data_until"]


class Killed(BaseException):
    """As if the process had ended there."""


@pytest.mark.parametrize("fatal", [1, 2, 3, 5, 6, 8])
def test_killed_in_the_middle_it_goes_on_and_gives_the_same_bytes(
    citizens, ana, small_slices, monkeypatch, fatal
):
    made_up(citizens, 35)
    whole = made(ask_for(ana, citizens, "csv", "jsonl", "xlsx", "ods"))
    export = ask_for(ana, citizens, "csv", "jsonl", "xlsx", "ods")
    Export.objects.filter(pk=export.pk).update(asked_at=whole.asked_at)
    advance, calls = running._advance, []

    def advance_and_die(export):
        changed = advance(export)
        calls.append(export.done)
        if len(calls) == fatal:
            # All was written, and nothing was committed.
            raise Killed
        return changed

    monkeypatch.setattr(running, "_advance", advance_and_die)
    with pytest.raises(Killed):
        made(export)
    monkeypatch.setattr(running, "_advance", advance)
    made(export)

    assert export.state == "done"
    names = ["citizens.csv", "citizens.jsonl", "citizens.xlsx", "citizens.ods"]
    assert {n: content(export, n) for n in names} == {n: content(whole, n) for n in names}


def test_cancelled_before_its_turn_it_is_never_made(citizens, ana):
    export = ask_for(ana, citizens)

    assert cancel(export, ana)

    assert export_due() is False
    assert made(export).began_at is None


def test_an_error_is_told_in_words_and_it_can_be_tried_again(
    citizens, ana, small_slices, monkeypatch
):
    made_up(citizens, 25)
    export = ask_for(ana, citizens, "csv", "sav", language="ro")
    monkeypatch.setattr(spss, "MOST_ROWS", 20)
    made(export)
    assert (export.state, "20" in export.problem) == ("failed", True)
    assert [facts["name"] for facts in export.files] == ["citizens.csv"]

    monkeypatch.setattr(spss, "MOST_ROWS", 50_000)
    assert resume(export, ana)
    made(export)

    assert (export.state, export.problem) == ("done", "")
    assert not resume(export, ana)


def test_an_error_of_the_software_stops_one_export_and_no_other(citizens, ana, monkeypatch):
    broken, whole = ask_for(ana, citizens, "csv"), ask_for(ana, citizens, "jsonl")
    advance = running._advance

    def advance_or_break(export):
        if export.pk == broken.pk:
            raise ZeroDivisionError
        return advance(export)

    monkeypatch.setattr(running, "_advance", advance_or_break)
    made(whole)
    broken.refresh_from_db()

    assert (broken.state, whole.state) == ("failed", "done")
    assert broken.problem == "An error of the software. The administrators have been told."


# Rights


@pytest.mark.parametrize("name", ALL_FORMATS)
def test_without_the_right_no_format_tells_who_answered_or_what_they_wrote(citizens, name):
    secret = "Тајна реч"
    response = respond(citizens, {"C5": secret, "place": "borski"})
    export = made(ask_for(staff(NATIONAL_AUTHORITY, "zoran"), citizens, "csv", name))

    files = contents(export)

    assert export.rights == {"identity": False, "words": False}
    hidden = {"reference", "sent_at", "organisation", "C5", "C1_comment"}
    assert not hidden & set(export.columns)
    for file, found in files.items():
        text = plain_text(file, found)
        assert secret not in text
        assert response.reference not in text
        if file.startswith("citizens") and not file.endswith(".pdf"):
            assert "sent_at" not in text
            assert "C1_comment" not in text


def plain_text(file, found):
    if file.endswith(("xlsx", "ods")):
        archive = zipfile.ZipFile(io.BytesIO(found))
        found = b"".join(archive.read(member) for member in archive.namelist())
    return found.decode(errors="replace")


def test_the_rights_are_those_of_the_moment_it_is_made(citizens, ana, small_slices):
    made_up(citizens, 25)
    export = ask_for(ana, citizens, "csv")
    for _step in range(3):
        export_due()
    ana.groups.set([NATIONAL_AUTHORITY.group()])

    made(export)

    assert export.state == "done"
    assert content(export, "citizens.csv").startswith("\ufeffstate,version,language".encode())
    assert content(export, "citizens.csv").count(b"\n") == 26


def test_who_may_no_longer_export_gets_nothing(citizens, ana):
    export = ask_for(ana, citizens)
    ana.groups.clear()

    made(export)

    assert export.state == "failed"
    assert "may no longer export" in export.problem


def test_files_are_for_those_with_as_many_rights_as_they_were_made_with(citizens, ana):
    export = made(ask_for(ana, citizens))
    other, fewer = staff(MANAGING_AUTHORITY, "mira"), staff(NATIONAL_AUTHORITY, "zoran")

    assert may_have(ana, export)
    assert may_have(other, export)
    assert not may_have(fewer, export)
    assert not may_have(staff(NATIONAL_AUTHORITY, "iva"), export)
    ana = User.objects.get(pk=ana.pk)
    ana.groups.set([NATIONAL_AUTHORITY.group()])
    assert not may_have(User.objects.get(pk=ana.pk), export)


# What it is made of


def test_a_new_version_in_the_middle_starts_it_again_with_its_columns(citizens, ana, small_slices):
    made_up(citizens, 25)
    export = ask_for(ana, citizens, "csv")
    for _step in range(3):
        export_due()
    publish_second_version(citizens)

    made(export)

    assert "C6" in export.columns
    assert content(export, "citizens.csv") == written(data_of(citizens), "csv")


def test_filters_let_through_what_they_say(citizens):
    now = timezone.now()
    old = {"started_at": now - timedelta(days=9), "sent_at": now - timedelta(days=9)}
    respond(citizens, {"place": "borski"}, language="sr", channel="paper")
    respond(citizens, {"place": "timis"}, language="ro", **old)
    today, then = f"{timezone.localdate()}", f"{timezone.localdate() - timedelta(days=9)}"

    def places(**filters):
        return [response.place for response in exported(citizens, filters)]

    assert places(place="borski") == places(language="sr") == places(channel="paper") == ["borski"]
    assert places(sent_from=today) == ["borski"]
    assert places(sent_until=then) == places(sent_from=then, sent_until=then) == ["timis"]
    assert len(places(sent_from=then, sent_until=today)) == 2


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({"sent_until": "9999-12-31"}, 1),
        ({"sent_from": "0001-01-01", "sent_until": "9999-12-31"}, 1),
        ({"sent_until": "0001-01-01"}, 0),
        ({"sent_from": "9999-12-31"}, 0),
    ],
)
def test_an_export_takes_any_day_of_the_calendar(citizens, ana, filters, rows):
    respond(citizens, {"place": "borski"})

    export = made(ask_for(ana, citizens, filters=filters))

    assert (export.state, export.done) == ("done", rows)


def test_the_last_moment_of_a_day_belongs_to_it(citizens):
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    last = day - timedelta(microseconds=1)
    for moment in (last, day):
        respond(citizens, {}, started_at=last, sent_at=moment)

    def sent(**filters):
        return [response.sent_at for response in exported(citizens, filters)]

    assert sent(sent_until=f"{last:%Y-%m-%d}") == [last]
    assert sent(sent_from=f"{day:%Y-%m-%d}") == [day]


def test_rehearsals_drafts_and_withdrawn_ones_are_not_exported(citizens, ana):
    respond(citizens, {}, is_rehearsal=True)
    respond(citizens, {}, state="withdrawn")
    respond(citizens, {}, state="draft", sent_at=None)

    assert made(ask_for(ana, citizens)).done == 0


# Restricted or erased afterwards


def erase_all_of(response):
    erase(Subject(response=response))


@pytest.mark.parametrize("end", [restrict, erase_all_of])
def test_the_files_that_may_hold_it_are_erased_and_no_others(citizens, ana, listens, end):
    response = respond(citizens, {"C5": "Un pod"})
    stakeholders = listens.questionnaires.get(slug="stakeholders")
    export, other = made(ask_for(ana, citizens)), made(ask_for(ana, stakeholders))
    now = timezone.now()
    later = respond(citizens, {}, started_at=now, sent_at=now)

    end(later)
    export.refresh_from_db()
    assert (export.state, export.parts.count() > 0) == ("done", True)

    end(response)
    export.refresh_from_db()
    other.refresh_from_db()
    assert (export.state, export.parts.count()) == ("expired", 0)
    assert (other.state, other.parts.count() > 0) == ("done", True)


@pytest.mark.parametrize("end", [restrict, erase_all_of])
def test_what_is_being_made_begins_anew_without_it(citizens, ana, small_slices, end):
    made_up(citizens, 25)
    export = ask_for(ana, citizens)
    export_due()
    export_due()
    assert Export.objects.get().done == 10

    end(citizens.responses.order_by("pk").first())

    assert export.parts.count() == 0
    made(export)
    assert (export.state, export.done, export.total) == ("done", 24, 24)
    assert content(export, "citizens.csv") == written(data_of(citizens), "csv")


@pytest.mark.parametrize("end", [restrict, erase_all_of])
def test_what_had_failed_does_not_go_on_with_it(citizens, ana, small_slices, monkeypatch, end):
    made_up(citizens, 25)
    monkeypatch.setattr(spss, "MOST_ROWS", 20)
    export = made(ask_for(ana, citizens, "csv", "sav"))
    assert export.state == "failed"

    end(citizens.responses.first())

    export.refresh_from_db()
    assert (export.state, export.problem, export.parts.count()) == ("expired", "", 0)
    assert not resume(export, ana)


# How long it is kept, and what is logged


def test_after_so_many_days_the_files_are_gone_and_that_it_was_made_is_known(
    citizens, ana, settings
):
    settings.EXPORTS_KEPT_DAYS = 3
    export = made(ask_for(ana, citizens))
    assert erase_exports(timezone.now() + timedelta(days=2)) == 0
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now())

    call_command("erase_expired")

    export.refresh_from_db()
    assert (export.state, export.purpose) == ("expired", "a test")
    assert not export.parts.exists()


def test_asking_and_cancelling_are_logged_with_the_purpose(citizens, ana):
    export = ask_for(ana, citizens, "csv", filters={"place": "borski"})
    cancel(export, ana)

    entries = AuditEntry.objects.filter(model="export").order_by("pk")

    assert [(e.action, e.purpose, e.details["step"]) for e in entries] == [
        ("exported", "a test", "asked"),
        ("exported", "a test", "cancelled"),
    ]
    assert entries[0].details["filters"] == {"place": "borski"}
    assert (entries[0].details["identity"], entries[0].details["words"]) == (True, True)


@pytest.mark.parametrize("purpose", ["", "   ", "\n"])
def test_the_database_takes_no_export_without_a_purpose(citizens, ana, purpose):
    with pytest.raises(IntegrityError, match="an_export_says_what_it_is_for"), transaction.atomic():
        ask(ana, citizens, purpose=purpose, formats=["csv"])


# Several processes


@pytest.mark.django_db(transaction=True)
def test_two_processes_make_it_once(small_slices):
    citizens = load_content().questionnaires.get(slug="citizens")
    made_up(citizens, 95)
    user = staff()
    exports = [ask_for(user, citizens, "csv"), ask_for(user, citizens, "jsonl")]
    problems = []

    def work():
        try:
            while Export.objects.filter(state__in=Export.UNDER_WAY).exists():
                export_due()
        except Exception as problem:  # noqa: BLE001
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    for export, name in zip(exports, ("csv", "jsonl"), strict=True):
        export.refresh_from_db()
        assert (export.state, export.done) == ("done", 95)
        assert content(export, f"citizens.{name}") == written(data_of(citizens), name)


def elsewhere(function, *arguments):
    """In a transaction of its own, and at once."""
    found = []

    def run():
        try:
            found.append(function(*arguments))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    assert found, "It waits"
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_cancelling_does_not_wait_for_a_slice(small_slices, monkeypatch):
    citizens = load_content().questionnaires.get(slug="citizens")
    made_up(citizens, 30)
    export = ask_for(staff(), citizens, "csv")
    export_due()
    read = running._read

    def cancelled_meanwhile(being_made, columns):
        changed = read(being_made, columns)
        assert elsewhere(cancel, export, export.asked_by)
        return changed

    monkeypatch.setattr(running, "_read", cancelled_meanwhile)
    assert export_due()

    export.refresh_from_db()
    assert (export.state, export.parts.count()) == ("cancelled", 0)
    assert export_due() is False


@pytest.mark.django_db(transaction=True)
def test_cancelled_while_a_file_is_written_nothing_of_it_is_kept(small_slices, monkeypatch):
    citizens = load_content().questionnaires.get(slug="citizens")
    made_up(citizens, 30)
    export = ask_for(staff(), citizens, "xlsx")
    looked = []
    is_wanted = running._is_wanted

    def cancelled_meanwhile(being_made):
        looked.append(being_made.done)
        if len(looked) == 3:
            assert elsewhere(cancel, export, export.asked_by)
        return is_wanted(being_made)

    monkeypatch.setattr(running, "_is_wanted", cancelled_meanwhile)
    made(export)

    assert (export.state, len(looked)) == ("cancelled", 3)
    assert not export.parts.exists()
    assert not cancel(export, export.asked_by)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["_read", "_write"])
def test_restricted_while_it_is_read_or_written_nothing_of_it_is_kept(
    small_slices, monkeypatch, step
):
    citizens = load_content().questionnaires.get(slug="citizens")
    made_up(citizens, 15)
    export = ask_for(staff(), citizens, "csv")
    gone = citizens.responses.order_by("pk").first()
    work = getattr(running, step)

    def restricted_meanwhile(being_made, columns):
        changed = work(being_made, columns)
        elsewhere(restrict, gone)
        return changed

    monkeypatch.setattr(running, step, restricted_meanwhile)
    while citizens.responses.get(pk=gone.pk).state == "sent":
        export_due()
    monkeypatch.setattr(running, step, work)

    assert export.parts.count() == 0
    made(export)
    assert (export.state, export.done) == ("done", 14)
    assert content(export, "citizens.csv") == written(data_of(citizens), "csv")
