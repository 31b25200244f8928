"""Figures from counts: worked out by hand, and what must hold of any."""

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.models import Option, Version
from surveys.question_types import question_types
from surveys.tabulation.comparison import Side, audiences, borders
from surveys.tabulation.counted import COUNTRY, Counted, Table
from surveys.tabulation.figures import figures
from surveys.tabulation.weighting import Reason, weighted

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def kinds(listens):
    """All questions of both questionnaires by name; `place` is the stakeholders'."""
    versions = Version.objects.published().with_questions().order_by("questionnaire__slug")
    return {kind.name: kind for version in versions for kind in question_types(version)}


def counted(kind, cells, *, total=200, asked=150, answered=None):
    """The cells that are named; all others of the kind are 0."""
    cells = dict.fromkeys(kind.cell_keys(), 0) | cells
    answered = sum(cells.values()) if answered is None else answered
    return Counted(total, asked, answered, cells)


def hidden(numbers, *keys):
    cells = {key: None if key in keys else n for key, n in numbers.cells.items()}
    return Counted(numbers.total, numbers.asked, numbers.answered, cells)


def by_code(lines):
    return {line.code: line for line in lines}


# One answer

S8 = {"same": 30, "wider": 10, "functional": 40, "flexible": 0, "dk": 20}


def test_no_opinion_is_not_in_the_base_of_one_answer(kinds):
    found = figures(kinds["S8"], counted(kinds["S8"], S8))

    assert (found.total, found.not_asked, found.asked, found.skipped) == (200, 50, 150, 50)
    assert (found.answered, found.no_opinion, found.base) == (100, 20, 80)
    assert [(line.code, line.n, line.share) for line in found.lines] == [
        ("same", 30, 0.375),
        ("wider", 10, 0.125),
        ("functional", 40, 0.5),
        ("flexible", 0, 0.0),
    ]
    assert [(line.code, line.n, line.share) for line in found.apart] == [("dk", 20, 0.2)]


def test_lines_are_named_in_the_active_language(kinds):
    with override("ro"):
        found = figures(kinds["S8"], counted(kinds["S8"], S8))

    assert found.apart[0].label == "Fără opinie"


def test_nobody_answered_and_nothing_is_divided(kinds):
    for kind in kinds.values():
        found = figures(kind, counted(kind, {}))

        assert (found.answered, found.base, found.skipped) == (0, 0, 150)
        assert {line.share for line in found.lines} <= {None}
        assert {item.mean for item in found.items} <= {None}


def test_a_hidden_answer_is_none_and_not_nothing(kinds):
    found = figures(kinds["S8"], hidden(counted(kinds["S8"], S8), "same", "wider"))

    assert found.base == 80
    assert [(line.n, line.share) for line in found.lines] == [
        (None, None),
        (None, None),
        (40, 0.5),
        (0, 0.0),
    ]


def test_who_has_no_opinion_is_hidden_and_so_is_the_base(kinds):
    found = figures(kinds["S8"], hidden(counted(kinds["S8"], S8), "same", "dk"))

    assert (found.answered, found.no_opinion, found.base) == (100, None, None)
    assert [(line.n, line.share) for line in found.lines[1:]] == [
        (10, None),
        (40, None),
        (0, None),
    ]


def test_a_hidden_group_has_no_figure_at_all(kinds):
    for kind in kinds.values():
        found = figures(kind, Counted(None, None, None, dict.fromkeys(kind.cell_keys())))

        assert (found.total, found.skipped, found.base) == (None, None, None)
        assert {line.n for line in (*found.lines, *found.apart)} <= {None}
        assert {(item.base, item.mean, item.above) for item in found.items} <= {(None, None, None)}


def test_an_option_of_an_older_version_comes_last_by_its_code(kinds):
    numbers = counted(kinds["S8"], {"same": 6, "smaller": 2})

    last = figures(kinds["S8"], numbers).lines[-1]

    assert (last.code, last.label, last.n, last.share) == ("smaller", "smaller", 2, 0.25)


# Several answers


def test_shares_of_several_answers_are_of_those_who_answered(kinds):
    cells = {"crossing": 60, "law": 50, "nothing": 20}
    found = figures(kinds["C4"], counted(kinds["C4"], cells, answered=100))
    lines = by_code(found.lines)

    assert (found.base, found.no_opinion) == (100, 0)
    assert (lines["crossing"].share, lines["law"].share, lines["nothing"].share) == (0.6, 0.5, 0.2)
    assert found.apart == ()


def test_only_an_answer_that_excludes_all_others_leaves_the_base(kinds):
    kind = kinds["C4"]
    cells = {"crossing": 60, "nothing": 20, "other": 30}
    by = {option.code: option for option in kind.options}
    by["nothing"].missing = by["other"].missing = Option.Missing.DONT_KNOW

    found = figures(kind, counted(kind, cells, answered=100))

    assert (found.no_opinion, found.base) == (20, 80)
    assert by_code(found.lines)["crossing"].share == 0.75
    assert [(line.n, line.share) for line in found.apart] == [(20, 0.2), (30, 0.3)]


# Ranking


def test_points_of_a_ranking_are_counted_as_borda_did(kinds):
    cells = {"small/1": 10, "small/2": 5, "p2p/1": 2, "p2p/2": 8, "p2p/3": 10, "soft/1": 8}
    found = figures(kinds["S6"], counted(kinds["S6"], cells, answered=20))
    small, p2p, soft, *rest = found.lines

    assert (small.n, small.share, small.ranked, small.ranked_share) == (10, 0.5, 15, 0.75)
    assert (small.points, small.mean_points) == (10 * 3 + 5 * 2, 2.0)
    assert (p2p.at_rank, p2p.points) == ((2, 8, 10), 2 * 3 + 8 * 2 + 10)
    assert (soft.points, soft.mean_points) == (24, 1.2)
    assert {(line.points, line.mean_points) for line in rest} == {(0, 0.0)}
    assert [line.code for line in found.by_points][:3] == ["small", "p2p", "soft"]


def test_one_hidden_rank_takes_an_options_points_away(kinds):
    cells = {"small/1": 10, "small/2": 5, "p2p/1": 10, "p2p/2": 2}
    numbers = counted(kinds["S6"], cells, answered=20)
    found = figures(kinds["S6"], hidden(numbers, "small/2"))

    assert (found.lines[0].n, found.lines[0].share) == (10, 0.5)
    assert (found.lines[0].ranked, found.lines[0].points) == (None, None)
    assert [line.code for line in found.by_points][0] == "p2p"
    assert [line.code for line in found.by_points][-1] == "small"


# Matrix

ROW = {"info/1": 4, "info/2": 6, "info/3": 10, "info/4": 15, "info/5": 5, "info/na": 10}


def test_a_row_of_a_matrix_has_its_own_base(kinds):
    found = figures(kinds["S3"], counted(kinds["S3"], ROW, answered=60))
    row = found.items[0]

    assert (found.skipped, found.base, row.skipped) == (90, 60, 100)
    assert (row.no_opinion, row.base) == (10, 40)
    assert [(line.n, line.share) for line in row.lines] == [
        (4, 0.1),
        (6, 0.15),
        (10, 0.25),
        (15, 0.375),
        (5, 0.125),
    ]
    assert (row.apart[0].n, row.apart[0].share) == (10, 0.2)


def test_the_mean_of_a_row_is_on_the_points_of_its_scale(kinds):
    row = figures(kinds["S3"], counted(kinds["S3"], ROW, answered=60)).items[0]

    assert row.mean == (4 * 1 + 6 * 2 + 10 * 3 + 15 * 4 + 5 * 5) / 40


def test_the_middle_point_is_neither_below_nor_above(kinds):
    row = figures(kinds["S3"], counted(kinds["S3"], ROW, answered=60)).items[0]

    assert (row.below, row.neutral, row.above) == (0.25, 0.25, 0.5)


def test_an_even_scale_has_no_neutral_point(kinds):
    kinds["S3"].options = [option for option in kinds["S3"].options if option.code != "5"]
    row = figures(kinds["S3"], counted(kinds["S3"], ROW, answered=60)).items[0]

    assert (row.base, row.below, row.neutral, row.above) == (35, 10 / 35, 0, 25 / 35)


def test_a_hidden_point_takes_its_rows_mean_away_and_no_others(kinds):
    other = {key.replace("info", "apply"): n for key, n in ROW.items()}
    numbers = hidden(counted(kinds["S3"], ROW | other, answered=60), "info/1", "info/2")
    info, apply, *_rest = figures(kinds["S3"], numbers).items

    assert (info.mean, info.below, info.base, info.skipped) == (None, None, None, None)
    assert (info.no_opinion, info.lines[2].n, info.lines[2].share) == (10, 10, None)
    assert apply.mean == 3.275


def test_an_open_question_tells_who_answered(kinds):
    found = figures(kinds["S10"], Counted(200, 150, 40))

    assert (found.answered, found.skipped, found.not_asked, found.base) == (40, 110, 50, 40)
    assert (found.lines, found.apart, found.items) == ((), (), ())


# Of any counts


@FEW
@given(data=st.data())
def test_one_answer_each_is_one_line_each(kinds, data):
    kind = kinds[data.draw(st.sampled_from(["C1", "S8", "place", "org_type", "age"]))]
    cells = {key: data.draw(st.integers(0, 40)) for key in kind.cell_keys()}
    found = figures(kind, counted(kind, cells))

    assert sum(line.n for line in found.lines) == found.base
    assert sum(line.n for line in found.apart) == found.no_opinion
    assert found.base + found.no_opinion == found.answered


@FEW
@given(data=st.data())
def test_a_share_is_between_nothing_and_all(kinds, data):
    kind = kinds[data.draw(st.sampled_from(sorted(kinds)))]
    rows = data.draw(st.integers(0, 60))
    cells = {key: data.draw(st.none() | st.integers(0, rows)) for key in kind.cell_keys()}
    if kind.kind != "matrix":
        found = figures(kind, counted(kind, cells, answered=sum(n or 0 for n in cells.values())))
    else:
        found = figures(kind, counted(kind, cells, answered=rows * 10))
    lines = [*found.lines, *found.apart, *(line for item in found.items for line in item.lines)]

    assert {line.share is None or 0 <= line.share <= 1 for line in lines} <= {True}
    assert {line.share is None for line in lines if line.n is None} <= {True}
    assert {item.mean is None or 1 <= item.mean <= 5 for item in found.items} <= {True}


@FEW
@given(data=st.data())
def test_below_neutral_and_above_are_all_of_a_row(kinds, data):
    kind = kinds["S4"]
    cells = {key: data.draw(st.integers(0, 9)) for key in kind.cell_keys()}
    found = figures(kind, counted(kind, cells, answered=54))

    assert [
        item.below + item.neutral + item.above == pytest.approx(1)
        for item in found.items
        if item.base
    ] == [True for item in found.items if item.base]


# Side by side


def test_each_audience_has_its_own_base(kinds):
    citizens = counted(kinds["C1"], {"clear_opp": 30, "dk": 30})
    organisations = counted(kinds["S1"], {"clear_opp": 5, "dk": 15})
    found = audiences([(kinds["C1"], citizens), (kinds["S1"], organisations)])
    line = found.lines[0]

    assert [each.base for each in found.figures] == [60, 20]
    assert line.sides == (Side(30, 0.5), Side(5, 0.25))
    assert line.difference == 0.25


def test_several_answers_are_compared_with_a_ranking_and_with_a_matrix(kinds):
    several = counted(kinds["C2"], {"nature": 30}, answered=60)
    ranked = counted(kinds["S2"], {"nature/1": 10, "nature/2": 5}, answered=20)
    rated = counted(kinds["S4"], {"law/0": 10, "law/2": 5, "law/3": 2, "law/4": 3, "law/dk": 7})
    difficulties = counted(kinds["C4"], {"law": 6, "services": 3}, answered=12)
    topics = audiences([(kinds["C2"], several), (kinds["S2"], ranked)])
    obstacles = by_code(audiences([(kinds["C4"], difficulties), (kinds["S4"], rated)]).lines)

    assert topics.lines[0].sides == (Side(30, 0.5), Side(15, 0.75))
    assert obstacles["law"].sides == (Side(6, 0.5), Side(5, 0.25))
    assert obstacles["law"].label == "Papers and different rules"
    assert obstacles["services"].sides == (Side(3, 0.25), Side(None, None))
    assert obstacles["staff"].difference is None


def test_both_sides_of_the_border_stand_in_the_order_asked_for(kinds):
    kind = kinds["S8"]
    groups = {"ro": counted(kind, {"same": 10, "wider": 30}), "": counted(kind, {"same": 9})}
    found = borders(kind, Table("S8", COUNTRY, groups), ["rs", "ro"])

    assert [each.base for each in found.figures] == [0, 40]
    assert found.lines[0].sides == (Side(0, None), Side(10, 0.25))
    assert [line.code for line in found.lines] == ["same", "wider", "functional", "flexible"]


# Weights


def by_place(kind, **cells):
    return Table(kind.name, "place", {group: counted(kind, each) for group, each in cells.items()})


def test_each_group_weighs_as_much_as_its_people(kinds):
    table = by_place(
        kinds["S8"],
        timis={"same": 30, "wider": 10, "dk": 60},
        bor={"same": 5, "wider": 15},
        outside={"same": 99},
    )
    same, wider, functional, _flexible = weighted(
        kinds["S8"], table, {"timis": 600_000, "bor": 200_000}
    )

    assert (same.share, same.reason) == (0.75 * 0.75 + 0.25 * 0.25, None)
    assert wider.share == 0.75 * 0.25 + 0.25 * 0.75
    assert functional.share == 0


def test_a_hidden_number_leaves_no_weighted_share(kinds):
    table = by_place(kinds["S8"], timis={"same": 30, "wider": 10}, bor={"same": 5, "wider": 15})
    table.groups["bor"].cells["wider"] = None
    same, wider, *_rest = weighted(kinds["S8"], table, {"timis": 600_000, "bor": 200_000})

    assert same.share == 0.75 * 0.75 + 0.25 * 0.25
    assert (wider.share, wider.reason) == (None, Reason.NOT_SHOWN)


def test_a_group_without_answers_cannot_be_weighed(kinds):
    table = by_place(kinds["S8"], timis={"same": 30})
    lines = weighted(kinds["S8"], table, {"timis": 600_000, "bor": 200_000})

    assert {(line.share, line.reason) for line in lines} == {(None, Reason.NO_ANSWERS)}


def test_without_population_figures_nothing_is_weighed(kinds):
    table = by_place(kinds["S8"], timis={"same": 30})
    lines = weighted(kinds["S8"], table, {})

    assert [line.code for line in lines] == ["same", "wider", "functional", "flexible"]
    assert {(line.share, line.reason) for line in lines} == {(None, Reason.NO_POPULATION)}


def test_rows_of_a_matrix_are_weighted_one_by_one(kinds):
    table = by_place(kinds["S3"], timis=ROW, bor={"info/1": 10})
    lines = weighted(kinds["S3"], table, {"timis": 1, "bor": 1})

    assert (lines[0].item, lines[0].code, lines[0].share) == ("info", "1", 0.55)
    assert (lines[5].item, lines[5].reason) == ("apply", Reason.NO_ANSWERS)
