"""`python -m bench.layers`: in whose code the time of the hottest paths is spent, in percent.

Requests go into the application without a server, one after the other, under Python's profiler. It
makes many small functions look dearer than they are, ours as well as others'. About 20 seconds.
"""

import cProfile
import io
import os
import pstats
from collections import Counter
from collections.abc import Callable
from wsgiref.util import setup_testing_defaults

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consultation.settings")
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from bench.serving import ROOT  # noqa: E402
from bench.submit import FORM, own_requests  # noqa: E402
from surveys.models import Consultation  # noqa: E402
from tests.content import load_content  # noqa: E402
from tests.surveys.results_cast import open_now  # noqa: E402

REQUESTS = 200
LAYERS = {
    "ours": (f"{ROOT}/surveys", f"{ROOT}/consultation"),
    "Django": ("site-packages/django/",),
    "psycopg, and waiting for PostgreSQL": ("site-packages/psycopg",),
    "other libraries": ("site-packages/",),
}
REST = "Python itself"


class Visitors:
    """Everybody sends a form of their own and reads its receipt."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        self.bodies = [each.partition(b"\r\n\r\n")[2] for each in own_requests(2 * REQUESTS)]
        self.receipts: list[str] = []

    def open(self) -> None:
        self._ask("GET", FORM, b"", 200)

    def send(self) -> None:
        self.receipts.append(self._ask("POST", FORM, self.bodies.pop(), 302)["Location"])

    def read(self) -> None:
        self._ask("GET", self.receipts.pop(), b"", 200)

    def _ask(self, method: str, path: str, body: bytes, expected: int) -> dict[str, str]:
        heard: dict[str, str] = {}
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        answer = self.application(
            environ, lambda status, headers, _error=None: heard.update(headers, status=status)
        )
        b"".join(answer)
        answer.close()
        if not heard["status"].startswith(str(expected)):
            raise RuntimeError(f"{path} answers {heard['status']}")
        return heard


def shares(visit: Callable[[], None]) -> Counter[str]:
    """Seconds by layer."""
    for _first in range(REQUESTS // 10):
        visit()
    profile = cProfile.Profile()
    profile.enable()
    for _visit in range(REQUESTS):
        visit()
    profile.disable()
    found: Counter[str] = Counter()
    for (file, *_function), (*_calls, own, _total, _callers) in pstats.Stats(profile).stats.items():
        found[_layer(file)] += own
    return found


def _layer(file: str) -> str:
    for name, beginnings in LAYERS.items():
        if any(each in file for each in beginnings):
            return name
    return REST


# All of it comes from one address.
@override_settings(DEBUG=False, ALLOWED_HOSTS=["127.0.0.1"], SENT_PER_NETWORK=0)
def main() -> None:
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        load_content()
        open_now(Consultation.objects.get())
        visitors = Visitors()
        for name in ("send", "open", "read"):
            found = shares(getattr(visitors, name))
            print(f"{name}: {1000 * found.total() / REQUESTS:.2f} ms under the profiler")
            for layer, seconds in found.most_common():
                print(f"  {100 * seconds / found.total():3.0f} % {layer}")
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
