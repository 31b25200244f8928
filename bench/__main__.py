"""`make bench`: every benchmark on a database of its own, as a table and as results.json."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench import campaigns, figures, organisation_lists  # noqa: E402
from tests.content import load_content  # noqa: E402

SUITE = (organisation_lists, campaigns)


def main() -> int:
    """0 if every goal was met."""
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        load_content()
        measured = [figure for part in SUITE for figure in part.measure()]
    finally:
        teardown_databases(databases, verbosity=0)
    for figure in measured:
        print(figure)
    figures.write(measured)
    return 0 if all(figure.holds for figure in measured) else 1


sys.exit(main())
