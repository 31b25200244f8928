"""Who has answered so far: counts, shares, what is not shown, what falls behind, targets."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from surveys.coverage.behind import behind_population, elapsed, is_behind_wanted, sentences
from surveys.coverage.counting import counts
from surveys.coverage.overview import number_behind
from surveys.coverage.tables import Row, table, weeks
from surveys.desk.sources import coverage as coverage_tasks
from surveys.dimensions import Dimension, possible
from surveys.loading import LoadingError, _Desk, _load_targets
from surveys.models import AuditEntry, Consultation, Organisation, Response, Target, User
from surveys.roles import OBSERVER, Role, secretariat
from surveys.tabulation.small_cells import hidden
from surveys.tallying.folding import fold
from tests.surveys.seeing import seen_on, stored_beside
from tests.surveys.signing_in import sign_in_staff

DIMENSIONS = ["place", "language", "channel", "org_type"]
"""Of the stakeholders' questionnaire."""
MADE_UP = "made up for a test"


@pytest.fixture
def citizens(listens):
    return listens.questionnaires.get(slug="citizens")


@pytest.fixture
def stakeholders(listens):
    return listens.questionnaires.get(slug="stakeholders")


@pytest.fixture
def desk():
    def sign_in(*roles):
        user = User.objects.create_user(f"user{User.objects.count()}", is_staff=True)
        user.groups.add(*[role.group() for role in roles] or [secretariat()])
        client = Client()
        sign_in_staff(client, user)
        return client

    return sign_in


def respond(questionnaire, number=1, answers=None, is_tallied=True, **fields):
    now = timezone.now()
    version = questionnaire.current_version()
    defaults = {
        "questionnaire": questionnaire,
        "version": version,
        "state": "sent",
        "language": "ro",
        "answers": answers or {},
        "started_at": now,
        "sent_at": now,
    }
    made = Response.objects.bulk_create([Response(**defaults | fields) for _n in range(number)])
    if is_tallied:
        fold(questionnaire)
    return made


def at_random(questionnaire, number, rng):
    """Responses of all kinds, of which some do not count."""
    now = timezone.now()
    for position in range(number):
        state = rng.choice(["sent", "sent", "sent", "draft", "withdrawn"])
        sent_at = None if state == "draft" else now - timedelta(hours=rng.randrange(2000))
        answers = {
            name: rng.choice(codes)
            for name, codes in {
                "place": ["timis", "borski", "outside"],
                "age": ["u18", "65p", "na"],
                "org_type": ["ngo", "municipality", "retired_code"],
            }.items()
            if rng.random() < 0.8
        }
        standing = rng.choice([None, "listed", "listed", "waiting", "refused"])
        respond(
            questionnaire,
            is_tallied=position == number - 1,
            answers={} if state == "withdrawn" else answers,
            state=state,
            language=rng.choice(["en", "ro", "sr", "sr-latn"]),
            channel=rng.choice(["web", "paper", "phone", "event"]),
            started_at=sent_at or now,
            sent_at=sent_at,
            is_rehearsal=rng.random() < 0.1,
            organisation=standing
            and Organisation.objects.create(
                name=f"{questionnaire.slug} {position}", standing=standing
            ),
        )


def counts_that_should_be(questionnaire):
    """The same by hand: row by row, in Python."""
    rows = [
        response
        for response in Response.objects.select_related("organisation")
        if response.questionnaire_id == questionnaire.pk
        and response.state == "sent"
        and not response.is_rehearsal
        and not (response.organisation and response.organisation.standing in ("waiting", "refused"))
    ]
    by = {
        name: Counter(response.answers.get(name, "") for response in rows)
        for name in ("place", "org_type")
    }
    by["language"] = Counter(response.language for response in rows)
    by["channel"] = Counter(response.channel for response in rows)
    days = [timezone.localdate(response.sent_at) for response in rows]
    return len(rows), by, Counter(day - timedelta(days=day.weekday()) for day in days)


# Counting


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_a_count_by_hand(citizens, stakeholders, seed):
    rng = Random(seed)
    at_random(stakeholders, 150, rng)
    at_random(citizens, 30, rng)

    found = counts(stakeholders, DIMENSIONS)

    total, by, by_week = counts_that_should_be(stakeholders)
    assert total > 30
    assert found.total == total
    assert found.by == {name: dict(numbers) for name, numbers in by.items()}
    assert {monday: number for monday, number in found.weeks.items() if number} == by_week


def test_weeks_begin_on_monday_on_the_clocks_of_the_programme_and_have_no_gaps(citizens):
    # Sunday 23:30 in UTC is Monday in Bucharest.
    for moment in (
        datetime(2026, 11, 15, 21, 30, tzinfo=UTC),
        datetime(2026, 11, 29, 22, 30, tzinfo=UTC),
    ):
        respond(citizens, started_at=moment, sent_at=moment)

    assert counts(citizens, []).weeks == {
        date(2026, 11, 9): 1,
        date(2026, 11, 16): 0,
        date(2026, 11, 23): 0,
        date(2026, 11, 30): 1,
    }


def test_each_dimension_takes_one_query(citizens, django_assert_num_queries):
    with django_assert_num_queries(len(DIMENSIONS) + 3):
        counts(citizens, DIMENSIONS)


# Small cells


@given(st.dictionaries(st.integers(0, 30), st.integers(0, 40), max_size=12))
def test_no_hidden_count_can_be_told_from_the_total_and_the_rest(cells):
    unseen = hidden(cells)

    assert {key for key, number in cells.items() if number < 10} <= unseen
    if unseen and unseen != set(cells):
        assert len(unseen) >= 2
        assert sum(cells[key] for key in unseen) >= 10


@pytest.mark.parametrize(
    ("cells", "unseen"),
    [
        ({"a": 10, "b": 11}, set()),
        ({"a": 9, "b": 11, "c": 12}, {"a", "b"}),
        ({"a": 9, "b": 5, "c": 12}, {"a", "b"}),
        ({"a": 1, "b": 2, "c": 12, "d": 13}, {"a", "b", "c"}),
        ({"a": 9}, {"a"}),
        ({}, set()),
    ],
)
def test_cells_under_ten_are_hidden_and_so_is_what_would_tell_them(cells, unseen):
    assert hidden(cells) == unseen


def test_whoever_may_not_see_who_answered_is_shown_no_small_number(desk, citizens):
    respond(citizens, 17, {"place": "timis"})
    respond(citizens, 13, {"place": "borski"})
    respond(citizens, 7, {"place": "podunavski"})
    Target.objects.create(questionnaire=citizens, dimension="place", code="podunavski", wanted=4000)
    address = f"/en/admin/coverage/{citizens.pk}/"

    full, limited = (
        desk(role).get(address).content.decode()
        for role in (Role("all", ("target",), may=("see_identity",)), OBSERVER)
    )

    assert "7 of 4,000" in full
    assert '<td class="number">13</td>' in full
    assert "fewer than 10" not in full
    assert "Podunavlje District: fewer than 10 of 4000 wanted" in limited
    assert '<td class="number">17</td>' in limited
    # Seven could be told from the total and from 13.
    assert '<td class="number">13</td>' not in limited
    assert '<td class="number">7</td>' not in limited
    assert "37 responses" in limited


def test_a_total_under_ten_is_not_shown_either(desk, citizens):
    respond(citizens, 7, {"place": "timis"})

    page = desk(OBSERVER).get(f"/en/admin/coverage/{citizens.pk}/").content.decode()

    assert "Fewer than 10 responses" in page
    assert '<td class="number">7</td>' not in page


# Against the population


PLACE = Dimension(
    "place", "Place", {"a": "A", "b": "B", "c": "C", "na": "Rather not say"}, frozenset({"na"})
)


def target(code, **fields):
    return Target(dimension="place", code=code, source=MADE_UP, **fields)


def rows(counted, *targets, shows_small=True):
    found = table(PLACE, counted, targets, shows_small=shows_small)
    return found, {row.code: row for row in found.rows}


def test_shares_are_of_the_groups_whose_size_is_known():
    found, row = rows(
        {"a": 30, "b": 10, "c": 60, "na": 5, "": 7},
        target("a", population=10_000),
        target("b", population=30_000),
    )

    assert (found.base, found.population) == (40, 40_000)
    assert (row["a"].share, row["a"].population_share, row["a"].difference) == (75, 25, 50)
    assert (row["a"].per_10_000, row["b"].per_10_000) == (30, pytest.approx(3.333, abs=0.001))
    assert (row["c"].share, row["c"].per_10_000) == (None, None)
    assert [each.label for each in found.rows] == ["A", "B", "C", "Rather not say", "No answer"]


def test_without_figures_shares_are_of_all_who_say_it():
    found, row = rows({"a": 30, "b": 10, "na": 5, "": 7})

    assert found.base == 40
    assert [row[code].share for code in ("a", "b", "c", "na", "")] == [75, 25, 0, None, None]


def test_a_code_that_is_offered_no_more_is_counted_under_its_code():
    found, row = rows({"a": 30, "old": 2})

    assert (row["old"].label, row["old"].count) == ("old", 2)


def test_shares_are_of_what_is_shown_alone():
    found, row = rows({"a": 30, "b": 12, "c": 3, "": 20}, shows_small=False)

    # "b" and "Rather not say" are hidden with "c": they would tell how many they are.
    assert found.base == sum(each.count or 0 for each in found.rows if each.code)
    assert row["c"].count is row["c"].share is row["c"].per_10_000 is None


@pytest.mark.parametrize(
    ("counted", "wanted", "part", "is_behind"),
    [
        (14, 30, 0.5, True),
        (15, 30, 0.5, False),
        (0, 30, 0.0, False),
        (29, 30, 1.0, True),
        (5, 0, 1.0, False),
        (5, None, 1.0, False),
    ],
)
def test_a_group_is_behind_when_it_has_fewer_than_wanted_by_now(counted, wanted, part, is_behind):
    assert is_behind_wanted(Row("a", "A", counted, wanted=wanted), part) == is_behind


@pytest.mark.parametrize(("wanted", "is_behind"), [(9, False), (10, True)])
def test_that_a_small_group_is_behind_tells_no_more_than_that_it_is_small(wanted, is_behind):
    assert is_behind_wanted(Row("a", "A", None, is_small=True, wanted=wanted), 1.0) == is_behind


def test_the_groups_far_below_all_others_are_behind_the_lowest_first():
    found, row = rows(
        {"a": 100, "b": 20, "c": 10},
        *[target(code, population=10_000) for code in "abc"],
    )

    assert behind_population(found) == [row["c"], row["b"]]


def test_where_none_is_far_below_the_lowest_is_named_and_chance_names_nobody():
    near, row = rows(
        {"a": 50, "b": 45}, target("a", population=10_000), target("b", population=10_000)
    )
    few, _row = rows({"a": 3, "b": 0}, target("a", population=900), target("b", population=900))

    assert behind_population(near) == [row["b"]]
    assert behind_population(few) == []


def test_what_falls_behind_is_said_in_words():
    found, _row = rows(
        {"a": 100, "b": 12},
        target("a", population=50_000),
        target("b", population=52_000, wanted=30),
    )

    assert list(sentences(found, 0.8)) == [
        "B: 12 of 30 wanted. By now it should be 24.",
        "B: 2.3 per 10,000, the lowest. Share the paper form there.",
    ]
    assert next(sentences(found, 1.0)) == "B: 12 of 30 wanted."


@pytest.mark.parametrize(("days", "part"), [(-1, 0), (0, 0), (5, 0.5), (10, 1), (99, 1)])
def test_the_time_gone_by_is_between_nothing_and_all(days, part):
    opens = datetime(2027, 1, 1, tzinfo=UTC)
    consultation = Consultation(opens_at=opens, closes_at=opens + timedelta(days=10))

    assert elapsed(consultation, opens + timedelta(days=days)) == part


def test_the_plot_is_as_high_as_its_highest_week():
    found = weeks({date(2027, 1, 4): 20, date(2027, 1, 11): 40}, shows_small=True)

    assert [(week.count, week.height, week.top) for week in found] == [
        (20, 50, 50),
        (40, 0 + 100, 0),
    ]
    assert found[0].left + found[0].width <= found[1].left <= 100 - found[1].width
    assert [week.count for week in weeks({date(2027, 1, 4): 9}, shows_small=False)] == [None]


# The page


def test_the_page_says_as_of_when_and_what_is_behind(desk, citizens):
    Consultation.objects.update(closes_at=timezone.now() + timedelta(days=1))
    respond(citizens, 12, {"place": "podunavski"})
    Target.objects.create(questionnaire=citizens, dimension="place", code="podunavski", wanted=30)

    page = desk().get("/en/admin/coverage/", follow=True).content.decode()

    assert "Podunavlje District: 12 of 30 wanted. By now it should be" in page
    assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d \(Romania\), \d\d:\d\d \(Serbia\)<", page)
    assert "12 of 30" in page


def test_a_question_is_counted_by_once_it_has_a_target(desk, citizens):
    client, address = desk(), f"/en/admin/coverage/{citizens.pk}/"
    before = client.get(address).content.decode()

    Target.objects.create(questionnaire=citizens, dimension="crossing", code="weekly", wanted=5)

    after = client.get(address).content.decode()
    assert 'id="by-crossing"' not in before
    assert 'id="by-crossing"' in after


@pytest.mark.parametrize("language", ["en", "ro", "sr", "sr-latn"])
def test_the_page_opens_in_every_language_with_nothing_counted(desk, stakeholders, language):
    answer = desk().get(f"/{language}/admin/coverage/{stakeholders.pk}/")

    assert answer.status_code == 200
    assert 'id="by-org_type"' in answer.content.decode()


def test_the_page_takes_as_many_queries_for_three_targets_as_for_one(
    desk, citizens, django_assert_num_queries
):
    client, address = desk(), f"/en/admin/coverage/{citizens.pk}/"
    Target.objects.create(questionnaire=citizens, dimension="place", code="timis", wanted=5)
    respond(citizens)
    client.get(address)
    with django_assert_num_queries(23) as first:
        client.get(address)
    for code in ("borski", "podunavski"):
        Target.objects.create(questionnaire=citizens, dimension="place", code=code, wanted=5)
    respond(citizens, 2)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(address)


# Targets


def targets(questionnaire, dimension="place"):
    return f"/en/admin/coverage/{questionnaire.pk}/targets/{dimension}/"


def save(client, questionnaire, entered):
    """Open the form, and send it."""
    opened = client.get(targets(questionnaire))
    return client.post(targets(questionnaire), seen_on(opened) | entered)


def stored():
    return set(Target.objects.values_list("code", "population", "source", "wanted"))


def test_figures_and_targets_are_set_changed_and_taken_away(desk, citizens):
    client = desk()
    first = {"common_source": "Census 2021", "timis-population": "650000", "borski-wanted": "30"}

    answer = save(client, citizens, first)
    after_first = stored()
    save(client, citizens, {"timis-wanted": "7"})

    assert answer.status_code == 302
    assert after_first == {("timis", 650000, "Census 2021", None), ("borski", None, "", 30)}
    assert stored() == {("timis", None, "", 7)}
    assert AuditEntry.objects.filter(model="target", action="changed").count() == 2


def test_targets_that_a_colleague_set_meanwhile_are_told_and_not_overwritten(desk, citizens):
    client = desk()
    opened = seen_on(client.get(targets(citizens)))
    client.post(targets(citizens), opened | {"timis-wanted": "30", "borski-wanted": "5"})

    refused = client.post(targets(citizens), opened | {"timis-wanted": "7", "borski-wanted": "5"})

    assert refused.status_code == 422
    assert "Somebody changed this since you opened it." in refused.content.decode()
    assert 'name="timis-wanted" value="7"' in refused.content.decode()
    assert stored_beside(refused) == ["Timiș County: How many shall answer", "30"]
    assert stored() == {("timis", None, "", 30), ("borski", None, "", 5)}
    again = client.post(targets(citizens), seen_on(refused) | {"timis-wanted": "7"})
    assert again.status_code == 302
    assert stored() == {("timis", None, "", 7)}


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"timis-population": "650000"}, "Timiș County: Say where this figure comes from"),
        ({"timis-population": "-1", "timis-source": "x"}, "Enter a whole number"),
        ({"timis-wanted": "many"}, "Enter a whole number"),
        ({"timis-wanted": "9" * 40}, "This number is too large"),
        ({"timis-wanted": "9" * 9000}, "Enter a whole number"),
        ({"timis-wanted": "1", "timis-source": "a\0"}, "Null characters are not allowed"),
        ({"common_source": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_in_words_and_nothing_is_written(
    desk, citizens, entered, words
):
    answer = save(desk(), citizens, entered | {"borski-wanted": "3"})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert stored() == set()


@pytest.mark.parametrize("dimension", ["C5", "C2", "nothing", "channel; drop"])
def test_only_what_can_be_counted_by_has_targets(desk, citizens, dimension):
    assert desk().get(targets(citizens, dimension)).status_code == 404


def test_a_reason_for_no_answer_has_no_target(desk, citizens):
    page = desk().get(targets(citizens)).content.decode()

    assert 'name="outside-wanted"' in page
    assert 'name="na-wanted"' not in page


def test_who_may_look_may_not_set(desk, citizens):
    client = desk(OBSERVER)

    assert client.get(f"/en/admin/coverage/{citizens.pk}/").status_code == 200
    assert client.get(targets(citizens)).status_code == 403
    assert client.post(targets(citizens), {"timis-wanted": "3"}).status_code == 403
    assert stored() == set()


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("a_population_figure_has_a_source", {"code": "borski", "population": 5}),
        ("one_target_per_group", {"code": "timis"}),
    ],
)
def test_a_target_is_what_its_rules_say(citizens, rule, fields):
    Target.objects.create(questionnaire=citizens, dimension="place", code="timis")

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Target.objects.create(questionnaire=citizens, dimension="place", **fields)


def load_targets(questionnaire, dimensions, *, overwrite=False):
    """Load what a file says, and return what was left as staff have it."""
    meeting = _Desk(overwrite=overwrite)
    _load_targets(questionnaire, dimensions, meeting)
    return meeting.left


def test_figures_of_the_files_are_loaded_and_never_take_the_place_of_what_staff_set(citizens):
    Target.objects.create(questionnaire=citizens, dimension="place", code="timis", wanted=9)
    group = {"code": "timis", "wanted": "3"}, {"code": "borski", "population": "101"}

    left = load_targets(citizens, [{"by": "place", "source": MADE_UP, "groups": group}])

    assert stored() == {("timis", None, "", 9), ("borski", 101, MADE_UP, None)}
    assert left == ["left as staff have it: target citizens place timis (wanted)"]
    with pytest.raises(LoadingError, match="needs a source"):
        load_targets(citizens, [{"by": "age", "groups": [{"code": "u18", "population": "5"}]}])


def test_targets_that_staff_have_taken_away_come_back_only_where_that_is_asked_for(desk, citizens):
    place = {"by": "place", "groups": [{"code": "timis", "wanted": "3"}]}
    age = {"by": "age", "groups": [{"code": "u18", "wanted": "2"}]}
    load_targets(citizens, [place])
    save(desk(), citizens, {})

    left = load_targets(citizens, [place, age])

    assert left == ["left as staff have it: target citizens place timis (not there)"]
    assert stored() == {("u18", None, "", 2)}
    assert load_targets(citizens, [place, age], overwrite=True) == []
    assert stored() == {("u18", None, "", 2), ("timis", None, "", 3)}


# What waits for somebody


def test_groups_that_fall_behind_are_a_task_while_there_is_time(citizens):
    now = timezone.now()
    Consultation.objects.update(opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=5))
    assert list(coverage_tasks(Consultation.objects.current())) == []
    for code, wanted in (("timis", 20), ("borski", 40)):
        Target.objects.create(questionnaire=citizens, dimension="place", code=code, wanted=wanted)
    respond(citizens, 11, {"place": "timis"})
    respond(citizens, 11, {"place": "borski"})

    (task,) = coverage_tasks(Consultation.objects.current())

    assert task.words == "Citizen questionnaire: 1 group falls behind what is wanted"
    assert number_behind(citizens, Consultation.objects.current()) == 1
    Consultation.objects.update(closes_at=now - timedelta(days=1))
    assert list(coverage_tasks(Consultation.objects.current())) == []


def test_reasons_for_no_answer_are_known_by_dimension(citizens):
    by_name = {dimension.name: dimension for dimension in possible(citizens)}

    assert by_name["age"].reasons == {"na"}
    assert "C2" not in by_name
    assert list(by_name)[-2:] == ["language", "channel"]
