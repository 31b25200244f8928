"""Making numbers public: the verb, and the step that does it while the consultation is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from surveys import audit
from surveys.models import (
    AuditEntry,
    Consultation,
    Questionnaire,
    Release,
    ReleasedTable,
    ReleaseRequest,
    User,
)
from surveys.releasing.exact import Exact, exact
from surveys.releasing.hiding import Outcome, Standing, outcome
from surveys.releasing.reading import are_shown, current, places_by_country, released_tables
from surveys.releasing.storing import store
from surveys.tabulation.counted import EVERYBODY
from surveys.tabulation.small_cells import SMALL
from surveys.tallying import reading as tallies
from surveys.tallying.folding import fold
from surveys.translated import Text

LOCK = 6_022
"""The first half of the number of our advisory locks; the second is that of the consultation."""
AT_MOST_EVERY = timedelta(minutes=1)


class NotYet(Exception):
    """It is not open, or open and opinions are not shown meanwhile."""


@dataclass(frozen=True)
class Next:
    """What would be released after `former`."""

    former: Release | None
    exact: list[Exact]
    outcomes: list[Outcome]

    @property
    def is_news(self) -> bool:
        return self.former is None or any(each.new for each in self.outcomes)

    def is_told_by(self, note: Text | None) -> bool:
        """Whether the note says what the former release does not."""
        return bool(note) and (self.former is None or self.former.note != note)


def release(
    consultation: Consultation, *, by: User | None, note: Text | None = None, moment: datetime
) -> Release:
    """Publish the numbers as they are counted now; the release that stands then.

    Tables from which one could subtract former ones stay as they were. Where no table would
    change there is a new release only for the sake of its note. After the closing, staff who do
    this make what was released public. Raises NotYet.
    """
    _refuse_too_early(consultation, moment)
    _count_what_came_in(consultation)
    while True:
        following = _following(consultation)
        with transaction.atomic():
            _wait_for_others(consultation)
            former = current(consultation)
            # Who released something meanwhile has published what this was made to follow.
            if former == following.former:
                return _release(consultation, following, by, note, moment)


def may_release(consultation: Consultation, moment: datetime) -> bool:
    """Whether it is closed, or open and opinions are shown meanwhile."""
    stage = consultation.stage(moment)
    if stage == Consultation.Stage.OPEN:
        return consultation.opinions_while_open
    return stage == Consultation.Stage.CLOSED


def ask_for_release(consultation: Consultation, note: Text, *, by: User, moment: datetime) -> None:
    """Let the next step release: it may take longer than somebody waits. Raises NotYet."""
    _refuse_too_early(consultation, moment)
    columns = {"note": note, "asked_by": by, "asked_at": moment, "unmade": ""}
    ReleaseRequest.objects.update_or_create(consultation=consultation, defaults=columns)


def release_asked_for() -> bool:
    """Make a release that somebody asked for; whether there was one to make."""
    waiting = ReleaseRequest.objects.filter(unmade="")
    asked = waiting.select_related("consultation", "asked_by").first()
    if asked is None:
        return False
    unmade = _make(asked, timezone.now())
    # Only this one: somebody may have asked for another meanwhile.
    answered = ReleaseRequest.objects.filter(pk=asked.pk, asked_at=asked.asked_at)
    if unmade:
        answered.update(unmade=unmade)
    else:
        answered.delete()
    return True


def _make(asked: ReleaseRequest, moment: datetime) -> str:
    """Why it was not made; nothing where it was, or where it made the former one public."""
    consultation = asked.consultation
    try:
        made = release(consultation, by=asked.asked_by, note=asked.note, moment=moment)
    except NotYet:
        # A deadline may have been extended since.
        return ReleaseRequest.Unmade.TOO_EARLY
    is_answered = moment in (made.made_at, consultation.opinions_published_at)
    return "" if is_answered else ReleaseRequest.Unmade.UNCHANGED


def release_due() -> bool:
    """Release what has come in while opinions are shown, once it is enough to matter.

    Never after the closing, and at most once a minute in all processes together.
    """
    consultation = Consultation.objects.current()
    if consultation is None or not _is_due(consultation):
        return False
    if cache.add(f"releasing:{consultation.pk}", True, AT_MOST_EVERY.total_seconds()):
        release(consultation, by=None, moment=consultation.now)
    return False


def show_while_open(consultation: Consultation, shown: bool, *, by: User) -> None:
    """Let everybody see opinions before the closing, or no longer."""
    with transaction.atomic():
        stored = Consultation.objects.select_for_update().get(pk=consultation.pk)
        if stored.opinions_while_open == shown:
            return
        stored.opinions_while_open = shown
        stored.save(update_fields=["opinions_while_open"])
        audit.record(by, AuditEntry.Action.CHANGED, stored, opinions_while_open=shown)


def _is_due(consultation: Consultation) -> bool:
    if consultation.stage() != Consultation.Stage.OPEN or not consultation.opinions_while_open:
        return False
    last = current(consultation)
    if last and consultation.now < last.made_at + AT_MOST_EVERY:
        return False
    before = sum(each["counted"] for each in last.counts.values()) if last else 0
    questionnaires = consultation.questionnaires.all()
    now = sum(tallies.totals(each).get(EVERYBODY, 0) for each in questionnaires)
    return now >= before + SMALL


def _refuse_too_early(consultation: Consultation, moment: datetime) -> None:
    if not may_release(consultation, moment):
        raise NotYet


def _count_what_came_in(consultation: Consultation) -> None:
    for questionnaire in consultation.questionnaires.all():
        while fold(questionnaire):
            pass


def _following(consultation: Consultation) -> Next:
    former = current(consultation)
    stands = list(released_tables(former)) if former else []
    places = places_by_country(consultation)
    found = [exact(questionnaire) for questionnaire in consultation.questionnaires.all()]
    counted = [each for each in found if each is not None]
    outcomes = [outcome(each, _of(each.questionnaire, stands), places) for each in counted]
    return Next(former, counted, outcomes)


def _of(questionnaire: Questionnaire, tables: Iterable[ReleasedTable]) -> Standing:
    found: dict[str, dict[str, ReleasedTable]] = {}
    for table in tables:
        if table.questionnaire_id == questionnaire.pk:
            found.setdefault(table.question, {})[table.dimension] = table
    return found


def _wait_for_others(consultation: Consultation) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, consultation.pk])


def _release(
    consultation: Consultation,
    following: Next,
    by: User | None,
    note: Text | None,
    moment: datetime,
) -> Release:
    made = following.former
    if made is None or following.is_news or following.is_told_by(note):
        made = _store(consultation, following, by, note, moment)
        overtaken = ReleaseRequest.objects.filter(unmade=ReleaseRequest.Unmade.UNCHANGED)
        overtaken.filter(consultation=consultation).delete()
    becomes_public = by is not None and _becomes_public(consultation, moment)
    if becomes_public:
        Consultation.objects.filter(pk=consultation.pk).update(opinions_published_at=moment)
        consultation.opinions_published_at = moment
    if by and (becomes_public or made != following.former):
        audit.record(by, AuditEntry.Action.PUBLISHED, made, number=made.number)
    return made


def _becomes_public(consultation: Consultation, moment: datetime) -> bool:
    is_closed = consultation.stage(moment) == Consultation.Stage.CLOSED
    return is_closed and not are_shown(consultation, moment)


def _store(
    consultation: Consultation,
    following: Next,
    by: User | None,
    note: Text | None,
    moment: datetime,
) -> Release:
    slugs = [each.questionnaire.slug for each in following.exact]
    held_back = dict(zip(slugs, (each.held_back for each in following.outcomes), strict=True))
    return store(
        [table for each in following.outcomes for table in each.new],
        [key for each in following.outcomes for key in each.stands],
        consultation=consultation,
        number=following.former.number + 1 if following.former else 1,
        made_at=moment,
        made_by=by,
        note=note or Text(),
        counts={each.questionnaire.slug: dict(each.counts) for each in following.exact},
        held_back={slug: names for slug, names in held_back.items() if names},
    )
