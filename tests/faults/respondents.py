"""People who answer while something breaks, and who send the same form again until it is taken."""

import http.client
import itertools
import re
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field

FORM = "/en/citizens/"
RECEIPT = re.compile(r"/en/citizens/sent/([^/]+)/")
KEY = re.compile(r'name="key" value="([^"]+)"')
TIMEOUT = 10
"""Seconds after which a respondent gives up waiting, and sends again."""
LAST_TRIES = 30
"""Seconds after the end in which those who have no answer yet go on trying."""


def has_key(status, page):
    """Whether it is the form, and not for instance a page that says it is closed."""
    return status == 200 and bool(KEY.search(page))


@dataclass
class Heard:
    """What respondents heard; the times are seconds since they began."""

    acknowledged: dict[str, float] = field(default_factory=dict)
    """The words that somebody sent, and when the site said that it has them."""
    statuses: Counter = field(default_factory=Counter)
    broken: int = 0
    """Connections that ended or gave nothing in time: who sent does not know."""
    kept: Counter = field(default_factory=Counter)
    """Of the refusals of a POST, how many had what was entered in them."""
    waits: list[float] = field(default_factory=list)
    """How long those requests took that were acknowledged."""
    slowest: float = 0.0
    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0

    @property
    def requests(self):
        return sum(self.statuses.values()) + self.broken

    @property
    def refused(self):
        return sum(n for status, n in self.statuses.items() if status >= 400)

    def longest_gap(self, since=0.0):
        """The longest time, from `since` to the end, in which nothing was acknowledged."""
        times = sorted(each for each in self.acknowledged.values() if each > since)
        return max(b - a for a, b in itertools.pairwise([since, *times, self.ended]))

    def now(self):
        return time.monotonic() - self.began


@dataclass(frozen=True)
class Crowd:
    """How many people answer: so many at a time, or so many new ones a second."""

    at_a_time: int = 20
    a_second: float | None = None
    reads_receipt: bool = False
    pause: float = 0.2
    """Seconds after a refusal until they send again."""


class Respondents:
    """A crowd at work, until the end of a `with`."""

    def __init__(self, port, crowd):
        self.port, self.crowd = port, crowd
        self.heard = Heard()
        self._guard = threading.Lock()
        self._numbers = itertools.count(1)
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._answer_on, daemon=True) for _one in range(crowd.at_a_time)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self.heard

    def __exit__(self, *failure):
        self._over.set()
        self.heard.ended = self.heard.now()
        self._deadline = time.monotonic() + LAST_TRIES
        for thread in self._threads:
            thread.join()

    def _answer_on(self):
        while not self._over.is_set():
            with self._guard:
                number = next(self._numbers)
            self._wait_for_turn(number)
            Respondent(self, number).answer()

    def _wait_for_turn(self, number):
        if self.crowd.a_second:
            self._over.wait(max(0.0, number / self.crowd.a_second - self.heard.now()))

    def goes_on(self):
        return not self._over.is_set() or time.monotonic() < self._deadline


class Respondent:
    """One of them, at an address of their own."""

    def __init__(self, all_of_them, number):
        self.all, self.crowd, self.heard = all_of_them, all_of_them.crowd, all_of_them.heard
        self.words = f"Răspunsul {number}: un pod la Baziaș"
        self.address = f"127.{1 + number // 65_025}.{1 + number // 255 % 255}.{1 + number % 255}"
        self.connection = None
        self.waited = 0.0

    def answer(self):
        page = self._insist(lambda: self._ask("GET", FORM), has_key)
        if page is None:
            return
        key = KEY.search(page).group(1)
        form = {"key": key, "place": "timis", "C1": "both", "C2": "nature", "C5": self.words}
        body = urllib.parse.urlencode(form)
        receipt = self._insist(lambda: self._send(body), lambda status, _page: status == 302)
        if receipt is None:
            return
        assert RECEIPT.match(receipt), receipt
        self.heard.waits.append(self.waited)
        self.heard.acknowledged[self.words] = self.heard.now()
        if self.crowd.reads_receipt:
            self._ask("GET", receipt)

    def _send(self, body):
        status, text = self._ask("POST", FORM, body)
        if status and status >= 400:
            self.heard.kept["all" if self.words in text else f"not with {status}"] += 1
        return status, text

    def _insist(self, ask, is_good):
        """What the first good answer says; None where the end comes before one."""
        while True:
            status, text = ask()
            if is_good(status, text):
                return text
            if not self.all.goes_on():
                return None
            time.sleep(self.crowd.pause)

    def _ask(self, method, path, body=None):
        """The status, and the page or where it leads to. No status where the connection broke."""
        began = time.monotonic()
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            self.connection = self.connection or http.client.HTTPConnection(
                "127.0.0.1", self.all.port, timeout=TIMEOUT, source_address=(self.address, 0)
            )
            self.connection.request(method, path, body, kind)
            answer = self.connection.getresponse()
            text = answer.read().decode()
            status = answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            self.heard.broken += 1
            return None, ""
        finally:
            self.waited = time.monotonic() - began
            self.heard.slowest = max(self.heard.slowest, self.waited)
        self.heard.statuses[status] += 1
        return status, answer.headers.get("Location") or text
