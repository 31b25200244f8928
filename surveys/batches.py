"""Deleting rows that others hang on, of which there may be very many."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

BATCH = 1_000


def erase_in_batches(*due: QuerySet[Any]) -> int:
    """Delete them so many at a time, each batch in a transaction of its own; how many.

    Memory does not grow with their number, and what was erased before a kill stays erased.
    """
    return sum(map(_erase, due))


def _erase(rows: QuerySet[Any]) -> int:
    erased, left = 0, rows.order_by("pk")
    while keys := [*left.values_list("pk", flat=True)[:BATCH]]:
        with transaction.atomic():
            # Locked, as they are now: Django deletes by keys, also what is not due any more.
            due = rows.filter(pk__in=keys).only("pk").select_for_update(of=("self",))
            locked = rows.model._default_manager.filter(pk__in=[row.pk for row in due])
            _of_all, by_model = locked.delete()
        erased += by_model.get(rows.model._meta.label, 0)
        left = left.filter(pk__gt=keys[-1])
    return erased
