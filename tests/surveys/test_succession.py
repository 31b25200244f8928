"""Two releases of a question's tables: nobody can subtract one from the other."""

import random
from dataclasses import replace

import pytest

from surveys.models import Version
from surveys.question_types import question_types
from surveys.tabulation.counted import EVERYBODY, Counted, Table
from surveys.tabulation.succession import may_follow
from surveys.tabulation.suppression import suppressed
from tests.surveys.attack import Attack, Known
from tests.surveys.made_up_counts import PLACES, answers, people, tables

KNOWN = {
    "S8": (Known("single"), ("same", "wider", "dk")),
    "C4": (Known("multiple", maximum=3, exclusive=("nothing",)), ("crossing", "law", "nothing")),
    "S3": (Known("matrix"), ("info/1", "info/5", "apply/1", "apply/5")),
    "S6": (Known("ranking"), ("small/1", "small/2", "p2p/1", "p2p/2")),
}
FEW = range(1, 10)


@pytest.fixture
def kinds(listens):
    versions = Version.objects.published().with_questions()
    return {kind.name: kind for version in versions for kind in question_types(version)}


def table(dimension, **groups):
    return {dimension: Table("S8", dimension, groups)}


def every(n, **cells):
    return table(EVERYBODY, **{EVERYBODY: Counted(n, n, n, cells)})


def follows(kinds, former, now, name="S8", places=PLACES):
    return may_follow(kinds[name], former, now, places=places)


def test_a_number_moves_by_nobody_or_by_ten(kinds):
    former = every(100, same=60, wider=40)

    assert follows(kinds, former, former)
    assert follows(kinds, former, every(110, same=70, wider=40))
    assert follows(kinds, former, every(90, same=50, wider=40))


def test_a_number_does_not_move_by_a_few(kinds):
    former = every(100, same=60, wider=40)

    assert not follows(kinds, former, every(119, same=70, wider=49))
    assert not follows(kinds, former, every(101, same=60, wider=41))
    assert not follows(kinds, former, every(97, same=57, wider=40))


def test_neither_do_those_who_did_not_choose_an_answer(kinds):
    former, now = every(100, law=60), every(120, law=77)

    assert not follows(kinds, former, now, "C4")
    assert follows(kinds, former, every(120, law=70), "C4")
    assert follows(kinds, former, every(120, law=80), "C4")


def test_a_number_that_was_hidden_may_be_shown(kinds):
    former = every(100, same=None, wider=None, dk=60)

    assert follows(kinds, former, every(120, same=20, wider=40, dk=60))


def test_what_is_hidden_together_does_not_move_by_a_few_either(kinds):
    former = every(100, same=None, wider=None, dk=60)

    assert not follows(kinds, former, every(115, same=None, wider=None, dk=70))
    assert follows(kinds, former, every(130, same=None, wider=None, dk=70))


def test_nor_do_hidden_groups_of_everybody_or_of_a_country(kinds):
    def crossed(ro, timis, everybody, n=None):
        of = {name: Counted(n, n, n, {"same": n}) for name, n in {"ro": ro, "timis": timis}.items()}
        hidden = Counted(n, n, n, {"same": n})
        return {
            **every(everybody, same=everybody),
            **table("country", ro=of["ro"], rs=hidden),
            **table("place", timis=of["timis"], caras=hidden, mehedinti=hidden, bor=hidden),
        }

    former = crossed(50, 30, 100)

    assert follows(kinds, former, crossed(70, 40, 120))
    assert not follows(kinds, former, crossed(70, 40, 125))
    assert not follows(kinds, former, crossed(70, 45, 120))


def test_a_group_that_nobody_was_in_comes_from_nothing(kinds):
    former = {**every(100, same=100), **table("language", ro=Counted(100, 100, 100, {"same": 100}))}
    now = {
        **every(130, same=130),
        **table(
            "language",
            ro=Counted(100, 100, 100, {"same": 100}),
            sr=Counted(30, 30, 30, {"same": 30}),
        ),
    }

    assert follows(kinds, former, now)


def test_how_many_responded_is_public_anyway(kinds):
    former = every(100, same=60, wider=40)
    group = former[EVERYBODY].groups[EVERYBODY]
    now = {EVERYBODY: replace(former[EVERYBODY], groups={EVERYBODY: replace(group, total=103)})}

    assert not follows(kinds, former, {EVERYBODY: replace_asked(now, 103 - 2)})
    assert follows(kinds, former, {EVERYBODY: replace_asked(now, 103)})


def replace_asked(tables, asked):
    counted = tables[EVERYBODY].groups[EVERYBODY]
    return replace(tables[EVERYBODY], groups={EVERYBODY: replace(counted, asked=asked)})


# The attack


def releases(kinds, name, seed):
    """Exact and published tables of some people, and of them and more."""
    rng = random.Random(f"{name} {seed}")
    before, after = rng.choice([20, 60, 300]), rng.choice([3, 15, 60, 300, 1000])
    known, keys = KNOWN[name]
    persons = people(rng, before + after)
    if rng.random() < 0.5:
        persons = [{EVERYBODY: EVERYBODY, "language": each["language"]} for each in persons]
    given = answers(rng, known.kind, keys, len(persons))
    exact = [tables(name, keys, persons[:n], given[:n]) for n in (before, len(persons))]
    return exact, [suppressed(kinds[name], each, places=PLACES) for each in exact]


def pinned_down(name, exact, published):
    """The answers that a few more people gave, where the attack finds about how many."""
    attack = Attack()
    for label, release in zip(("former", "now"), published, strict=True):
        attack.read(release, KNOWN[name][0], PLACES, label)
    changes = []
    for dimension, table in exact[1].items():
        for group, counted in table.groups.items():
            former = exact[0][dimension].groups.get(group)
            for key, n in counted.cells.items():
                if n - (former.cells[key] if former else 0) in FEW:
                    now = {("now", dimension, group, key): 1}
                    changes.append(
                        now | ({("former", dimension, group, key): -1} if former else {})
                    )
    ends = attack.intervals(changes)
    return [
        change for change, (low, high) in zip(changes, ends, strict=True) if high - low < 10 - 1e-6
    ]


@pytest.mark.parametrize("name", KNOWN)
def test_an_attack_on_two_releases_finds_only_what_the_rule_refuses(kinds, name):
    allowed, refused = [], []
    for seed in range(12):
        exact, published = releases(kinds, name, seed)
        found = pinned_down(name, exact, published)
        (allowed if follows(kinds, *published, name) else refused).append(found)

    assert allowed
    assert [found for found in allowed if found] == []
    assert [found for found in refused if found] != []
