"""What is hidden cannot be worked out: hand-made tables, and an attack on made-up ones."""

import random

import pytest

from surveys.models import Version
from surveys.question_types import question_types
from surveys.tabulation.counted import COUNTRY, EVERYBODY, NO_ANSWER, Counted, Table
from surveys.tabulation.protection import Publication
from surveys.tabulation.suppression import suppressed, suppressed_groups
from tests.surveys.attack import Attack, Known
from tests.surveys.made_up_counts import AGES, COUNTRY_OF, PLACES, answers, people, tables

FEW = range(1, 10)
KNOWN = {
    "S8": Known("single"),
    "C4": Known("multiple", maximum=3, exclusive=("nothing",)),
    "S3": Known("matrix"),
    "S6": Known("ranking"),
    "age": Known("single"),
    "place": Known("single"),
}
CODES = {
    "S8": ("same", "wider", "functional", "flexible", "dk"),
    "C4": ("crossing", "law", "trust", "language", "nothing"),
    "S6": ("small", "p2p", "soft", "invest"),
}


@pytest.fixture
def kinds(listens):
    versions = Version.objects.published().with_questions().order_by("questionnaire__slug")
    return {kind.name: kind for version in versions for kind in question_types(version)}


def some_keys(rng, name):
    """Some of a question's keys; few enough to be tried often."""
    if name == "S3":
        scale = ("1", "2", "3", "4", "5", "na")[-rng.randint(2, 6) :]
        return [f"{row}/{code}" for row in ("info", "apply")[: rng.randint(1, 2)] for code in scale]
    if name == "S6":
        ranks = range(1, rng.randint(2, 4))
        return [f"{code}/{rank}" for code in CODES[name][-rng.randint(2, 4) :] for rank in ranks]
    if name in CODES:
        return list(CODES[name][-rng.randint(2, 5) :])
    return list(AGES[:-1]) if name == "age" else [*COUNTRY_OF, "outside"]


def made_up(rng, name, size):
    """A question's exact tables, of so many made-up people."""
    keys, persons = some_keys(rng, name), people(rng, size)
    if name in ("age", "place"):
        given = [{person[name]} - {NO_ANSWER} for person in persons]
    else:
        given = answers(rng, KNOWN[name].kind, keys, size)
    return tables(name, keys, persons, given)


def sensitive(exact, known):
    """Every number of 1 to 9 that would tell something, as the sum that an attack looks for."""
    for table in exact.values():
        for group, counted in table.groups.items():
            where = ("", table.dimension, group)
            yield {(*where, "TOTAL"): 1}, counted.total
            if table.question not in exact:
                yield {(*where, "N"): 1}, counted.answered
            for key, n in counted.cells.items():
                yield {(*where, key): 1}, n
            for keys in complements(known, counted.cells):
                rest = counted.answered - sum(counted.cells[key] for key in keys)
                yield {(*where, "N"): 1} | {(*where, key): -1 for key in keys}, rest


def complements(known, keys):
    if known.kind == "multiple":
        return [[key] for key in keys]
    if known.kind == "ranking":
        codes = dict.fromkeys(key.split("/")[0] for key in keys)
        return [[key for key in keys if key.split("/")[0] == code] for code in codes]
    return []


def attacked(exact, published, known):
    """What the attack finds of each sensitive number: the least and the most it can be."""
    attack = Attack()
    attack.read(published, known, PLACES)
    sums = [terms for terms, n in sensitive(exact, known) if n in FEW]
    return list(zip(sums, attack.intervals(sums), strict=True))


def narrow(found):
    return [(terms, ends) for terms, ends in found if ends[1] - ends[0] < 10 - 1e-6]


def numbers_shown(published):
    for table in published.values():
        for group, counted in table.groups.items():
            for key, n in counted.cells.items():
                yield (table.dimension, group, key), n


# The attack


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("size", [11, 30, 60, 120, 300, 1000])
def test_an_attack_finds_no_answer_of_a_few(kinds, name, size):
    for seed in range(4):
        exact = made_up(random.Random(f"{name} {size} {seed}"), name, size)
        published = suppressed(kinds[name], exact, places=PLACES)

        assert narrow(attacked(exact, published, KNOWN[name])) == []


@pytest.mark.parametrize("name", KNOWN)
def test_no_hidden_answer_can_be_worked_out_exactly(kinds, name):
    exact = made_up(random.Random(f"{name} exactly"), name, 120)
    published = suppressed(kinds[name], exact, places=PLACES)
    attack = Attack()
    attack.read(published, KNOWN[name], PLACES)
    true = dict(numbers_shown(exact))
    hidden = [where for where, n in numbers_shown(published) if n is None and true[where]]
    ends = attack.intervals([{("", *where): 1} for where in hidden])

    assert [where for where, (low, high) in zip(hidden, ends, strict=True) if low == high] == []


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in ("age", "place")])
def test_without_hiding_more_than_the_few_the_attack_succeeds(kinds, name, monkeypatch):
    exact = made_up(random.Random(f"{name} 300 0"), name, 300)
    monkeypatch.setattr(Publication, "hide_enough", lambda self: True)
    published = suppressed(kinds[name], exact, places=PLACES)

    assert narrow(attacked(exact, published, KNOWN[name])) != []


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_shown_is_true_and_never_of_a_few(kinds, name):
    exact = made_up(random.Random(f"{name} shown"), name, 300)
    shown = dict(numbers_shown(suppressed(kinds[name], exact, places=PLACES)))
    true = dict(numbers_shown(exact))

    assert shown.keys() == true.keys()
    assert [where for where, n in shown.items() if n not in (None, true[where])] == []
    assert [where for where, n in shown.items() if n in FEW] == []
    assert [where for where, n in shown.items() if n] != []


def test_the_same_is_hidden_every_time(kinds):
    exact = made_up(random.Random("again"), "S6", 120)

    assert suppressed(kinds["S6"], exact, places=PLACES) == suppressed(
        kinds["S6"], exact, places=PLACES
    )


# By hand


def one_table(question, **groups):
    """By language, and of everybody; each group's cells are those of S8 that are named."""
    counted = {
        group: Counted(sum(cells.values()), sum(cells.values()), sum(cells.values()), cells)
        for group, cells in groups.items()
    }
    every = {key: sum(cells[key] for cells in groups.values()) for key in groups["ro"]}
    n = sum(every.values())
    return {
        EVERYBODY: Table(question, EVERYBODY, {EVERYBODY: Counted(n, n, n, every)}),
        "language": Table(question, "language", counted),
    }


def hidden_of(tables, dimension="language"):
    groups = tables[dimension].groups
    return {(group, key) for group in groups for key, n in groups[group].cells.items() if n is None}


def test_one_of_a_few_takes_three_others_with_it(kinds):
    exact = one_table(
        "S8",
        ro={"same": 4, "wider": 20, "functional": 90},
        sr={"same": 60, "wider": 70, "functional": 95},
        en={"same": 30, "wider": 25, "functional": 99},
    )
    published = suppressed(kinds["S8"], exact, places={})

    assert hidden_of(published) == {
        ("ro", "same"),
        ("ro", "wider"),
        ("en", "same"),
        ("en", "wider"),
    }
    assert hidden_of(published, EVERYBODY) == set()


def test_nothing_is_hidden_where_nobody_is_alone(kinds):
    exact = one_table("S8", ro={"same": 10, "wider": 0}, sr={"same": 25, "wider": 30})

    assert suppressed(kinds["S8"], exact, places={}) == exact


def test_who_did_not_choose_an_answer_may_be_a_few_too(kinds):
    every = Table("C4", EVERYBODY, {EVERYBODY: Counted(50, 50, 50, {"law": 45, "trust": 20})})
    published = suppressed(kinds["C4"], {EVERYBODY: every}, places={})

    assert published[EVERYBODY].groups[EVERYBODY].cells == {"law": None, "trust": 20}


def test_a_group_of_a_few_has_no_number_and_takes_another_with_it(kinds):
    exact = one_table(
        "S8",
        ro={"same": 4, "wider": 3},
        sr={"same": 60, "wider": 70},
        en={"same": 30, "wider": 25},
    )
    groups = suppressed(kinds["S8"], exact, places={})["language"].groups

    nothing = Counted(None, None, None, {"same": None, "wider": None})
    assert (groups["ro"], groups["en"]) == (nothing, nothing)
    assert groups["sr"] == exact["language"].groups["sr"]


def test_of_a_group_of_whom_a_few_answered_only_their_number_is_told(kinds):
    exact = one_table("S8", ro={"same": 4, "wider": 3}, sr={"same": 60, "wider": 70})
    few = exact["language"].groups["ro"]
    every = exact[EVERYBODY].groups[EVERYBODY]
    exact["language"].groups["ro"] = Counted(40, 40, 7, few.cells)
    exact[EVERYBODY].groups[EVERYBODY] = Counted(170, 170, every.answered, every.cells)
    published = suppressed(kinds["S8"], exact, places={})["language"].groups

    assert published["ro"] == Counted(40, 40, None, {"same": None, "wider": None})
    assert (published["sr"].total, published["sr"].answered) == (130, None)


def test_hardly_anybody_answered_and_nothing_is_told(kinds):
    exact = one_table("S8", ro={"same": 4, "wider": 0}, sr={"same": 0, "wider": 5})
    published = suppressed(kinds["S8"], exact, places={})

    assert published[EVERYBODY].groups[EVERYBODY] == Counted(
        None, None, None, {"same": None, "wider": None}
    )


def test_an_open_question_tells_how_many_answered(kinds):
    groups = {"ro": Counted(40, 40, 30), "sr": Counted(40, 40, 20)}
    exact = {
        EVERYBODY: Table("C5", EVERYBODY, {EVERYBODY: Counted(80, 80, 50)}),
        "language": Table("C5", "language", groups),
    }

    assert suppressed(kinds["C5"], exact, places={}) == exact


def test_how_many_were_asked_after_an_answer_is_told_of_everybody_alone(kinds):
    exact = one_table("S8", ro={"same": 40, "wider": 30}, sr={"same": 60, "wider": 70})
    exact[EVERYBODY].groups[EVERYBODY] = Counted(300, 210, 200, {"same": 100, "wider": 100})
    exact["language"].groups["ro"] = Counted(150, 75, 70, {"same": 40, "wider": 30})
    exact["language"].groups["sr"] = Counted(150, 135, 130, {"same": 60, "wider": 70})
    published = suppressed(kinds["S8"], exact, places={})

    assert published[EVERYBODY].groups[EVERYBODY].asked == 210
    assert [counted.asked for counted in published["language"].groups.values()] == [None, None]
    assert [counted.answered for counted in published["language"].groups.values()] == [70, 130]


# Several questions


def test_how_many_are_in_a_group_is_told_alike_by_all_questions(kinds):
    rng = random.Random("alike")
    persons = people(rng, 120)
    told = []
    for name in ("S8", "C4", "S3", "S6"):
        keys = some_keys(rng, name)
        given = answers(rng, KNOWN[name].kind, keys, len(persons))
        published = suppressed(kinds[name], tables(name, keys, persons, given), places=PLACES)
        told.append(
            {
                (dimension, group): counted.total
                for dimension, table in published.items()
                for group, counted in table.groups.items()
            }
        )

    assert None in told[0].values()
    assert told == [told[0]] * 4


def test_a_dimensions_own_question_tells_no_more_than_its_groups(kinds):
    exact = made_up(random.Random("own 3"), "place", 120)
    published = suppressed(kinds["place"], exact, places=PLACES)
    groups = {group: counted.total for group, counted in published["place"].groups.items()}
    every = published[EVERYBODY].groups[EVERYBODY].cells
    own = {group: counted.cells.get(group) for group, counted in published["place"].groups.items()}

    assert None in groups.values()
    assert {key: every[key] for key in every if key in groups} == {
        key: groups[key] for key in every if key in groups
    }
    assert {key: n for key, n in own.items() if key} == {key: n for key, n in groups.items() if key}


def test_two_dimensions_crossed_are_shown_once(kinds):
    rng = random.Random("crossed")
    persons = people(rng, 1000)
    crossed = []
    for name, keys in (("age", AGES[:-1]), ("place", (*COUNTRY_OF, "outside"))):
        given = [{person[name]} - {NO_ANSWER} for person in persons]
        exact = tables(name, keys, persons, given)
        published = suppressed(kinds[name], exact, places=PLACES)
        other = {"age": "place", "place": "age"}[name]
        crossed.append({n for c in published[other].groups.values() for n in c.cells.values()})

    assert crossed[1] == {None}
    assert crossed[0] != {None}


# Groups alone


def test_a_small_place_hides_another_of_its_country():
    counts = {
        EVERYBODY: {EVERYBODY: 139},
        "place": {"timis": 50, "caras": 4, "mehedinti": 25, "bor": 40, "banat": 20},
        COUNTRY: {"ro": 79, "rs": 60},
    }

    assert suppressed_groups(counts, places=PLACES) == {
        EVERYBODY: {EVERYBODY: 139},
        "place": {"timis": 50, "caras": None, "mehedinti": None, "bor": 40, "banat": 20},
        COUNTRY: {"ro": 79, "rs": 60},
    }


def test_the_only_place_of_a_country_is_hidden_with_it():
    counts = {
        EVERYBODY: {EVERYBODY: 84},
        "place": {"timis": 4, "bor": 60, "banat": 20},
        COUNTRY: {"ro": 4, "rs": 80},
    }
    shown = suppressed_groups(counts, places=PLACES)

    assert shown["place"] == {"timis": None, "bor": 60, "banat": None}
    assert shown[COUNTRY] == {"ro": None, "rs": None}


def test_nobody_is_a_number_that_is_told():
    counts = {EVERYBODY: {EVERYBODY: 30}, "language": {"ro": 30, "sr": 0}}

    assert suppressed_groups(counts, places={}) == counts


def test_a_few_in_all_are_not_told_apart():
    counts = {EVERYBODY: {EVERYBODY: 9}, "language": {"ro": 9, "sr": 0}}

    assert suppressed_groups(counts, places={}) == {
        EVERYBODY: {EVERYBODY: None},
        "language": {"ro": None, "sr": None},
    }
