"""Requests that no browser of ours would send, made by hypothesis for one address and visitor."""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, quote_from_bytes, urlencode, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import strategies as st

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
PLAIN = [
    *("", " ", "0", "-1", "1.5", "1e9", "2147483648", "9223372036854775808", "9" * 400, "9" * 5000),
    *("１２", "٣", "²", "½", "NaN", "Infinity", "true", "on", "null", "None", "[]", "{}", "[[[[["),
    *(
        "'",
        '"',
        "%",
        "%00",
        "\x00",
        "a\x00b",
        "\ufffe",
        "\u202e",
        "😀",
        "\r\n",
        "é" * 300,
        "x" * 9999,
    ),
    *("../../etc/passwd", "<script>", "' OR 1=1--", "{{7*7}}", "{0}", "%s", "\\", "/", "//x.org"),
    *("2026-13-45", "9999-12-31", "0000-00-00", "2026-11-25T99:99", "en", "sr-latn", "xx", "timis"),
    *("00000000-0000-0000-0000-000000000000", "K7QF-9M2D", "pk", "id__in", "all", "csv", "both"),
]
VALUES = st.one_of(st.sampled_from(PLAIN), st.text(max_size=30))
# Of the admin's lists, and of ours.
FILTERS = [
    *("q", "p", "o", "all", "e", "_popup", "_to_field", "_changelist_filters", "next", "page"),
    *("id__in", "pk", "state", "state__exact", "questionnaire__id__exact", "language", "place"),
    *(
        "questionnaire",
        "question",
        "code",
        "sort",
        "after",
        "before",
        "since",
        "format",
        "reference",
    ),
    *(
        "version",
        "from",
        "to",
        "by",
        "search",
        "term",
        "app_label",
        "model_name",
        "field_name",
        "key",
    ),
    *("sent_at__gte", "sent_at__year", "started_at__day", "answers__S1", "user__password", "row"),
]
HEADERS = [
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie", "Host", "Origin"),
    *("If-Modified-Since", "If-None-Match", "Range", "Referer", "Sec-Fetch-Site", "User-Agent"),
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Requested-With", "If-Match"),
    *("X-Request-Id", "X-HTTP-Method-Override", "If-Unmodified-Since", "Traceparent"),
]
COOKIES = ["sessionid", "django_language", "csrftoken", "messages", "language"]
SENSIBLE = {
    "Accept-Language": ["sr-Latn,ro;q=0.9", "xx;q=NaN", "*", "en-" + "x" * 5000, "ro;q=9"],
    "Range": ["bytes=0-", "bytes=5-2", "bytes=-0", "bytes=99999999999999999999-"],
    "If-None-Match": ["*", '"x"', 'W/"', '"' + "a" * 5000],
    "If-Modified-Since": ["Wed, 25 Nov 2026 20:00:00 GMT", "Wed, 99 Nov 99999 99:99:99 GMT"],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "none"],
    "Host": ["testserver:99999", "evil.example", "[::1", "testserver, x"],
}


class _Controls(HTMLParser):
    """The controls of a page with what they hold, and the names in its links' queries."""

    def __init__(self):
        super().__init__()
        self.fields, self.filters = {}, {}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in ("input", "textarea", "select", "button") and attributes.get("name"):
            held = self.fields.setdefault(attributes["name"], [])
            held.append(attributes.get("value") or "")
        if tag == "option" and self.fields:
            list(self.fields.values())[-1].append(attributes.get("value") or "")
        if tag == "a":
            for name, value in parse_qsl(urlsplit(attributes.get("href") or "").query):
                self.filters.setdefault(name, []).append(value)


def controls(html):
    """What the page's forms and links send, by name: ({field: values}, {filter: values})."""
    found = _Controls()
    found.feed(html)
    return found.fields, found.filters


@dataclass
class Request:
    """One request as the test client takes it."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = FORM
    headers: dict = field(default_factory=dict)
    cookies: dict = field(default_factory=dict)

    def by(self, client):
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client.generic(
            self.method, self.path, self.body, self.content_type, headers=self.headers
        )

    def __str__(self):
        sent = {"body": self.body[:300], "headers": self.headers, "cookies": self.cookies}
        told = {name: value for name, value in sent.items() if value}
        return f"{self.method} {self.path[:300]} {self.content_type} {told}"


def _encoded(text):
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def paths(door, known):
    """Addresses of this door: of what is there, mostly; else with odd arguments."""
    kinds = {name: type(one).__name__ for name, one in door.converters.items()}
    right = st.just(door.path(known))
    if not kinds:
        return right
    numbers = st.sampled_from(["0", "2147483648", "9223372036854775808", "9" * 30, "9" * 5000])

    @st.composite
    def odd(draw):
        chosen = {}
        for name, kind in kinds.items():
            if name in known and draw(st.booleans()):
                continue
            chosen[name] = draw(
                numbers | VALUES.map(_encoded) if "Int" in kind else VALUES.map(_encoded)
            )
        return door.path(known | chosen)

    return st.one_of(right, right, odd())


def _pairs(fields, names):
    """Some fields: of the page with what they hold or something odd, and some others."""

    def one(name):
        held = fields.get(name) or [""]
        return st.tuples(st.just(name), st.sampled_from(held) | VALUES)

    known = st.sampled_from(sorted(fields) or ["key"]).flatmap(one)
    other = st.tuples(st.sampled_from(names) | VALUES, VALUES)
    return st.one_of(known, known, known, other)


@st.composite
def _form(draw, fields):
    """The page's form as it stands, with some of it changed, left out or added."""
    kept = {n: v[0] for n, v in fields.items()} if fields and draw(st.booleans()) else {}
    changed = draw(st.lists(_pairs(fields, ["key", "action", "_save", "next"]), max_size=6))
    if kept and draw(st.booleans()):
        del kept[draw(st.sampled_from(sorted(kept)))]
    return [*((n, v) for n, v in kept.items() if n not in dict(changed)), *changed]


def _utf8(pairs):
    return urlencode(
        [(n.encode("utf-8", "surrogatepass"), v.encode("utf-8", "surrogatepass")) for n, v in pairs]
    )


FILES = [
    b"",
    b"\x00\xff",
    b"a,b\n1,2\n",
    b"{",
    b"[" * 5000,
    b"PK\x03\x04" + b"\0" * 60,
    b"\xff\xfe" * 9,
]
NAMES = [
    "a.csv",
    "a.xlsx",
    "a.json",
    "a.xliff",
    "",
    "../../x",
    "a\x00.csv",
    "x" * 500 + ".csv",
    "a.zip",
]


@st.composite
def _multipart(draw, fields):
    data = {n.replace("\x00", ""): v for n, v in draw(_form(fields))}
    for name in draw(st.lists(st.sampled_from([*fields, "file"]), max_size=2)):
        content = draw(st.sampled_from(FILES) | st.binary(max_size=60))
        data[name] = SimpleUploadedFile(draw(st.sampled_from(NAMES)) or "-", content)
    return encode_multipart(BOUNDARY, {n: v for n, v in data.items() if _encodable(n, v)})


def _encodable(*texts):
    return not any(isinstance(text, str) and re.search("[\ud800-\udfff]", text) for text in texts)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(VALUES, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _bodies(draw, fields):
    """A body and its content type: right, truncated, of another type, or too much."""
    kind = draw(st.sampled_from(["form", "form", "form", "multipart", "json", "bytes", "many"]))
    if kind == "form":
        body, of_type = _utf8(draw(_form(fields))).encode(), FORM
    elif kind == "multipart":
        body, of_type = draw(_multipart(fields)), MULTIPART_CONTENT
    elif kind == "json":
        body, of_type = json.dumps(draw(JSON)).encode(), "application/json"
    elif kind == "many":
        body, of_type = "&".join(f"f{n}=1" for n in range(1001)).encode(), FORM
    else:
        body, of_type = draw(st.binary(max_size=200)), FORM
    if draw(st.integers(0, 7)) == 0:
        body = body[: draw(st.integers(0, max(0, len(body) - 1)))]
    if draw(st.integers(0, 7)) == 0:
        others = [
            FORM,
            MULTIPART_CONTENT,
            "multipart/form-data",
            "application/json",
            "text/xml",
            "",
        ]
        of_type = draw(
            st.sampled_from([*others, FORM + "; charset=nothing", FORM + "; charset=utf-16"])
        )
    return body, of_type


def _header(name):
    odd = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)
    return st.tuples(st.just(name), st.sampled_from(SENSIBLE.get(name, ["x"])) | odd)


@st.composite
def requests(draw, door, known, page):
    """One request to this door. `page` is what its page's controls are: see `controls`."""
    fields, filters = page
    method = draw(st.sampled_from([*METHODS, "GET", "POST", "POST"]))
    path = draw(paths(door, known))
    query = draw(st.lists(_pairs(filters, FILTERS), max_size=4))
    if query:
        path = f"{path}?{_utf8(query)}"
    made = Request(method, path)
    if method in ("POST", "PUT", "DELETE"):
        made.body, made.content_type = draw(_bodies(fields))
    if draw(st.integers(0, 3)) == 0:
        made.headers = dict(draw(st.lists(st.sampled_from(HEADERS).flatmap(_header), max_size=3)))
    if draw(st.integers(0, 7)) == 0:
        # A browser sends no control characters in a cookie, and the test client takes none.
        odd = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
        made.cookies = draw(st.dictionaries(st.sampled_from(COOKIES), odd, max_size=2))
    return made
