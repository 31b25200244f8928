"""What becomes public of the answers, and when: participation, releases, what stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from surveys.models import Release, ReleasedTable, User
from surveys.releasing.participants import by_country, by_place, countries_of, unless_small
from surveys.releasing.reading import (
    current,
    opinions_are_public,
    participation,
    released,
    released_question,
)
from surveys.releasing.storing import store
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table
from surveys.tallying.folding import fold
from tests.surveys.test_coverage import respond

COUNTED_AT = datetime(2027, 1, 2, 3, 4, tzinfo=UTC)
PLACES = {"timis": "ro", "arad": "ro", "borski": "rs", "juznobanatski": "rs"}


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def put(citizens):
    """Stores a release of the citizens' questionnaire with these tables beside former ones."""

    def release(*tables, number=1, former=()):
        new = [
            ReleasedTable.holding(table, questionnaire=citizens, counted_at=COUNTED_AT)
            for table in tables
        ]
        columns = {"consultation": citizens.consultation, "made_at": timezone.now()}
        return store(new, [table.pk for table in former], number=number, **columns)

    return release


def a_table(question="C1", dimension=EVERYBODY, number=20):
    cells = {"wait": 12, "bus": None, "a": 0}
    return Table(question, dimension, {EVERYBODY: Counted(30, 30, number, cells)})


# Who took part


def test_groups_under_ten_are_hidden_and_so_is_what_would_tell_them():
    assert unless_small({"a": 30, "b": 9, "c": 12, "d": 11}) == {
        **{"a": 30, "b": None},
        **{"c": 12, "d": None},
    }


def test_a_hidden_place_cannot_be_told_from_its_country():
    countries = countries_of({"timis": 40, "arad": 3, "borski": 20, "outside": 50}, PLACES)

    assert by_country(countries) == {"ro": 43, "rs": 20, "outside": 50}
    assert by_place(countries) == {"timis": None, "arad": None, "borski": 20, "outside": 50}


def test_places_of_a_hidden_country_cannot_be_added_up():
    countries = countries_of({"timis": 40, "arad": 30, "borski": 4, "outside": 20}, PLACES)

    assert by_country(countries) == {"ro": 70, "rs": None, "outside": None}
    assert by_place(countries) == {"timis": 40, "arad": 30, "borski": None, "outside": None}


def test_participation_is_counted_from_what_was_sent(listens, citizens):
    respond(citizens, 12, {"place": "timis", "age": "65p", "C5": "A bridge"}, language="ro")
    respond(citizens, 3, {"place": "borski", "C5_comment": "?"}, language="sr")
    respond(citizens, 5, {"place": "arad"}, state="draft", sent_at=None)
    fold(citizens)

    found = participation(listens)

    mine = found.of[0]
    assert (mine.questionnaire, mine.total, found.total) == (citizens, 15, 15)
    assert mine.groups["language"] == {"ro": None, "sr": None}
    assert mine.groups["age"] == {"65p": None, "": None}
    assert mine.groups[COUNTRY] == {"ro": None, "rs": None}
    assert (mine.answered, mine.places, found.answered, found.places) == (2, 9, 2, 9)
    assert mine.comments == 12
    assert list(mine.weeks.values()) == [15]


def test_participation_of_a_consultation_nobody_answered(listens):
    found = participation(listens)

    assert [(each.total, each.groups[COUNTRY], each.weeks) for each in found.of] == [
        (0, {}, {}),
        (0, {}, {}),
    ]
    assert (found.total, found.comments, found.answered) == (0, 0, 0)


# What was released


def test_released_tables_are_read_as_they_were_stored(citizens, put):
    put(a_table("C1"), a_table("C2"), a_table("C1", COUNTRY))

    found = released(citizens)

    assert {name: table.table for name, table in found.items()} == {
        "C1": a_table("C1"),
        "C2": a_table("C2"),
    }
    assert list(found["C1"].table.groups[EVERYBODY].cells) == ["wait", "bus", "a"]
    assert found["C1"].counted_at == COUNTED_AT


def test_all_tables_of_one_question_come_by_dimension(citizens, put):
    put(a_table("C1"), a_table("C2"), a_table("C1", COUNTRY))

    found = released_question(citizens, "C1")

    assert found.keys() == {EVERYBODY, COUNTRY}


def test_a_table_stands_on_in_a_release_that_names_it(citizens, put):
    put(a_table("C1"), a_table("C2"))
    former = released(citizens)["C2"]
    put(a_table("C1", number=25), number=2, former=[former])

    found = released(citizens)

    assert found["C2"] == former
    assert found["C1"].table == a_table("C1", number=25)
    assert current(citizens.consultation).number == 2


def test_one_query_reads_the_tables_of_a_page(citizens, put, django_assert_num_queries):
    put(a_table("C1"), a_table("C2"))

    with django_assert_num_queries(1):
        assert len(released(citizens)) == 2
    with django_assert_num_queries(1):
        assert len(released_question(citizens, "C1")) == 1


def test_nothing_is_released_at_first(citizens):
    assert current(citizens.consultation) is None
    assert released(citizens) == {}
    assert released_question(citizens, "C1") == {}


@pytest.mark.parametrize("change", [{"number": 7}, {"tables": []}, {"made_at": COUNTED_AT}])
def test_a_release_is_never_changed(put, change):
    put(a_table())

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Release.objects.update(**change)


def test_a_release_outlives_the_account_it_was_made_with(citizens, put):
    ana = User.objects.create_user("ana")
    store([], [], consultation=citizens.consultation, number=1, made_at=COUNTED_AT, made_by=ana)

    ana.delete()

    assert Release.objects.get().made_by is None


def test_released_tables_are_neither_changed_nor_deleted(put):
    put(a_table())

    with pytest.raises(DatabaseError, match="Cannot update or"), transaction.atomic():
        ReleasedTable.objects.update(groups=[])
    with pytest.raises(DatabaseError, match="or delete"), transaction.atomic():
        ReleasedTable.objects.all().delete()
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Release.objects.all()._raw_delete("default")


# Who may see it


def at_stage(consultation, stage, **columns):
    """The consultation with its dates such that it is at that stage now, and a release or none."""
    now, day = timezone.now(), timedelta(days=1)
    consultation.opens_at = now + day if stage == "upcoming" else now - 9 * day
    consultation.closes_at = now - day if stage == "closed" else now + 2 * day
    for name, value in columns.items():
        setattr(consultation, name, value)
    consultation.save()
    return consultation


@pytest.mark.parametrize(
    ("stage", "switch", "published_days_ago", "shown"),
    [
        *[("upcoming", switch, None, False) for switch in (False, True)],
        *[("open", switch, None, switch) for switch in (False, True)],
        *[("closed", switch, None, False) for switch in (False, True)],
        *[("closed", switch, 0, True) for switch in (False, True)],
        # The deadline was extended after they were published, and the switch is off.
        ("open", False, 5, False),
        ("closed", False, 5, False),
    ],
)
def test_opinions_are_public_when_staff_decided_so(
    listens, put, stage, switch, published_days_ago, shown
):
    published = None
    if published_days_ago is not None:
        published = timezone.now() - timedelta(days=published_days_ago)
    at_stage(listens, stage, opinions_while_open=switch, opinions_published_at=published)
    assert not opinions_are_public(listens)

    put(a_table())

    assert opinions_are_public(listens) is shown
