"""What is wrong with a file, and what of it cannot be taken over."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong at one place, in words. A file with a fault is not imported."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True)
class LeftOut:
    """A cell that says something we do not have, and why; the rest can be imported without it."""

    sheet: str
    row: int
    column: str
    says: str
    why: str

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}, {self.column}: {self.why} [{self.says}]"


class Refused(Exception):
    """All that is wrong with a file."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = list(faults)
