"""Visitors who are slow, who send far too much, or who are far too many."""

import http.client
import socket
import threading
import time
import urllib.parse
from contextlib import contextmanager

from tests.faults.fault import Fault
from tests.faults.outcome import p95
from tests.faults.respondents import FORM, Crowd
from tests.faults.stage import Setting

SLOW = 400
PROBED = 12
"""Seconds in which somebody asks for the form ten times a second."""
HEAVY = {
    "10 MB of text": {"C5": "x" * 10_000_000},
    "a megabyte of text": {"C5": "x" * 1_000_000},
    "100,000 fields": {f"field{number}": "x" for number in range(100_000)},
}


def slow_clients(stage):
    """400 connections give a byte a second, half of a request's head, half of its body."""
    with _dripping(stage.port):
        time.sleep(2)
        return [_timed(stage.port, "GET", FORM) for _probe in _every(0.1, PROBED)]


@contextmanager
def _dripping(port):
    head = f"POST {FORM} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
    begins = (head, f"{head}yes\r\n{kind}C5=")
    over = threading.Event()
    slow = [socket.create_connection(("127.0.0.1", port), timeout=5) for _one in range(SLOW)]

    def drip():
        for number, one in enumerate(slow):
            one.sendall(begins[number % 2].encode())
            one.setblocking(False)
        while not over.wait(1):
            for one in slow:
                _drip(one)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for one in slow:
            one.close()


def _drip(one):
    try:
        one.send(b"x")
    except OSError:
        """It was hung up on, as it should be after a while."""


def _every(pause, seconds):
    until = time.monotonic() + seconds
    while (now := time.monotonic()) < until:
        yield
        time.sleep(max(0, now + pause - time.monotonic()))


def _timed(port, method, path, body=None):
    """Status, seconds, text. No status where nothing came in time."""
    began = time.monotonic()
    one = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    try:
        one.request(method, path, body, kind)
        answer = one.getresponse()
        status, text = answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        status, text = None, ""
    finally:
        one.close()
    return status, time.monotonic() - began, text


def probes_answered(_heard, probes):
    failed = sum(status != 200 for status, _seconds, _text in probes)
    slowest = p95([seconds for _status, seconds, _text in probes])
    told = [f"{failed} of {len(probes)} probes failed"] if failed else []
    return told + ([f"p95 of the probes was {slowest:.2f} s"] if slowest > 1.5 else [])


def heavy_posts(stage):
    """Three times each, while the others answer."""
    found = {}
    for name, form in HEAVY.items():
        body = urllib.parse.urlencode({"place": "timis", **form})
        for _time in range(3):
            found[name] = max(
                _timed(stage.port, "POST", FORM, body),
                found.get(name, (0, 0, "")),
                key=lambda timed: timed[1],
            )
    return found


def refused_at_once(_heard, found):
    told = []
    for name, (status, seconds, text) in found.items():
        expected = {"a megabyte of text": 422}.get(name, 413)
        if status != expected or seconds > 1 or "<main" not in text:
            told.append(f"{name}: status {status} after {seconds:.1f} s")
    if "x" * 1_000_000 not in found["a megabyte of text"][2]:
        told.append("a megabyte of text was not given back")
    return told


def for_seconds(seconds):
    def answer_on(_stage):
        time.sleep(seconds)

    return answer_on


def in_time(seconds, errors):
    """`errors` says whether requests may be refused."""

    def unmet(heard, _told):
        told = []
        if (slow := p95(heard.waits)) > seconds:
            told.append(f"p95 of sending is {slow:.2f} s")
        if heard.broken or (heard.refused and not errors):
            told.append(f"{heard.refused} refused, {heard.broken} broken")
        return told

    return unmet


FAULTS = [
    Fault(
        "400 slow connections",
        "no failed probe, p95 at most 1.5 s",
        slow_clients,
        crowd=Crowd(at_a_time=4),
        unmet=probes_answered,
        twin=Setting(has_front=False),
    ),
    Fault(
        "far too much in one form",
        "refused in words within 1 s",
        heavy_posts,
        crowd=Crowd(at_a_time=4),
        unmet=refused_at_once,
        twin=Setting(has_front=False, sabotage="limits"),
    ),
    Fault(
        "65 answers a second for ten minutes",
        "p95 at most 1 s, no error",
        for_seconds(600),
        crowd=Crowd(at_a_time=80, a_second=65, reads_receipt=True),
        unmet=in_time(1, errors=False),
        twin=Setting(sabotage="memory"),
        twin_inflict=for_seconds(20),
    ),
    Fault(
        "300 answers a second",
        "refused with all that was entered, what is taken has p95 at most 2 s",
        for_seconds(20),
        crowd=Crowd(at_a_time=400, a_second=300, pause=10),
        longest_gap=5,
        slowest=10,
        unmet=in_time(2, errors=True),
        # With pages that are kept, nearly all of them are served in time without refusing anybody.
        twin=Setting(sabotage="memory", environment=(("SHED_AFTER_SECONDS", "0"),)),
    ),
]
