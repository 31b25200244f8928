"""The codebook as DDI-Codebook 2.5 (XML), which data archives take."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.codebook import missing_values
from surveys.exports.about import SOFTWARE, FileFacts
from surveys.exports.data import Data
from surveys.question_types import Cell, Measure, Variable

NAMESPACE = "ddi:codebook:2_5"
SCHEMA = "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
REPRESENTATIONS = {
    Cell.CODE: "code",
    Cell.NUMBER: "numeric",
    Cell.WORDS: "text",
    Cell.TIME: "datetime",
}
NATURES = {
    Measure.NOMINAL: "nominal",
    Measure.ORDINAL: "ordinal",
    Measure.SCALE: "interval",
}
register_namespace("", NAMESPACE)
register_namespace("xsi", INSTANCE)


def _add(
    parent: Element, name: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> Element:
    added = SubElement(parent, f"{{{NAMESPACE}}}{name}", dict(attributes or {}))
    added.text = text or None
    return added


def ddi(data: Data, files: Iterable[FileFacts] = ()) -> bytes:
    """The study, its data files and its columns, in the active language."""
    tag = settings.LANGUAGE_TAGS[get_language() or settings.LANGUAGE_CODE]
    root = Element(
        f"{{{NAMESPACE}}}codeBook",
        {
            "version": "2.5",
            LANGUAGE: tag,
            f"{{{INSTANCE}}}schemaLocation": f"{NAMESPACE} {SCHEMA}",
        },
    )
    _study(root, data)
    for number, facts in enumerate(files, 1):
        _file(root, facts, number)
    described = _add(root, "dataDscr")
    for column in data.columns:
        _variable(described, column)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _study(root: Element, data: Data) -> None:
    questionnaire = data.questionnaire
    consultation = questionnaire.consultation
    programme = consultation.programme
    study = _add(root, "stdyDscr")
    citation = _add(study, "citation")
    title = _add(citation, "titlStmt")
    _add(title, "titl", f"{consultation.short_title} · {questionnaire.name}")
    _add(title, "IDNo", f"{consultation.slug}/{questionnaire.slug}")
    produced = _add(citation, "prodStmt")
    _add(produced, "producer", str(programme.name))
    day = timezone.localdate(data.made_at).isoformat()
    _add(produced, "prodDate", day, {"date": day})
    _add(produced, "software", SOFTWARE)
    info = _add(study, "stdyInfo")
    summary = _add(info, "sumDscr")
    for event, moment in (("start", consultation.opens_at), ("end", consultation.closes_at)):
        day = timezone.localdate(moment).isoformat()
        _add(summary, "collDate", day, {"date": day, "event": event})
    for country in programme.countries.all():
        _add(summary, "nation", str(country.name), {"abbr": country.code.upper()})
    _add(summary, "universe", str(questionnaire.get_answered_by_display()))
    _add(summary, "dataKind", _("Answers of those who chose to take part; no sample was drawn"))


def _file(root: Element, facts: FileFacts, number: int) -> None:
    described = _add(root, "fileDscr", attributes={"ID": f"F{number}", "URI": facts.name})
    text = _add(described, "fileTxt")
    _add(text, "fileName", facts.name)
    if facts.rows is not None:
        size = _add(text, "dimensns")
        _add(size, "caseQnty", str(facts.rows))
        _add(size, "varQnty", str(facts.columns))
    _add(text, "fileType", facts.format)


def _variable(parent: Element, column: Variable) -> None:
    """Its parts in the order that the schema has them in."""
    missing = missing_values(column)
    variable = _add(
        parent,
        "var",
        attributes={
            "ID": f"V_{column.name}",
            "name": column.name,
            "intrvl": "contin" if column.cell == Cell.TIME else "discrete",
            "nature": NATURES[column.measure],
            "representationType": REPRESENTATIONS[column.cell],
        },
    )
    _add(variable, "labl", column.label or column.name)
    if column.question:
        _add(_add(variable, "qstn"), "qstnLit", column.question)
    if missing:
        invalid = _add(variable, "invalrng")
        for code in missing:
            _add(invalid, "item", attributes={"VALUE": code})
    if column.versions:
        asked = ", ".join(map(str, column.versions))
        _add(variable, "universe", _("Asked in versions: %(numbers)s") % {"numbers": asked})
    for code, label in {**column.codes, **missing}.items():
        category = _add(variable, "catgry", attributes={"missing": "Y" if code in missing else "N"})
        _add(category, "catValu", code)
        _add(category, "labl", label)
    kind = "numeric" if column.cell == Cell.NUMBER else "character"
    attributes = {"type": kind} | ({"category": "time"} if column.cell == Cell.TIME else {})
    _add(variable, "varFormat", attributes=attributes)
