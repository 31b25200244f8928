"""Answers of single responses, as far as they may be published: rows, and words apart from them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from random import SystemRandom
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac
from psycopg import sql

from surveys import asked, quoting
from surveys.codebook import variables
from surveys.dimensions import ALWAYS
from surveys.exports.dataset import Row, plain_rows
from surveys.models import Decision, Questionnaire, Release, ReleasedTable, Response
from surveys.open_data.protecting import (
    WITHHELD,
    ByDimension,
    Grouping,
    Shown,
    grouping,
    released_countries,
)
from surveys.open_data.who import whose
from surveys.question_types import Cell, QuestionType, Variable
from surveys.question_types.place import PlaceChoice
from surveys.releasing.groups import dimensions
from surveys.releasing.reading import places_by_country, released_tables
from surveys.tabulation.counted import COUNTRY

NOTHING = sql.SQL("NULL")
Found = tuple[UUID, str, Row]
"""A response with its country and its cells."""


def row_columns(questionnaire: Questionnaire) -> list[Variable]:
    """The country, and the closed questions that everybody was asked and that tell no sender."""
    closed = _closed(questionnaire)
    answers = [
        _withholding(column)
        for column in variables(questionnaire)
        if column.root in closed and not column.is_words and not column.may_be_unasked
    ]
    return [_withholding(_country(questionnaire)), *answers]


def rows(questionnaire: Questionnaire, release: Release) -> list[Row]:
    """In an order that tells nothing. See `protecting` for what is left out and withheld."""
    columns = row_columns(questionnaire)
    closed = _closed(questionnaire)
    tables = _tables(questionnaire, release)
    found = _found(questionnaire, columns[1:])
    counted = _by_country(questionnaire)
    allowed = Counter(country for _key, country, _cells in found)
    told = released_countries(tables.values())
    kept = _kept(found, grouping(counted, allowed, told))
    countries = {country for country, _group, _cells in kept} & told
    shown = [
        Shown(closed[column.root], column, tables.get(column.root, {}), countries)
        for column in columns[1:]
    ]
    made: list[Row] = [
        (group or None, *(each.cell(cell) for each, cell in zip(shown, cells, strict=True)))
        for _from, group, cells in kept
    ]
    SystemRandom().shuffle(made)
    return made


def word_columns(questionnaire: Questionnaire) -> list[Variable]:
    names = {c.name: c.label for c in variables(questionnaire) if c.is_words and c.root}
    tags = {tag: tag for tag in settings.LANGUAGE_TAGS.values()}
    return [
        Variable("question", "Question", NOTHING, names),
        Variable("language", "Language", NOTHING, tags),
        Variable("words", "Published words", NOTHING, cell=Cell.WORDS),
    ]


def words(questionnaire: Questionnaire) -> list[Row]:
    """What was decided to be published, in an order that tells nothing."""
    publishing = Decision.objects.filter(
        response=OuterRef("pk"), is_current=True, verdict__in=Decision.PUBLISHED
    )
    names = word_columns(questionnaire)[0].codes
    responses = quoting.with_decisions(whose(questionnaire).filter(Exists(publishing)))
    found = [row for each in responses.iterator(chunk_size=2000) for row in _words(each, names)]
    SystemRandom().shuffle(found)
    return found


def _words(response: Response, names: Collection[str]) -> Iterator[Row]:
    for name in response.answers:
        if name in names and (text := quoting.quotable(response, name)):
            yield name, quoting.tag_of(response.language, text), text


def _closed(questionnaire: Questionnaire) -> dict[str, QuestionType]:
    """By name. Places, and what is asked where respondents say who they are, tell of senders."""
    return {
        name: each.kind
        for (slug, name), each in asked.asked(questionnaire.consultation).items()
        if slug == questionnaire.slug
        and not each.kind.is_open
        and not each.is_about_them
        and name not in ALWAYS
        and not isinstance(each.kind, PlaceChoice)
    }


def _country(questionnaire: Questionnaire) -> Variable:
    known = dimensions(questionnaire)
    groups = known[COUNTRY].groups if COUNTRY in known else {}
    return Variable(COUNTRY, "Country", NOTHING, groups)


def _withholding(column: Variable) -> Variable:
    codes = {**column.codes, WITHHELD: "Withheld, so that nobody can be known by it"}
    return replace(column, codes=codes, missing=column.missing | {WITHHELD})


def _tables(questionnaire: Questionnaire, release: Release) -> dict[str, ByDimension]:
    found: dict[str, dict[str, ReleasedTable]] = defaultdict(dict)
    for table in released_tables(release).filter(questionnaire=questionnaire):
        found[table.question][table.dimension] = table
    return dict(found)


def _countries(questionnaire: Questionnaire) -> dict[str, str]:
    places = places_by_country(questionnaire.consultation)
    return {code: country for country, codes in places.items() for code in codes}


def _by_country(questionnaire: Questionnaire) -> Counter[str]:
    countries = _countries(questionnaire)
    sent = Response.objects.sent().filter(questionnaire=questionnaire).order_by()
    places = sent.values_list("place", flat=True)
    return Counter(countries.get(place or "", place or "") for place in places.iterator())


def _found(questionnaire: Questionnaire, columns: list[Variable]) -> list[Found]:
    countries = _countries(questionnaire)
    place = Variable("place", "", sql.SQL("place"))
    found = plain_rows([place, *columns], whose(questionnaire))
    return [(key, countries.get(where or "", where or ""), cells) for key, (where, *cells) in found]


def _kept(found: list[Found], groups: Grouping) -> list[tuple[str, str, Row]]:
    """As many of each group as may be; by chance, but in every version by the same chance."""
    by_group: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_group[groups.groups[each[1]]].append(each)
    return [
        (country, group, cells)
        for group, number in groups.keep.items()
        for _key, country, cells in sorted(by_group[group], key=_chance)[:number]
    ]


def _chance(found: Found) -> bytes:
    return salted_hmac("surveys.open_data", str(found[0]), algorithm="sha256").digest()
