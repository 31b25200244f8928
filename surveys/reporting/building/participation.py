"""Who took part: the map, the weeks, groups, and how balanced they are."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from surveys.charts import limits, shade
from surveys.dimensions import PLACE, Dimension
from surveys.models import Target
from surveys.releasing.reading import Participants
from surveys.reporting.content import (
    Bar,
    BarChart,
    Block,
    Columns,
    Heading,
    Table,
    Tile,
    TileMap,
)
from surveys.reporting.source import Source
from surveys.tabulation.counted import NO_ANSWER, Number
from surveys.tabulation.figures import share
from surveys.tile_map import tile_map
from surveys.wording import decimal, not_shown, number, percent, step

PER = 10_000


def participation(source: Source) -> Iterator[Block]:
    yield _totals(source)
    for each in source.participation.of:
        if not each.total:
            continue
        yield Heading(2, str(each.questionnaire.name))
        if PLACE in each.groups:
            yield _map(source, each)
        if each.weeks:
            yield _weeks(each)
        for dimension in source.dimensions[each.questionnaire.slug]:
            if dimension.name != PLACE and each.groups.get(dimension.name):
                yield _groups(each, dimension)
        yield from _balance(source, each)


def _totals(source: Source) -> Table:
    rows = [
        (str(each.questionnaire.name), number(each.total), number(each.comments))
        for each in source.participation.of
    ]
    return Table(
        _("Responses"), (_("Questionnaire"), _("Responses"), _("Written comments")), tuple(rows), 2
    )


def _map(source: Source, each: Participants) -> TileMap:
    """Coloured by responses per 10,000 inhabitants where all places have their figure."""
    numbers = each.groups[PLACE]
    targets = source.targets[each.questionnaire.slug]
    people = {t.code: t.population for t in targets if t.dimension == PLACE and t.population}
    places = [place for country in source.countries for place in country.places.all()]
    has_rates = bool(places) and all(place.code in people for place in places)
    rates: dict[str, float | None] = {
        place.code: share(numbers.get(place.code), people[place.code] if has_rates else 1)
        for place in places
    }
    rates = (
        {code: None if r is None else r * PER for code, r in rates.items()} if has_rates else rates
    )
    steps = limits([rate for rate in rates.values() if rate is not None])
    tiles = [
        Tile(
            number(numbers.get(place.code)) if rates[place.code] is not None else "–",
            0 if (rate := rates[place.code]) is None else shade(rate, steps),
        )
        for place in places
    ]
    rows = _place_rows(source, each, rates if has_rates else {})
    header = (_("Place"), _("Responses"), *([_("Per 10,000 inhabitants")] if has_rates else []))
    table = Table(_("Responses by place"), header, tuple(rows), len(header) - 1)
    caption = _("Responses by county and district")
    if has_rates:
        caption = _("Responses by county and district; colour: per 10,000 inhabitants")
    return TileMap(
        caption,
        f"{caption}. " + ". ".join(f"{row[0]}: {row[1]}" for row in rows),
        table,
        tile_map(source.consultation.programme, source.countries, has_numbers=True),
        tuple(tiles),
        tuple(_legend(steps, has_unseen=any(rate is None for rate in rates.values()))),
    )


def _legend(steps: list[float], *, has_unseen: bool) -> Iterator[tuple[int, str]]:
    told = [step(each) for each in steps]
    if told:
        yield 1, _("under %(number)s") % {"number": told[0]}
    for position, words in enumerate(told, 2):
        yield position, _("from %(number)s") % {"number": words}
    if has_unseen:
        yield 0, f"– {not_shown()}"


def _place_rows(
    source: Source, each: Participants, rates: Mapping[str, float | None]
) -> Iterator[tuple[str, ...]]:
    """The programme's places by country, then the answers that are no place of it."""
    numbers = each.groups[PLACE]
    inside = set()
    for country in source.countries:
        for place in country.places.all():
            inside.add(place.code)
            name = f"{place.name} ({country.name})"
            rate = [decimal(rates[place.code])] if rates else []
            yield name, number(numbers.get(place.code)), *rate
    labels = next(d for d in source.dimensions[each.questionnaire.slug] if d.name == PLACE).groups
    for code, n in numbers.items():
        if code not in inside:
            label = labels.get(code, code) if code != NO_ANSWER else _("No answer")
            yield label, number(n), *(["–"] if rates else [])


def _weeks(each: Participants) -> Columns:
    """With the weeks nobody answered in."""
    weeks: dict[date, Number] = dict(each.weeks)
    monday = min(each.weeks)
    while monday < max(each.weeks):
        monday += timedelta(days=7)
        weeks.setdefault(monday, 0)
    named = [(f"{day:%d.%m.}", number(weeks[day]), weeks[day]) for day in sorted(weeks)]
    caption = _("Responses week by week")
    return Columns(
        caption,
        f"{caption}. " + ". ".join(f"{under} {over}" for under, over, _n in named),
        Table(
            caption,
            (_("Week that began on"), _("Responses")),
            tuple((under, over) for under, over, _n in named),
            1,
        ),
        tuple((under, "–" if n is None else over, n) for under, over, n in named),
    )


def _groups(each: Participants, dimension: Dimension) -> BarChart:
    """Shares are of all responses: the total is never hidden."""
    numbers = each.groups[dimension.name]
    bars = [
        _bar(label, numbers.get(code, 0), each.total, is_apart=code in dimension.reasons)
        for code, label in dimension.groups.items()
        if code in numbers
    ]
    others = [code for code in numbers if code not in dimension.groups]
    bars += [
        _bar(code or _("No answer"), numbers[code], each.total, is_apart=True) for code in others
    ]
    header = (dimension.label, _("Responses"), _("Share"))
    return BarChart(_("Responses by: %(name)s") % {"name": dimension.label}, header, tuple(bars))


def _bar(label: str, n: Number, total: int, *, is_apart: bool) -> Bar:
    part = share(n, total)
    return Bar(label, (number(n), percent(part)), (part,), is_apart)


def _balance(source: Source, each: Participants) -> Iterator[Block]:
    """Against how many there are and how many were wanted, where somebody set that."""
    targets = source.targets[each.questionnaire.slug]
    for dimension in source.dimensions[each.questionnaire.slug]:
        of_this = {t.code: t for t in targets if t.dimension == dimension.name}
        numbers = each.groups.get(dimension.name, {})
        if any(target.population for target in of_this.values()):
            yield _against_population(dimension, numbers, of_this)
        if any(target.wanted for target in of_this.values()):
            yield _against_wanted(dimension, numbers, of_this)


def _against_population(
    dimension: Dimension, numbers: Mapping[str, Number], targets: Mapping[str, Target]
) -> Table:
    """Shares of the groups that have a figure and whose number is shown."""
    there = {code: t.population or 0 for code, t in targets.items() if t.population}
    base = sum(n for code in there if (n := numbers.get(code)) is not None)
    people = sum(p for code, p in there.items() if numbers.get(code) is not None)
    rows = []
    for code, population in there.items():
        n = numbers.get(code)
        mine, theirs = share(n, base), None if n is None else share(population, people)
        rows.append(
            (
                dimension.groups.get(code, code),
                number(n),
                percent(mine),
                number(population),
                percent(theirs),
            )
        )
    sources = sorted({target.source for target in targets.values() if target.source})
    return Table(
        _("Balance against the population: %(name)s") % {"name": dimension.label},
        (
            dimension.label,
            _("Responses"),
            _("Share of responses"),
            _("Population"),
            _("Share of population"),
        ),
        tuple(rows),
        4,
        f"{_('Source')}: {'; '.join(sources)}",
    )


def _against_wanted(
    dimension: Dimension, numbers: Mapping[str, Number], targets: Mapping[str, Target]
) -> Table:
    rows = [
        (
            dimension.groups.get(code, code),
            number(numbers.get(code)),
            number(target.wanted),
            percent(share(numbers.get(code), target.wanted)),
        )
        for code, target in targets.items()
        if target.wanted
    ]
    return Table(
        _("Responses against targets: %(name)s") % {"name": dimension.label},
        (dimension.label, _("Responses"), _("Target"), _("Reached")),
        tuple(rows),
        3,
    )
