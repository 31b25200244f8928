"""How often one network may try something, counted in PostgreSQL without its address.

What is stored is a keyed hash. Its key lives for a day and is never in the database.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from surveys.daily_key import daily_key
from surveys.models import Attempts


@dataclass(frozen=True)
class RateLimit:
    """At most so many tries of this name in each period, from one network."""

    name: str
    tries: int
    period: timedelta

    def is_exceeded(self, request: HttpRequest) -> bool:
        """Whether no further try is let through now."""
        bucket, since = self._bucket(request)
        counted = Attempts.objects.filter(bucket=bucket, since=since).first()
        return counted is not None and counted.count >= self.tries

    def lets(self, request: HttpRequest) -> bool:
        """One more try: whether it is let through."""
        if self.is_exceeded(request):
            return False
        self.count(request)
        return True

    def count(self, request: HttpRequest) -> None:
        """One more try."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO surveys_attempts AS tries (bucket, since, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (bucket, since) DO UPDATE SET count = tries.count + 1",
                self._bucket(request),
            )

    def _bucket(self, request: HttpRequest) -> tuple[str, datetime]:
        since = _begin_of(self.period)
        return hashed_network(request, self.name, since), since


def _begin_of(period: timedelta) -> datetime:
    """Of the stretch of time that is counted now."""
    seconds = period.total_seconds()
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() // seconds * seconds, UTC)


@dataclass(frozen=True)
class Sendings:
    """How many forms came this hour: from one network, and within its limit from everybody.

    `from_everybody` is 0 where the network is above its limit: one network alone is never to
    make it slower for the others.
    """

    from_network: int
    from_everybody: int


# Losing a count in a crash is nothing; waiting for the disk with every form would be much. It holds
# for this one statement, and not where it is part of a transaction that stores something.
_UNFLUSHED = "set_config('synchronous_commit', 'off', true)"
_COUNT_SENDING = """
    WITH mode AS (SELECT {mode}),
    own AS (
        INSERT INTO surveys_attempts AS tries (bucket, since, count)
        SELECT %s, %s, 1 FROM mode
        ON CONFLICT (bucket, since) DO UPDATE SET count = tries.count + 1 RETURNING count
    ),
    everybody AS (
        INSERT INTO surveys_attempts AS tries (bucket, since, count)
        SELECT %s, %s, 1 FROM own WHERE own.count <= %s
        ON CONFLICT (bucket, since) DO UPDATE SET count = tries.count + 1 RETURNING count
    )
    SELECT (SELECT count FROM own), COALESCE((SELECT count FROM everybody), 0)
"""


def count_sending(request: HttpRequest, kind: str, questionnaire: int, limit: int) -> Sendings:
    """One more form that somebody sends to this questionnaire, in one statement.

    A network has a count for each kind of sending; for everybody there is one.
    """
    since = _begin_of(timedelta(hours=1))
    own = hashed_network(request, f"{kind} {questionnaire}", since)
    everybody = f"sent {questionnaire}"
    mode = "1" if connection.in_atomic_block else _UNFLUSHED
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SENDING.format(mode=mode), [own, since, everybody, since, limit])
        return Sendings(*cursor.fetchone())


def hashed_network(request: HttpRequest, purpose: str, moment: datetime) -> str:
    """Equal for one network, purpose and day; of another day nobody can tell whose it was."""
    key = daily_key(moment.astimezone(UTC).date())
    return hmac.digest(key, f"{purpose} {network(request)}".encode(), "sha256").hex()


def network(request: HttpRequest) -> str:
    """Who asks: an IPv4 address, or the 64 bits of IPv6 that one household or office has.

    A socket for both tells IPv4 in the clothes of IPv6, all of it in the same 64 bits.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last entry is the one our own server in front has written.
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        asked_by = ip_address(address)
    except ValueError:
        return ""
    if isinstance(asked_by, IPv4Address):
        return str(asked_by)
    return str(asked_by.ipv4_mapped or ip_network((asked_by, 64), strict=False))


def forget_attempts(before: datetime) -> int:
    """Delete what is too old to count; how many rows."""
    return Attempts.objects.filter(since__lt=before).delete()[0]


WRONG_CODES = RateLimit("wrong code", 30, timedelta(minutes=10))
# A town hall's computers may share one address.
DRAFTS = RateLimit("draft", 300, timedelta(minutes=10))
# Our e-mails carry a name that somebody chose who may have registered a minute ago.
COLLEAGUES = RateLimit("invited colleague", 40, timedelta(days=1))
# Somebody of the Secretariat has to decide about each.
REGISTRATIONS = RateLimit("registered organisation", 40, timedelta(days=1))
# Each writes an e-mail to an address that somebody else may have.
SUBSCRIPTIONS = RateLimit("subscription", 40, timedelta(hours=1))
# Setting a page in type takes a processor for a second; a class may take its copies home at once.
PAPERS = RateLimit("paper", 300, timedelta(minutes=10))
