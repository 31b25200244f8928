"""What every format is written from: columns, rows, and how cells are shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from surveys.codebook import NOT_ASKED
from surveys.exports.dataset import UNASKED, Row
from surveys.models import Questionnaire
from surveys.question_types import Variable


class CannotWrite(Exception):
    """The data cannot be had in this format. Its message says why, in the active language."""


@dataclass(frozen=True)
class Data:
    """One data set. `rows` begins anew each time it is called; `made_at` is when it was asked for.

    With `labels` cells show what codes mean, in the language that is active when they are written.
    """

    questionnaire: Questionnaire
    columns: list[Variable]
    rows: Callable[[], Iterator[Row]]
    labels: bool
    made_at: datetime

    @cached_property
    def not_asked(self) -> str:
        return _("Not asked") if self.labels else NOT_ASKED

    def shown(self, column: Variable, cell: str | None) -> str | None:
        """A cell as people or machines read it; None for no answer."""
        if cell == UNASKED:
            return self.not_asked
        return column.codes.get(cell, cell) if self.labels and cell is not None else cell
