"""The README's list of commands has every command there is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
ROWS = README.partition("\n| command | use |\n")[2].partition("\n\n")[0].splitlines()[1:]
COMMANDS = sorted(
    path.stem
    for path in ROOT.glob("*/management/commands/*.py")
    if path.stem not in ("__init__", "migrate")
)


def told():
    """Names in the first column, without what is given to them."""
    return {name for row in ROWS for name in re.findall(r"`([a-z_]+)", row.split("|")[1])}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_list(command):
    assert command in told()


def test_the_list_has_no_command_that_is_not_there():
    assert told() - set(COMMANDS) == set()
