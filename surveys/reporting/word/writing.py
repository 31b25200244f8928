"""From the blocks of a report to the paragraphs, tables and pictures of a Word document."""

import io
from datetime import UTC, datetime
from functools import singledispatch

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Length, Mm, Pt
from docx.text.paragraph import Paragraph

from surveys.printing import picture
from surveys.reporting.content import (
    BarChart,
    Block,
    Captioned,
    Heading,
    Listing,
    Note,
    Picture,
    Quotation,
    Report,
    Table,
    Text,
    TileMap,
)
from surveys.reporting.drawing import emblem, svg
from surveys.reporting.word.contents import write_contents
from surveys.reporting.word.runs import Speaker, clean, draw, styled
from surveys.reporting.word.styles import FACT, NOTE, QUIET, SMALL, WIDTH, set_styles
from surveys.reporting.word.tables import write_bars, write_table

MAP_SHARE = 0.8


def docx(report: Report) -> bytes:
    document = Document()
    set_styles(document, report.language)
    Writer(document, report).write()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class Writer:
    """Writes one report to one document."""

    def __init__(self, document: WordDocument, report: Report) -> None:
        self.document = document
        self.report = report
        self.speaker = Speaker(report.language)
        self.headings = 0

    def write(self) -> None:
        self._properties()
        self._frame()
        self._title_page()
        write_contents(self.document, self.speaker, self.report)
        for part in self.report.parts:
            heading = self.heading(1, f"{part.number}. {part.title}")
            if not part.begins_page:
                heading.paragraph_format.page_break_before = False
                heading.paragraph_format.space_before = Pt(26)
            for block in part.blocks:
                write_block(block, self)

    def _properties(self) -> None:
        properties = self.document.core_properties
        properties.title = clean(self.report.title)[:255]
        properties.author = clean(self.report.programme)[:255]
        properties.comments = ""
        properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)

    def _frame(self) -> None:
        """The title over every page but the first, the number under it."""
        section = self.document.sections[0]
        self.speaker.say(section.header.paragraphs[0], self.report.title)
        footer = section.footer.paragraphs[0]
        footer.paragraph_format.tab_stops.clear_all()
        footer.paragraph_format.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        self.speaker.say(footer, f"{self.report.programme}\t\t")
        self.speaker.field(footer, "PAGE", "")
        self.speaker.say(footer, " / ")
        self.speaker.field(footer, "NUMPAGES", "")

    def _title_page(self) -> None:
        report = self.report
        programme = self.paragraph(report.programme)
        programme.runs[0].font.color.rgb = QUIET
        programme.paragraph_format.space_before = Mm(45)
        self.paragraph(report.title, "Title")
        self.paragraph(report.subtitle, "Subtitle")
        if report.mark:
            self.paragraph(report.mark, NOTE)
        space = self.document.add_paragraph()
        space.paragraph_format.space_after = Mm(40)
        for name, value in report.facts:
            paragraph = styled(self.document.add_paragraph(), FACT)
            self.speaker.say(paragraph, f"{name}: ", bold=True)
            self.speaker.say(paragraph, value)
        if report.labels.get("funded"):
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.space_before = Mm(14)
            words = report.labels["funded"]
            draw(paragraph.add_run(), picture(emblem()), words, Mm(21), None)
            self.speaker.say(paragraph, f"   {words}")

    def heading(self, level: int, words: str) -> Paragraph:
        paragraph = styled(self.document.add_paragraph(), f"Heading {level}")
        self.speaker.say(paragraph, words)
        self.headings += 1
        self.speaker.bookmark(paragraph, f"_Toc{self.headings:06d}")
        return paragraph

    def paragraph(self, words: str, style: str = "Normal", language: str = "") -> Paragraph:
        paragraph = styled(self.document.add_paragraph(), style)
        self.speaker.say(paragraph, words, language)
        return paragraph

    def caption(self, block: Captioned) -> None:
        paragraph = styled(self.document.add_paragraph(), "Caption")
        if block.number:
            self.speaker.say(paragraph, f"{block.label} ")
            # The name under which Word counts, in whatever language.
            name = "Figure" if block.is_figure else "Table"
            self.speaker.field(paragraph, f"SEQ {name} \\* ARABIC", str(block.number))
            self.speaker.say(paragraph, ". ")
        self.speaker.say(paragraph, block.caption)

    def small(self, words: str) -> None:
        """What stands under a table; else the space that parts it from what follows."""
        paragraph = self.paragraph(words, SMALL)
        paragraph.paragraph_format.space_before = Pt(4)


@singledispatch
def write_block(block: Block, writer: Writer) -> None:
    raise NotImplementedError(block.kind)


@write_block.register
def _(block: Heading, writer: Writer) -> None:
    writer.heading(block.level, f"{block.number} {block.text}".strip())


@write_block.register
def _(block: Text, writer: Writer) -> None:
    style = NOTE if isinstance(block, Note) else "Normal"
    if block.mark:
        writer.paragraph(block.mark, SMALL)
    for words in block.paragraphs:
        writer.paragraph(words, style, block.language)


@write_block.register
def _(block: Listing, writer: Writer) -> None:
    for item in block.items:
        writer.paragraph(item, "List Bullet")


@write_block.register
def _(block: Quotation, writer: Writer) -> None:
    words = writer.paragraph(block.words, "Quote", block.language)
    words.paragraph_format.keep_with_next = True
    words.paragraph_format.space_after = Pt(0)
    last = words
    if block.translation:
        last = writer.paragraph(block.translation, "Quote")
        last.paragraph_format.keep_with_next = True
        last.paragraph_format.space_after = Pt(0)
    who = styled(writer.document.add_paragraph(), "Quote")
    writer.speaker.say(who, block.who, size=Pt(8.5))


@write_block.register
def _(block: Table, writer: Writer) -> None:
    writer.caption(block)
    write_table(writer.document, writer.speaker, block)
    writer.small(block.note)


@write_block.register
def _(block: BarChart, writer: Writer) -> None:
    writer.caption(block)
    write_bars(writer.document, writer.speaker, block)
    writer.small(block.note)


@write_block.register
def _(block: Picture, writer: Writer) -> None:
    writer.caption(block)
    paragraph = writer.document.add_paragraph()
    share = MAP_SHARE if isinstance(block, TileMap) else 1
    width = Length(int(WIDTH * share))
    draw(paragraph.add_run(), picture(svg(block)), block.alternative, width, None)
    write_block(block.table, writer)
