"""`make bench`: every benchmark on a database of its own, as a table and as results.json.

`python -m bench desk` runs the named parts alone, and leaves results.json as it is.
"""

import os
import sys
from types import ModuleType

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench import (  # noqa: E402
    campaigns,
    desk,
    figures,
    form,
    organisation_lists,
    peer,
    report,
    results_page,
    submit,
)
from tests.content import load_content  # noqa: E402

SUITE = (organisation_lists, campaigns, desk, results_page, report, form, submit, peer)


def _name(part: ModuleType) -> str:
    return part.__name__.rpartition(".")[2]


def main(named: list[str]) -> int:
    """0 if every goal was met."""
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        load_content()
        parts = [part for part in SUITE if not named or _name(part) in named]
        measured = [figure for part in parts for figure in part.measure()]
    finally:
        teardown_databases(databases, verbosity=0)
    for figure in measured:
        print(figure)
    if not named:
        figures.write(measured)
    return 0 if all(figure.holds for figure in measured) else 1


sys.exit(main(sys.argv[1:]))
