"""What is written of each request and each fault, for whoever runs the site and about nobody.

A line never holds a path (secrets of personal links are parts of paths), an address, or the words
of an exception: those may quote what somebody entered. It names the page, the kind of the
exception and where in the program it was raised.
"""

import json
import logging
import re
import secrets
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest

SHORT = 8
"""Characters of a request's id that somebody can read out on the telephone."""
_WELL_FORMED = re.compile("[0-9a-f]{32}")
_current: ContextVar[str] = ContextVar("request_id", default="")
_FIELDS = ("page", "method", "status", "ms")


def begin(request: HttpRequest) -> str:
    """The id of this request: of the server in front, where there is one, or a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    made = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
    _current.set(made)
    return made


def current() -> str:
    """The id of the request that is served here; empty where none is."""
    return _current.get()


def number() -> str:
    """What a page of an error asks its reader to tell us."""
    return current()[:SHORT]


class RequestIdFilter(logging.Filter):
    """Give every record the id of the request it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True


class SafeFormatter(logging.Formatter):
    """A plain line without what visitors brought."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_when(record)} {record.levelname} {record.name}: {message(record)}"
        return "\n".join([line, *raised_at(record)])


class JsonFormatter(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": _when(record),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "id": getattr(record, "request_id", ""),
        }
        said |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            said |= {"page": page_of(record), "exception": record.exc_info[0].__name__}
            said["raised_at"] = raised_at(record)
        return json.dumps(said, ensure_ascii=False)


def message(record: logging.LogRecord) -> str:
    """What a record says, with the kind of an exception in the place of its words."""
    if record.name.startswith("django") or isinstance(record.msg, BaseException):
        # Django's own put paths, hosts and what was sent into their messages.
        return f"status {getattr(record, 'status_code', 'unknown')}"
    args = record.args
    if isinstance(args, tuple):
        args = tuple(type(a).__name__ if isinstance(a, BaseException) else a for a in args)
    return str(record.msg) % args if args else str(record.msg)


def raised_at(record: logging.LogRecord) -> list[str]:
    """The frames of an exception, outermost first: no values and no words."""
    return frames(record.exc_info[2] if record.exc_info else None)


def frames(trace: TracebackType | None) -> list[str]:
    """File, line and function of each."""
    root = f"{settings.BASE_DIR}/"
    found = traceback.extract_tb(trace) if trace else []
    return [f"{each.filename.removeprefix(root)}:{each.lineno} {each.name}" for each in found]


def page_of(record: logging.LogRecord) -> str:
    """The name of the page a record is about; empty where it is about none."""
    request = getattr(record, "request", None)
    return name_of(request) if isinstance(request, HttpRequest) else ""


def name_of(request: HttpRequest) -> str:
    """The name of the address in the URL configuration, never the address."""
    match = request.resolver_match
    return (match.view_name if match.url_name else "unnamed") if match else "none"


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
