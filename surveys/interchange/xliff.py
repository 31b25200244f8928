"""Translations as XLIFF 1.2, one file per target language, and back.

A unit's id is the text's: `question/C2/option/health/label`. Its target says in `state` whether it
is `translated`, `needs-translation` or, where the source was changed since,
`needs-review-translation`; then `alt-trans` holds the source that it was made from.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET  # noqa: S405 - writes; what is read goes through defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.utils.translation import gettext as _

from surveys.interchange.faults import Fault, Refused
from surveys.interchange.schema import shown
from surveys.interchange.texts import SOURCE, STALE, TARGETS, Incoming, Unit, units_of
from surveys.interchange.whole import Whole

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
XML = "{http://www.w3.org/XML/1998/namespace}"
STATES = {STALE: "needs-review-translation", "translated": "translated"}
UNFINISHED = "needs-translation"
TAGS = settings.LANGUAGE_TAGS
MOST_UNITS = 20_000


def write_xliff(whole: Whole, language: str) -> bytes:
    """The texts of a version with their translations into one language."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("xliff"), version="1.2")
    file = ET.SubElement(
        root,
        _tag("file"),
        {
            "original": f"{whole.slug}/{whole.number}",
            "source-language": TAGS[SOURCE],
            "target-language": TAGS[language],
            "datatype": "plaintext",
        },
    )
    body = ET.SubElement(file, _tag("body"))
    for unit in units_of(whole.sections):
        _write_unit(body, unit, language)
    ET.indent(root)
    said: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return said


def _write_unit(body: ET.Element, unit: Unit, language: str) -> None:
    attributes = {"id": unit.id, f"{XML}space": "preserve", "maxwidth": str(unit.limit)}
    node = ET.SubElement(body, _tag("trans-unit"), attributes | {"size-unit": "char"})
    ET.SubElement(node, _tag("source")).text = unit.source
    status = unit.status(language)
    target = ET.SubElement(node, _tag("target"), state=STATES.get(status, UNFINISHED))
    target.text = unit.text.get(language, "")
    if status == STALE:
        other = ET.SubElement(node, _tag("alt-trans"))
        ET.SubElement(other, _tag("source")).text = unit.made_from(language)
        ET.SubElement(other, _tag("target")).text = unit.text[language]
    ET.SubElement(node, _tag("note")).text = unit.context


def read_xliff(content: bytes, slug: str) -> list[Incoming]:
    """What a file says, unit by unit. Raises Refused where it is none of this questionnaire's."""
    root = _parsed(content)
    if root.tag != _tag("xliff") or root.get("version") != "1.2":
        raise Refused(Fault(_("file"), _("This is not XLIFF 1.2.")))
    found = [each for file in root.iter(_tag("file")) for each in _read_file(file, slug)]
    if not found:
        raise Refused(Fault(_("file"), _("There is no text in it.")))
    if len(found) > MOST_UNITS:
        raise Refused(Fault(_("file"), _("There are more than 20,000 texts in it.")))
    return found


def _parsed(content: bytes) -> ET.Element:
    try:
        root: ET.Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        what = _("It declares entities or a document type, which are not read.")
        raise Refused(Fault(_("file"), what)) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        what = _("This is not XML: %(error)s") % {"error": shown(error)}
        raise Refused(Fault(_("file"), what)) from error
    return root


def _read_file(file: ET.Element, slug: str) -> Iterator[Incoming]:
    original = file.get("original", "").partition("/")[0]
    if original != slug:
        what = _("It is for “%(other)s” and not for “%(this)s”.")
        raise Refused(Fault("original", what % {"other": shown(original), "this": slug}))
    if _language(file.get("source-language", "")) != SOURCE:
        raise Refused(Fault("source-language", _("Translations are made from English here.")))
    language = _language(file.get("target-language", ""))
    if language not in TARGETS:
        what = _("“%(code)s” is no language that is translated into here.")
        said = shown(file.get("target-language", ""))
        raise Refused(Fault("target-language", what % {"code": said}))
    for node in file.iter(_tag("trans-unit")):
        target = node.find(_tag("target"))
        state = "" if target is None else target.get("state", "")
        yield Incoming(
            place=shown(node.get("id", "?")),
            id=node.get("id", ""),
            language=language,
            source=_words(node.find(_tag("source"))),
            text=_words(target),
            is_done=not state.startswith(("needs-", "new")),
        )


def _language(tag: str) -> str:
    codes = {known.lower(): code for code, known in TAGS.items()}
    return codes.get(tag.strip().replace("_", "-").lower(), tag)


def _words(node: ET.Element | None) -> str:
    """The text, also where a tool has put marks around parts of it."""
    return "" if node is None else "".join(node.itertext())


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
