"""What a benchmark says, and the file it is written to."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
SLACK = 0.75
"""A machine that is shared with others measures less well, and few responses less surely."""


@dataclass(frozen=True)
class Figure:
    """A measured figure beside its floor; `goal` binds their ratio."""

    name: str
    figure: float
    unit: str
    floor: float
    goal: float
    at_most: bool = True

    @property
    def ratio(self) -> float:
        return self.figure / self.floor

    @property
    def holds(self) -> bool:
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    @property
    def fell(self) -> bool:
        """Whether it is worse than three quarters of what it should be.

        That is its goal or, where the goal has never been met, what results.json has.
        """
        kept = next((row for row in _written() if row["name"] == self.name), None)
        expected = kept["ratio"] if kept and not kept["holds"] else self.goal
        return self.ratio > expected / SLACK if self.at_most else self.ratio < expected * SLACK

    def __str__(self) -> str:
        bound = "at most" if self.at_most else "at least"
        kept = "holds" if self.holds else "MISSED"
        return (
            f"{self.name:32} {self.figure:9.2f} {self.unit:4} floor {self.floor:9.2f}"
            f"  ratio {self.ratio:6.2f}  ({bound} {self.goal}: {kept})"
        )


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write(figures: list[Figure]) -> None:
    rows = [
        asdict(figure) | {"ratio": round(figure.ratio, 3), "holds": figure.holds}
        for figure in figures
    ]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


def _written() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(RESULTS.read_text())
    return found


def table() -> str:
    """What was last written, in Markdown."""
    lines = ["| what | measured | floor | ratio | goal |", "|---|---:|---:|---:|---|"]
    for row in _written():
        bound = "at most" if row["at_most"] else "at least"
        kept = "" if row["holds"] else " (**missed**)"
        unit = row["unit"]
        lines.append(
            f"| {row['name']} | {row['figure']:,.2f} {unit} | {row['floor']:,.2f} {unit}"
            f" | {row['ratio']:.2f} | {bound} {row['goal']}{kept} |"
        )
    return "\n".join(lines)
