"""Coding open answers: what comes next, who codes in which turn, what counts."""

import csv
import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from surveys.coding.codings import (
    AGREED,
    FIRST,
    SECOND,
    Gone,
    OtherCodes,
    OtherWords,
    Taken,
    agree,
    save_coding,
)
from surveys.coding.counting import Progress, counted_codings, doubles, progress_of
from surveys.coding.datafile import coding_blocks
from surveys.coding.frames import change_frame, merge_code, open_frame
from surveys.coding.queue import next_answer
from surveys.coding.shares import is_coded_twice
from surveys.lifecycle import withdraw
from surveys.models import (
    AuditEntry,
    Coding,
    CodingFrame,
    Organisation,
    Response,
    SoftLock,
    Uncoded,
    WorkingTranslation,
)
from surveys.verbatims import digest_of
from tests.content import load_content
from tests.surveys.coding_cast import (
    WORDS,
    address,
    answer,
    at_the_desk,
    code_it,
    new_code,
    numbers,
    person,
)


@pytest.fixture
def ana(db):
    return person("ana")


@pytest.fixture
def mira(db):
    return person("mira")


@pytest.fixture
def frame(listens, ana):
    return open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)


@pytest.fixture
def twice(frame, ana):
    """The frame, where every answer is coded twice."""
    change_frame(frame, 100, [], ana)
    return CodingFrame.objects.get()


@pytest.fixture
def once(frame, ana):
    change_frame(frame, 0, [], ana)
    return CodingFrame.objects.get()


def waiting(frame, turn=FIRST):
    return list(
        frame.uncoded.filter(turn=turn).order_by("response").values_list("response", flat=True)
    )


# What waits


def test_a_frame_gathers_what_was_sent_with_words(listens, ana):
    questionnaire = listens.questionnaires.get(slug="citizens")
    stub = CodingFrame(questionnaire=questionnaire, question="C5")
    sent = answer(stub)
    answer(stub, state="draft", sent_at=None)
    answer(stub, is_rehearsal=True)
    answer(stub, answers={"C1": "yes"})
    answer(stub, " \n ")

    frame = open_frame(questionnaire, "C5", ana)

    assert waiting(frame) == [sent.pk]


def test_what_is_sent_later_waits_by_itself(frame):
    draft = answer(frame, state="draft", sent_at=None)
    assert waiting(frame) == []

    Response.objects.filter(pk=draft.pk).update(state="sent", sent_at=draft.started_at)

    assert waiting(frame) == [draft.pk]


def test_what_is_withdrawn_waits_no_more(frame):
    response = answer(frame)

    withdraw(response)

    assert waiting(frame) == []


def test_changed_words_are_coded_anew_and_the_same_words_are_not(once, ana):
    response = answer(once)
    code_it(once, response, ana)

    Response.objects.filter(pk=response.pk).update(answers={"C5": WORDS, "C1": "yes"})
    assert waiting(once) == []
    Response.objects.filter(pk=response.pk).update(answers={"C5": "Мост."})
    assert waiting(once) == [response.pk]
    Response.objects.filter(pk=response.pk).update(answers={"C5": WORDS})
    assert waiting(once) == []


def test_the_oldest_comes_first_and_what_is_skipped_or_held_is_passed_over(once, ana, mira):
    first, second, third = [answer(once) for _ in range(3)]
    SoftLock.objects.create(response=second, held_by=mira, since=first.sent_at)

    assert next_answer(once, ana) == first
    assert next_answer(once, ana, [str(first.pk)]) == third
    assert next_answer(once, mira, [str(first.pk)]) == second


def test_an_organisation_nobody_confirmed_is_not_read(listens, ana):
    frame = open_frame(listens.questionnaires.get(slug="stakeholders"), "S10", ana)
    unknown = Organisation.objects.create(name="Х", standing="waiting")
    answer(frame, organisation=unknown)

    assert len(waiting(frame)) == 1
    assert next_answer(frame, ana) is None


# Turns


def test_the_second_coder_is_another_person_and_comes_to_it_first(twice, ana, mira):
    first, second = answer(twice), answer(twice)
    code_it(twice, first, ana)

    assert next_answer(twice, ana) == second
    assert next_answer(twice, mira) == first
    assert code_it(twice, first, mira).turn == SECOND
    assert waiting(twice, SECOND) == []


def test_ones_own_coding_can_be_changed_until_the_other_is_there(twice, ana, mira):
    code = new_code(twice, "Waiting", ana)
    response = answer(twice)
    code_it(twice, response, ana)

    assert code_it(twice, response, ana, code).turn == FIRST
    code_it(twice, response, mira)
    with pytest.raises(Taken):
        code_it(twice, response, ana)

    assert [numbers(coding) for coding in twice.codings.order_by("turn")] == [[1], []]


def test_a_third_person_and_a_second_outside_the_share_are_refused(once, ana, mira):
    response = answer(once)
    code_it(once, response, ana)

    with pytest.raises(Taken, match="Ana"):
        code_it(once, response, mira)

    assert Coding.objects.count() == 1


def test_words_that_were_changed_are_not_coded_by_an_old_page(once, ana):
    response = answer(once)
    shown = digest_of(WORDS)
    Response.objects.filter(pk=response.pk).update(answers={"C5": "Мост."})

    with pytest.raises(OtherWords):
        save_coding(once, response, [], shown, ana)

    assert Coding.objects.count() == 0


def test_what_was_withdrawn_cannot_be_coded(once, ana):
    response = answer(once)
    withdraw(response)

    with pytest.raises(Gone):
        save_coding(once, response, [], digest_of(WORDS), ana)


def test_a_merged_code_is_not_applied(once, ana):
    old, new = new_code(once, "Queue", ana), new_code(once, "Waiting", ana)
    merge_code(old, new, ana)

    with pytest.raises(OtherCodes):
        code_it(once, answer(once), ana, old)

    assert Coding.objects.count() == 0


def test_coding_anew_takes_away_what_was_said_of_the_old_words(twice, ana, mira):
    response = answer(twice)
    code_it(twice, response, ana)
    code_it(twice, response, mira)
    Response.objects.filter(pk=response.pk).update(answers={"C5": "Мост."})
    response.refresh_from_db()

    # The second coder of the old words is the first of the new ones.
    assert code_it(twice, response, mira).turn == FIRST

    assert [(coding.turn, coding.coder) for coding in twice.codings.all()] == [(FIRST, mira)]
    assert next_answer(twice, ana) == response


# The share


def test_the_share_is_drawn_the_same_each_time_and_is_about_as_large_as_asked(frame):
    frame.double_percent = 15
    drawn = [is_coded_twice(frame, number) for number in range(4000)]

    assert drawn == [is_coded_twice(frame, number) for number in range(4000)]
    assert 0.13 < sum(drawn) / len(drawn) < 0.17


def test_another_share_counts_for_what_was_coded_before(once, ana, mira):
    response = answer(once)
    code_it(once, response, ana)
    assert next_answer(once, mira) is None

    change_frame(once, 100, [mira], ana)
    assert next_answer(once, mira) == response
    change_frame(once, 0, [mira], ana)
    assert next_answer(once, mira) is None


# What counts


def test_what_was_agreed_counts_or_else_the_first_coding(twice, ana, mira):
    one, two = new_code(twice, "Waiting", ana), new_code(twice, "Bridge", ana)
    settled, open_one, changed, gone = [answer(twice) for _ in range(4)]
    for response in (settled, open_one, changed, gone):
        code_it(twice, response, ana, one)
        code_it(twice, response, mira, two)
    agree(twice, settled, [one, two], digest_of(WORDS), mira)
    Response.objects.filter(pk=changed.pk).update(answers={"C5": "Мост."})
    withdraw(gone)

    counted = {coding.response: (coding.turn, numbers(coding)) for coding in counted_codings(twice)}

    assert counted == {settled: (AGREED, [1, 2]), open_one: (FIRST, [1])}
    assert [double.response for double in doubles(twice)] == [open_one, settled]


def test_it_is_agreed_once_and_only_where_both_are_there(twice, ana, mira):
    response = answer(twice)
    code_it(twice, response, ana)
    with pytest.raises(OtherWords):
        agree(twice, response, [], digest_of(WORDS), ana)
    code_it(twice, response, mira)
    agree(twice, response, [], digest_of(WORDS), ana)

    with pytest.raises(Taken, match="Ana"):
        agree(twice, response, [], digest_of(WORDS), mira)


def test_withdrawing_erases_codings_and_the_working_translation(once, ana):
    response = answer(once)
    code_it(once, response, ana)
    WorkingTranslation.objects.create(
        response=response,
        question="C5",
        language="en",
        text="Waiting takes longer.",
        made_at=response.sent_at,
    )

    withdraw(response)

    assert (Coding.objects.count(), WorkingTranslation.objects.count()) == (0, 0)


def test_progress_counts_answers_and_doubles(twice, ana, mira):
    responses = [answer(twice) for _ in range(4)]
    for response in responses[:3]:
        code_it(twice, response, ana)
    code_it(twice, responses[0], mira)

    assert progress_of([twice.pk]) == {
        twice.pk: Progress(coded=3, left=1, doubles=1, doubles_left=2)
    }
    assert progress_of([twice.pk])[twice.pk].percent == 75


# Races


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins_and_the_other_is_told():
    questionnaire = load_content().questionnaires.get(slug="citizens")
    ana, mira = person("ana"), person("mira")
    frame = open_frame(questionnaire, "C5", ana)
    change_frame(frame, 0, [], ana)
    response = answer(frame)
    together, outcomes = threading.Barrier(2), []

    def save(coder):
        try:
            together.wait(10)
            outcomes.append(code_it(frame, response, coder).coder)
        except Taken as taken:
            outcomes.append(("told", taken.coder))
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[coder]) for coder in (ana, mira)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    winner = Coding.objects.get().coder
    assert sorted(outcomes, key=str) == sorted([winner, ("told", winner)], key=str)


# The rules of the database


@pytest.mark.parametrize(
    ("rule", "model", "fields"),
    [
        ("an_answer_waits_once_for_each_turn", Uncoded, {"turn": 1}),
        ("anybody_codes_in_the_first_turn", Uncoded, {"turn": 3}),
        ("an_answer_is_coded_twice_by_different_people", Coding, {"turn": 2}),
        ("an_answer_is_coded_once_in_each_turn", Coding, {"turn": 1, "coder": None}),
        ("turn_is_known", Coding, {"turn": 4}),
    ],
)
def test_a_coding_keeps_the_rules(once, ana, rule, model, fields):
    answered = answer(once)
    coded = code_it(once, answer(once), ana)
    about = {"frame": once, "response": answered}
    if model is Coding:
        about = {
            **{"frame": once, "response": coded.response, "coder": ana},
            **{"digest": "0", "coded_at": coded.coded_at},
        }

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        model.objects.create(**about | fields)


# The data file


def rows_of(blocks):
    return list(csv.reader(io.StringIO(b"".join(blocks).decode("utf-8-sig"))))


def test_the_data_file_has_a_column_for_each_code_and_a_row_for_each_coding(twice, ana, mira):
    one, two = new_code(twice, "Waiting", ana), new_code(twice, "Bridge", ana)
    response = answer(twice, reference="AAAA-AAAA")
    code_it(twice, response, ana, one)
    code_it(twice, response, mira, one, two)
    withdraw(answer(twice))

    assert rows_of(coding_blocks(twice, with_reference=True)) == [
        ["reference", "question", "turn", "counted", "C5_1", "C5_2"],
        ["AAAA-AAAA", "C5", "1", "1", "1", "0"],
        ["AAAA-AAAA", "C5", "2", "0", "1", "1"],
    ]
    assert rows_of(coding_blocks(twice, with_reference=False))[1:] == [
        ["1", "C5", "1", "1", "1", "0"],
        ["1", "C5", "2", "0", "1", "1"],
    ]


def test_the_command_writes_the_same_file(once, ana, tmp_path):
    new_code(once, "Waiting", ana)
    code_it(once, answer(once, reference="AAAA-AAAA"), ana)
    file = tmp_path / "codings.csv"

    call_command("export_codings", questionnaire="citizens", question="C5", output=file)

    assert rows_of([file.read_bytes()])[1] == ["AAAA-AAAA", "C5", "1", "1", "0"]
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.model, entry.object_id, entry.user_id) == ("coding", str(once.pk), None)
    with pytest.raises(CommandError, match="No coding frame"):
        call_command("export_codings", questionnaire="citizens", question="C9", output=file)


# The log


def test_the_log_says_who_coded_and_nothing_that_was_written(twice, ana, mira):
    client = at_the_desk(ana)
    response = answer(twice)
    client.post(
        address("coding_translation", twice.pk, response.pk), {"translation": "Waiting is long."}
    )
    client.post(
        address("coding_answer", twice.pk, response.pk),
        {"digest": digest_of(WORDS), "nothing": "on"},
    )
    client.post(address("coding_export", twice.pk))

    done = AuditEntry.objects.filter(user_id=ana.pk).order_by("id")
    assert [entry.action for entry in done] == ["added", "changed", "changed", "coded", "exported"]
    logged = str(list(done.values()))
    assert "Waiting" not in logged
    assert "прелазу" not in logged


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


def test_pages_ask_as_many_questions_of_one_as_of_three(twice, ana, mira):
    client = at_the_desk(ana)

    def asked():
        response = answer(twice)
        pages = ("coding_frame", "coding_history", "coding_differences", "coding_agreement")
        found = [queries(client, address(page, twice.pk)) for page in pages]
        found.append(queries(client, address("coding_frames")))
        return [*found, queries(client, address("coding_answer", twice.pk, response.pk))]

    def work(times):
        for number in range(times):
            code = new_code(twice, f"Code {number}", ana)
            response = answer(twice)
            code_it(twice, response, ana, code)
            code_it(twice, response, mira)

    work(1)
    with_one = asked()
    work(2)

    assert asked() == with_one
