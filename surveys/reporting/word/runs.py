"""Words, fields and pictures in paragraphs of a Word document."""

import io
import re
from functools import lru_cache
from itertools import count
from typing import Any

from django.conf import settings
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from surveys.printing import picture

# What XML cannot hold; people paste it without knowing.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(words: str) -> str:
    return _UNWRITABLE.sub("", words)


def styled(paragraph: Paragraph, style: str) -> Paragraph:
    """In a style by its name. Looking each one up would take most of the time."""
    paragraph._p.style = _style_id(style)
    return paragraph


@lru_cache
def _style_id(name: str) -> str:
    return name.replace(" ", "")


class Speaker:
    """Writes runs in one language: each of them says which."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.bookmarks = count(1)

    def say(self, paragraph: Paragraph, words: str, language: str = "", **font: Any) -> Run:
        """A run; lines that somebody broke stay so."""
        run = paragraph.add_run(clean(words))
        for name, value in font.items():
            setattr(run.font, name, value)
        properties = run._r.get_or_add_rPr()
        tag = OxmlElement("w:lang")
        tag.set(qn("w:val"), settings.SPOKEN[language or self.language].word_tag)
        properties.append(tag)
        return run

    def field(self, paragraph: Paragraph, instruction: str, shown: str, **font: Any) -> None:
        """What Word works out, such as a page number, and what stands there until it has."""
        self.mark(paragraph, "begin")
        text = OxmlElement("w:instrText")
        text.set(qn("xml:space"), "preserve")
        text.text = f" {instruction} "
        paragraph.add_run()._r.append(text)
        self.mark(paragraph, "separate")
        self.say(paragraph, shown, **font)
        self.mark(paragraph, "end")

    def mark(self, paragraph: Paragraph, kind: str) -> None:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(mark)

    def bookmark(self, paragraph: Paragraph, name: str) -> None:
        """A place in all of the paragraph that links lead to."""
        number = str(next(self.bookmarks))
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        start.set(qn("w:id"), number)
        start.set(qn("w:name"), name)
        end.set(qn("w:id"), number)
        first = paragraph._p.find(qn("w:r"))
        first.addprevious(start)
        paragraph._p.append(end)


def draw(run: Run, png: bytes, alternative: str, width: Length, height: Length | None) -> None:
    """A picture with what it shows in words."""
    shape = run.add_picture(io.BytesIO(png), width, height)
    shape._inline.docPr.set("descr", clean(alternative))


@lru_cache(maxsize=8)
def one_colour(colour: str) -> bytes:
    """A picture of one colour, to be stretched into a bar."""
    return picture(
        '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">'
        f'<rect width="4" height="4" fill="{colour}"/></svg>'
    )
