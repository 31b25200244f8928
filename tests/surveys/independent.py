"""The same counts from the data file alone, by polars: no code of the site but the file's columns.

It is told how each question is written in the file (README, “Export”), and nothing else.
"""

import io
from dataclasses import dataclass

import polars

NOT_ASKED = "-66"


@dataclass(frozen=True)
class Counts:
    total: int
    asked: int
    answered: int
    cells: dict[str, int]


def read(csv: bytes) -> polars.DataFrame:
    """Every cell as text; an empty one is null."""
    return polars.read_csv(io.BytesIO(csv), infer_schema=False, encoding="utf8")


def counts(frame: polars.DataFrame, question) -> Counts:
    """Of one question (a row of the questionnaire) in the responses of the frame."""
    columns = _columns(question)
    asked = frame.filter(polars.col(columns[0]).is_null() | (polars.col(columns[0]) != NOT_ASKED))
    given = [polars.col(column).is_not_null() for column in columns]
    answered = asked.filter(polars.any_horizontal(given))
    return Counts(len(frame), len(asked), len(answered), _cells(answered, question))


def _columns(question) -> list[str]:
    if question.kind in ("multiple", "ranking"):
        return [f"{question.name}_{option.code}" for option in question.options.all()]
    if question.kind == "matrix":
        return [f"{question.name}_{item.code}" for item in question.items.all()]
    return [question.name]


def _cells(frame: polars.DataFrame, question) -> dict[str, int]:
    if question.kind == "text":
        return {}
    if question.kind == "multiple":
        return {
            option.code: len(frame.filter(polars.col(f"{question.name}_{option.code}") == "1"))
            for option in question.options.all()
            if len(frame.filter(polars.col(f"{question.name}_{option.code}") == "1"))
        }
    if question.kind in ("ranking", "matrix"):
        found = {}
        for column in _columns(question):
            for value, number in _values(frame, column).items():
                found[f"{column.removeprefix(question.name + '_')}/{value}"] = number
        return found
    return _values(frame, question.name)


def _values(frame: polars.DataFrame, column: str) -> dict[str, int]:
    counted = frame.filter(polars.col(column).is_not_null()).group_by(column).len()
    return dict(counted.rows())


def by_group(frame: polars.DataFrame, column: str) -> dict[str, polars.DataFrame]:
    """The responses of each group; those that did not say are the group without a name."""
    group = polars.col(column).fill_null("").replace(NOT_ASKED, "").alias("=group")
    groups = frame.with_columns(group).partition_by("=group", as_dict=True)
    return {name: rows for (name,), rows in groups.items()}
