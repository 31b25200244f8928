"""Files of exports that hold what is not to be used any more."""

from collections.abc import Iterable
from datetime import datetime

from surveys.models import Export, ExportPart, Response

State = Export.State


def forget_in_exports(responses: Iterable[Response]) -> int:
    """Erase the files that may hold one of these, and begin anew those that are being made.

    They can be asked for again. The caller has locked the responses, which are used no more, and
    gives them as they were sent; how many parts were erased.
    """
    first: dict[int, datetime] = {}
    for response in responses:
        if response.sent_at:
            earliest = first.get(response.questionnaire_id, response.sent_at)
            first[response.questionnaire_id] = min(earliest, response.sent_at)
    return sum(_forget(questionnaire, first[questionnaire]) for questionnaire in sorted(first))


def _forget(questionnaire: int, sent_at: datetime) -> int:
    """What was read of a questionnaire since then."""
    # The one that is being made may have read it without having said so yet.
    exports = Export.objects.select_for_update().filter(questionnaire=questionnaire)
    begun = exports.filter(state__in=(State.WAITING, State.RUNNING)).exclude(began_at=None)
    read = exports.filter(state__in=(State.DONE, State.FAILED), read_until__gte=sent_at)
    to_begin, to_expire = [each.pk for each in begun], [each.pk for each in read]
    erased, _by_model = ExportPart.objects.filter(export__in=[*to_begin, *to_expire]).delete()
    Export.objects.filter(pk__in=to_begin).update(began_at=None, read_until=None)
    Export.objects.filter(pk__in=to_expire).update(state=State.EXPIRED, problem="")
    return erased
