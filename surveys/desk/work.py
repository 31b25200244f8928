"""What is done beside the site, step by step, by `manage.py work`."""

from collections.abc import Callable

from surveys.models import Consultation, Questionnaire
from surveys.tallying.folding import fold

Step = Callable[[], bool]
"""Does a little of what there is to do; whether more is left. It may be killed at any moment, and
run twice at once."""


def bring_tallies_up_to_date() -> bool:
    """Of the consultation the site is about, and of others where somebody changed something."""
    everything = Questionnaire.objects.filter(consultation=Consultation.objects.current())
    changed = Questionnaire.objects.filter(untallied__isnull=False)
    questionnaires = everything.union(changed)
    left = [fold(questionnaire) for questionnaire in questionnaires]
    return any(left)


STEPS: tuple[Step, ...] = (bring_tallies_up_to_date,)
