"""A client that costs little: requests made beforehand, on connections that stay open.

It runs in a process of its own, on the last core, so that it takes nothing from what it measures.
"""

import multiprocessing
import os
import random
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.serving import CORES

HEAD = b"\r\n\r\n"


@dataclass
class Heard:
    """What came back."""

    rate: float = 0.0
    """Answers a second."""
    statuses: Counter[int] = field(default_factory=Counter)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes) -> bytes:
    kind = "application/x-www-form-urlencoded"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def hit(port: int, requests: Sequence[bytes], *, connections: int = 8) -> Heard:
    """Send each request once, as fast as the connections are answered."""
    context = multiprocessing.get_context("fork")
    heard, told = context.Pipe(duplex=False)
    process = context.Process(target=lambda: told.send(_Client(port, connections).run(requests)))
    process.start()
    told.close()
    try:
        found: Heard = heard.recv()
    finally:
        process.join()
    return found


def waits(port: int, requests: Sequence[bytes], a_second: float) -> list[float]:
    """Seconds from when each request was due until its answer was there, on one connection.

    They come by chance, so many a second on average: at even steps those of two kinds would always
    meet, or never. A request that is late because the one before was has waited too.
    """
    chance = random.Random(a_second)  # noqa: S311 - the same in each run
    due, found = time.perf_counter(), []
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            due += chance.expovariate(a_second)
            time.sleep(max(0, due - time.perf_counter()))
            one.sendall(request)
            answer = _Answer(one)
            while not answer.is_whole():
                pass
            found.append(time.perf_counter() - due)
            if answer.status not in (200, 302):
                raise RuntimeError(f"A request of the load is answered by {answer.status}")
    return found


class _Client:
    def __init__(self, port: int, connections: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.port = port
        self.idle = deque(self._connected() for _connection in range(connections))
        self.heard = Heard()

    def _connected(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return one

    def run(self, requests: Sequence[bytes]) -> Heard:
        if CORES:
            os.sched_setaffinity(0, CORES[-1:])
        began = time.perf_counter()
        for request in requests:
            while not self.idle:
                self._listen()
            self._send(request)
        while self.selector.get_map():
            self._listen()
        self.heard.rate = len(requests) / (time.perf_counter() - began)
        return self.heard

    def _send(self, request: bytes) -> None:
        one = self.idle.popleft()
        one.sendall(request)
        self.selector.register(one, selectors.EVENT_READ, _Answer(one))

    def _listen(self) -> None:
        for key, _events in self.selector.select():
            answer: _Answer = key.data
            if answer.is_whole():
                self.selector.unregister(answer.one)
                self.idle.append(self._connected() if answer.closes else answer.one)
                self.heard.statuses[answer.status] += 1


class _Answer:
    """One answer as it comes in; all of ours tell their length."""

    def __init__(self, one: socket.socket) -> None:
        self.one = one
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
