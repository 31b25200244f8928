"""What the results page shows, prepared for its template. It never reads a response."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from surveys import wording
from surveys.asked import AUDIENCES, Asked, side_by_side
from surveys.dimensions import CHANNEL, LANGUAGE, PLACE, Dimension, of_kinds
from surveys.models import Consultation, Questionnaire, Release, ReleasedTable, Target
from surveys.releasing.reading import Participants, Participation, released
from surveys.results.cards import Card, Side, card
from surveys.results.filters import Chosen
from surveys.results.participation import Map, Weeks, participation_map, weeks
from surveys.results.state import State
from surveys.tabulation.counted import COUNTRY, Counted, Number
from surveys.tabulation.figures import figures

UNSEEN = Counted(None, None, None)


@dataclass(frozen=True)
class Group:
    """Cards under one heading; those of a scale are as wide as the page."""

    heading: str
    cards: list[Card]
    wide: list[Card]


def dimensions(consultation: Consultation, asked: Iterable[Asked]) -> list[Dimension]:
    """What figures can be told by: countries first, then places, then all else respondents say
    about themselves."""
    asked = list(asked)
    about_them = {each.name for each in asked if each.is_about_them} | {LANGUAGE, CHANNEL}
    found = [each for each in of_kinds(e.kind for e in asked) if each.name in about_them]
    by_name = {dimension.name: dimension for dimension in found}
    place = by_name.pop(PLACE, None)
    rest = [each for each in by_name.values() if each.groups]
    return [*([_countries(consultation, place), place] if place else []), *rest]


def _countries(consultation: Consultation, place: Dimension) -> Dimension:
    """The programme's countries, then the answers that are no place of it."""
    countries = list(consultation.programme.countries.prefetch_related("places"))
    inside = {each.code for country in countries for each in country.places.all()}
    groups = {country.code: str(country.name) for country in countries}
    groups |= {code: label for code, label in place.groups.items() if code not in inside}
    return Dimension(COUNTRY, _("Country"), groups, place.reasons)


def key_figures(participation: Participation) -> list[dict[str, str]]:
    """Who took part, in a few large numbers."""
    told = [
        {
            "number": wording.number(each.total),
            "label": _("citizens answered")
            if each.questionnaire.answered_by == Questionnaire.AnsweredBy.ANYONE
            else _("organisations answered"),
        }
        for each in participation.of
    ]
    reached = _("%(number)s of %(all)s") % {
        "number": participation.answered,
        "all": participation.places,
    }
    told.append({"number": reached, "label": _("counties and districts with answers")})
    told.append({"number": wording.number(participation.comments), "label": _("written comments")})
    return told


def map_of(consultation: Consultation, participants: Participants) -> Map:
    """From where the first questionnaire's answers come, against how many people live there."""
    countries = list(consultation.programme.countries.prefetch_related("places"))
    targets = list(Target.objects.filter(questionnaire=participants.questionnaire, dimension=PLACE))
    # Where nobody is known to have answered from is not told from where few have.
    numbers: dict[str, Number] = dict.fromkeys(
        place.code for country in countries for place in country.places.all()
    )
    numbers |= participants.groups.get(PLACE, {})
    return participation_map(
        consultation.programme,
        countries,
        numbers,
        {target.code: target.population for target in targets if target.population},
        [target.source for target in targets if target.population],
    )


def weeks_of(participants: Participants) -> Weeks:
    """Week by week, with the weeks nobody answered in."""
    numbers = dict(participants.weeks)
    if numbers:
        monday, last = min(numbers), max(numbers)
        while monday < last:
            monday += timedelta(days=7)
            numbers.setdefault(monday, 0)
    return weeks(numbers)


def side(each: Asked, table: ReleasedTable | None, group: str, held_back: bool) -> Side:
    """A question's figures in one group. A group that does not stand in its table is not shown."""
    counted = table.table.groups.get(group, UNSEEN) if table else UNSEEN
    at = table.counted_at if table and held_back else None
    return Side(each, figures(each.kind, counted), at)


def sides(asked: Iterable[Asked], release: Release, chosen: Chosen) -> dict[tuple[str, str], Side]:
    """The figures of every closed question in the chosen group, in a query a questionnaire."""
    asked = list(asked)
    found: dict[tuple[str, str], Side] = {}
    for questionnaire in {each.questionnaire.pk: each.questionnaire for each in asked}.values():
        tables = released(questionnaire, chosen.dimension)
        held_back = release.held_back.get(questionnaire.slug, [])
        for each in asked:
            if each.questionnaire.pk == questionnaire.pk and tables and not each.kind.is_open:
                key = (questionnaire.slug, each.name)
                table = tables.get(each.name)
                found[key] = side(each, table, chosen.group, each.name in held_back)
    return found


def groups(found: dict[tuple[str, str], Side], chosen: Chosen) -> tuple[list[Card], list[Group]]:
    """The two cards that stand first, and all others under their headings."""
    charted = [each.asked for each in found.values() if each.asked.name != PLACE]
    opinions = [each for each in charted if not each.is_about_them]
    paired = [group for group in side_by_side(opinions) if len(group) > 1]
    # What most can be said about at once stands first.
    leads = sorted(paired, key=lambda group: group[0].kind.most_chosen() == 1)[:2]
    # What is told side by side is told again by itself where it says more: as a ranking.
    in_pairs = {
        (each.questionnaire.slug, each.name)
        for group in paired
        for each in group
        if each.kind.kind != "ranking"
    }

    def made(group: list[Asked]) -> Card:
        parts = [found[each.questionnaire.slug, each.name] for each in group]
        return replace(card(parts), query=f"?by={chosen.dimension}" if chosen.dimension else "")

    def alone(answered_by: str, *, is_about_them: bool) -> list[Card]:
        return [
            made([each])
            for each in charted
            if each.is_about_them == is_about_them
            and each.questionnaire.answered_by == answered_by
            and (each.questionnaire.slug, each.name) not in in_pairs
        ]

    more = [made(group) for group in paired if group not in leads]
    more += [each for kind in AUDIENCES for each in alone(kind, is_about_them=False)]
    about = [each for kind in AUDIENCES for each in alone(kind, is_about_them=True)]
    told = [(_("More questions"), more), (_("Who answered"), about)]
    return [made(group) for group in leads], [_group(*each) for each in told if each[1]]


def _group(heading: str, cards: list[Card]) -> Group:
    return Group(
        heading,
        [each for each in cards if not each.scale],
        [each for each in cards if each.scale],
    )


def participation_context(state: State) -> dict[str, Any]:
    """The map and the weeks, of the questionnaire that stands first."""
    first = state.participation.of[0]
    return {"map": map_of(state.consultation, first), "weeks": weeks_of(first)}
