"""A whole version as our own JSON, and back.

    {
      "format": "listens-questionnaire",
      "format_version": 1,
      "questionnaire": {"slug", "answered_by", "reference_prefix", "minutes",
                        "name", "title", "lead", "invitation"},
      "version": 3,
      "sections": [
        {"name", "title", "intro", "translated_from", "conditions", "questions": [
          {"name", "number", "kind", "short", "text", "hint", "required", "appearance", "maximum",
           "max_length", "comment_max_length", "comment_label", "translated_from", "conditions",
           "options": [{"code", "label", "exclusive", "names_other", "missing",
                        "translated_from"}],
           "items": [{"code", "label", "translated_from"}]}
        ]}
      ]
    }

A text is an object by language code: `{"en": "…", "ro": "…", "sr": "…"}`. `translated_from` says
by field and language which text a translation was made from. A condition is `{"source", "item",
"codes"}`: the name of an earlier closed question, the row of it where it is a matrix, and the codes
of which one must have been answered. What is empty is left out; keys that are not named here are
faults. `schema.py` holds what each may contain.
"""

import json
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from surveys.interchange import schema
from surveys.interchange.checking import Known, faults_of
from surveys.interchange.faults import Fault, Refused
from surveys.interchange.whole import Whole, canonical

FORMAT = "listens-questionnaire"
FORMAT_VERSION = 1
KEYS = {"format", "format_version", "questionnaire", "version", "sections"}


def write_json(whole: Whole) -> bytes:
    """The file, in UTF-8 and indented, so that two of them can be compared line by line."""
    said = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "questionnaire": whole.words,
        "version": whole.number,
        "sections": whole.sections,
    }
    return json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n"


def read_json(content: bytes, known: Known) -> Whole:
    """What a file says. Raises Refused with everything that is wrong with it."""
    said = _parsed(content)
    faults = [
        *_envelope_faults(said),
        *(
            Fault(f"questionnaire{where}", what)
            for where, what in schema.checked_row(
                said.get("questionnaire", {}), schema.QUESTIONNAIRE, schema.MUST["questionnaire"]
            )
        ),
        *faults_of(said.get("sections"), known),
    ]
    if faults:
        raise Refused(*faults)
    return Whole(
        canonical(said["questionnaire"]), canonical(said["sections"]), said.get("version", 1)
    )


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_without_repetition)
    # Digits without end and brackets without end are refused by Python itself.
    except (ValueError, RecursionError) as error:
        what = _("This is not JSON: %(error)s") % {"error": str(error)[:200]}
        raise Refused(Fault(_("file"), what)) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise Refused(Fault("format", _("must be “%(format)s”") % {"format": FORMAT}))
    return said


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        (name, _times), *_others = Counter(name for name, _value in pairs).most_common(1)
        raise ValueError(schema.twice(name))
    return said


def _envelope_faults(said: dict[str, Any]) -> list[Fault]:
    faults = [Fault(schema.shown(name), _("is unknown")) for name in said if name not in KEYS]
    if said.get("format_version") != FORMAT_VERSION:
        what = _("must be %(number)d; another version of this site wrote it")
        faults.append(Fault("format_version", what % {"number": FORMAT_VERSION}))
    for where, what in schema.number(1, schema.LARGEST)(said.get("version", 1)):
        faults.append(Fault(f"version{where}", what))
    return faults
