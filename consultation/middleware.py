"""What Django's own middleware does, except that no POST is ever lost.

After a 301 or 302 a browser asks again with GET and without the body; after a 308 or 307 it
sends the same thing again.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware import locale
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes

from consultation import errors, health
from consultation.metrics import metrics

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

WITHOUT_BODY = ("GET", "HEAD")


# What the lists of Firefox and Brave take out of addresses, as far as it is seen in Europe.
ADDED_BY_OTHERS = re.compile(
    r"(?:^|&)(?:utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|gad_source|msclkid|twclid|ttclid|yclid"
    r"|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|_hsenc|_hsmi|vero_id|oly_\w+_id|_openstat)=[^&]*",
    re.IGNORECASE,
)


class OnlyOursMiddleware:
    """Let no page see what other sites add to an address, or the cookies of a domain around ours.

    Every visitor brings others: with them no page would be the same for two people, and the one
    that is drawn for everybody would be drawn for each.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if query := request.META.get("QUERY_STRING"):
            request.META["QUERY_STRING"] = ADDED_BY_OTHERS.sub("", query).removeprefix("&")
        if cookies := request.META.pop("HTTP_COOKIE", ""):
            ours = [each for each in cookies.split(";") if _name(each) in settings.OWN_COOKIES]
            if ours:
                request.META["HTTP_COOKIE"] = ";".join(ours)
        return self.get_response(request)


def brings_session(request: HttpRequest) -> bool:
    """Whether somebody may be signed in: without a look at the session, which no public page needs.

    Who brings none is nobody in particular.
    """
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _name(cookie: str) -> str:
    return cookie.partition("=")[0].strip()


class KeepBodyMiddleware:
    """Turn a permanent redirect of a POST, to https for instance, into one that keeps its body."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 301 and request.method not in WITHOUT_BODY:
            response.status_code = 308
        return response


class LanguagePrefixMiddleware(locale.LocaleMiddleware):
    """Redirect an address without a language to the same in the visitor's language."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        answer: HttpResponseBase = super().process_response(request, response)
        is_redirect_to_prefix = answer is not response
        if is_redirect_to_prefix and request.method not in WITHOUT_BODY:
            answer.status_code = 307
        return answer


class TrailingSlashMiddleware:
    """Serve an address that lacks only its trailing slash, and tell the content's length.

    CommonMiddleware does both, but answers a POST with a 301.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _lacks_only_a_slash(request.path_info):
            if request.method in WITHOUT_BODY:
                address = request.get_full_path(force_append_slash=True)
                return HttpResponsePermanentRedirect(escape_leading_slashes(address))
            request.path_info += "/"
            request.path += "/"
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and not response.has_header("Content-Length"):
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _lacks_only_a_slash(path: str) -> bool:
    return not path.endswith("/") and not is_valid_path(path) and bool(is_valid_path(f"{path}/"))


class NoNullMiddleware:
    """Refuse an address with the one character that PostgreSQL has no room for.

    Whatever looks for it there, a link's secret or a filter of the admin, would fail.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("An address has no null character")
        return self.get_response(request)


class KnownHostMiddleware:
    """Refuse a request for a host that is not ours; probes come by address and are let in.

    Django itself looks at the Host header only where something asks for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> None:
        if view not in (health.live, health.ready, metrics):
            request.get_host()


class DatabaseAwayMiddleware:
    """Where the database is away, say so on a page that keeps what was entered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not errors.is_database_away(error):
            return None
        log.warning("The database is away: %s", error)
        return errors.database_away(request)
