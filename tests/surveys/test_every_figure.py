"""Each number the public is told is what another library counts in the exported data file.

A number that is left out is told nowhere; which those have to be is told in the tests of releases.
All is of one release, which takes its time.
"""

import pytest
from django.test import TestCase

from surveys.models import OpenDataFile
from surveys.open_data.making import open_data_due
from surveys.reporting.making import report_in
from tests.surveys import independent
from tests.surveys.compared import Compared, number
from tests.surveys.figures_cast import release_fabricated
from tests.surveys.report_figures import ReportFigures
from tests.surveys.site_figures import SiteFigures


@pytest.mark.xdist_group("figures")
class EveryFigureTests(SiteFigures, ReportFigures, TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.told = release_fabricated()

    def setUp(self):
        self.compared = Compared()
        self.again = {}

    def test_on_the_results_page(self):
        self._everybody_and_one_country("/en/results/", "", "")
        assert self.compared.same > 350
        assert self.compared.hidden < self.compared.same

    def test_on_the_results_page_of_one_country(self):
        self._everybody_and_one_country("/en/results/?country=ro", "country", "ro")
        assert self.compared.same > 300

    def test_on_the_page_of_each_question_and_in_its_file(self):
        for slug, name in self.told.questions:
            address = f"/en/results/{slug}/{name}/"
            page = self.page(f"{address}?by=country")
            self._who_answered(page, slug, name)
            for figure in page.xpath("//figure"):
                self._card(figure, [(slug, name)], "", "")
            self._cross(page, slug, name)
            self._file(f"/en/results/{slug}/{name}.csv?by=country", slug, name)
        assert self.compared.same > 5000
        assert 0 < self.compared.hidden < self.compared.same

    def test_in_the_report(self):
        report = report_in(self.told.consultation, "en")
        parts = {part.key: part.blocks for part in report.parts}
        self._participation(parts["participation"])
        self._answers(parts["answers"])
        self._audiences(parts["audiences"])
        self._borders(parts["borders"])
        counts = [row[1:] for table in parts["record"] for row in getattr(table, "rows", ())]
        self.compared.all(
            ("record",),
            [cell for row in counts for cell in row],
            [cell for frame in self.told.files.values() for cell in (number(len(frame)), "0", "0")],
        )
        assert self.compared.same > 1000
        assert self.compared.hidden < self.compared.same

    def test_in_the_open_data(self):
        while open_data_due():
            pass
        for slug, frame in self.told.files.items():
            content = OpenDataFile.objects.get(name=f"figures-{slug}.csv").content
            for row in independent.read(bytes(content)).to_dicts():
                self._open_figure(slug, frame, row)
        assert self.compared.same > 4500

    def _open_figure(self, slug, frame, row):
        dimension = "" if row["dimension"] == "all" else row["dimension"]
        group = "" if row["group"] in ("all", "no-answer") else row["group"]
        key = (slug, row["question"], dimension, group)
        if key not in self.again:
            question = self.told.questions[key[:2]]
            self.again[key] = independent.counts(self.told.slice(slug, dimension, group), question)
        again = self.again[key]
        counts = {
            "responses": again.total,
            "asked": again.asked,
            "answered": again.answered,
            "answer": again.cells.get(row["code"], 0),
        }
        if row["status"] == "shown":
            assert int(row["n"]) == counts[row["measure"]], row
            self.compared.same += 1
