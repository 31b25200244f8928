"""Finds every figure on the pages of results and in their files, and compares it."""

import csv
import re

from django.test import Client
from lxml import html

from surveys.models import Country, Place
from tests.surveys.compared import common_share, decimal, number, percent, text
from tests.surveys.recounted import weeks, words

AUDIENCES = {"Citizens": "citizens", "Organisations": "stakeholders"}


class SiteFigures:
    """Of the consultation that is `told`, by `compared`."""

    def page(self, address):
        answer = Client().get(address)
        assert answer.status_code == 200, address
        return html.fromstring(answer.content.decode())

    # The results page

    def _everybody_and_one_country(self, address, dimension, group):
        page = self.page(address)
        self._key_figures(page)
        self._map(page)
        self._weeks(page)
        cards = page.xpath("//figure[.//ul[contains(@class, 'chart-links')]]")
        assert len(cards) > 15
        for card in cards:
            links = card.xpath(".//ul[contains(@class, 'chart-links')]//a/@href")
            found = [re.search(r"/results/(\w+)/(\w+)/$", link) for link in links]
            asked = [match.groups() for match in found if match]
            self._card(card, asked, dimension, group)

    def _key_figures(self, page):
        shown = [text(each) for each in page.xpath("//dl[@class='key-figures']//dd")]
        files = self.told.files
        places = {place for frame in files.values() for place in frame["place"]}
        there = [code for code in self.told.country_of if code in places]
        again = [
            *(number(len(files[slug])) for slug in ("citizens", "stakeholders")),
            f"{len(there)} of {len(self.told.country_of)}",
            number(sum(map(words, files.values()))),
        ]
        self.compared.all(("key figures",), shown, again)

    def _map(self, page):
        names = {str(place.name): place.code for place in Place.objects.all()}
        rows = page.xpath("//figure[@id='map']//tbody/tr")
        assert len(rows) == len(names)
        for row in rows:
            label, shown = (text(cell) for cell in row)
            there = len(self.told.slice("citizens", "place", names[label]))
            self.compared(("map", label), shown, number(there))

    def _weeks(self, page):
        shown = [text(cell) for cell in page.xpath("//figure[@id='weeks']//tbody//td")]
        again = weeks(self.told.files["citizens"]).values()
        self.compared.all(("weeks",), shown, map(number, again))

    def _card(self, card, asked, dimension, group):
        again = {slug: self.told.recount(slug, name, dimension, group) for slug, name in asked}
        slug, name = asked[0]
        where = (card.get("id"), dimension, group)
        if again[slug].rows:
            self._scale(card, where, again[slug], self.told.questions[slug, name])
        else:
            self._bars(card, where, asked, again)
        self._notes(card, where, asked, again)

    def _bars(self, card, where, asked, again):
        for table in card.xpath(".//table[@class='chart-table']"):
            heads = table.xpath("./thead//th")[1:]
            columns = [
                text(next(iter(head.xpath("./*[@class='visually-hidden']")), head))
                for head in heads
            ]
            for row in table.xpath("./tbody/tr"):
                label = text(row[0])
                for column, cell in zip(columns, row[1:], strict=True):
                    told = self._cell(column, label, asked, again)
                    self.compared((*where, column, label), text(cell), told)
        for key in card.xpath(".//ul[@class='chart-key']/li"):
            if match := re.fullmatch(r"(.+) \(([\d,]+)\)", text(key)):
                slug = AUDIENCES.get(match[1], asked[0][0])
                self.compared((*where, "base"), match[2], number(again[slug].base))

    def _cell(self, column, label, asked, again):
        slug = AUDIENCES.get(column, asked[0][0])
        name = dict(asked)[slug]
        code, found = self.told.codes(slug, name)[label], again[slug]
        if column == "Points":
            return number(found.points[code])
        # Beside a choice a ranking is told by who gave the answer any rank.
        if found.ranked and column != "First choice":
            return percent(found.ranked[code] / found.base)
        return percent(found.share.get(code, 0))

    def _scale(self, card, where, again, question):
        items = {str(item.label): item.code for item in question.items.all()}
        steps = [option.code for option in question.options.all() if not option.missing]
        for row in card.xpath(".//table[@class='figures-table']/tbody/tr"):
            label, *cells = (text(cell) for cell in row)
            found = again.rows[items[label]]
            told = [percent(found.share.get(step, 0)) for step in steps]
            told += [decimal(found.mean), number(found.base)]
            self.compared.all((*where, label), cells, told)
        for row in card.xpath(".//div[@class='scale-row']"):
            label, summary = (text(line) for line in row.xpath("./p"))
            found = again.rows[items[label]]
            shown = re.findall(r": (<1%|\d+%|not shown)", summary)
            told = [percent(found.below), percent(found.above)]
            self.compared.all((*where, label, "summary"), shown, told)

    def _notes(self, card, where, asked, again):
        for note in map(text, card.xpath(".//p[@class='hint']")):
            audience = note.partition(":")[0]
            slug = AUDIENCES.get(audience, asked[0][0])
            for shown, told in (
                (re.search(r"([\d,]+) answered", note), again[slug].answered),
                (re.search(r"([\d,]+) skipped the question", note), again[slug].skipped),
            ):
                if shown:
                    self.compared((*where, note), shown[1], number(told))
            if "Left out of the shares" in note and not again[slug].rows:
                for label, shown in re.findall(r"“([^”]+)” \(([^)]+)\)", note):
                    code = self.told.codes(slug, dict(asked)[slug])[label]
                    self.compared((*where, label), shown, number(again[slug].n.get(code, 0)))

    # The page of a question

    def _who_answered(self, page, slug, name):
        again = self.told.recount(slug, name)
        told = {
            "Were asked": again.asked,
            "Answered": again.answered,
            "Skipped the question": again.skipped,
            "No opinion": again.no_opinion,
            "Base of the shares": again.base,
        }
        for each in page.xpath("//dl[@class='key-figures']/div"):
            label, shown = (text(cell) for cell in each)
            self.compared((slug, name, label), shown, number(told[label]))

    def _countries(self, slug):
        names = {str(country.name): country.code for country in Country.objects.all()}
        return self.told.codes(slug, "place") | names | {"No answer": ""}

    def _cross(self, page, slug, name):
        question, groups = self.told.questions[slug, name], self._countries(slug)
        again = {
            label: self.told.recount(slug, name, "country", code) for label, code in groups.items()
        }
        items = {str(item.label): item.code for item in question.items.all()}
        for block in page.xpath("//table[contains(@class, 'cross-table')]/tbody"):
            heading, *rows = block
            answer = text(heading)
            for row in rows:
                label, *cells = (text(cell) for cell in row)
                found = again[label]
                if items:
                    item = found.rows[items[answer]]
                    told = [percent(item.above or 0), decimal(item.mean or 0)]
                else:
                    code = self.told.codes(slug, name)[answer]
                    told = [percent(common_share(found, code))]
                self.compared.all((slug, name, "by country", answer, label), cells, told)
        for hint in map(text, page.xpath("//p[@class='hint']")):
            if hint.startswith("Answers that the shares are of:"):
                for label, found in again.items():
                    if match := re.search(rf"{re.escape(label)} ([\d,]+)[,.]", hint):
                        shown = match[1].rstrip(",")
                        self.compared((slug, name, label, "base"), shown, number(found.base))

    def _file(self, address, slug, name):
        content = Client().get(address).content.decode("utf-8-sig")
        for row in csv.DictReader(content.splitlines()):
            found = self.told.recount(slug, name, row["dimension"], row["group"])
            told = {"answered": found.answered, "skipped": found.skipped, "base": found.base}
            if row["item"]:
                found = found.rows[row["item"]]
                told["base"] = found.base
            elif found.ranked:
                code = row["answer"]
                told |= {"ranked": found.ranked[code], "points": found.points[code]}
            if row["answer"]:
                told["n"] = found.n.get(row["answer"], 0)
            where = (slug, name, *row.values())
            for column, again in told.items():
                self.compared((*where, column), row[column], str(again))
            for column in ("n", "answered"):
                assert row[column] == "" or not 0 < int(row[column]) < 10, (*where, column)
            if row["answer"]:
                share = found.share.get(row["answer"], 0) or 0
                self.compared((*where, "share"), row["share"], f"{share:.4f}")
