"""`make bench`: every benchmark on a database of its own, as a table and as results.json.

`python -m bench desk` runs the named parts alone, and leaves results.json as it is. `--small` runs
all of them with fewer responses, writes nothing, and fails only where a ratio fell below three
quarters of its goal or, where a goal was not met yet, of what results.json says. `--table` prints
what results.json says as Markdown.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from types import ModuleType

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench import (  # noqa: E402
    campaigns,
    desk,
    export,
    figures,
    form,
    mixed,
    organisation_lists,
    peer,
    report,
    results_page,
    scale,
    stored,
    submit,
    volume,
    weight,
)
from tests.content import load_content  # noqa: E402

# Each has `measure()`.
ALONE: tuple[ModuleType, ...] = (organisation_lists, campaigns)
# Each has `prepare()` and `compare(few, many)`, over databases that they share: bench/volume.py.
# The last two add responses.
AT_VOLUME: tuple[ModuleType, ...] = (stored, export, desk, results_page, mixed)
# After what needs few responses.
LAST: tuple[ModuleType, ...] = (report, form, weight, submit, peer)
SLOW = (campaigns, report, weight, peer, mixed)
"""No part of the small run: what they measure takes minutes at any number that tells something."""


def _name(part: ModuleType) -> str:
    return part.__name__.rpartition(".")[2]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    names = [_name(part) for part in (*ALONE, *AT_VOLUME, *LAST)]
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(names))
    parser.add_argument("--small", action="store_true", help="fewer responses, for each change")
    parser.add_argument("--table", action="store_true", help="the last results, as Markdown")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(names):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return asked


def _measured(asked: argparse.Namespace) -> Iterator[figures.Figure]:
    def chosen(parts: tuple[ModuleType, ...]) -> list[ModuleType]:
        if asked.parts:
            return [part for part in parts if _name(part) in asked.parts]
        return [part for part in parts if not (asked.small and part in SLOW)]

    for part in chosen(ALONE):
        yield from part.measure()
    yield from volume.measure(chosen(AT_VOLUME))
    for part in chosen(LAST):
        yield from part.measure()


def _is_worse(figure: figures.Figure, *, small: bool) -> bool:
    return figure.fell if small else not figure.holds


def main(asked: argparse.Namespace) -> int:
    """0 if every goal was met, or in the small run nearly."""
    scale.choose(scale.SMALL if asked.small else scale.FULL)
    databases = setup_databases(verbosity=0, interactive=False)
    measured = []
    try:
        load_content()
        for figure in _measured(asked):
            print(figure, flush=True)
            measured.append(figure)
    finally:
        teardown_databases(databases, verbosity=0)
    if not asked.parts and not asked.small:
        figures.write(measured)
    failed = [figure.name for figure in measured if _is_worse(figure, small=asked.small)]
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    arguments = _arguments()
    if arguments.table:
        print(figures.table())
        sys.exit()
    sys.exit(main(arguments))
