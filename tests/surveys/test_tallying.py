"""Tallies are what counting gives, whatever was sent, changed and withdrawn, in whatever order."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction

from surveys.identifiers import new_reference
from surveys.journey import Journey
from surveys.models import Organisation, Questionnaire, Response, Tallied, Tally, Untallied, Version
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted
from surveys.tallying import folding
from surveys.tallying.counting import digest, questions
from surveys.tallying.folding import differences, fold
from surveys.tallying.reading import as_of, comments, tables, totals, weeks
from tests.conftest import ROOT
from tests.content import load_content

SENT = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture
def citizens(listens):
    return Questionnaire.objects.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return Questionnaire.objects.get(slug="stakeholders")


def sent(questionnaire, answers, **columns):
    version = Version.objects.get(questionnaire=questionnaire)
    values = {
        "state": Response.State.SENT,
        "language": "ro",
        "reference": new_reference(),
        "started_at": SENT - timedelta(days=9),
        "sent_at": SENT,
    }
    return Response.objects.create(
        questionnaire=questionnaire, version=version, answers=answers, **(values | columns)
    )


def fold_all(questionnaire):
    while fold(questionnaire):
        pass


def test_what_is_sent_counts_for_its_cells_in_every_group_it_is_in(citizens):
    sent(citizens, {"place": "timis", "C2": ["health", "jobs"], "C5": "Да"}, language="sr")
    sent(citizens, {"place": "borski", "C2": ["health"]})
    fold(citizens)

    everybody = tables(citizens)["C2"].groups[EVERYBODY]
    by_language = tables(citizens, "language")["C2"].groups
    assert (everybody.total, everybody.asked, everybody.answered, everybody.skipped) == (2, 2, 2, 0)
    assert {key: n for key, n in everybody.cells.items() if n} == {"health": 2, "jobs": 1}
    assert {group: each.cells["health"] for group, each in by_language.items()} == {
        "sr": 1,
        "ro": 1,
    }
    assert tables(citizens)["C5"].groups[EVERYBODY] == Counted(2, 2, 1, {})
    assert comments(citizens) == 1
    assert differences(citizens) == []


def test_places_are_summed_into_countries_and_the_others_stay_themselves(citizens):
    for place in ("timis", "timis", "mehedinti", "borski", "outside"):
        sent(citizens, {"place": place})
    fold(citizens)

    assert totals(citizens, COUNTRY) == {"ro": 3, "rs": 1, "outside": 1}
    assert totals(citizens, "place")["timis"] == 2
    assert totals(citizens) == {EVERYBODY: 5}
    assert totals(citizens, "age") == {"": 5}


def test_weeks_begin_on_monday_on_the_programmes_clocks(citizens):
    sent(citizens, {"place": "timis"}, sent_at=datetime(2026, 11, 22, 21, 59, tzinfo=UTC))
    sent(citizens, {"place": "timis"}, sent_at=datetime(2026, 11, 22, 22, 0, tzinfo=UTC))
    fold(citizens)

    assert weeks(citizens) == {EVERYBODY: {date(2026, 11, 16): 1, date(2026, 11, 23): 1}}


def test_rankings_and_matrices_count_rank_by_rank_and_row_by_row(stakeholders):
    fold(stakeholders)
    version = Version.objects.with_questions().get(questionnaire=stakeholders)
    ranked, rated = (
        next(q for q in version.questions if q.kind == k) for k in ("ranking", "matrix")
    )
    first, second = [option.code for option in ranked.options.all()][:2]
    row, point = rated.items.all()[0].code, rated.options.all()[1].code
    organisation = Organisation.objects.create(name="Timiș County Council")
    sent(
        stakeholders,
        {ranked.name: [second, first], rated.name: {row: point}},
        organisation=organisation,
    )
    fold(stakeholders)

    now = tables(stakeholders)
    assert +Counter(now[ranked.name].groups[EVERYBODY].cells) == {
        f"{second}/1": 1,
        f"{first}/2": 1,
    }
    assert +Counter(now[rated.name].groups[EVERYBODY].cells) == {f"{row}/{point}": 1}


@pytest.mark.parametrize(
    "columns",
    [{"is_rehearsal": True}, {"state": Response.State.DRAFT, "sent_at": None}],
    ids=["rehearsal", "draft"],
)
def test_what_does_not_count_leaves_no_note(citizens, columns):
    fold(citizens)
    response = sent(citizens, {"place": "timis"}, **columns)
    Response.objects.filter(pk=response.pk).update(answers={"place": "borski"})

    assert not Untallied.objects.exists()
    fold(citizens)
    assert tables(citizens)["place"].groups[EVERYBODY].total == 0


def test_what_is_withdrawn_counts_no_more(citizens):
    response = sent(citizens, {"place": "timis", "C2": ["health"]})
    fold(citizens)
    Response.objects.filter(pk=response.pk).update(state=Response.State.WITHDRAWN, answers={})
    fold(citizens)

    assert tables(citizens)["C2"].groups[EVERYBODY].total == 0
    assert differences(citizens) == []


def test_an_organisations_response_counts_once_it_is_confirmed(stakeholders):
    organisation = Organisation.objects.create(name="New one", standing="waiting")
    sent(stakeholders, {"org_type": "ngo"}, organisation=organisation)
    fold(stakeholders)
    assert totals(stakeholders) == {}

    organisation.standing = "listed"
    organisation.save()
    fold(stakeholders)
    assert totals(stakeholders) == {EVERYBODY: 1}

    organisation.standing = "refused"
    organisation.save()
    fold(stakeholders)
    assert totals(stakeholders) == {}
    assert differences(stakeholders) == []


def test_changes_before_the_first_folding_and_between_two_are_all_taken(citizens, monkeypatch):
    monkeypatch.setattr(folding, "AT_ONCE", 1)
    one = sent(citizens, {"place": "timis"})
    two = sent(citizens, {"place": "borski"})
    fold_all(citizens)
    for place in ("mehedinti", "caras_severin", "borski"):
        Response.objects.filter(pk=one.pk).update(answers={"place": place})
    Response.objects.filter(pk=two.pk).update(answers={"place": "timis"})
    assert differences(citizens) == []

    assert fold(citizens)
    assert differences(citizens) == []
    assert not fold(citizens)
    assert totals(citizens, "place") == {"borski": 1, "timis": 1}


def test_where_it_is_counted_in_another_way_all_is_counted_anew(citizens, monkeypatch):
    sent(citizens, {"place": "timis"})
    fold(citizens)
    Tally.objects.update(n=7)
    citizens.tallied.definition = "of an older release of this software"
    citizens.tallied.save()
    # A new process.
    monkeypatch.setattr(folding, "_held", {})
    fold(citizens)

    assert totals(citizens) == {EVERYBODY: 1}


def publish_another(questionnaire):
    """Publish a second version, which asks something new alone."""
    version = Version.objects.create(questionnaire=questionnaire, number=2)
    section = version.sections.create(position=1, name="only", title={"en": "Only"})
    section.questions.create(
        version=version, position=1, name="new", kind="text", text={"en": "?"}, short={"en": "?"}
    )
    Version.objects.filter(pk=version.pk).update(published_at=SENT)


def test_a_new_version_is_looked_at_though_nobody_has_answered_it(
    citizens, django_capture_on_commit_callbacks
):
    sent(citizens, {"place": "timis"})
    with django_capture_on_commit_callbacks(execute=True):
        fold(citizens)
    before = citizens.tallied.definition
    publish_another(citizens)
    fold(citizens)

    citizens.tallied.refresh_from_db()
    assert citizens.tallied.definition != before
    assert tables(citizens)["new"].groups[EVERYBODY] == Counted(1, 0, 0, {})


@pytest.fixture
def committed(transactional_db):
    """A questionnaire whose tallies this process holds, and then it is counted in another way."""
    load_content()
    questionnaire = Questionnaire.objects.get(slug="citizens")
    sent(questionnaire, {"place": "timis"})
    fold(questionnaire)
    publish_another(questionnaire)
    return questionnaire


@contextmanager
def somebody_else_tallies():
    """Longer than anybody here waits for it."""
    other = connection.copy()
    with connection.cursor() as cursor, other.cursor() as elsewhere:
        elsewhere.execute("SELECT pg_advisory_lock(%s)", [folding.LOCK])
        cursor.execute("SET lock_timeout = '50ms'")
        yield
        cursor.execute("RESET lock_timeout")
        elsewhere.execute("SELECT pg_advisory_unlock(%s)", [folding.LOCK])
    other.close()


def is_counted_as_now(questionnaire):
    definition = digest(questions(questionnaire))
    return Tallied.objects.filter(questionnaire=questionnaire, definition=definition).exists()


def test_what_could_not_be_counted_anew_is_counted_anew_by_the_next_one(committed):
    with somebody_else_tallies(), pytest.raises(OperationalError, match="lock timeout"):
        fold(committed)
    assert not is_counted_as_now(committed)

    fold(committed)

    assert is_counted_as_now(committed)


def test_what_was_counted_anew_in_something_that_failed_is_counted_anew_again(committed):
    def fold_and_fail():
        with transaction.atomic():
            fold(committed)
            raise LookupError

    with pytest.raises(LookupError):
        fold_and_fail()
    assert not is_counted_as_now(committed)

    fold(committed)

    assert is_counted_as_now(committed)


def test_recounting_finds_a_wrong_tally_and_mends_it(citizens, capsys):
    sent(citizens, {"place": "timis"})
    fold(citizens)
    call_command("recount")
    assert "listens-2027/citizens: the tallies agree" in capsys.readouterr().out

    Tally.objects.filter(question="place", cell="timis", dimension="").update(n=2)
    with pytest.raises(CommandError, match="not what there is"):
        call_command("recount")
    assert "cell='timis', tallied=2, counted=1" in capsys.readouterr().out
    call_command("recount", "--anew")
    assert differences(citizens) == []


def test_as_of_is_the_moment_since_which_nothing_is_missing(citizens):
    assert as_of(citizens) is None
    before = datetime.now(UTC)
    fold(citizens)
    assert (
        before - timedelta(seconds=1) < as_of(citizens) < datetime.now(UTC) + timedelta(seconds=1)
    )


# At random

ACTIONS = 10_000
THREADS = 4
BATCH = 25
DEATHS = 12


class Respondents:
    """What one thread does to responses of its own and of others, as the site would."""

    def __init__(self, seed, questionnaires, organisations, known):
        self.rng = random.Random(seed)
        self.versions = [
            Version.objects.with_questions().get(questionnaire=each) for each in questionnaires
        ]
        self.journeys = [Journey(version) for version in self.versions]
        self.organisations = organisations
        self.known = known

    def run(self, actions):
        try:
            for _batch in range(actions // BATCH):
                self.some()
        finally:
            connections.close_all()

    def some(self):
        """A few actions in one transaction, as when organisations are merged, or alone."""
        try:
            with transaction.atomic():
                for _action in range(BATCH):
                    self.rng.choices(
                        [self.send, self.change, self.withdraw, self.erase, self.confirm],
                        [40, 35, 15, 5, 5],
                    )[0]()
        except OperationalError as error:
            # Two that wait for each other: PostgreSQL lets one of them do nothing of it.
            if "deadlock" not in str(error):
                raise

    def answers(self, journey):
        answers = {}
        for step in journey.steps.values():
            answers |= step.kind.fabricated(self.rng, "ro")
        return journey.only_asked(answers)

    def send(self):
        number = self.rng.randrange(2)
        questionnaire = self.versions[number].questionnaire
        organisation = None
        if questionnaire.slug == "stakeholders":
            organisation = self.organisations.pop() if self.organisations else None
        response = sent(
            questionnaire,
            self.answers(self.journeys[number]),
            organisation=organisation,
            language=self.rng.choice(["ro", "sr", "en"]),
            is_rehearsal=self.rng.random() < 0.05,
        )
        self.known[number].append((response.pk, organisation))

    def any_response(self):
        number = self.rng.randrange(2)
        pk, _organisation = self.rng.choice(self.known[number] or [(None, None)])
        return number, Response.objects.filter(pk=pk, state="sent")

    def change(self):
        number, response = self.any_response()
        response.update(answers=self.answers(self.journeys[number]), language="sr")

    def withdraw(self):
        self.any_response()[1].update(state="withdrawn", answers={}, unread=[])

    def erase(self):
        self.any_response()[1].delete()

    def confirm(self):
        _pk, organisation = self.rng.choice(self.known[1] or [(None, None)])
        if organisation:
            standing = self.rng.choice(["waiting", "listed", "refused"])
            Organisation.objects.filter(pk=organisation.pk).update(standing=standing)


@pytest.fixture
def folder(database_of_the_tests):
    """Start `manage.py work` as a process of its own, on the database of the tests."""
    started = []

    def start():
        # The checks take as long as it lives until it is killed, and other tests run them.
        arguments = [sys.executable, "manage.py", "work", "--watch", "--skip-checks"]
        started.append(subprocess.Popen(arguments, cwd=ROOT, env=database_of_the_tests))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_tallies_hold_after_ten_thousand_changes_at_once_while_folding_is_killed(folder):
    load_content()
    questionnaires = list(Questionnaire.objects.select_related("consultation"))
    standings = ["listed", "listed", "waiting"]
    organisations = [
        Organisation.objects.create(name=f"Organisation {n}", standing=standings[n % 3])
        for n in range(ACTIONS // 2)
    ]
    known = [[], []]
    workers = [Respondents(seed, questionnaires, organisations, known) for seed in range(THREADS)]
    threads = [threading.Thread(target=worker.run, args=[ACTIONS // THREADS]) for worker in workers]
    for thread in threads:
        thread.start()
    killed = 0
    # Two at once, and each killed at some moment. The last two go on to the end: on a busy machine
    # it takes longer to start others than to do all the rest.
    while any(thread.is_alive() for thread in threads):
        folders = [folder(), folder()]
        if killed < DEATHS:
            time.sleep(2.5)
        else:
            for thread in threads:
                thread.join()
        for process in folders:
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
    for questionnaire in questionnaires:
        assert differences(questionnaire) == []
        fold_all(questionnaire)
        assert differences(questionnaire) == []
        counted = Response.objects.sent().filter(questionnaire=questionnaire).count()
        assert totals(questionnaire) == {EVERYBODY: counted}
        assert counted > 100
    assert killed > 2
    assert not Untallied.objects.exists()
