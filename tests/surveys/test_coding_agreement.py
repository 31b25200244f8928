"""Agreement of two coders, against examples worked by hand and by what must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.coding.agreement import (
    Undefined,
    agreement_per_code,
    cohen_kappa,
    krippendorff_alpha,
    masi,
    nominal,
    overall,
)

SETS = st.frozensets(st.integers(1, 5), max_size=4)
PAIRS = st.lists(st.tuples(SETS, SETS), min_size=2, max_size=30)


def test_kappa_of_fifty_proposals():
    # 20 times both yes, 5 yes and no, 10 no and yes, 15 both no: p = 35/50 = 0.7; by chance
    # yes 0.5 * 0.6 + no 0.5 * 0.4 = 0.5; (0.7 - 0.5) / (1 - 0.5) = 0.4.
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15

    assert cohen_kappa(pairs).value == pytest.approx(0.4)
    assert cohen_kappa(pairs).base == 50


def test_kappa_where_as_many_agree_but_more_do_by_chance():
    # 25, 35, 5, 35 of 100: p = 0.6; by chance 0.6 * 0.3 + 0.4 * 0.7 = 0.46; 0.14 / 0.54 = 0.259.
    pairs = [(1, 1)] * 25 + [(1, 0)] * 35 + [(0, 1)] * 5 + [(0, 0)] * 35

    assert cohen_kappa(pairs).value == pytest.approx(0.2593, abs=0.0001)


def test_alpha_of_krippendorffs_binary_example():
    # Krippendorff 2011, A: Meg and Owen on 10 articles. 14 zeros and 6 ones; 4 pairs differ:
    # 1 - (20 - 1) * 8 / (2 * 14 * 6) * ... = 1 - 19 * 4 / (14 * 6) = 0.095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]

    alpha = krippendorff_alpha(list(zip(meg, owen, strict=True)), nominal)

    assert alpha.value == pytest.approx(1 - 19 * 4 / (14 * 6))
    assert alpha.value == pytest.approx(0.095, abs=0.0005)


def test_alpha_of_krippendorffs_nominal_example():
    # Krippendorff 2011, B: Ben and Gerry on 12 units, 0.692.
    alpha = krippendorff_alpha(
        list(zip("aabbdcccedda", "babbbcccEddd".lower(), strict=True)), nominal
    )

    assert alpha.value == pytest.approx(0.692, abs=0.0005)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ({1, 2}, {1, 2}, 0),
        ({1}, {1, 2}, 1 - 1 / 2 * 2 / 3),
        ({1, 2}, {2, 3}, 1 - 1 / 3 * 1 / 3),
        ({1}, {2}, 1),
        (set(), {1}, 1),
        (set(), set(), 0),
    ],
)
def test_masi_as_passonneau_defines_it(one, other, distance):
    assert masi(frozenset(one), frozenset(other)) == pytest.approx(distance)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ([], Undefined.TOO_FEW),
        ([(1, 0)], Undefined.TOO_FEW),
        ([(1, 1), (1, 1)], Undefined.NO_VARIANCE),
    ],
)
def test_where_there_is_no_figure_it_is_said_why(pairs, why):
    kappa, alpha = cohen_kappa(pairs), krippendorff_alpha(pairs, nominal)

    assert (kappa.value, kappa.undefined, kappa.base) == (None, why, len(pairs))
    assert (alpha.value, alpha.undefined, alpha.base) == (None, why, len(pairs))


@given(st.lists(SETS, min_size=2, max_size=30))
def test_perfect_agreement_is_one_or_has_no_variance(said):
    pairs = [(codes, codes) for codes in said]
    measures = [overall(pairs)]
    for each in agreement_per_code(range(1, 6), pairs):
        measures += [each.kappa, each.alpha]

    assert {measure.value for measure in measures} <= {1.0, None}
    assert (overall(pairs).value == 1.0) == (len(set(said)) > 1)


@given(PAIRS)
def test_it_is_the_same_whichever_coder_comes_first(pairs):
    swapped = [(second, first) for first, second in pairs]

    assert overall(swapped).value == pytest.approx(overall(pairs).value)
    for one, other in zip(
        agreement_per_code(range(1, 6), pairs),
        agreement_per_code(range(1, 6), swapped),
        strict=True,
    ):
        assert other.kappa.value == pytest.approx(one.kappa.value)
        assert other.alpha.value == pytest.approx(one.alpha.value)


@given(PAIRS, st.permutations(range(1, 6)))
def test_it_is_the_same_whatever_the_codes_are_called(pairs, order):
    renamed = [tuple(frozenset(order[n - 1] for n in codes) for codes in pair) for pair in pairs]

    assert overall(renamed).value == pytest.approx(overall(pairs).value)
    before = agreement_per_code(range(1, 6), pairs)
    after = {each.number: each for each in agreement_per_code(range(1, 6), renamed)}
    for each in before:
        assert after[order[each.number - 1]].kappa == each.kappa


@given(PAIRS)
def test_no_figure_is_outside_its_bounds(pairs):
    for each in agreement_per_code(range(1, 6), pairs):
        assert each.kappa.value is None or -1 <= each.kappa.value <= 1
        assert each.alpha.value is None or -1 <= each.alpha.value <= 1
        # Alpha corrects for a small base, and so is never below Scott's pi, kappa's next of kin.
        assert 0 <= each.agreed <= 1
