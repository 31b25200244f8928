"""Finds every figure in what a report says, and compares it."""

import re

from django.conf import settings
from django.utils.text import capfirst

from surveys.models import Place, Response
from surveys.reporting.content import BarChart, Columns, DivergingChart, Heading, Text, TileMap
from tests.surveys.compared import common_share, decimal, number, percent
from tests.surveys.recounted import weeks, words

COLUMNS = {"language": settings.LANGUAGES, "channel": Response.Channel.choices}


class ReportFigures:
    """Of the consultation that is `told`, by `compared`."""

    def _slug(self, heading):
        of = {str(each.name): each.slug for each in self.told.consultation.questionnaires.all()}
        return of[heading]

    def _participation(self, blocks):
        slug = ""
        for block in blocks:
            if isinstance(block, Heading) and block.level == 2:
                slug = self._slug(block.text)
            elif isinstance(block, TileMap):
                self._report_map(block, slug)
            elif isinstance(block, Columns):
                shown = [row[1] for row in block.table.rows]
                again = weeks(self.told.files[slug]).values()
                self.compared.all((slug, "weeks"), shown, map(number, again))
            elif isinstance(block, BarChart):
                self._report_groups(block, slug)
            else:
                for questionnaire, *shown in block.rows:
                    frame = self.told.files[self._slug(questionnaire)]
                    again = [number(len(frame)), number(words(frame))]
                    self.compared.all(("responses", questionnaire), shown, again)

    def _report_map(self, block, slug):
        labels = {str(place.name): place.code for place in Place.objects.all()}
        labels = self.told.codes(slug, "place") | labels | {"No answer": ""}
        for name, shown in block.table.rows:
            label = re.sub(r" \((Romania|Serbia)\)$", "", name)
            there = len(self.told.slice(slug, "place", labels[label]))
            self.compared((slug, "map", name), shown, number(there))

    def _report_groups(self, block, slug):
        shorts = {
            str(q.short): q.name for (of, _name), q in self.told.questions.items() if of == slug
        }
        dimension = shorts.get(block.header[0], block.header[0].lower())
        if dimension in COLUMNS:
            codes = {capfirst(str(label)): code for code, label in COLUMNS[dimension]}
        else:
            codes = self.told.codes(slug, dimension) | {"No answer": ""}
        for bar in block.bars:
            there = len(self.told.slice(slug, dimension, codes[bar.label]))
            again = [number(there), percent(there / len(self.told.files[slug]))]
            self.compared.all((slug, dimension, bar.label), bar.numbers, again)

    def _answers(self, blocks):
        slug = name = ""
        for block in blocks:
            if isinstance(block, Heading) and block.level == 2:
                slug = self._slug(block.text)
            elif isinstance(block, Heading):
                name = re.search(r"\((\w+)\)$", block.text)[1]
            elif isinstance(block, Text):
                self._report_bases(block.text, slug, name)
            elif isinstance(block, DivergingChart):
                self._report_scale(block, slug, name)
            elif isinstance(block, BarChart):
                self._report_bars(block, slug, name)

    def _report_bases(self, line, slug, name):
        again = self.told.recount(slug, name)
        for label, told in (
            ("Asked", again.asked),
            ("Not asked", again.total - again.asked),
            ("Answered", again.answered),
            ("Skipped the question", again.skipped),
            ("No opinion", again.no_opinion),
            ("Base of the shares", again.base),
        ):
            if match := re.search(rf"(?:^|; ){label}: ([\d,]+|not shown)[;.]", line):
                self.compared((slug, name, label), match[1], number(told))

    def _report_scale(self, block, slug, name):
        question, again = self.told.questions[slug, name], self.told.recount(slug, name)
        items = {str(item.label): item.code for item in question.items.all()}
        steps = [option.code for option in question.options.all() if not option.missing]
        for label, *shown in block.table.rows:
            found = again.rows[items[label]]
            told = [percent(found.share.get(step, 0)) for step in steps]
            told += [decimal(found.mean), number(found.base), number(found.no_opinion)]
            self.compared.all((slug, name, label), shown, told)

    def _report_bars(self, block, slug, name):
        codes, again = self.told.codes(slug, name), self.told.recount(slug, name)
        for bar in block.bars:
            code = codes[bar.label]
            told = [number(again.n.get(code, 0)), percent(again.share.get(code, 0))]
            if again.ranked:
                told = [
                    number(again.points[code]),
                    told[1],
                    percent(again.ranked[code] / again.base),
                ]
            self.compared.all((slug, name, bar.label), bar.numbers, told)

    def _audiences(self, blocks):
        shorts = {(slug, str(q.short)): q.name for (slug, _name), q in self.told.questions.items()}
        codes_of = {key: tuple(self.told.codes(*key)) for key in self.told.questions}
        charts = [block for block in blocks if isinstance(block, BarChart)]
        assert charts
        for block in charts:
            first = shorts["citizens", block.caption]
            alike = [
                name
                for (slug, name), codes in codes_of.items()
                if slug == "stakeholders"
                and codes == codes_of["citizens", first]
                and (self.told.questions[slug, name].kind == "single")
                == (self.told.questions["citizens", first].kind == "single")
            ]
            sides = [("citizens", first), ("stakeholders", alike[0])]
            again = [(self.told.codes(*key), self.told.recount(*key)) for key in sides]
            self._side_by_side(block, again)

    def _borders(self, blocks):
        slug, charts = "", 0
        for block in blocks:
            if isinstance(block, Heading):
                slug = self._slug(block.text)
                continue
            charts += 1
            questions = {
                str(q.short): q.name for (of, _name), q in self.told.questions.items() if of == slug
            }
            name = questions[block.caption]
            countries = [self.told.recount(slug, name, "country", code) for code in ("ro", "rs")]
            if isinstance(block, BarChart):
                again = [(self.told.codes(slug, name), found) for found in countries]
                self._side_by_side(block, again)
                continue
            items = {str(i.label): i.code for i in self.told.questions[slug, name].items.all()}
            for label, *shown in block.rows:
                rows = [found.rows[items[label]] for found in countries]
                told = [*(decimal(r.mean or 0) for r in rows), *(number(r.base) for r in rows)]
                self.compared.all((slug, name, label), shown, told)
        assert charts > 10

    def _side_by_side(self, block, again):
        for bar in block.bars:
            told = [percent(common_share(found, codes[bar.label])) for codes, found in again]
            self.compared.all((block.caption, bar.label), bar.numbers, told)
        shown = re.findall(r": ([\d,]+|not shown)[,.]", block.note.partition(":")[2])
        bases = [number(found.base) for _codes, found in again]
        self.compared.all((block.caption, "base"), [each.rstrip(",") for each in shown], bases)
