"""Callers that ask a web service as fast as it answers, in a process of their own: `call(url, requests, clients)`.

A client is a connection that is kept, and that sends its next request when it has the answer to the last one.
"""

from __future__ import annotations

import multiprocessing
import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PATIENCE = 30.0


@dataclass(frozen=True)
class Answers:
    """What became of the requests of one round: how many seconds each took, and all of them together."""

    statuses: Counter[int]
    each: list[float]
    seconds: float

    def percentile(self, percent: int) -> float:
        return sorted(self.each)[min(len(self.each) - 1, len(self.each) * percent // 100)]


@dataclass
class Client:
    connection: socket.socket
    sent_at: float = 0.0
    got: bytes = b""

    def send(self, request: bytes) -> None:
        self.got, self.sent_at = b"", time.perf_counter()
        self.connection.sendall(request)

    def answered(self) -> int | None:
        """Takes what has come. The status, once the answer is whole."""
        part = self.connection.recv(65536)
        if not part:
            raise ConnectionError(f"hung up in mid-answer: {self.got[:200]!r}")
        self.got += part
        head, ended, body = self.got.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        is_whole = ended and len(body) >= int(length[1] if length else 0)
        return int(head.split(b" ", 2)[1]) if is_whole else None


def request(url: str, body: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
    """A POST as bytes, made before the clock runs."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (("Content-Type", "application/json"), *headers)]
    return "\r\n".join([*lines, "", ""]).encode() + body


def call(url: str, requests: Sequence[bytes], clients: int) -> Answers:
    """Sends them all, from a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        return pool.submit(calling, url, requests, clients).result()


def calling(url: str, requests: Sequence[bytes], clients: int) -> Answers:
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 80)
    callers = [Client(socket.create_connection(address, PATIENCE)) for _ in range(clients)]
    waiting = iter(requests)
    started = time.perf_counter()
    try:
        found = list(_answers(callers, waiting))
    finally:
        for caller in callers:
            caller.connection.close()
    seconds = time.perf_counter() - started
    return Answers(Counter(status for status, _ in found), [took for _, took in found], seconds)


def _answers(callers: Sequence[Client], waiting: Iterator[bytes]) -> Iterator[tuple[int, float]]:
    with selectors.DefaultSelector() as selector:
        for caller, first in zip(callers, waiting, strict=False):
            selector.register(caller.connection, selectors.EVENT_READ, caller)
            caller.send(first)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer for {PATIENCE:.0f} s")
            for key, _ in ready:
                status = key.data.answered()
                if status is None:
                    continue
                yield status, time.perf_counter() - key.data.sent_at
                following = next(waiting, None)
                if following is None:
                    selector.unregister(key.fileobj)
                else:
                    key.data.send(following)
