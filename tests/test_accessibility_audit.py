"""What the audit of accessibility writes down of what it sees. No browser is needed here."""

import json

import pytest

from tests.accessibility import report as reporting
from tests.accessibility.looker import View, Wrong, criterion_of
from tests.accessibility.report import report, write

LOW_CONTRAST = "color-contrast", "1.4.3"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(reporting, "FILE", tmp_path / "audit.json")
    return reporting.FILE


def view(page="results", state="as it opens", language="en", width=360, wrong=()):
    return View(page, state, language, width, checks=10, wrong=list(wrong))


@pytest.mark.parametrize(
    ("tags", "criterion"),
    [
        (["cat.color", "wcag2aa", "wcag143", "TTv5"], "1.4.3"),
        (["wcag21aa", "wcag1412"], "1.4.12"),
        (["wcag22aa", "wcag258"], "2.5.8"),
        (["wcag2a", "wcag244", "wcag412"], "2.4.4"),
    ],
)
def test_the_criterion_is_the_first_number_among_the_tags(tags, criterion):
    assert criterion_of(tags) == criterion


def test_a_place_that_is_wrong_in_every_variant_is_counted_once(file):
    seen = [
        view(language="en", wrong=[Wrong(*LOW_CONTRAST, 1)]),
        view(language="sr", wrong=[Wrong(*LOW_CONTRAST, 2)]),
        view(language="ro", width=1280),
    ]

    assert report(seen, "150.0")["findings"] == [
        {
            **{"page": "results", "state": "as it opens"},
            **{"rule": "color-contrast", "criterion": "1.4.3", "places": 2},
        }
    ]


def test_what_a_tool_cannot_decide_is_no_finding(file):
    written = report([view(wrong=[Wrong(*LOW_CONTRAST, 3, undecided=True)])], "150.0")

    assert written["findings"] == []
    assert [row["places"] for row in written["undecided"]] == [3]


def test_the_order_of_the_walk_leaves_no_trace(file):
    seen = [view("results"), view("citizens", "with errors"), view("citizens", language="sr")]

    assert report(seen, "1") == report(seen[::-1], "1")
    assert report(seen, "1")["pages"] == [
        {"page": "citizens", "states": ["as it opens", "with errors"]},
        {"page": "results", "states": ["as it opens"]},
    ]
    assert report(seen, "1")["checks"] == 30


def test_checks_by_people_stay_as_they_are_written(file):
    manual = [{"what": {"en": "By ear"}, "when": None, "by": {}, "result": "not done", "note": 1}]
    file.write_text(json.dumps({"manual": manual, "findings": ["old"]}))

    write(report([view()], "150.0"))

    written = json.loads(file.read_text("utf-8"))
    assert written["manual"] == manual
    assert written["findings"] == []


def test_the_first_audit_has_no_checks_by_people(file):
    assert report([view()], "150.0")["manual"] == []
