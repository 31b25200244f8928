"""The conditions of an XLSForm, read once all of its questions are known."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from surveys.documents import Document
from surveys.interchange.faults import LeftOut
from surveys.interchange.schema import shown
from surveys.interchange.xlsform.expressions import NotExpressible, Said, read_relevant
from surveys.interchange.xlsform.questions import Questions
from surveys.interchange.xlsform.reasons import why
from surveys.interchange.xlsform.rows import Cells

MOST = 20


@dataclass
class _Noted:
    row: Cells
    about: dict[str, Any]
    expressions: list[str]


class Routes:
    def __init__(self) -> None:
        self.noted: list[_Noted] = []

    def note(self, row: Cells, about: dict[str, Any], inherited: list[str] | None = None) -> None:
        """Remember under which conditions a section or a question is asked."""
        expressions = [*(inherited or []), *filter(None, [row.take("relevant")])]
        if expressions:
            self.noted.append(_Noted(row, about, expressions))

    def write(self, sections: Document, questions: Questions) -> Iterator[LeftOut]:
        """Put conditions where they belong; what they cannot say is yielded."""
        order: dict[str, int] = {}
        starts: dict[int, int] = {}
        for section in sections:
            starts[id(section)] = len(order)
            for question in section["questions"]:
                starts[id(question)] = len(order)
                order[question["name"]] = len(order)
        for noted in self.noted:
            for expression in noted.expressions:
                try:
                    earlier = {n for n, at in order.items() if at < starts.get(id(noted.about), 0)}
                    conditions = [
                        _condition(said, questions, earlier) for said in read_relevant(expression)
                    ]
                    if len(conditions) + len(noted.about.get("conditions", [])) > MOST:
                        raise NotExpressible
                except NotExpressible:
                    row = noted.row
                    said = shown(expression)
                    yield LeftOut(row.sheet, row.number, "relevant", said, why("relevant"))
                else:
                    noted.about.setdefault("conditions", []).extend(conditions)


def _condition(said: Said, questions: Questions, earlier: set[str]) -> dict[str, Any]:
    """Raises NotExpressible where the question is none of ours, or comes later."""
    known = questions.sources.get(said.name)
    if known is None or known.name not in earlier:
        raise NotExpressible
    codes = []
    for code in said.codes:
        if code not in known.codes:
            raise NotExpressible
        codes.append(known.codes[code])
    condition = {"source": known.name, "codes": list(dict.fromkeys(codes))}
    return condition | ({"item": known.item} if known.item else {})
