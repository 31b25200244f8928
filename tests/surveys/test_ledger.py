"""Recorded as counted: commitments in the transaction that sends, batches, and numbers."""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    connection,
    connections,
    transaction,
)
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.fabrication import fabricate
from surveys.identifiers import new_secret
from surveys.ledger import committing
from surveys.ledger.batches import publish_batch_due, takes_all_from
from surveys.ledger.canonical import content, digest_of
from surveys.ledger.committing import commit_missing, commit_missing_due
from surveys.ledger.notes import Note
from surveys.ledger.reading import (
    can_grow_until,
    checkpoint_blocks,
    list_blocks,
    state_blocks,
    summary,
    summary_now,
)
from surveys.ledger.receipts import commitment_of, receipt_of
from surveys.lifecycle import change_response, send_citizen_response, take_transcript, withdraw
from surveys.models import (
    Checkpoint,
    Commitment,
    Consultation,
    Decision,
    Organisation,
    Response,
    Transcript,
    TreeNode,
    Typing,
    User,
    Version,
)
from surveys.parts import Part
from surveys.rehearsing import rehearse
from surveys.reviewing.originals import erase_originals
from surveys.verbatims import digest_of as digest_of_words
from tests.content import load_content
from tests.test_verifier import verify

NAMES = frozenset({"place", "C5"})
WORDS = "Скела код Голупца – și un pod „nou”"


def citizens():
    return Version.objects.with_questions().get(questionnaire__slug="citizens")


@pytest.fixture
def version(listens):
    return citizens()


def send(version, **answers):
    part = Part(NAMES, {"place": "timis"} | answers, {})
    return send_citizen_response(
        version, secret=new_secret(), part=part, seen="", language="sr", moment=timezone.now()
    )


def change(response, **answers):
    shown = Part.of(response, NAMES)
    part = Part(NAMES, shown.answers | answers, {})
    return change_response(
        response, part=part, seen=shown.fingerprint(), language="sr", moment=timezone.now()
    )


def of_organisation(listens, standing="listed"):
    """The response of an organisation, sent before this ledger began."""
    questionnaire = listens.questionnaires.get(slug="stakeholders")
    number = Organisation.objects.count()
    return Response.objects.create(
        organisation=Organisation.objects.create(name=f"Primăria {number}", standing=standing),
        questionnaire=questionnaire,
        version=questionnaire.current_version(),
        state="sent",
        language="ro",
        answers={"S1": "both"},
        publication="named",
        started_at=listens.now,
        sent_at=listens.now,
    )


def after(listens):
    return takes_all_from(listens)


def publish_all(listens):
    assert publish_batch_due(after(listens))
    return summary_now(listens)


def the_list(listens):
    checkpoint = Checkpoint.objects.filter(consultation=listens).latest("size")
    return b"".join(list_blocks(checkpoint)).decode()


def states(listens):
    checkpoint = Checkpoint.objects.filter(consultation=listens).latest("size")
    return b"".join(state_blocks(checkpoint)).decode()


# Commitments


def test_what_is_sent_is_committed_to(version):
    response = send(version, C5=WORDS)

    made = Commitment.objects.get()
    assert (made.response, made.state, made.position) == (response, "current", None)
    assert len(made.salt) == 32
    response = Response.objects.get()
    assert made.digest == digest_of(bytes(made.salt), content(response))
    assert content(response) == {
        "consultation": "listens-2027",
        "questionnaire": "citizens",
        "version": 1,
        "language": "sr",
        "publication": "",
        "answers": {"place": "timis", "C5": WORDS},
    }


def test_what_cannot_be_committed_to_is_not_sent(version, monkeypatch):
    def fail(*_args):
        raise DatabaseError("the ledger is full")

    monkeypatch.setattr(committing, "digest_of", fail)
    with pytest.raises(DatabaseError):
        send(version)

    assert not Response.objects.exists()


def test_sending_twice_commits_once(version):
    secret = new_secret()
    part = Part(NAMES, {"place": "timis"}, {})
    for _twice in range(2):
        send_citizen_response(
            version, secret=secret, part=part, seen="", language="ro", moment=timezone.now()
        )

    assert Commitment.objects.count() == 1


def test_the_same_answers_have_different_commitments(version):
    send(version)
    send(version)

    assert len({made.digest for made in Commitment.objects.all()}) == 2


def test_a_rehearsal_is_not_committed_to(version, listens):
    before = listens.opens_at - timedelta(days=1)
    rehearse(version, part=Part(NAMES, {"place": "timis"}, {}), language="ro", moment=before)

    assert not commit_missing()
    assert not Commitment.objects.exists()


def test_a_change_replaces_the_commitment_and_keeps_the_salt_of_what_was_said(version):
    response = send(version, C5="Un pod")
    first = Commitment.objects.get()

    change(response, C5="Două poduri")

    first.refresh_from_db()
    second = commitment_of(response)
    assert (first.state, len(first.salt)) == ("replaced", 32)
    assert second.digest == digest_of(bytes(second.salt), content(Response.objects.get()))


def test_a_change_of_nothing_leaves_the_commitment(version):
    response = send(version, C5="Un pod")
    change(response)

    assert Commitment.objects.count() == 1


def test_withdrawing_erases_every_salt_and_leaves_the_entries(version, listens):
    response = send(version, C5="Un pod")
    change(response, C5="Două poduri")
    publish_all(listens)
    before = the_list(listens)

    withdraw(response)

    assert set(Commitment.objects.values_list("salt", flat=True)) == {None}
    assert Counter(Commitment.objects.values_list("state", flat=True)) == {
        "replaced": 1,
        "withdrawn": 1,
    }
    assert the_list(listens) == before


def test_what_is_typed_from_paper_is_committed_to(version, listens):
    transcript = Transcript.objects.create(
        version=version,
        channel="paper",
        language="ro",
        state="begun",
        received_on=listens.opens_at.date(),
    )
    by = User.objects.create_user("ana")
    take_transcript(transcript, answers={"place": "timis"}, moment=timezone.now(), by=by)

    assert Commitment.objects.get().response == Response.objects.get()


def test_what_was_imported_is_committed_to_afterwards_and_once(version, listens):
    list(fabricate(listens.questionnaires.get(slug="citizens"), 30, random.Random(1)))
    send(version)

    assert commit_missing()
    assert not commit_missing()

    assert Commitment.objects.count() == Response.objects.count() == 31
    for made in Commitment.objects.all():
        assert made.digest == digest_of(bytes(made.salt), content(made.response))


def test_the_step_looks_for_imports_every_ten_minutes_only(version, listens):
    assert not commit_missing_due()
    of_organisation(listens)

    assert not commit_missing_due()
    assert not Commitment.objects.exists()


def test_a_deleted_response_leaves_a_withdrawn_entry_without_salt(version):
    send(version).delete()

    made = Commitment.objects.get()
    assert (made.response, made.state, made.salt) == (None, "withdrawn", None)


def test_words_that_are_erased_take_the_salt_with_them_and_still_count(version, listens, settings):
    response = send(version, C5="Комшија Милан Ј. не чисти")
    change(response, C5="Комшија Милан Ј. не чисти канал")
    words = Response.objects.get().answers["C5"]
    Decision.objects.create(
        response=response,
        question="C5",
        verdict="hide",
        hidden=[[8, 13]],
        digest=digest_of_words(words),
        is_current=True,
        decided_by=User.objects.create_user("ana"),
        decided_at=timezone.now(),
    )
    publish_all(listens)

    late = listens.closes_at + timedelta(days=settings.ORIGINALS_KEPT_DAYS + 1)
    assert erase_originals(late) == 1

    assert set(Commitment.objects.values_list("salt", flat=True)) == {None}
    assert receipt_of(response, commitment_of(response)) is None
    assert sorted(re.findall("[a-z]+", states(listens))) == ["counted", "replaced"]


# Batches


def test_a_batch_waits_for_twenty(version, listens):
    for _ in range(19):
        send(version)
    assert not publish_batch_due()
    send(version)

    assert publish_batch_due()

    assert summary_now(listens).size == 20


def test_the_next_batch_waits_ten_minutes(version, listens):
    for _ in range(20):
        send(version)
    now = timezone.now()
    publish_batch_due(now)
    for _ in range(20):
        send(version)

    assert not publish_batch_due(now + timedelta(minutes=9, seconds=58))
    assert publish_batch_due(now + timedelta(minutes=10))

    assert list(Checkpoint.objects.values_list("size", flat=True)) == [40, 20]


def test_after_closing_the_last_batch_takes_what_is_there(version, listens):
    send(version)

    assert not publish_batch_due(after(listens) - timedelta(seconds=1))
    assert publish_batch_due(after(listens))
    assert not publish_batch_due(after(listens))

    assert summary_now(listens).size == 1


def test_a_batch_is_shuffled(version, listens):
    sent = [commitment_of(send(version)).digest for _ in range(30)]
    publish_all(listens)

    listed = [line.split()[1] for line in the_list(listens).splitlines()]
    assert sorted(listed) == sorted(sent)
    assert listed not in (sent, sent[::-1], sorted(sent))


def test_batches_make_the_tree_of_the_whole_list_and_only_grow(version, listens):
    grown = [""]
    for size in (1, 2, 5, 1, 7):
        for _ in range(size):
            send(version)
        publish_all(listens)
        grown.append(the_list(listens))
        note = Note.read(Checkpoint.objects.latest("size").note)
        assert note.root == verify.root_of(verify.read_list(grown[-1]))
        assert grown[-1].startswith(grown[-2])

    assert note.size == 16
    assert TreeNode.objects.count() == 8 + 4 + 2 + 1
    notes = b"".join(checkpoint_blocks(listens)).decode().split("Z\n\n")
    assert len(notes) == 6


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_publish_every_entry_once():
    listens, version = load_content(), citizens()
    for _ in range(60):
        send(version)

    def publish(_number):
        try:
            return publish_batch_due(after(listens))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(publish, range(16)))

    assert published.count(True) == Checkpoint.objects.count() == 1
    positions = Commitment.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(60))


@pytest.mark.django_db(transaction=True)
def test_publishing_while_others_send_change_and_withdraw_loses_nothing():
    listens, version = load_content(), citizens()

    def work(number):
        try:
            if number % 3 == 0:
                publish_batch_due(after(listens))
            response = change(send(version, C5="a"), C5=f"b{number}")
            if number % 2:
                withdraw(response)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(60)))
    publish_batch_due(after(listens))

    found = summary_now(listens)
    assert (found.size, found.counted, found.replaced, found.withdrawn) == (120, 30, 60, 30)
    assert found.adds_up
    assert found.equals_published
    root = verify.root_of(verify.read_list(the_list(listens)))
    assert bytes(found.checkpoint.root) == root


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_is_killed_at_any_statement_was_none():
    listens, version = load_content(), citizens()
    for _ in range(25):
        send(version)

    def kill_at(number):
        left = [number]

        def wrapper(execute, query, params, many, context):
            left[0] -= 1
            if left[0] < 0:
                # As when the process dies: the server ends the session and its transaction.
                connection.connection.close()
            return execute(query, params, many, context)

        return wrapper

    for number in range(100):
        try:
            with connection.execute_wrapper(kill_at(number)):
                publish_batch_due(after(listens))
        except DatabaseError:
            connection.close()
        listed = Commitment.objects.exclude(position=None).count()
        nodes = TreeNode.objects.count()
        assert (Checkpoint.objects.count(), listed, nodes) in ((0, 0, 0), (1, 25, 12 + 6 + 3 + 1))
        if listed:
            break

    assert listed == 25
    assert number >= 6


def test_the_public_list_tells_nothing_but_hashes(version, listens):
    response = send(version, C5=WORDS)
    publish_all(listens)

    assert re.fullmatch(r"0 [0-9a-f]{64}\n", the_list(listens))
    assert response.reference not in the_list(listens)
    assert not {"at", "time"} & {
        field.name.split("_")[-1] for field in Commitment._meta.get_fields()
    }


# Rules of the database


@pytest.mark.parametrize(
    "change_it",
    [
        lambda: Commitment.objects.update(position=7),
        lambda: Commitment.objects.update(position=None),
        lambda: Commitment.objects.update(digest="ab" * 32),
        lambda: Commitment.objects.all().delete(),
        lambda: Checkpoint.objects.update(size=2),
        lambda: Checkpoint.objects.all().delete(),
        lambda: TreeNode.objects.update(hash=b"x"),
        lambda: TreeNode.objects.all().delete(),
    ],
)
def test_the_database_only_adds_to_the_list(version, listens, change_it):
    send(version)
    send(version)
    publish_all(listens)

    with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
        change_it()


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_commitment_is_a_sha_256", {"digest": "AB" * 32}),
        ("the_state_of_a_commitment_is_known", {"state": "lost", "salt": None}),
        ("a_salt_is_kept_only_with_its_response", {"state": "withdrawn", "salt": b"salt"}),
        ("a_response_has_one_current_commitment", {}),
        ("a_position_of_the_list_is_taken_once", {"position": 0, "state": "replaced"}),
    ],
)
def test_a_commitment_keeps_the_rules(version, listens, rule, fields):
    response = send(version)
    publish_all(listens)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Commitment.objects.create(
            **{"digest": "ab" * 32, "consultation": listens, "response": response} | fields
        )


# Numbers


def test_every_entry_is_accounted_for(version, listens):
    send(version)
    withdraw(send(version))
    change(send(version, C5="a"), C5="b")
    of_organisation(listens)
    of_organisation(listens, "waiting")
    of_organisation(listens, "refused")
    commit_missing()
    publish_all(listens)
    send(version)

    found = summary_now(listens)

    numbers = (found.counted, found.replaced, found.withdrawn, found.not_counted)
    assert numbers == (3, 1, 1, 2)
    assert (found.size, found.waiting, found.published) == (7, 1, 4)
    assert found.adds_up
    assert found.equals_published
    counted = Counter(line.split()[1] for line in states(listens).splitlines())
    assert counted == {"counted": 3, "replaced": 1, "withdrawn": 1, "not-counted": 2}


def test_an_organisation_that_is_confirmed_counts(listens):
    response = of_organisation(listens, "waiting")
    commit_missing()
    publish_all(listens)
    assert states(listens) == "0 not-counted\n"

    Organisation.objects.update(standing="listed")

    assert states(listens) == "0 counted\n"
    assert summary_now(listens).published == Response.objects.sent().count() == 1
    assert response.state == "sent"


def test_a_response_without_commitment_is_told_as_a_fault(version, listens):
    send(version)
    of_organisation(listens)
    publish_all(listens)

    found = summary_now(listens)

    assert (found.counted, found.published) == (1, 2)
    assert not found.equals_published


def test_the_root_is_final_once_nothing_can_be_added(version, listens):
    send(version)
    publish_all(listens)

    def at(moment):
        listens.asked_at = moment
        return summary_now(listens).is_final

    assert not at(can_grow_until(listens) - timedelta(seconds=1))
    assert at(can_grow_until(listens))
    send(version)
    assert not at(can_grow_until(listens))


def on_paper(version, state):
    """A form that one person has begun to type, and more."""
    transcript = Transcript.objects.create(
        version=version,
        channel="paper",
        language="ro",
        state=state,
        received_on=timezone.localdate(),
    )
    Typing.objects.create(transcript=transcript, turn=1, typed_at=timezone.now())
    return transcript


@pytest.mark.parametrize("state", ["begun", "waiting", "different"])
def test_the_root_is_not_final_while_a_form_on_paper_can_become_a_response(version, listens, state):
    send(version)
    publish_all(listens)
    form = on_paper(version, state)
    on_paper(version, "aside")
    listens.asked_at = can_grow_until(listens) + timedelta(days=100)
    found = [summary_now(listens).is_final]

    take_transcript(form, answers={}, moment=listens.asked_at, by=User.objects.create_user("ana"))
    found.append(summary_now(listens).is_final)
    publish_batch_due(listens.asked_at)
    found.append(summary_now(listens).is_final)

    assert found == [False, False, True]
    assert summary_now(listens).size == 2


def test_the_root_is_final_when_nothing_is_left_of_what_was_typed(version, listens):
    send(version)
    publish_all(listens)
    form = on_paper(version, "waiting")
    listens.asked_at = can_grow_until(listens)
    assert not summary_now(listens).is_final

    form.typings.all().delete()

    assert summary_now(listens).is_final


def test_the_numbers_are_kept_for_a_minute_and_forgotten_with_a_batch(
    version, listens, django_capture_on_commit_callbacks
):
    send(version)
    assert summary(listens).waiting == 1
    send(version)
    assert summary(listens).waiting == 1

    with django_capture_on_commit_callbacks(execute=True):
        publish_batch_due(after(listens))

    assert summary(listens).size == 2


def test_a_proof_takes_four_queries_at_most_however_long_the_list_is(version, listens):
    def queries():
        made = commitment_of(response)
        with CaptureQueriesContext(connection) as captured:
            receipt_of(response, made)
        return len(captured)

    response = send(version)
    publish_all(listens)
    few = queries()
    list(fabricate(listens.questionnaires.get(slug="citizens"), 1000, random.Random(1)))
    while commit_missing():
        pass
    publish_all(listens)

    assert few <= queries() <= 4


def test_sending_takes_one_statement_more(version, listens):
    with CaptureQueriesContext(connection) as captured:
        send(version)

    ours = [query["sql"] for query in captured if "surveys_commitment" in query["sql"]]
    assert len(ours) == 1


def test_consultations_have_lists_of_their_own(version, listens):
    other = Consultation.objects.create(
        programme=listens.programme,
        slug="other",
        opens_at=listens.opens_at,
        closes_at=listens.closes_at,
    )
    send(version)
    publish_all(listens)

    assert summary_now(other).size == 0
    assert summary_now(other).checkpoint is None
