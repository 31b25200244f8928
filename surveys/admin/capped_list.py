"""Lists of the admin that are as fast with a million rows as with a thousand.

Nothing is counted further than somebody would turn pages, and what a list can be sorted by is in
the order of an index.
"""

from typing import Any, Literal

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from surveys.admin.own_filters import OwnFiltersChangeList
from surveys.wording import over


class MoreThanCounted(int):
    """One more than was counted; the admin's templates show it in words."""

    def __str__(self) -> str:
        return over(self - 1)


class CappedPaginator(Paginator):
    """Counts and turns pages up to `most` rows; filters lead to the others."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[: self.most + 1].count()
        return MoreThanCounted(found) if found > self.most else found

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, self.most // self.per_page)

    @property
    def is_capped(self) -> bool:
        return self.count > self.most


class CappedChangeList(OwnFiltersChangeList):
    """Sorted by one column and, where it says the same, by key in the same direction.

    That is the order of an index of the two, from either end.
    """

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        first = str(super().get_ordering(request, queryset)[0])
        by_key = ("pk", "-pk", "id", "-id")
        return [first] if first in by_key else [first, "-pk" if first.startswith("-") else "pk"]

    def get_ordering_field_columns(self) -> dict[int, Literal["desc", "asc"]]:
        """The one that the heading marks as sorted by."""
        return dict(list(super().get_ordering_field_columns().items())[:1])
