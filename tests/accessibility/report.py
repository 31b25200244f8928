"""The one file an audit leaves, sorted: two audits of the same pages differ by their date alone."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tests.accessibility.looker import OWN_RULES, TAGS, WIDTHS
from tests.browser.looking import AXE

FILE = Path(settings.ACCESSIBILITY_AUDIT)
AXE_VERSION = re.search(r"axe v([\d.]+)", AXE).group(1)


def report(seen, chromium_version):
    """What was looked at and what was found; the checks by people are those of the file before."""
    return {
        "date": f"{timezone.localdate()}",
        "tools": [
            {"name": "axe-core", "version": AXE_VERSION},
            {"name": "Chromium", "version": chromium_version},
        ],
        "standard": "EN 301 549 V3.2.1 (WCAG 2.1, level AA)",
        "rules": [*TAGS, *sorted(OWN_RULES)],
        "languages": sorted({view.language for view in seen}),
        "widths": sorted(WIDTHS, reverse=True),
        "checks": sum(view.checks for view in seen),
        "pages": _pages(seen),
        "findings": _places(seen, undecided=False),
        "undecided": _places(seen, undecided=True),
        "manual": manual_checks(),
    }


def manual_checks():
    """What people have written into the file."""
    if not FILE.exists():
        return []
    return json.loads(FILE.read_text("utf-8")).get("manual", [])


def write(content):
    FILE.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _pages(seen):
    states = defaultdict(set)
    for view in seen:
        states[view.page].add(view.state)
    return [{"page": page, "states": sorted(states[page])} for page in sorted(states)]


def _places(seen, undecided):
    """By page, state and rule, the places of the variant that has most of them."""
    most = Counter()
    for view in seen:
        for wrong in view.wrong:
            if wrong.undecided == undecided:
                where = (view.page, view.state, wrong.rule, wrong.criterion)
                most[where] = max(most[where], wrong.places)
    names = ("page", "state", "rule", "criterion")
    return [
        dict(zip(names, where, strict=True)) | {"places": most[where]} for where in sorted(most)
    ]
