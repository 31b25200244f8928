"""First page and citizens' form as everybody gets them: drawn every five seconds.

Each person's form has a key of its own. Drawing the questions takes a hundred times as long as
filling it in. Somebody who brings a cookie or a query, and whoever sends something, gets a page
that is drawn for them alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from surveys.answering.form_key import FormKey

GetResponse = Callable[[HttpRequest], HttpResponseBase]
Address = tuple[str | None, str, str]

KEPT_FOR = 5.0
"""Seconds until what staff change, or a moment that passes, is seen on the page."""
KEPT_AT_MOST = 64
"""Pages: two in each language, times the names the site answers to."""
IS_FOR_ALL, KEY = "is_for_all", "form_key"


def keep(response: HttpResponse, key: FormKey | None = None) -> HttpResponse:
    """Let everybody have this page, each with a key of their own in the place of this one."""
    setattr(response, IS_FOR_ALL, True)
    setattr(response, KEY, key)
    return response


@dataclass(frozen=True)
class KeptPage:
    """A page as it left the site; `pieces` are what stands around its key, if it has one."""

    pieces: list[bytes]
    headers: Mapping[str, str]
    key: FormKey | None
    drawn: float
    match: ResolverMatch | None
    """Which page it is, for the log."""

    @classmethod
    def of(cls, request: HttpRequest, response: HttpResponseBase) -> Self | None:
        """None where it is one person's page, sets a cookie for one, or has no place for a key."""
        if not getattr(response, IS_FOR_ALL, False) or not isinstance(response, HttpResponse):
            return None
        if response.status_code != 200 or response.cookies:
            return None
        key: FormKey | None = getattr(response, KEY, None)
        pieces = response.content.split(key.signed().encode()) if key else [response.content]
        if key and len(pieces) == 1:
            return None
        return cls(pieces, dict(response.headers), key, monotonic(), request.resolver_match)

    def is_fresh(self) -> bool:
        return monotonic() < self.drawn + KEPT_FOR

    def filled_in(self) -> HttpResponse:
        """The page for one more person.

        It counts as opened when it was drawn: who gets an open form of a consultation that has
        just closed can send it.
        """
        key = FormKey(self.key.opened_at, self.key.version_id).signed() if self.key else ""
        response = HttpResponse(key.encode().join(self.pieces), headers=self.headers)
        response.headers["Content-Length"] = str(len(response.content))
        return response


class KeptPagesMiddleware:
    """Answer with a kept page before anything else looks at the request.

    It stands first, so what it keeps has every header that the others set. A page is kept by all
    that a request without cookie and query is told apart by: scheme, host and path.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.pages: dict[Address, KeptPage] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _may_be_kept(request):
            return self.get_response(request)
        address = (request.scheme, request.META.get("HTTP_HOST", ""), request.path)
        page = self.pages.get(address)
        if page and page.is_fresh():
            request.resolver_match = page.match
            return page.filled_in()
        return self._drawn(address, request)

    def _drawn(self, address: Address, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        self.pages.pop(address, None)
        page = KeptPage.of(request, response)
        if page:
            self._make_room()
            self.pages[address] = page
        return response

    def _make_room(self) -> None:
        """Drop what has to be drawn anew; where nothing has, what was drawn before the others.

        Whoever asks under other names of the site, as under each port, cannot take all places.
        """
        if len(self.pages) < KEPT_AT_MOST:
            return
        pages = sorted(self.pages.items(), key=lambda kept: kept[1].drawn)
        stale = [address for address, page in pages if not page.is_fresh()]
        for address in stale or [pages[0][0]]:
            self.pages.pop(address, None)


def _may_be_kept(request: HttpRequest) -> bool:
    meta = request.META
    return request.method == "GET" and not meta.get("HTTP_COOKIE") and not meta.get("QUERY_STRING")
