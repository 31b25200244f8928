"""Everything a report is made from, read once for all its languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.asked import Asked, asked
from surveys.copies import Copies, copies
from surveys.dimensions import Dimension, counted, possible
from surveys.models import (
    Consultation,
    Country,
    Questionnaire,
    Quotation,
    Release,
    ReleasedTable,
    ReportText,
    Target,
)
from surveys.quoting import Shown, shown_of
from surveys.releasing.reading import Participants, Participation, current, participation, released
from surveys.tabulation.counted import COUNTRY, EVERYBODY, Counted
from surveys.themes import Themes, themes_of

UNSEEN = Counted(None, None, None)


@dataclass(frozen=True)
class Source:
    """Numbers and texts for a report in the language that was active when they were read."""

    consultation: Consultation
    release: Release
    countries: list[Country]
    participation: Participation
    asked: Mapping[tuple[str, str], Asked]
    tables: Mapping[tuple[str, str], Mapping[str, ReleasedTable]]
    """By questionnaire and question, by dimension."""
    copies: Mapping[str, list[Copies]]
    """By questionnaire. Exact numbers: what is small is left out where they are told."""
    themes: Mapping[tuple[str, str], Themes]
    """By questionnaire and the name of the words."""
    quotations: Mapping[str, list[Shown]]
    """By questionnaire, in the order staff gave them."""
    targets: Mapping[str, list[Target]]
    dimensions: Mapping[str, list[Dimension]]
    texts: Mapping[str, ReportText]

    @property
    def questionnaires(self) -> list[Questionnaire]:
        return [each.questionnaire for each in self.participation.of]

    def of(self, questionnaire: Questionnaire) -> Participants:
        return next(e for e in self.participation.of if e.questionnaire == questionnaire)

    def questions(self, questionnaire: Questionnaire) -> list[Asked]:
        return [each for (slug, _), each in self.asked.items() if slug == questionnaire.slug]

    def table(self, each: Asked, dimension: str = EVERYBODY) -> ReleasedTable | None:
        key = (each.questionnaire.slug, each.name)
        return self.tables.get(key, {}).get(dimension)

    def counted(self, each: Asked, dimension: str = EVERYBODY, group: str = EVERYBODY) -> Counted:
        """A question in one group; where it does not stand in its table, nothing is shown."""
        table = self.table(each, dimension)
        return table.table.groups.get(group, UNSEEN) if table else UNSEEN


def source(consultation: Consultation) -> Source | None:
    """None while nothing was released: there are no figures to tell of."""
    release = current(consultation)
    if release is None:
        return None
    questionnaires = list(consultation.questionnaires.all())
    targets = {each.slug: list(each.targets.all()) for each in questionnaires}
    return Source(
        consultation=consultation,
        release=release,
        countries=list(consultation.programme.countries.prefetch_related("places")),
        participation=participation(consultation),
        asked=asked(consultation),
        tables=_tables(questionnaires),
        copies={each.slug: list(copies(each)) for each in questionnaires},
        themes={
            (each.frame.questionnaire.slug, each.frame.question): each
            for each in themes_of(consultation)
        },
        quotations={each.slug: _quotations(each) for each in questionnaires},
        targets=targets,
        dimensions={
            each.slug: counted(possible(each), targets[each.slug]) for each in questionnaires
        },
        texts={text.key: text for text in consultation.report_texts.all()},
    )


def _quotations(questionnaire: Questionnaire) -> list[Shown]:
    chosen = Quotation.objects.filter(response__questionnaire=questionnaire)
    return list(shown_of(chosen).values())


def _tables(
    questionnaires: list[Questionnaire],
) -> dict[tuple[str, str], dict[str, ReleasedTable]]:
    found: dict[tuple[str, str], dict[str, ReleasedTable]] = {}
    for questionnaire in questionnaires:
        for dimension in (EVERYBODY, COUNTRY):
            for name, table in released(questionnaire, dimension).items():
                found.setdefault((questionnaire.slug, name), {})[dimension] = table
    return found
