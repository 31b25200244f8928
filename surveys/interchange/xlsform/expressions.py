"""Conditions as XLSForm's `relevant`, the limits of an answer as its `constraint`, and back.

Of the language of expressions we have: that an answer is, or has among it, one of some codes;
and that each of several such things holds.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"\s*(?:\$\{\s*(?P<name>[^{}\s]+)\s*\}|'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\""
    r"|(?P<number>\d+)(?![\w.])|(?P<word>[A-Za-z][A-Za-z-]*)|(?P<sign>[(),]|=))"
)
LONGEST = 5000
DEEPEST = 20


class NotExpressible(Exception):
    """The expression says something that conditions cannot say."""


@dataclass(frozen=True)
class Said:
    """That the answer to `name` is, or has among it, one of `codes`."""

    name: str
    codes: tuple[str, ...]


def relevant(conditions: Iterable[dict[str, Any]], kinds: dict[str, str]) -> str:
    """The expression that holds where all of the conditions hold."""
    parts = [_alternatives(condition, kinds) for condition in conditions]
    return " and ".join(
        f"({' or '.join(part)})" if len(part) > 1 and len(parts) > 1 else " or ".join(part)
        for part in parts
    )


def _alternatives(condition: dict[str, Any], kinds: dict[str, str]) -> list[str]:
    name = condition["source"]
    if condition.get("item"):
        name = f"{name}_{condition['item']}"
    if kinds.get(condition["source"]) in ("multiple", "ranking"):
        return [f"selected(${{{name}}}, '{code}')" for code in condition["codes"]]
    return [f"${{{name}}} = '{code}'" for code in condition["codes"]]


def read_relevant(expression: str) -> list[Said]:
    """What must hold, each of it. Raises NotExpressible."""
    if len(expression) > LONGEST:
        raise NotExpressible
    return _Reader(expression).read()


class _Reader:
    """Recursive descent: `or` binds less than `and`, as in XPath."""

    def __init__(self, expression: str) -> None:
        self.tokens = list(_tokens(expression))
        self.position = 0
        self.depth = 0

    def read(self) -> list[Said]:
        said = self.either()
        if self.position < len(self.tokens):
            raise NotExpressible
        return said

    def either(self) -> list[Said]:
        said = self.each()
        while self.next_is("word", "or"):
            said = _one_of(said, self.each())
        return said

    def each(self) -> list[Said]:
        said = self.single()
        while self.next_is("word", "and"):
            said = said + self.single()
        return said

    def single(self) -> list[Said]:
        if self.next_is("sign", "("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise NotExpressible
            said = self.either()
            self.expect("sign", ")")
            self.depth -= 1
            return said
        if self.next_is("word", "selected"):
            self.expect("sign", "(")
            name = self.expect("name")
            self.expect("sign", ",")
            code = self.code()
            self.expect("sign", ")")
            return [Said(name, (code,))]
        name = self.expect("name")
        self.expect("sign", "=")
        return [Said(name, (self.code(),))]

    def code(self) -> str:
        kind, value = self.take()
        if kind not in ("single", "double", "number"):
            raise NotExpressible
        return value

    def take(self) -> tuple[str, str]:
        if self.position == len(self.tokens):
            raise NotExpressible
        self.position += 1
        return self.tokens[self.position - 1]

    def expect(self, kind: str, value: str = "") -> str:
        found = self.take()
        if found[0] != kind or (value and found[1] != value):
            raise NotExpressible
        return found[1]

    def next_is(self, kind: str, value: str) -> bool:
        is_next = self.tokens[self.position : self.position + 1] == [(kind, value)]
        self.position += is_next
        return is_next


def _tokens(expression: str) -> Iterable[tuple[str, str]]:
    position = 0
    expression = expression.strip()
    while position < len(expression):
        found = TOKEN.match(expression, position)
        if found is None or found.lastgroup is None:
            raise NotExpressible
        yield found.lastgroup, found[found.lastgroup]
        position = found.end()


def _one_of(left: list[Said], right: list[Said]) -> list[Said]:
    """Either of two: it can be said where both are about one and the same question."""
    if len(left) == len(right) == 1 and left[0].name == right[0].name:
        return [Said(left[0].name, tuple(dict.fromkeys(left[0].codes + right[0].codes)))]
    raise NotExpressible


# Limits of an answer

AT_MOST = re.compile(r"\s*(count-selected|string-length)\s*\(\s*\.\s*\)\s*(<=?)\s*(\d{1,6})\s*")
ALONE = re.compile(
    r"\s*not\s*\(\s*selected\s*\(\s*\.\s*,\s*(?P<quote>['\"])(?P<code>[^'\"]+)(?P=quote)\s*\)"
    r"\s+and\s+count-selected\s*\(\s*\.\s*\)\s*>\s*1\s*\)\s*"
)
AND = re.compile(r"\s*\band\b")


@dataclass
class Limits:
    """How many may be chosen, how long a text may be, and which options stand alone."""

    maximum: int | None = None
    max_length: int | None = None
    exclusive: tuple[str, ...] = ()


def constraint(limits: Limits) -> str:
    parts = [f"not(selected(., '{code}') and count-selected(.) > 1)" for code in limits.exclusive]
    if limits.maximum:
        parts.insert(0, f"count-selected(.) <= {limits.maximum}")
    if limits.max_length:
        parts.insert(0, f"string-length(.) <= {limits.max_length}")
    return " and ".join(parts)


def read_constraint(expression: str) -> Limits:
    """The limits that an expression sets. Raises NotExpressible where it says anything else."""
    limits = Limits()
    position = 0
    while True:
        if found := AT_MOST.match(expression, position):
            most = int(found[3]) - (found[2] == "<")
            if most < 1:
                raise NotExpressible
            if found[1] == "string-length":
                limits.max_length = most
            else:
                limits.maximum = most
        elif found := ALONE.match(expression, position):
            limits.exclusive += (found["code"],)
        else:
            raise NotExpressible
        position = found.end()
        if position == len(expression):
            return limits
        joined = AND.match(expression, position)
        if joined is None:
            raise NotExpressible
        position = joined.end()
