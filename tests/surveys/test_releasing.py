"""What becomes public of the answers, and when: participation, releases, what stands still."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from surveys.dates import on_every_clock
from surveys.fabrication import fabricate
from surveys.models import (
    AuditEntry,
    Consultation,
    Organisation,
    Release,
    ReleasedTable,
    ReleaseRequest,
    User,
)
from surveys.releasing import releasing
from surveys.releasing.participants import shown_groups
from surveys.releasing.reading import (
    current,
    opinions_are_public,
    participation,
    released,
    released_question,
)
from surveys.releasing.releasing import (
    NotYet,
    ask_for_release,
    release,
    release_asked_for,
    release_due,
)
from surveys.releasing.storing import store
from surveys.roles import OBSERVER
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted, Table
from surveys.tallying.folding import fold
from surveys.tallying.reading import kinds
from surveys.translated import Text
from surveys.wording import decimal
from tests.surveys.coding_cast import at_the_desk, person
from tests.surveys.test_coverage import respond

DESK = "/en/admin/results/"
COUNTED_AT = datetime(2027, 1, 2, 3, 4, tzinfo=UTC)
PLACES = {"ro": ["timis", "arad"], "rs": ["borski"]}


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


def test_a_hidden_place_cannot_be_told_from_its_country():
    counted = {
        **{EVERYBODY: {EVERYBODY: 113}, COUNTRY: {"ro": 43, "rs": 20, "outside": 50}},
        "place": {"timis": 40, "arad": 3, "borski": 20, "outside": 50},
    }

    shown = shown_groups(counted, PLACES)

    assert shown[COUNTRY] == counted[COUNTRY]
    assert shown["place"] == {"timis": None, "arad": None, "borski": 20, "outside": 50}


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

    assert [(each.total, each.groups, each.weeks) for each in found.of] == [
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


# Releasing


@pytest.fixture
def ana(db):
    return person("ana")


@pytest.fixture
def closed(listens):
    """Its numbers can be published."""
    return at_stage(listens, "closed")


def answered(citizens, number=30, crossing="weekly", **fields):
    return respond(citizens, number, {"place": "timis", "crossing": crossing}, **fields)


def publish(consultation, by, **columns):
    return release(consultation, by=by, moment=timezone.now(), **columns)


def test_a_release_is_of_the_numbers_as_they_are_counted(closed, citizens, ana):
    answered(citizens, 30)
    answered(citizens, 12, "monthly")
    answered(citizens, 3, "rare")

    made = publish(closed, ana, note=Text(en="The first"))

    cells = released(citizens)["crossing"].table.groups[EVERYBODY].cells
    assert (made.number, made.made_by, str(made.note)) == (1, ana, "The first")
    assert cells["weekly"] == 30
    assert (cells["monthly"], cells["rare"]) == (None, None)
    assert released(citizens, "place")["crossing"].table.groups["timis"].total == 45


def test_every_response_that_was_sent_is_accounted_for(closed, citizens, ana):
    stakeholders = closed.questionnaires.get(slug="stakeholders")
    answered(citizens, 12)
    answered(citizens, 3, is_rehearsal=True)
    respond(citizens, 2, state="withdrawn")
    waiting = Organisation.objects.create(name="A", standing="waiting")
    respond(stakeholders, organisation=waiting)

    made = publish(closed, ana)

    assert made.counts == {
        "citizens": {"sent": 14, "counted": 12, "withdrawn": 2, "unconfirmed": 0},
        "stakeholders": {"sent": 1, "counted": 0, "withdrawn": 0, "unconfirmed": 1},
    }


def test_nothing_is_released_anew_where_nothing_has_changed(closed, citizens, ana):
    answered(citizens)
    first = publish(closed, ana)

    assert publish(closed, ana) == first
    assert Release.objects.count() == 1
    assert AuditEntry.objects.filter(action="published", model="release").count() == 1


def test_tables_that_would_tell_of_a_few_stand_still(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)
    answered(citizens, 3)

    made = publish(closed, ana)

    assert made.held_back["citizens"] == ["place", "crossing"]
    assert released(citizens)["crossing"].table.groups[EVERYBODY].cells["weekly"] == 30


def test_one_question_stands_still_while_another_moves_on(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)
    respond(citizens, 12, {"place": "timis"})
    answered(citizens, 3)

    made = publish(closed, ana)

    tables = released(citizens)
    assert "crossing" in made.held_back["citizens"]
    assert tables["crossing"].release.number == 1
    assert tables["place"].release.number == 2
    assert tables["place"].table.groups[EVERYBODY].cells["timis"] == 45
    assert len(made.tables) == len(Release.objects.get(number=1).tables)


def test_tables_move_on_once_enough_came_in(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)
    answered(citizens, 10)

    assert publish(closed, ana).number == 2
    assert released(citizens)["crossing"].table.groups[EVERYBODY].cells["weekly"] == 40


def test_publishing_after_the_closing_makes_it_public(closed, citizens, ana):
    answered(citizens)
    at_stage(closed, "open", opinions_while_open=True)
    release(closed, by=None, moment=timezone.now())
    assert opinions_are_public(closed)

    at_stage(closed, "closed")
    assert not opinions_are_public(closed)
    publish(closed, ana)

    assert opinions_are_public(Consultation.objects.get())
    assert Release.objects.count() == 1
    assert AuditEntry.objects.get(model="release").user_name == str(ana)


@pytest.mark.parametrize("stage", ["upcoming", "open"])
def test_nothing_is_released_too_early(listens, ana, stage):
    at_stage(listens, stage)

    with pytest.raises(NotYet):
        publish(listens, ana)
    with pytest.raises(NotYet):
        ask_for_release(listens, Text(), by=ana, moment=timezone.now())


def test_who_released_meanwhile_is_followed(closed, citizens, ana, monkeypatch):
    answered(citizens)
    following = releasing._following

    def overtaken(consultation):
        found = following(consultation)
        if not Release.objects.exists():
            store([], [], consultation=consultation, number=1, made_at=COUNTED_AT)
        return found

    monkeypatch.setattr(releasing, "_following", overtaken)

    assert publish(closed, ana).number == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_release(closed, citizens, ana):
    answered(citizens)

    def publish_and_close(_number):
        try:
            return publish(Consultation.objects.get(), ana).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(publish_and_close, range(2)))

    assert numbers == [1, 1]
    assert Release.objects.count() == 1


# The step beside the site


def test_what_staff_asked_for_is_made_by_the_next_step(closed, citizens, ana):
    answered(citizens)
    ask_for_release(closed, Text(en="First"), by=ana, moment=timezone.now())
    ask_for_release(closed, Text(en="Second"), by=ana, moment=timezone.now())

    assert release_asked_for()
    assert not release_asked_for()

    assert str(Release.objects.get().note) == "Second"
    assert opinions_are_public(Consultation.objects.get())


def test_a_release_that_came_too_late_is_told_with_its_note_kept(closed, ana):
    ask_for_release(closed, Text(en="Late paper"), by=ana, moment=timezone.now())
    at_stage(closed, "open")

    assert release_asked_for()
    assert not release_asked_for()

    kept = ReleaseRequest.objects.get()
    assert (kept.unmade, str(kept.note), Release.objects.count()) == ("too_early", "Late paper", 0)
    assert "was not made: it is not closed." in at_the_desk(ana).get(DESK).text

    at_stage(closed, "closed")
    form = at_the_desk(ana).get(reverse("admin:results_publish")).text
    assert "Late paper" in form


@pytest.fixture
def shown(listens):
    cache.clear()
    return at_stage(listens, "open", opinions_while_open=True)


def test_a_note_is_published_where_no_number_has_changed(shown, citizens, ana):
    answered(citizens)
    first = publish(shown, ana)
    note = Text(en="Corrected", ro="Corectat", sr="Исправљено")
    ask_for_release(shown, note, by=ana, moment=timezone.now())

    assert release_asked_for()

    second = current(shown)
    assert (second.number, second.note, second.made_by) == (2, note, ana)
    assert second.tables == first.tables
    assert not ReleaseRequest.objects.exists()


def test_a_note_outlives_a_release_that_is_made_by_itself_meanwhile(shown, citizens, ana):
    answered(citizens)
    fold(citizens)
    ask_for_release(shown, Text(en="The first"), by=ana, moment=timezone.now())
    release_due()

    release_asked_for()

    made = Release.objects.of(shown).values_list("number", "made_by")
    assert [*made] == [(2, ana.pk), (1, None)]
    assert str(current(shown).note) == "The first"


def test_the_same_note_is_published_once(closed, citizens, ana):
    answered(citizens)

    first = publish(closed, ana, note=Text(en="The first"))

    assert publish(closed, ana, note=Text(en="The first")) == first


def test_the_desk_says_that_nothing_has_changed_until_something_has(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)
    ask_for_release(closed, Text(), by=ana, moment=timezone.now())
    desk = at_the_desk(ana)

    assert release_asked_for()
    assert not release_asked_for()

    told = desk.get(DESK).text
    assert "was not made: no number has changed since release 1." in told
    assert "is being made" not in told

    answered(citizens, 30)
    publish(closed, None)

    assert "was not made" not in desk.get(DESK).text


def test_while_open_a_release_is_made_when_ten_more_have_come(shown, citizens):
    answered(citizens, 9)
    fold(citizens)
    release_due()
    assert current(shown) is None

    answered(citizens, 1)
    fold(citizens)
    release_due()

    assert (current(shown).number, current(shown).made_by) == (1, None)


def test_while_open_there_is_at_most_one_release_a_minute(shown, citizens):
    answered(citizens, 30)
    fold(citizens)
    release_due()
    cache.clear()
    answered(citizens, 30)
    fold(citizens)

    release_due()

    assert current(shown).number == 1


@pytest.mark.parametrize(("stage", "switch"), [("open", False), ("closed", True)])
def test_nothing_is_released_by_itself_but_while_opinions_are_shown(shown, citizens, stage, switch):
    at_stage(shown, stage, opinions_while_open=switch)
    answered(citizens, 30)
    fold(citizens)

    assert release_due() is False
    assert current(shown) is None


# At the desk


def test_staff_switch_opinions_on_and_off(listens, ana):
    at_stage(listens, "open")
    desk, url = at_the_desk(ana), reverse("admin:results_while_open")

    desk.post(url, {"shown": "1"})
    assert Consultation.objects.get().opinions_while_open
    desk.post(url, {"shown": "0"})
    assert not Consultation.objects.get().opinions_while_open

    entries = AuditEntry.objects.filter(model="consultation", action="changed")
    assert [entry.details for entry in entries] == [
        {"opinions_while_open": False},
        {"opinions_while_open": True},
    ]


def test_staff_publish_with_a_note(closed, citizens, ana):
    answered(citizens)
    desk = at_the_desk(ana)

    told = desk.post(reverse("admin:results_publish"), {"note_en": "The first"}, follow=True)
    release_asked_for()

    page = desk.get(reverse("admin:results_desk")).text
    assert "is being made" in told.text
    assert "Release 1," in page
    assert "The first" in page
    assert "is being made" not in page


def test_the_desk_says_on_both_clocks_when_it_was_released(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)

    page = at_the_desk(ana).get(reverse("admin:results_desk")).text

    countries = list(closed.programme.countries.all())
    told = on_every_clock(Release.objects.get().made_at, countries)
    assert f"The last release is number 1, made on {told}." in page
    assert f"Release 1, {told}" in page


def test_a_note_that_is_too_long_is_shown_again(closed, ana):
    desk, long = at_the_desk(ana), "Long " * 201

    told = desk.post(reverse("admin:results_publish"), {"note_en": long})

    assert told.status_code == 422
    assert long.strip() in told.text
    assert not ReleaseRequest.objects.exists()


def test_publishing_before_the_closing_is_refused_in_words(listens, ana):
    at_stage(listens, "open")

    told = at_the_desk(ana).post(reverse("admin:results_publish"), {}, follow=True)

    assert "Nothing was published" in told.text
    assert not ReleaseRequest.objects.exists()


def test_the_desk_says_what_stood_still_and_why(closed, citizens, ana):
    answered(citizens)
    publish(closed, ana)
    respond(citizens, 12, {"place": "timis"})
    answered(citizens, 3)
    publish(closed, ana)

    page = at_the_desk(ana).get(reverse("admin:results_desk")).text

    assert "crossing kept their former numbers" in " ".join(page.split())


def question_page(client, citizens, by=""):
    return client.get(reverse("admin:results_question", args=[citizens.pk, "crossing"]), {"by": by})


def cells_of(page):
    return [cell.number for row in page.context["tables"][0].rows for cell in row.cells]


def test_exact_numbers_are_for_those_who_may_see_who_answered(closed, citizens, ana):
    answered(citizens, 30)
    answered(citizens, 3, "rare")
    publish(closed, ana)
    answered(citizens, 2)
    fold(citizens)
    observer = person("olga", in_secretariat=False)
    observer.groups.add(OBSERVER.group())

    assert {"32", "3"} <= set(cells_of(question_page(at_the_desk(ana), citizens)))
    assert set(cells_of(question_page(at_the_desk(observer), citizens))) == {"0", ""}


def test_what_was_not_released_is_not_shown_to_an_observer(closed, citizens):
    answered(citizens)
    fold(citizens)
    observer = person("olga", in_secretariat=False)
    observer.groups.add(OBSERVER.group())

    assert "Nothing was released yet" in question_page(at_the_desk(observer), citizens).text


@pytest.mark.parametrize(("mean", "said"), [(8 / 3, "2.7"), (2.0, "2.0"), (2.04, "2.0")])
def test_means_in_words_are_rounded_not_cut_off(mean, said):
    assert decimal(mean) == said


def test_shares_are_rounded_not_cut_off(closed, citizens, ana):
    answered(citizens, 1)
    answered(citizens, 5, "rare")
    fold(citizens)

    page = question_page(at_the_desk(ana), citizens)

    shares = [row.cells[0].share for row in page.context["tables"][0].rows]
    assert [share for share in shares if share != "0.0 %"] == ["16.7 %", "83.3 %"]


@pytest.mark.parametrize("by", ["", "country", "place", "language", "crossing"])
def test_every_kind_of_question_has_a_table_by_every_dimension(closed, citizens, ana, by):
    stakeholders = closed.questionnaires.get(slug="stakeholders")
    for questionnaire in (citizens, stakeholders):
        list(fabricate(questionnaire, 20, Random(1)))
        fold(questionnaire)
    desk = at_the_desk(ana)

    for questionnaire in (citizens, stakeholders):
        for name in kinds(questionnaire):
            page = desk.get(
                reverse("admin:results_question", args=[questionnaire.pk, name]),
                {"by": by if by != "crossing" or questionnaire == citizens else "org_type"},
            )
            assert page.status_code == 200, name
            assert page.context["tables"], name


@pytest.mark.parametrize(("by", "status"), [("nothing", 404), ("\x00", 400)])
def test_a_dimension_there_is_not_is_not_found(citizens, ana, by, status):
    assert question_page(at_the_desk(ana), citizens, by).status_code == status
