"""What a response says as bytes, and the commitment to it: section 1 of the specification."""

import hashlib
import json
from typing import Any

from surveys.models import Response

FORMAT = "recorded-as-counted/1"
SALT_BYTES = 32
LARGEST_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """It has no canonical form: a number that is no integer, half of a surrogate pair."""


def content(response: Response) -> dict[str, Any]:
    """What is committed to of a response. Who answered is not part of it."""
    questionnaire = response.version.questionnaire
    return {
        "consultation": questionnaire.consultation.slug,
        "questionnaire": questionnaire.slug,
        "version": response.version.number,
        "language": response.language,
        "publication": response.publication,
        "answers": response.answers,
    }


def canonical(value: Any) -> bytes:
    """The value as canonical JSON. Raises NotCanonical."""
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("half of a surrogate pair") from error


def _ordered(value: Any) -> Any:
    """The same with members in their order, if all of it can be written."""
    if isinstance(value, dict):
        return {name: _ordered(value[name]) for name in sorted(value, key=_utf_16)}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INTEGER):
        raise NotCanonical(f"the number {value}")
    return value


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def digest_of(salt: bytes, value: Any) -> str:
    """The commitment to a value with this salt, in hex. Raises NotCanonical."""
    return hashlib.sha256(f"{FORMAT}\n".encode() + salt + canonical(value)).hexdigest()
