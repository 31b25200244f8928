"""Figures for people: what one question's counts say, with the base that shares are of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from surveys.question_types import QuestionType
from surveys.question_types.choice import MultipleChoice
from surveys.question_types.matrix import Matrix
from surveys.question_types.ranking import Ranking
from surveys.tabulation.counted import Counted, Number


@dataclass(frozen=True)
class Line:
    """How many gave one answer, and their share (0 to 1) of the base.

    Of a ranking `n` are those who put it first. The share is None where either number is not
    shown, or where the base is nobody.
    """

    code: str
    label: str
    n: Number
    share: float | None


@dataclass(frozen=True)
class RankedLine(Line):
    """An option of a ranking: also how often it was put at each rank, from the first on.

    `ranked` is how often it got any rank. `points` are its Borda points: with R ranks the first
    is worth R points, the next one less, the last 1, and an option without a rank 0 (the count
    that Borda proposed in 1781, for ballots that rank some options only). `mean_points` are the
    points for each respondent of the base. None where a number they are made from is not shown.
    """

    at_rank: tuple[Number, ...]
    ranked: Number
    ranked_share: float | None
    points: Number
    mean_points: float | None


@dataclass(frozen=True)
class ItemFigures:
    """One row of a matrix. Who answered the question but not this row has skipped the row.

    `mean` is on 1 to k, the k points of the scale in their order, whatever their codes. `below`,
    `neutral` and `above` are shares of the base: of the points under the middle of the scale, of
    the middle point (0 where their number is even), and over it.
    """

    code: str
    label: str
    skipped: Number
    no_opinion: Number
    base: Number
    lines: tuple[Line, ...]
    apart: tuple[Line, ...]
    mean: float | None
    below: float | None
    neutral: float | None
    above: float | None


@dataclass(frozen=True)
class Figures:
    """One question in one group of respondents.

    `base` is what shares are of: `answered` without `no_opinion`, those whose answer stands for
    having none (does not know, has no experience, prefers not to say). `lines` are the other
    answers in the questionnaire's order, `apart` those; their shares are of `answered`.

    - Several answers: who chose a code that stands apart may have chosen others too, and counts
      cannot tell. It is only taken out of the base where it excludes all others.
    - Ranking: `lines` are `RankedLine`s; nobody is taken out of the base.
    - Matrix: `lines` is empty, each of `items` has its own base.
    - Open question: neither; the base is who answered.

    A number that is not shown makes None of all that needs it, never 0.
    """

    name: str
    kind: str
    total: Number
    asked: Number
    answered: Number
    skipped: Number
    not_asked: Number
    no_opinion: Number
    base: Number
    lines: tuple[Line, ...] = ()
    apart: tuple[Line, ...] = ()
    items: tuple[ItemFigures, ...] = ()

    @property
    def by_points(self) -> tuple[RankedLine, ...]:
        """A ranking's lines from most points to least; those not shown last."""
        ranked = [line for line in self.lines if isinstance(line, RankedLine)]
        return tuple(sorted(ranked, key=lambda line: (line.points is None, -(line.points or 0))))


def figures(kind: QuestionType, counted: Counted) -> Figures:
    """The figures of a question from its counts, labelled in the active language.

    Codes that were counted but that the kind does not have (an older version offered them) come
    last, named by their code.
    """
    if isinstance(kind, Matrix):
        return _figures(kind, counted, 0, counted.answered, items=_items(kind, counted))
    if isinstance(kind, Ranking):
        return _ranking(kind, counted)
    return _choice(kind, counted)


def summed(numbers: Iterable[Number]) -> Number:
    """Their sum; None as soon as one of them is not shown."""
    known = 0
    for number in numbers:
        if number is None:
            return None
        known += number
    return known


def share(part: float | None, base: Number) -> float | None:
    return None if part is None or not base else part / base


def _choice(kind: QuestionType, counted: Counted) -> Figures:
    apart = _apart(kind)
    labels = _labels(kind, counted)
    if isinstance(kind, MultipleChoice):
        alone = {option.code for option in kind.options if option.exclusive}
        no_opinion = summed(counted.cells.get(code, 0) for code in labels if code in apart & alone)
        base = _less(counted.answered, no_opinion)
    else:
        no_opinion, base = _split(counted.answered, counted.cells, labels, apart)
    return _figures(
        kind,
        counted,
        no_opinion,
        base,
        lines=_lines(counted.cells, labels, base, labels.keys() - apart),
        apart=_lines(counted.cells, labels, counted.answered, apart),
    )


def _ranking(kind: Ranking, counted: Counted) -> Figures:
    apart = _apart(kind)
    labels = {code: label for code, label in kind.labels().items() if code not in apart}
    lines = (_ranked(kind, counted, code, label) for code, label in labels.items())
    return _figures(kind, counted, 0, counted.answered, lines=tuple(lines))


def _ranked(kind: Ranking, counted: Counted, code: str, label: str) -> RankedLine:
    base = counted.answered
    at_rank = tuple(counted.cells.get(f"{code}/{rank}", 0) for rank in range(1, kind.ranks + 1))
    ranked = summed(at_rank)
    worth = range(kind.ranks, 0, -1)
    points = summed(None if n is None else n * each for n, each in zip(at_rank, worth, strict=True))
    return RankedLine(
        code,
        label,
        n=at_rank[0],
        share=share(at_rank[0], base),
        at_rank=at_rank,
        ranked=ranked,
        ranked_share=share(ranked, base),
        points=points,
        mean_points=share(points, base),
    )


def _items(kind: Matrix, counted: Counted) -> tuple[ItemFigures, ...]:
    return tuple(
        _item(kind, counted, item.code, str(item.label)) for item in kind.question.items.all()
    )


def _item(kind: Matrix, counted: Counted, code: str, label: str) -> ItemFigures:
    labels = kind.labels()
    apart = _apart(kind)
    cells = {option: counted.cells.get(f"{code}/{option}", 0) for option in labels}
    rated = summed(cells.values())
    no_opinion, base = _split(rated, cells, labels, apart)
    lines = _lines(cells, labels, base, labels.keys() - apart)
    counts = [line.n for line in lines]
    below, neutral, above = _halves(counts, base)
    return ItemFigures(
        code,
        label,
        skipped=_less(counted.asked, rated),
        no_opinion=no_opinion,
        base=base,
        lines=lines,
        apart=_lines(cells, labels, rated, apart),
        mean=_mean(counts, base),
        below=below,
        neutral=neutral,
        above=above,
    )


def _mean(counts: list[Number], base: Number) -> float | None:
    return share(
        summed(None if n is None else point * n for point, n in enumerate(counts, 1)), base
    )


def _halves(counts: list[Number], base: Number) -> tuple[float | None, float | None, float | None]:
    """The shares below, at and above the middle of a scale; nothing while a point is hidden."""
    if summed(counts) is None:
        return None, None, None
    half = len(counts) // 2
    upper = len(counts) - half
    below, neutral, above = counts[:half], counts[half:upper], counts[upper:]
    return share(summed(below), base), share(summed(neutral), base), share(summed(above), base)


def _split(
    answered: Number, cells: Mapping[str, Number], codes: Collection[str], apart: set[str]
) -> tuple[Number, Number]:
    """No opinion, and the base, of one answer each: either may follow from the other."""
    no_opinion = summed(cells.get(code, 0) for code in codes if code in apart)
    base = _less(answered, no_opinion)
    if base is None:
        base = summed(cells.get(code, 0) for code in codes if code not in apart) if codes else None
    return no_opinion, base


def _lines(
    cells: Mapping[str, Number], labels: Mapping[str, str], base: Number, codes: set[str]
) -> tuple[Line, ...]:
    return tuple(
        Line(code, label, n := cells.get(code, 0), share(n, base))
        for code, label in labels.items()
        if code in codes
    )


def _labels(kind: QuestionType, counted: Counted) -> dict[str, str]:
    if kind.is_open:
        return {}
    known = kind.labels()
    return known | {code: code for code in counted.cells if code not in known}


def _apart(kind: QuestionType) -> set[str]:
    return {option.code for option in kind.options if option.missing}


def _less(whole: Number, part: Number) -> Number:
    return None if whole is None or part is None else whole - part


def _figures(
    kind: QuestionType,
    counted: Counted,
    no_opinion: Number,
    base: Number,
    *,
    lines: tuple[Line, ...] = (),
    apart: tuple[Line, ...] = (),
    items: tuple[ItemFigures, ...] = (),
) -> Figures:
    return Figures(
        kind.name,
        kind.kind,
        total=counted.total,
        asked=counted.asked,
        answered=counted.answered,
        skipped=counted.skipped,
        not_asked=counted.not_asked,
        no_opinion=no_opinion,
        base=base,
        lines=lines,
        apart=apart,
        items=items,
    )
