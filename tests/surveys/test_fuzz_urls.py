"""Every address × every kind of visitor × odd requests: never a 500, nothing told, no GET changes.

`make fuzz` makes many more of them; FUZZ_SEED is where they start.
"""

import re
import traceback
from http.cookies import SimpleCookie

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import Phase, given, seed, settings

from tests.kept_rows import put_once
from tests.surveys.doors import VISITORS, arguments, client_of, doors, furnish
from tests.surveys.fuzzing import SEED, how_many, some
from tests.surveys.odd_requests import controls, requests

CASES = [(table, visitor) for table, visitors in VISITORS.items() for visitor in visitors]
TELLING = re.compile(
    r"Traceback|psycopg|django\.|Django|surveys_[a-z]+\b|SELECT .* FROM|site-packages"
)
# What a GET may write, and why.
WRITTEN = {
    "django_session": "a session begins, or is renewed",
    "cache": "figures that were counted are kept for a minute",
    "surveys_attempts": "a wrong secret, reference or token is counted against guessing",
    "surveys_auditentry": "what staff downloaded is written down",
    "surveys_softlock": "whoever opens an answer to code it has it for a while, so others see that",
}
CHANGES = (
    "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
    " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
)


def changes():
    """How many rows of each table this transaction has written."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
        return dict(cursor.fetchall())


class Prober:
    """One visitor at every door; remembers one request for each fault."""

    def __init__(self, table, visitor, world):
        self.client = client_of(visitor)
        self.client.raise_request_exception = True
        self.doors = {door.name: door for door in doors(table)}
        self.known = {n: arguments(door, world, visitor) for n, door in self.doors.items()}
        self.pages, self.faults = {}, {}

    def page(self, name):
        """The controls of this door's page, if it has one."""
        if name not in self.pages:
            path = self.doors[name].path(self.known[name])
            self.client.raise_request_exception = False
            self.pages[name] = self._undone(lambda: controls(_text(self.client.get(path))))
            self.client.raise_request_exception = True
        return self.pages[name]

    def _undone(self, visit):
        cookies = SimpleCookie(self.client.cookies)
        cache.clear()
        try:
            with transaction.atomic():
                found = visit()
                transaction.set_rollback(True)
        finally:
            self.client.cookies = cookies
        return found

    def visit(self, name, times, begin):
        """Make so many requests to one door."""
        made = requests(self.doors[name], self.known[name], self.page(name))

        @seed(begin)
        @settings(some(1), max_examples=times, phases=[Phase.generate])
        @given(made)
        def visit(request):
            self.probe(name, request)

        visit()

    def probe(self, name, request):
        for fault in self._undone(lambda: list(self._faults(request))):
            self.faults.setdefault(f"{name}: {fault}", str(request))

    def _faults(self, request):
        before = changes()
        try:
            answer = request.by(self.client)
            text = _text(answer)
        except Exception as error:  # whatever it is, it is what is looked for
            yield _where(error)
            return
        if answer.status_code >= 500:
            yield f"{answer.status_code}"
        if found := TELLING.search(text):
            yield f"{answer.status_code} tells {found[0]!r}"
        if request.method in ("GET", "HEAD", "OPTIONS"):
            after = changes()
            written = {n for n, rows in after.items() if rows != before.get(n)} - WRITTEN.keys()
            if written:
                yield f"{request.method} writes {sorted(written)}"


def _text(answer):
    body = answer.getvalue()
    for close in answer._resource_closers:
        close()
    if "text/html" not in answer.get("Content-Type", "") or answer.status_code == 304:
        return ""
    return body.decode()


def _where(error):
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f for f in frames if "/site-packages/" not in f.filename and "/tests/" not in f.filename
    ]
    last = (ours or frames)[-1]
    place = f"{last.filename.rsplit('/', 2)[-1]}:{last.lineno}"
    return f"{type(error).__name__} at {place}: {error!s:.200}"


@pytest.fixture
def world(listens):
    return put_once(furnish, listens)


def share(visitor):
    """How many of 10,000 requests each door gets from this visitor: more where more is open."""
    return {"superuser": 20, "Joint Secretariat": 6, "member": 6, "citizen": 15}.get(visitor, 2)


def tried(prober, visitor):
    """Doors, and how many requests each. Where there is less than one for each, some doors."""
    names = sorted(prober.doors)
    each = share(visitor) * how_many(300) / 10_000
    first = sum(map(ord, visitor)) % 7
    return (names, round(each)) if each >= 1 else (names[first :: max(1, round(2 / each))], 2)


@pytest.mark.parametrize(("table", "visitor"), CASES, ids=lambda part: getattr(part, "stem", part))
def test_no_request_however_odd_fails_or_tells_or_changes_by_reading(world, table, visitor):
    prober = Prober(table, visitor, world)
    names, each = tried(prober, visitor)

    for number, name in enumerate(names):
        prober.visit(name, each, SEED + 1000 * CASES.index((table, visitor)) + number)

    told = [f"{fault}\n    {request}" for fault, request in prober.faults.items()]
    assert not told, "\n".join([f"FUZZ_SEED={SEED}", *told])
