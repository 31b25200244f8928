"""A page that is sent while something takes its time, with a bar that advances without script."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

log = logging.getLogger(__name__)

PLACE = "<!-- steps -->"
Ending = tuple[str, list[tuple[str, str]]]
"""What happened in words, and links: addresses and labels."""


def progress_page(
    request: HttpRequest,
    title: str,
    total: int,
    steps: Iterator[int],
    ended: Callable[[Exception | None], Ending],
) -> StreamingHttpResponse:
    """`steps` yields how many of `total` are done and works while it is sent.

    If the browser goes away, `steps` is closed, as a generator that is not run to its end.
    `ended` gets the exception that stopped it, or None.
    """
    context: dict[str, Any] = {**admin.site.each_context(request), "title": title, "place": PLACE}
    before, after = render_to_string("admin/surveys/progress.html", context, request).split(PLACE)
    parts = _parts(before, after, total, steps, ended, get_language())
    # Servers in front are not to keep the page until it is whole.
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingHttpResponse(parts, headers=headers)


def _parts(
    before: str,
    after: str,
    total: int,
    steps: Iterator[int],
    ended: Callable[[Exception | None], Ending],
    language: str | None,
) -> Iterator[str]:
    failure: Exception | None = None
    yield before
    yield _bar(0, total)
    try:
        for done in steps:
            yield _bar(done, total)
    # Half a page was sent already: whatever it was is told on it.
    except Exception as error:
        log.exception("What a page showed the progress of has stopped")
        failure = error
    with override(language):
        yield _ending(*ended(failure), is_failure=failure is not None)
    yield after


def _bar(done: int, total: int) -> SafeString:
    """The latest stands alone: the style sheet hides those before it."""
    return format_html(
        '<p class="progress-step"><progress max="{}" value="{}"></progress> {} / {}</p>\n',
        max(total, 1),
        done if total else 1,
        number_format(done, force_grouping=True),
        number_format(total, force_grouping=True),
    )


def _ending(words: str, links: list[tuple[str, str]], *, is_failure: bool) -> SafeString:
    items = format_html_join("\n", '<li><a href="{}">{}</a></li>', links)
    return format_html(
        '<div class="progress-ending {}" role="status"><p>{}</p><ul>{}</ul></div>',
        "bad" if is_failure else "good",
        words,
        items,
    )
