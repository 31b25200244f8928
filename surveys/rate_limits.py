"""How often one network may try something, counted in PostgreSQL without its address.

What is stored is a keyed hash. Its key lives for a day and is never in the database.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

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

    def count(self, request: HttpRequest) -> None:
        """One more try."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO surveys_attempts AS tries (bucket, since, count) VALUES (%s, %s, 1)"
                " ON CONFLICT (bucket, since) DO UPDATE SET count = tries.count + 1",
                self._bucket(request),
            )

    def _bucket(self, request: HttpRequest) -> tuple[str, datetime]:
        now = datetime.now(UTC)
        since = datetime.fromtimestamp(
            now.timestamp() // self.period.total_seconds() * self.period.total_seconds(), UTC
        )
        return hashed_network(request, self.name, since), since


def hashed_network(request: HttpRequest, purpose: str, moment: datetime) -> str:
    """Equal for one network, purpose and day; of another day nobody can tell whose it was."""
    key = daily_key(moment.astimezone(UTC).date())
    return hmac.digest(key, f"{purpose} {network(request)}".encode(), "sha256").hex()


def network(request: HttpRequest) -> str:
    """Who asks: an IPv4 address, or the 64 bits of IPv6 that one household or office has."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last entry is the one our own server in front has written.
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        is_wide = ip_address(address).version == 6
    except ValueError:
        return ""
    return str(ip_network(f"{address}/64", strict=False)) if is_wide else address


def forget_attempts(before: datetime) -> int:
    """Delete what is too old to count; how many rows."""
    return Attempts.objects.filter(since__lt=before).delete()[0]


WRONG_CODES = RateLimit("wrong code", 30, timedelta(minutes=10))
# A town hall's computers may share one address.
DRAFTS = RateLimit("draft", 300, timedelta(minutes=10))
# Our e-mails carry a name that somebody chose who may have registered a minute ago.
COLLEAGUES = RateLimit("invited colleague", 40, timedelta(days=1))
# Each writes an e-mail to an address that somebody else may have.
SUBSCRIPTIONS = RateLimit("subscription", 40, timedelta(hours=1))
