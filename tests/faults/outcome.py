"""What came of a run: the comparison of what was acknowledged with what is stored."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """`unmet` says in words which of the goals were missed."""

    name: str
    twin: bool
    requests: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    longest_gap: float
    goal: str
    details: str = ""
    unmet: list[str] = field(default_factory=list)

    @property
    def holds(self):
        """A twin holds where it shows the harm that the protection keeps away."""
        return bool(self.unmet) if self.twin else not self.unmet

    def as_json(self):
        """In the shape that other programs read."""
        return {
            "name": self.name,
            "twin": self.twin,
            "requests": self.requests,
            "acknowledged": self.acknowledged,
            "stored": self.stored,
            "lost": self.lost,
            "doubled": self.doubled,
            "longest_gap_s": round(self.longest_gap, 2),
            "goal": self.goal,
            "holds": self.holds,
        }

    def __str__(self):
        name = f"{self.name}, twin" if self.twin else self.name
        verdict = "" if self.holds else "  MISSED"
        told = "; ".join([*([self.details] if self.details else []), *self.unmet])
        return (
            f"{name:44} {self.requests:6} {self.acknowledged:6} {self.stored:6} {self.lost:5}"
            f" {self.doubled:5} {self.longest_gap:7.2f}{verdict}  {told}"
        )


HEADER = (
    f"{'fault':44} {'asked':>6} {'acked':>6} {'stored':>6} {'lost':>5} {'twice':>5} {'gap s':>7}"
)


def compare(fault, is_twin, heard, stored, since):
    """`stored` is how many rows there are of each text; `since` is when the fault was over."""
    acknowledged = heard.acknowledged
    outcome = Outcome(
        name=fault.name,
        twin=is_twin,
        requests=heard.requests,
        acknowledged=len(acknowledged),
        stored=sum(stored.values()),
        lost=sum(words not in stored for words in acknowledged),
        doubled=sum(count > 1 for count in stored.values()),
        longest_gap=heard.longest_gap(since),
        goal=fault.goal,
        details=f"{heard.refused} refused, {heard.broken} broken, p95 {p95(heard.waits):.2f} s",
    )
    if outcome.lost:
        outcome.unmet.append(f"{outcome.lost} acknowledged answers are lost")
    if outcome.doubled:
        outcome.unmet.append(f"{outcome.doubled} answers are there twice")
    if outcome.longest_gap > fault.longest_gap:
        outcome.unmet.append(f"nothing was taken for {outcome.longest_gap:.1f} s")
    if heard.slowest > fault.slowest:
        outcome.unmet.append(f"a request took {heard.slowest:.1f} s")
    if others := set(heard.statuses) - {200, 302, 503}:
        outcome.unmet.append(f"answers with status {sorted(others)}")
    if bare := [kind for kind in heard.kept if kind != "all"]:
        outcome.unmet.append(f"refused without what was entered: {', '.join(bare)}")
    return outcome


def p95(times):
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else 0.0
