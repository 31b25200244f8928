"""An attack on published tables: what can a reader work out of what is not shown?

Written for the tests alone, from what is published and what the questionnaire says. It shares
nothing with the suppression but the tables' types: every number of every table is an unknown,
what is shown has its value, and what must hold is written down as it is told. Each hidden number
is then made as small and as large as it can be.
"""

from dataclasses import dataclass

import highspy
import numpy as np

ANYTHING = highspy.kHighsInf


@dataclass(frozen=True)
class Known:
    """What a reader knows of a question."""

    kind: str
    maximum: int = 0
    exclusive: tuple[str, ...] = ()


class Attack:
    """On one question's tables, by dimension; or on several questions' or releases' at once."""

    def __init__(self):
        self.columns = {}
        self.bounds = []
        self.rows = []

    def unknown(self, *name):
        if name not in self.columns:
            self.columns[name] = len(self.bounds)
            self.bounds.append((0.0, ANYTHING))
        return self.columns[name]

    def value(self, name, n):
        column = self.unknown(*name)
        if n is not None:
            self.bounds[column] = (float(n), float(n))

    def rule(self, plus, minus, *, exactly=False, times=1):
        """The sum of `plus`, so many times, is at least that of `minus`; or exactly that."""
        terms = {self.unknown(*name): float(times) for name in plus}
        for name in minus:
            column = self.unknown(*name)
            terms[column] = terms.get(column, 0.0) - 1.0
        self.rows.append((terms, exactly))

    def read(self, tables, known, places, label=""):
        """All that the tables of one question show, and what holds in and between them."""
        keys = list(
            dict.fromkeys(
                k
                for table in tables.values()
                for group in table.groups.values()
                for k in group.cells
            )
        )
        for dimension, table in tables.items():
            for group, counted in table.groups.items():
                where = (label, dimension, group)
                self.value((*where, "TOTAL"), counted.total)
                self.value((*where, "ASKED"), counted.asked)
                self.value((*where, "N"), counted.answered)
                for key, n in counted.cells.items():
                    self.value((*where, key), n)
                self._within(where, keys, known)
        for dimension, table in tables.items():
            for key in ("TOTAL", "ASKED", "N", *keys):
                self._between(dimension, table, tables, places, label, key)

    def _within(self, where, keys, known):
        answered = [(*where, "N")]
        self.rule([(*where, "TOTAL")], [(*where, "ASKED")])
        self.rule([(*where, "ASKED")], answered)
        cell = {key: (*where, key) for key in keys}
        if known.kind == "single":
            self.rule(answered, cell.values(), exactly=True)
        if known.kind in ("multiple", "matrix"):
            self.rule(cell.values(), answered)
        if known.kind == "multiple":
            self.rule(answered, cell.values(), times=known.maximum)
            for key in keys:
                self.rule(answered, [cell[key]])
                for alone in known.exclusive:
                    if alone in keys and alone != key:
                        self.rule(answered, [cell[alone], cell[key]])
        if known.kind in ("matrix", "ranking"):
            for row in {key.split("/")[0] for key in keys}:
                self.rule(answered, [cell[key] for key in keys if key.split("/")[0] == row])
        if known.kind == "ranking":
            ranks = sorted({int(key.split("/")[1]) for key in keys})
            at = {r: [cell[key] for key in keys if key.endswith(f"/{r}")] for r in ranks}
            self.rule(answered, at[1], exactly=True)
            for rank in ranks[1:]:
                self.rule(at[rank - 1], at[rank])

    def _between(self, dimension, table, tables, places, label, key):
        if dimension != "":
            parts = [(label, dimension, group, key) for group in table.groups]
            self.rule([(label, "", "", key)], parts, exactly=True)
        if dimension == "country" and "place" in tables:
            for group in table.groups:
                inside = [p for p in places.get(group, [group]) if p in tables["place"].groups]
                parts = [(label, "place", place, key) for place in inside]
                self.rule([(label, dimension, group, key)], parts, exactly=True)

    def solver(self):
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        lower, upper = np.array(self.bounds).T
        programme = highspy.HighsLp()
        programme.num_col_, programme.num_row_ = len(lower), len(self.rows)
        programme.col_cost_ = np.zeros(len(lower))
        programme.col_lower_, programme.col_upper_ = lower, upper
        programme.row_lower_ = np.zeros(len(self.rows))
        programme.row_upper_ = np.array([0.0 if exactly else ANYTHING for _, exactly in self.rows])
        matrix = programme.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *(len(terms) for terms, _ in self.rows)]).astype(np.int32)
        matrix.index_ = np.array([c for terms, _ in self.rows for c in terms], dtype=np.int32)
        matrix.value_ = np.array([v for terms, _ in self.rows for v in terms.values()])
        highs.passModel(programme)
        return highs

    def intervals(self, sums):
        """The least and the most that each sum, a mapping of names to factors, can be."""
        highs = self.solver()
        found = []
        for terms in sums:
            columns = [self.columns[name] for name in terms]
            ends = []
            for sign in (1.0, -1.0):
                for column, factor in zip(columns, terms.values(), strict=True):
                    highs.changeColCost(column, sign * factor)
                highs.run()
                status = highs.getModelStatus()
                if status == highspy.HighsModelStatus.kOptimal:
                    ends.append(sign * highs.getInfo().objective_function_value)
                elif status == highspy.HighsModelStatus.kInfeasible:
                    raise AssertionError("What is published contradicts itself")
                else:
                    ends.append(-sign * ANYTHING)
            for column in columns:
                highs.changeColCost(column, 0.0)
            found.append(tuple(ends))
        return found
