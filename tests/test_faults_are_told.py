"""The README's table of faults says what `make faults` does."""

import re
from pathlib import Path

from tests.faults.__main__ import FAULTS

README = Path(__file__).resolve().parent.parent / "README.md"


def test_each_fault_stands_in_the_readme_with_its_goal():
    section = README.read_text().partition("\n## Faults\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)

    assert rows[1:] == [(fault.name, fault.goal) for fault in FAULTS]
