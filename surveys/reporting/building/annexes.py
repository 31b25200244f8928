"""What was asked, and the columns of the data file."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext as _

from surveys.codebook import variables
from surveys.journey import Journey, Step, only_if
from surveys.models import Questionnaire, Version
from surveys.reporting.content import Block, Heading, Listing, Table, Text


def questionnaire(each: Questionnaire) -> Iterator[Block]:
    """The latest published version, as it is asked."""
    versions = Version.objects.published().with_questions().filter(questionnaire=each)
    version = versions.order_by("-number").first()
    if version is None:
        return
    if each.lead:
        yield Text(str(each.lead))
    steps = Journey(version).steps.values()
    for section, asked in groupby(steps, key=lambda step: step.kind.question.section):
        yield Heading(2, str(section.title) or section.name)
        for step in asked:
            yield from _question(step)


def _question(step: Step) -> Iterator[Block]:
    kind = step.kind
    question = kind.question
    yield Heading(3, f"{question.text} ({kind.name})")
    told = [only_if(step.needs)] if step.needs else []
    told += [str(kind.label), kind.hint()]
    yield Text(". ".join(words.rstrip(".") for words in told if words) + ".")
    groups = kind.printed_groups()
    if kind.is_scale and groups:
        yield Text(f"{_('Scale')}: {' · '.join(groups[0][1])}")
        yield Listing(tuple(heading for heading, _labels in groups))
        return
    for heading, labels in groups:
        if heading:
            yield Text(heading)
        if labels:
            yield Listing(tuple(labels))


def codebook(each: Questionnaire) -> Iterator[Block]:
    """Every column with its label and codes."""
    rows = [
        (
            variable.name,
            variable.label,
            "\n".join(f"{code} = {label}" for code, label in variable.codes.items()) or "–",
        )
        for variable in variables(each)
    ]
    if rows:
        yield Table(
            _("Columns of the data file"),
            (_("Name"), _("Label"), _("Codes")),
            tuple(rows),
            widths=(3, 4, 4),
        )
