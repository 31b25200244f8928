"""docs/security.md names tests that exist, and every class of hole and rule of the audit."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = re.compile(r"`(test_\w+)::(test_\w+)`")


def test_every_test_that_is_named_exists():
    sources = {}
    for file in (ROOT / "tests").rglob("test_*.py"):
        sources[file.stem] = sources.get(file.stem, "") + file.read_text(encoding="utf-8")
    named = TESTS.findall(TEXT)

    assert len(named) > 40
    assert [pair for pair in named if f"def {pair[1]}(" not in sources.get(pair[0], "")] == []


def test_each_of_the_fifteen_classes_has_its_row():
    rows = re.findall(r"^\| (\d+) [A-Z].*\|$", TEXT, re.MULTILINE)

    assert rows == [str(number) for number in range(1, 16)]


def test_every_rule_of_the_audit_that_is_named_exists():
    rules = yaml.safe_load((ROOT / ".ci" / "semgrep.yml").read_text(encoding="utf-8"))["rules"]
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))

    assert named == {
        *("sql-with-values-in-it", "request-chooses-a-column", "request-to-another-server"),
    }
    assert named <= {rule["id"] for rule in rules}
