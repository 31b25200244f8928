"""Codes of a frame: numbers that never change meaning, merging, splitting, history."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.coding.codings import OtherCodes, recode
from surveys.coding.counting import counted_codings, times_applied
from surveys.coding.frames import (
    NotApplied,
    change_code,
    change_frame,
    merge_code,
    open_frame,
    split_code,
)
from surveys.models import Code, CodeChange, Coding, CodingFrame
from surveys.translated import Text
from surveys.verbatims import digest_of
from tests.surveys.coding_cast import WORDS, answer, code_it, new_code, numbers, person

PLACES = st.integers(0, 9)
FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def said(label):
    return {"label": Text(en=label), "definition": "", "include": "", "exclude": "", "example": ""}


@pytest.fixture
def ana(db):
    return person("ana")


@pytest.fixture
def frame(listens, ana):
    frame = open_frame(listens.questionnaires.get(slug="citizens"), "C5", ana)
    change_frame(frame, 0, [], ana)
    return CodingFrame.objects.get()


def coded(frame, ana, *codes):
    return code_it(frame, answer(frame), ana, *codes)


def test_a_renamed_code_keeps_its_number_and_its_codings(frame, ana):
    code = new_code(frame, "Waiting", ana)
    coding = coded(frame, ana, code)

    change_code(code, said("Border: waiting time"), ana)

    assert numbers(coding) == [1]
    assert str(coding.codes.get()) == "1 Border: waiting time"


def test_numbers_go_on_after_merging_and_splitting(frame, ana):
    first, second = new_code(frame, "A", ana), new_code(frame, "B", ana)
    merge_code(second, first, ana)
    parts = split_code(first, [said("C"), said("D")], ana)

    assert [code.number for code in parts] == [3, 4]
    assert new_code(frame, "E", ana).number == 5
    assert [code.number for code in frame.codes.applied()] == [3, 4, 5]


def test_merging_moves_every_coding_and_keeps_the_source(frame, ana):
    source, target = new_code(frame, "Queue", ana), new_code(frame, "Waiting", ana)
    with_source, with_both = coded(frame, ana, source), coded(frame, ana, source, target)

    assert merge_code(source, target, ana) == 2

    assert (numbers(with_source), numbers(with_both)) == ([2], [2])
    source.refresh_from_db()
    assert source.merged_into == target
    with pytest.raises(NotApplied):
        merge_code(source, target, ana)


def test_splitting_moves_nothing_until_somebody_recodes(frame, ana):
    source, other = new_code(frame, "Transport", ana), new_code(frame, "River", ana)
    coding = coded(frame, ana, source, other)
    bus, ferry = split_code(source, [said("Bus"), said("Ferry")], ana)
    assert numbers(coding) == [1, 2]
    with pytest.raises(OtherCodes):
        recode(coding, [source], digest_of(WORDS), ana)

    recode(coding, [ferry, other], digest_of(WORDS), ana)

    assert numbers(coding) == [2, 4]
    assert coding.coder == ana
    with pytest.raises(OtherCodes):
        recode(coding, [bus], digest_of(WORDS), ana)


def test_the_history_says_who_did_what_with_before_and_after(frame, ana):
    code, target = new_code(frame, "Queue", ana), new_code(frame, "Waiting", ana)
    coded(frame, ana, code)
    change_code(code, said("Queues"), ana)
    change_code(code, said("Queues"), ana)
    merge_code(code, target, ana)
    split_code(target, [said("A"), said("B")], ana)

    split, merged, changed, *created = CodeChange.objects.all()
    assert [change.kind for change in created] == ["created", "created"]
    assert (changed.before["label"], changed.after["label"]) == ({"en": "Queue"}, {"en": "Queues"})
    assert (merged.before, merged.after) == ({"number": 1, "codings": 1}, {"number": 2})
    assert (split.before, split.after) == ({"number": 2, "codings": 1}, {"numbers": [3, 4]})
    assert {change.made_by for change in (split, merged, changed)} == {ana}
    assert sorted(code.number for code in split.codes.all()) == [2, 3, 4]


@FEW
@given(
    given_codes=st.lists(st.frozensets(st.integers(0, 3)), min_size=1, max_size=5),
    acts=st.lists(st.tuples(st.sampled_from("ms"), PLACES, PLACES), max_size=4),
)
def test_however_codes_are_merged_and_split_no_coding_is_lost(frame, ana, given_codes, acts):
    with transaction.atomic():
        codes = [new_code(frame, letter, ana) for letter in "ABCD"]
        made = [coded(frame, ana, *(codes[n] for n in chosen)) for chosen in given_codes]

        for kind, one, other in acts:
            applied = list(frame.codes.applied())
            source, target = applied[one % len(applied)], applied[other % len(applied)]
            if kind == "s":
                split_code(source, [said("E"), said("F")], ana)
            elif source != target:
                merge_code(source, target, ana)

        assert counted_codings(frame).count() == len(given_codes)
        assert [coding.codes.exists() for coding in made] == [bool(each) for each in given_codes]
        assert sum(times for _code, times in times_applied(frame)) == sum(
            coding.codes.count() for coding in made
        )
        transaction.set_rollback(True)


def test_the_database_keeps_numbers(frame, ana):
    code, other = new_code(frame, "A", ana), new_code(frame, "B", ana)
    for change in ({"number": 9}, {"frame": None}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Code.objects.filter(pk=code.pk).update(**change)
    code.save()
    for rule, fields in (
        ("code_is_not_merged_into_itself", {"merged_into": code}),
        ("code_is_not_both_merged_and_split", {"merged_into": other, "split_at": ana.date_joined}),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            Code.objects.filter(pk=code.pk).update(**fields)
    with pytest.raises(IntegrityError, match="code_number_is_unique"), transaction.atomic():
        Code.objects.create(frame=frame, number=1, label=Text(en="C"))


def test_an_open_question_has_one_frame_and_opening_it_again_changes_nothing(frame, ana):
    again = open_frame(frame.questionnaire, "C5", ana)

    assert again == frame
    assert Coding.objects.count() == 0
