"""Every figure of a question once more, by polars, from the data file and as people define it.

Nothing of the site's tabulation is used: only what was asked, and how the file writes it.
"""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import polars

from tests.surveys import independent

HOURS = ZoneInfo("Europe/Bucharest")


@dataclass(frozen=True)
class Recounted:
    """Of one question in some responses: how many, and figures by answer or by row and answer."""

    total: int
    asked: int
    answered: int
    no_opinion: int
    base: int
    n: dict[str, int] = field(default_factory=dict)
    share: dict[str, float] = field(default_factory=dict)
    ranked: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    rows: dict[str, "RowRecounted"] = field(default_factory=dict)

    @property
    def skipped(self):
        return self.asked - self.answered


@dataclass(frozen=True)
class RowRecounted:
    """One row of a matrix: shares of its base but those that stand apart, which are of all."""

    n: dict[str, int]
    base: int
    no_opinion: int
    share: dict[str, float]
    mean: float | None
    below: float | None
    above: float | None


def recount(frame, question):
    counted = independent.counts(frame, question)
    head = (counted.total, counted.asked, counted.answered)
    if question.kind == "text":
        return Recounted(*head, 0, counted.answered)
    if question.kind == "matrix":
        rows = {item.code: _row(frame, question, item.code) for item in question.items.all()}
        return Recounted(*head, 0, counted.answered, rows=rows)
    if question.kind == "ranking":
        return _ranking(frame, question, head)
    apart = {option.code for option in question.options.all() if option.missing}
    no_opinion = sum(counted.cells.get(code, 0) for code in apart)
    base = counted.answered - no_opinion
    shares = {
        code: _part(n, counted.answered if code in apart else base)
        for code, n in counted.cells.items()
    }
    return Recounted(*head, no_opinion, base, counted.cells, shares)


def _part(n, base):
    return n / base if base else None


def _ranking(frame, question, head):
    """With R ranks the first is worth R points, and the last 1."""
    _total, _asked, answered = head
    first, ranked, points = {}, {}, {}
    most = question.maximum or len(question.options.all())
    for option in question.options.all():
        given = polars.col(f"{question.name}_{option.code}")
        ranks = frame.filter(given.is_not_null() & (given != "-66")).select(given.cast(int))
        ranks = ranks.to_series()
        first[option.code] = int((ranks == 1).sum())
        ranked[option.code] = len(ranks)
        points[option.code] = int((most + 1 - ranks).sum())
    shares = {code: _part(n, answered) for code, n in first.items()}
    return Recounted(*head, 0, answered, first, shares, ranked, points)


def _row(frame, question, item):
    column = f"{question.name}_{item}"
    given = frame.filter(polars.col(column).is_not_null() & (polars.col(column) != "-66"))
    scale = [option.code for option in question.options.all() if not option.missing]
    rated = given.filter(polars.col(column).is_in(scale))
    place = {code: position for position, code in enumerate(scale, 1)}
    points = rated.select(polars.col(column).replace_strict(place, return_dtype=int)).to_series()
    n = dict(given.group_by(column).len().rows())
    base = len(rated)
    middle = (1 + len(scale)) / 2
    return RowRecounted(
        n,
        base,
        len(given) - base,
        {code: _part(times, base if code in scale else len(given)) for code, times in n.items()},
        points.mean(),
        _part(int((points < middle).sum()), base),
        _part(int((points > middle).sum()), base),
    )


def words(frame):
    """How many texts there are: of open questions, and beside the closed ones."""
    names = [name for name in frame.columns if name in {"C5", "S10"} or _is_beside(name)]
    return sum(
        len(frame.filter(polars.col(name).is_not_null() & (polars.col(name) != "-66")))
        for name in names
    )


def _is_beside(name):
    return name.endswith(("_text", "_comment"))


def weeks(frame):
    """Responses week by week from the first on, by the clock in Bucharest."""
    sent = polars.col("sent_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    monday = sent.dt.convert_time_zone(HOURS.key).dt.truncate("1w").dt.date().alias("monday")
    counted = dict(frame.with_columns(monday).group_by("monday").len().rows())
    every = polars.date_range(min(counted), max(counted), "1w", eager=True)
    return {day: counted.get(day, 0) for day in every}
