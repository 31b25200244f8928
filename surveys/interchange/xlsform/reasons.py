"""Why something that an XLSForm asks for is not taken over, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, Any] = {
    "calculation": _("Nothing is calculated here."),
    "default": _("No answer is given beforehand here."),
    "choice_filter": _("Options do not depend on another answer here."),
    "repeat_count": _("Questions are not repeated here."),
    "constraint": _(
        "Of rules for an answer there are a maximum of options, a maximum of characters, and "
        "options that exclude all others."
    ),
    "constraint_message": _("The messages about wrong answers are the site's own."),
    "required_message": _("The messages about wrong answers are the site's own."),
    "relevant": _(
        "Of conditions there are those on answers to an earlier closed question, joined with “and”."
    ),
    "appearance": _("Questions look as this site shows them."),
    "required": _("Whether a question must be answered does not depend on anything here."),
    "parameters": _("Questions have no parameters here."),
    "guidance_hint": _("There is one hint for each question."),
    "image": _("Questions hold no pictures, sounds or films."),
    "audio": _("Questions hold no pictures, sounds or films."),
    "video": _("Questions hold no pictures, sounds or films."),
    "media": _("Questions hold no pictures, sounds or films."),
    "big-image": _("Questions hold no pictures, sounds or films."),
    "hint": _("Sections and rows have no hint here."),
    "name": _("Nothing here goes by this name."),
    "disabled": _("This row is switched off."),
}
TYPES: dict[str, Any] = {
    **dict.fromkeys(("integer", "int", "decimal", "range"), _("There are no number questions.")),
    **dict.fromkeys(
        ("date", "time", "datetime", "today", "start", "end"),
        _("There are no questions about date or time."),
    ),
    **dict.fromkeys(
        ("geopoint", "geotrace", "geoshape", "gps", "start-geopoint", "location", "osm"),
        _("There are no questions about a point on a map."),
    ),
    **dict.fromkeys(
        ("image", "audio", "video", "file", "photo", "background-audio", "barcode"),
        _("Nothing can be recorded or uploaded."),
    ),
    **dict.fromkeys(("calculate", "hidden", "trigger"), _("Nothing is calculated here.")),
    **dict.fromkeys(
        ("deviceid", "imei", "subscriberid", "simserial", "phonenumber", "username", "email"),
        _("Nothing is noted about the device or the person."),
    ),
    "audit": _("Nothing is noted about the device or the person."),
    "note": _("A text alone can only introduce a section."),
    "begin repeat": _("Questions are not repeated here."),
    "begin loop": _("Questions are not repeated here."),
}


def why(column: str) -> str:
    """Why a cell of this column is not taken over."""
    name = column.partition("::")[0]
    return str(COLUMNS.get(name) or _("There is no place for this here."))


def why_type(said: str) -> str:
    """Why a row of this type is not taken over."""
    words = said.lower().replace("_", " ").split()
    first = " ".join(words[:2]) if words[:1] == ["begin"] else "".join(words[:1])
    return str(TYPES.get(first) or _("There is no question of this kind here."))
