"""The accessibility statement in sentences, after the model of Decision (EU) 2018/1523.

How far the site is compliant follows from the audit by one rule:

- not compliant: more than half of the states of pages that were looked at have findings;
- fully compliant: there are no findings, and people have checked something, all of which passed;
- partially compliant: everything else. So it is as long as anything that people should check was
  not done yet, since a tool sees only a part of what can be a barrier.
"""

from collections import defaultdict
from enum import StrEnum

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.accessibility.audit import Audit, Finding, ManualCheck, Result
from surveys.accessibility.words import criterion_in_words, page_in_words
from surveys.dates import before_mark, long_date


class Status(StrEnum):
    FULLY = "fully compliant"
    PARTIALLY = "partially compliant"
    NOT = "not compliant"


def status(audit: Audit) -> Status:
    """By the rule at the top of this module."""
    if len({(each.page, each.state) for each in audit.findings}) * 2 > audit.states():
        return Status.NOT
    passed = audit.with_result(Result.PASSED)
    if audit.findings or not passed or len(passed) < len(audit.manual):
        return Status.PARTIALLY
    return Status.FULLY


def compliance(audit: Audit | None) -> str:
    """The sentence under “Compliance status”."""
    if audit is None:
        return _("No audit of this site has been made yet. We cannot say how accessible it is.")
    sentences = {
        Status.FULLY: _("This site is fully compliant with %(standard)s."),
        Status.PARTIALLY: _(
            "This site is partially compliant with %(standard)s, because of what is listed below."
        ),
        Status.NOT: _(
            "This site is not compliant with %(standard)s. What is not accessible is listed below."
        ),
    }
    standard = _(
        "EN 301 549 V3.2.1, that is with the Web Content Accessibility Guidelines (WCAG) 2.1, "
        "level AA"
    )
    return sentences[status(audit)] % {"standard": standard}


def found(audit: Audit) -> list[str]:
    """A line for each requirement that is not fulfilled, with the pages where."""
    by_criterion = defaultdict(list)
    for finding in audit.findings:
        by_criterion[finding.criterion].append(finding)
    numbers = sorted(by_criterion, key=lambda number: [int(part) for part in number.split(".")])
    return [_found_line(number, by_criterion[number]) for number in numbers]


def _found_line(criterion: str, findings: list[Finding]) -> str:
    pages = {page_in_words(finding.page): None for finding in findings}
    places = sum(finding.places for finding in findings)
    return ngettext(
        "%(what)s (WCAG %(criterion)s), in %(number)d place: %(pages)s",
        "%(what)s (WCAG %(criterion)s), in %(number)d places: %(pages)s",
        places,
    ) % {
        "what": criterion_in_words(criterion),
        "criterion": criterion,
        "number": places,
        "pages": ", ".join(pages),
    }


def done(check: ManualCheck) -> str:
    """What people checked, when and who, in a line."""
    when = before_mark(long_date(check.when)) if check.when else ""
    return _("%(what)s (%(who)s, %(date)s)") % {"what": check.what, "who": check.by, "date": when}


def method(audit: Audit) -> list[tuple[str, str]]:
    """With what and how much was looked at: what it is, and its value."""
    names = dict(settings.LANGUAGES)
    return [
        (_("Tools"), ", ".join(audit.tools)),
        (_("Rules"), _("WCAG 2.0, 2.1 and 2.2, levels A and AA")),
        (_("Pages"), number_format(len(audit.pages))),
        (_("States of these pages, for instance with errors"), number_format(audit.states())),
        (_("Languages and scripts"), "; ".join(str(names.get(c, c)) for c in audit.languages)),
        (_("Widths of the screen, in pixels"), ", ".join(map(str, audit.widths))),
        (_("Single checks"), number_format(audit.checks, force_grouping=True)),
    ]
