"""What is done beside the site, step by step, by `manage.py work`."""

from collections.abc import Callable

from surveys.announcing import tell_waiting
from surveys.exporting.running import export_due
from surveys.ledger.batches import publish_batch_due
from surveys.ledger.committing import commit_missing_due
from surveys.ledger.reading import summarise_due
from surveys.models import Consultation, Questionnaire
from surveys.open_data.making import open_data_due
from surveys.releasing.releasing import release_asked_for, release_due
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


STEPS: dict[str, tuple[Step, ...]] = {
    # What has to keep up with what comes in.
    "short": (
        *(bring_tallies_up_to_date, commit_missing_due, publish_batch_due, summarise_due),
        tell_waiting,
    ),
    # What may take minutes, and must not keep the others waiting.
    "long": (release_asked_for, release_due, open_data_due, export_due),
}
