"""What was counted and what was not, in numbers."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from surveys.ledger.reading import summary
from surveys.reporting.content import Block, Table, Text
from surveys.reporting.source import Source
from surveys.wording import number


def record(source: Source) -> Iterator[Block]:
    header = (
        _("Questionnaire"),
        _("Counted"),
        _("Withdrawn since"),
        _("Of organisations nobody confirmed"),
    )
    rows = []
    for each in source.questionnaires:
        counts = source.release.counts.get(each.slug, {})
        numbers = (counts.get(name) for name in ("counted", "withdrawn", "unconfirmed"))
        rows.append((str(each.name), *("–" if n is None else number(n) for n in numbers)))
    yield Text(
        _(
            "Figures are of all responses that were sent and not withdrawn. Those of organisations"
            " that registered themselves count once somebody has confirmed the organisation."
        )
    )
    yield Table(_("Responses that count and that do not"), header, tuple(rows), 3)
    yield from _root(source)


def _root(source: Source) -> Iterator[Block]:
    """Of the public record of responses, once something is in it."""
    found = summary(source.consultation)
    if found.checkpoint is None:
        return
    yield Text(
        _(
            "Every response is in a public list as a code that tells nothing about it. The list has"
            " %(size)s entries; its root is %(root)s."
        )
        % {"size": number(found.size), "root": found.root}
    )
