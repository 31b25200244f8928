"""What whoever runs the site is told by `manage.py check`, and each time they migrate."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils import timezone

from surveys.accessibility.audit import last_audit

HINT = "Run `make accessibility` and commit what it writes: see docs/accessibility.md."


@register
def the_audit_is_recent(**_kwargs: Any) -> list[CheckMessage]:
    """The accessibility statement is reviewed at least once a year, so its audit is repeated."""
    audit = last_audit()
    if audit is None:
        words = "The accessibility statement says that no audit was made: its file cannot be read."
        return [Warning(words, hint=HINT, id="surveys.W001")]
    if audit.is_old(timezone.localdate()):
        words = f"The accessibility statement is of {audit.made_on}, more than a year ago."
        return [Warning(words, hint=HINT, id="surveys.W001")]
    return []
