"""What a benchmark says, and the file it is written to."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


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

    def holds_within(self, slack: float) -> bool:
        """Whether it is no worse than the goal by more than that: 0.75 is three quarters of it."""
        if self.at_most:
            return self.ratio <= self.goal / slack
        return self.ratio >= self.goal * slack

    @property
    def holds(self) -> bool:
        return self.holds_within(1)

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


def table() -> str:
    """What was last written, in Markdown."""
    lines = ["| what | measured | floor | ratio | goal |", "|---|---:|---:|---:|---|"]
    for row in json.loads(RESULTS.read_text()):
        bound = "at most" if row["at_most"] else "at least"
        kept = "" if row["holds"] else " (**missed**)"
        unit = row["unit"]
        lines.append(
            f"| {row['name']} | {row['figure']:,.2f} {unit} | {row['floor']:,.2f} {unit}"
            f" | {row['ratio']:.2f} | {bound} {row['goal']}{kept} |"
        )
    return "\n".join(lines)
