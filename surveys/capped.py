"""Counting no further than somebody wants to know, however many there are."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet

from surveys import wording

AT_MOST = 1000


def capped(rows: QuerySet[Any]) -> int:
    """How many there are, counted no further than AT_MOST + 1, however many there are."""
    return rows.order_by()[: AT_MOST + 1].count()


def capped_of_each(rows: QuerySet[Any]) -> Func:
    """The same of each row of another query, which `rows` names with OuterRef."""
    keys = ArraySubquery(rows.order_by().values("pk")[: AT_MOST + 1])
    return Func(keys, function="CARDINALITY", output_field=IntegerField())


def number(count: int) -> str:
    """A capped count in words."""
    return wording.over(AT_MOST) if count > AT_MOST else wording.number(count)


def plural(count: int) -> int:
    """The number whose plural a capped count takes: “over 1,000” takes that of a thousand."""
    return min(count, AT_MOST)
