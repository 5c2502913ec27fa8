"""Free ports of loopback for servers that are started later: nobody else gets one in between.

Whoever asks the kernel for just any port gets one of 32768 and above, and a test run asks many times a second: a port
found that way may be somebody else's by the time that a WordPress is installed. Below, each process has a stretch of
its own.
"""

from __future__ import annotations

import functools
import itertools
import socket
from collections.abc import Iterator

FIRST, LAST, STRETCH = 12_000, 32_000, 200
"""Above the ports that browsers refuse to open, below those that the kernel gives away."""


def free_port() -> int:
    _, ports = _own_stretch()
    return next(port for port in itertools.islice(ports, STRETCH) if _is_free(port))


@functools.cache
def _own_stretch() -> tuple[socket.socket, Iterator[int]]:
    """The socket holds the first port of the stretch, and so the stretch, for as long as this process lives."""
    for first in range(FIRST, LAST, STRETCH):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first))
        except OSError:
            claim.close()
        else:
            return claim, itertools.cycle(range(first + 1, first + STRETCH))
    raise RuntimeError(f"All ports from {FIRST} to {LAST} belong to other processes.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
