"""Files of exports that hold what is not to be used any more."""

from surveys.models import Export, ExportPart, Response

State = Export.State


def forget_in_exports(response: Response) -> int:
    """Erase the files that may hold a sent response, and begin anew those that are being made.

    They can be asked for again. The caller has locked the response; how many parts were erased.
    """
    # The one that is being made may have read it without having said so yet.
    exports = Export.objects.select_for_update().filter(questionnaire=response.questionnaire_id)
    begun = exports.filter(state__in=(State.WAITING, State.RUNNING)).exclude(began_at=None)
    read = exports.filter(state__in=(State.DONE, State.FAILED), read_until__gte=response.sent_at)
    to_begin, to_expire = [each.pk for each in begun], [each.pk for each in read]
    erased, _by_model = ExportPart.objects.filter(export__in=[*to_begin, *to_expire]).delete()
    Export.objects.filter(pk__in=to_begin).update(began_at=None, read_until=None)
    Export.objects.filter(pk__in=to_expire).update(state=State.EXPIRED, problem="")
    return erased
