"""A client that costs little: requests made beforehand, on connections that stay open.

It runs in a process of its own, on the last core, so that it takes nothing from what it measures.
"""

import multiprocessing
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.serving import CORES

HEAD = b"\r\n\r\n"


@dataclass
class Heard:
    """What came back."""

    rate: float = 0.0
    """Answers a second."""
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    """Seconds, in the order of the answers; an open loop counts them from when each was due."""

    def p95(self) -> float:
        ordered = sorted(self.latencies)
        return ordered[int(len(ordered) * 0.95)]


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    kind = "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def hit(port: int, requests: Sequence[bytes], *, connections: int = 8, every: float = 0.0) -> Heard:
    """Send each request once.

    With `every` it is an open loop: one is due every so many seconds, whatever the server does.
    """
    context = multiprocessing.get_context("fork")
    heard, told = context.Pipe(duplex=False)
    process = context.Process(
        target=lambda: told.send(_Client(port, connections, every).run(requests))
    )
    process.start()
    told.close()
    try:
        found: Heard = heard.recv()
    finally:
        process.join()
    return found


class _Client:
    def __init__(self, port: int, connections: int, every: float) -> None:
        self.every = every
        self.selector = selectors.DefaultSelector()
        self.port = port
        self.idle = deque(self._connected() for _connection in range(connections))
        self.heard = Heard()

    def _connected(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return one

    def run(self, requests: Iterable[bytes]) -> Heard:
        if CORES:
            os.sched_setaffinity(0, CORES[-1:])
        began = time.perf_counter()
        for number, request in enumerate(requests):
            due = began + number * self.every if self.every else 0.0
            self._wait_until(due)
            while not self.idle:
                self._listen()
            self._send(request, due or time.perf_counter())
        while self.selector.get_map():
            self._listen()
        self.heard.rate = len(self.heard.latencies) / (time.perf_counter() - began)
        return self.heard

    def _wait_until(self, due: float) -> None:
        while (left := due - time.perf_counter()) > 0:
            self._listen(left)

    def _send(self, request: bytes, since: float) -> None:
        one = self.idle.popleft()
        one.sendall(request)
        self.selector.register(one, selectors.EVENT_READ, _Answer(one, since))

    def _listen(self, timeout: float | None = None) -> None:
        if timeout is not None and not self.selector.get_map():
            time.sleep(timeout)
            return
        for key, _events in self.selector.select(timeout):
            answer: _Answer = key.data
            if answer.is_whole():
                self.selector.unregister(answer.one)
                self.idle.append(self._connected() if answer.closes else answer.one)
                statuses = self.heard.statuses
                statuses[answer.status] = statuses.get(answer.status, 0) + 1
                self.heard.latencies.append(time.perf_counter() - answer.since)


class _Answer:
    """One answer as it comes in; all of ours tell their length."""

    def __init__(self, one: socket.socket, since: float) -> None:
        self.one = one
        self.since = since
        self.received = bytearray()
        self.length = -1
        self.status = 0
        self.closes = False

    def is_whole(self) -> bool:
        """Whether it is all there, with what came now."""
        more = self.one.recv(262_144)
        if not more:
            raise ConnectionError("The server hung up in the middle of an answer")
        self.received += more
        if self.length < 0 and (end := self.received.find(HEAD)) >= 0:
            head = bytes(self.received[:end]).lower()
            self.status = int(head[9:12])
            self.closes = b"connection: close" in head
            told = head.partition(b"content-length:")[2].split(b"\r\n")[0]
            self.length = end + len(HEAD) + int(told)
        return 0 <= self.length <= len(self.received)
