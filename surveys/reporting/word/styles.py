"""How a Word document looks: styles, so that whoever edits it changes one place."""

from django.conf import settings
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

FONT = "Arial"
"""On every machine, or with a twin of the same widths that takes its place."""
NAVY, BLUE, SECOND = RGBColor(0x0B, 0x1F, 0x57), RGBColor(0, 0x33, 0x99), RGBColor(0x6A, 0x88, 0xDA)
QUIET = RGBColor(0x4A, 0x57, 0x75)
MARGIN = Mm(24)
WIDTH = Mm(210 - 2 * 24)
TABLE_STYLE = "Report Table"
SMALL, NOTE, FACT, IN_TABLE = "Report Small", "Report Note", "Report Fact", "Report In Table"
SIZES = {"Title": 28, "Subtitle": 14, "Heading 1": 20, "Heading 2": 14, "Heading 3": 11.5}
TABLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">
  <w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>
  <w:tblPr>
    <w:tblBorders>
      <w:bottom w:val="single" w:sz="4" w:space="0" w:color="D3DAEE"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="D3DAEE"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="45" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
      <w:bottom w:w="45" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/><w:color w:val="0B1F57"/></w:rPr>
    <w:tcPr>
      <w:tcBorders><w:bottom w:val="single" w:sz="8" w:space="0" w:color="0B1F57"/></w:tcBorders>
      <w:shd w:val="clear" w:color="auto" w:fill="F3F5FC"/>
    </w:tcPr>
  </w:tblStylePr>
</w:style>"""


def set_styles(document: Document, language: str) -> None:
    """Give an empty document the report's styles, page and language."""
    styles = document.styles
    _speak(document, settings.SPOKEN[language].word_tag)
    _font(styles["Normal"], 10, None)
    styles["Normal"].paragraph_format.space_after = Pt(7)
    styles["Normal"].paragraph_format.line_spacing = 1.15
    for name, size in SIZES.items():
        _font(styles[name], size, NAVY, bold=name != "Subtitle")
    _headings(document)
    _font(styles["Caption"], 9, NAVY, bold=True)
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.space_before = Pt(12)
    styles["Caption"].paragraph_format.space_after = Pt(4)
    _font(styles["Quote"], 10, None, italic=False)
    _beside(styles["Quote"], "9FAEE5", "F3F5FC")
    for name, size, colour in ((SMALL, 8.5, QUIET), (FACT, 10, None), (NOTE, 10, None)):
        _added(document, name, size, colour)
    _beside(styles[NOTE], "FFCC00", "FFF7DC")
    _contents(document)
    in_table = _added(document, IN_TABLE, 9, None)
    in_table.paragraph_format.space_after = Pt(0)
    in_table.paragraph_format.line_spacing = 1.05
    for name in ("Header", "Footer"):
        _font(styles[name], 8, QUIET)
    styles.element.append(parse_xml(TABLE))
    _page(document)


def _headings(document: Document) -> None:
    """Each part begins on a page of its own."""
    styles = document.styles
    for name, before, after in (("Heading 1", 0, 12), ("Heading 2", 20, 7), ("Heading 3", 14, 5)):
        styles[name].paragraph_format.space_before = Pt(before)
        styles[name].paragraph_format.space_after = Pt(after)
    styles["Heading 1"].paragraph_format.page_break_before = True
    # Of the template: a line under titles.
    for borders in styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        borders.getparent().remove(borders)


def _contents(document: Document) -> None:
    """What Word lays the table of contents out with."""
    for level in (1, 2):
        form = _added(document, f"TOC {level}", 10, None).paragraph_format
        form.left_indent = Mm(6 * (level - 1))
        form.space_before = Pt(6 if level == 1 else 0)
        form.space_after = Pt(2)
        form.tab_stops.add_tab_stop(WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    document.styles["TOC 1"].font.bold = True


def _added(document: Document, name: str, size: float, colour: RGBColor | None) -> ParagraphStyle:
    style: ParagraphStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    _font(style, size, colour)
    return style


def _font(
    style: ParagraphStyle,
    size: float,
    colour: RGBColor | None,
    *,
    bold: bool = False,
    italic: bool = False,
) -> None:
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = italic
    style.font.color.rgb = colour or RGBColor(0x14, 0x21, 0x3D)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # The template names fonts of a theme, which win over any other.
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), FONT)


def _beside(style: ParagraphStyle, line: str, ground: str) -> None:
    """A thick line at the left, and a ground."""
    properties = style.element.get_or_add_pPr()
    properties.append(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="8" '
            f'w:color="{line}"/></w:pBdr>'
        )
    )
    properties.append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>')
    )
    style.paragraph_format.left_indent = Mm(4)


def _speak(document: Document, tag: str) -> None:
    """The language of what does not name another."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), tag)
    document.core_properties.language = tag


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = MARGIN
    section.different_first_page_header_footer = True
