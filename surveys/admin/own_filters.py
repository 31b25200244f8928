"""Lists of the admin that are asked for nothing but what their own filters send.

Django lets through any lookup on the columns of a model. Whoever sees some of the columns would
find out by trying what stands in the others.
"""

from datetime import datetime, time
from typing import Any

from django.contrib.admin import DateFieldListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst


class OwnFiltersChangeList(ChangeList):
    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Called what it is, where Django asks to choose one, as one speaks to a friend."""
        super().__init__(request, *args, **kwargs)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_filters(self, request: HttpRequest) -> Any:
        """As Django has it, without what none of the filters knows."""
        found: Any = super().get_filters(request)
        unknown = found[2]
        if unknown:
            raise DisallowedModelAdminLookup(f"No filter of the list sends {', '.join(unknown)}")
        return found


class DayFilter(DateFieldListFilter):
    """By whole days, as its links do: any other moment would tell the time of day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used: dict[str, Any] = self.used_parameters
        for name in {self.lookup_kwarg_since, self.lookup_kwarg_until} & used.keys():
            used[name] = [_midnight(said) for said in used[name]]


def _midnight(said: str) -> datetime:
    """The beginning of a day that was written so."""
    try:
        moment = parse_datetime(said)
        if moment is None:
            raise IncorrectLookupParameters
        moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
        at = timezone.localtime(moment).time()
    except (ValueError, OverflowError) as error:
        raise IncorrectLookupParameters from error
    if at != time.min:
        raise DisallowedModelAdminLookup("A day begins at midnight")
    return moment
