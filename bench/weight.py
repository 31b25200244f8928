"""What the citizens' form weighs on the wire in Chromium, and when it can be read on a slow line.

Served as it is deployed, with nginx in front, which compresses pages. Where there is no nginx pages
come uncompressed, and a line says so. Slow 3G is 400 ms and 400 kbit/s each way, as Chromium's own
tools call it. The floors are the goals themselves. It takes about half a minute.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from bench.figures import Figure
from bench.serving import collect_static_files, served
from surveys.models import Consultation
from tests.browser import chromium
from tests.servers import NEEDED, free_port, nginx, wait_for
from tests.surveys.results_cast import open_now

LANGUAGES = ("en", "ro", "sr", "sr-latn")
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
PAINTED = """
    () => new Promise(resolve => new PerformanceObserver(list => {
        const painted = list.getEntriesByName('first-contentful-paint')[0];
        if (painted) resolve(painted.startTime);
    }).observe({type: 'paint', buffered: true}))
"""


@dataclass
class Wire:
    """What has come over it since it was emptied."""

    bytes: int = 0
    requests: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._take)
        session.on("Network.requestWillBeSent", lambda told: self._note(told["request"]["url"]))

    def _take(self, told: dict[str, Any]) -> None:
        self.bytes += int(told["encodedDataLength"])

    def _note(self, url: str) -> None:
        self.requests.append(url)


def measure() -> list[Figure]:
    open_now(Consultation.objects.get())
    collect_static_files()
    # Playwright's synchronous interface runs an event loop, which makes Django refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with (
        served("consultation.wsgi") as instance,
        _in_front_of(instance) as port,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.path(), args=chromium.ARGUMENTS
        )
        heaviest = max(
            (_visits(browser.new_context(), port, language) for language in LANGUAGES),
            key=lambda visits: visits[0].bytes,
        )
        painted = max(_painted(browser.new_context(), port, language) for language in LANGUAGES)
        browser.close()
    first, second = heaviest
    print(f"  requests: {len(first.requests)}, then {len(second.requests)}", file=sys.stderr)
    return [
        Figure("weight: first visit", first.bytes / 1000, "kB", 65, goal=1),
        Figure("weight: second visit", second.bytes / 1000, "kB", 15, goal=1),
        Figure("weight: painted on slow 3G", painted, "s", 2.5, goal=1),
    ]


@contextmanager
def _in_front_of(instance: int) -> Iterator[int]:
    """The port of a balancer with the site's configuration, or the instance's own without nginx."""
    if NEEDED["nginx"] is None:
        print("  without nginx: pages are not compressed", file=sys.stderr)
        yield instance
        return
    with tempfile.TemporaryDirectory() as folder:
        balancer = nginx(Path(folder) / "nginx", free_port(), {"web1": instance})
        with balancer as process:
            wait_for(process)
            yield process.port


def _visits(context: BrowserContext, port: int, language: str) -> tuple[Wire, Wire]:
    visits = Wire(), Wire()
    for wire in visits:
        page = context.new_page()
        wire.watch(page)
        page.goto(f"http://127.0.0.1:{port}/{language}/citizens/", wait_until="networkidle")
        page.close()
    context.close()
    return visits


def _painted(context: BrowserContext, port: int, language: str) -> float:
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_3G)
    page.goto(f"http://127.0.0.1:{port}/{language}/citizens/")
    painted: float = page.evaluate(PAINTED)
    context.close()
    return painted / 1000
