"""The table of contents: a field that Word keeps up to date, filled with what it will find."""

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from surveys.reporting.content import Heading, Report
from surveys.reporting.word.runs import Speaker, styled
from surveys.reporting.word.styles import NAVY

DEPTH = 2


def entries(report: Report) -> list[tuple[int, str, str]]:
    """Level, words and bookmark of every heading that is listed."""
    found = []
    number = 0
    for part in report.parts:
        number += 1
        found.append((1, f"{part.number}. {part.title}", f"_Toc{number:06d}"))
        for block in part.blocks:
            if isinstance(block, Heading):
                number += 1
                if block.level <= DEPTH:
                    words = f"{block.number} {block.text}"
                    found.append((block.level, words, f"_Toc{number:06d}"))
    return found


def write_contents(document: Document, speaker: Speaker, report: Report) -> None:
    title = document.add_paragraph()
    title.paragraph_format.page_break_before = True
    speaker.say(title, report.labels["contents"], bold=True, size=Pt(20)).font.color.rgb = NAVY
    listed = entries(report)
    for position, (level, words, place) in enumerate(listed):
        paragraph = styled(document.add_paragraph(), f"TOC {level}")
        if position == 0:
            _begin(paragraph)
        _link(speaker, paragraph, words, place)
        if position == len(listed) - 1:
            speaker.mark(paragraph, "end")


def _begin(paragraph: Paragraph) -> None:
    """Dirty: Word works it out when it opens the document.

    Only then there are page numbers: which page a heading is on depends on the machine's fonts.
    """
    for kind in ("begin", "instruction", "separate"):
        run = paragraph.add_run()._r
        if kind == "instruction":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f' TOC \\o "1-{DEPTH}" \\h \\z \\u '
            run.append(text)
            continue
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "begin":
            mark.set(qn("w:dirty"), "true")
        run.append(mark)


def _link(speaker: Speaker, paragraph: Paragraph, words: str, place: str) -> None:
    """The words, which lead to the place."""
    run = speaker.say(paragraph, words)._r
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), place)
    link.set(qn("w:history"), "1")
    link.append(run)
    paragraph._p.append(link)
