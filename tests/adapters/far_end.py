"""A far end of a few lines on loopback: reads one request whole, then does to the connection what it was told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Script = Callable[[socket.socket, bytes], None]
"""Gets the connection and the request's body; what it sends is the answer. The connection is closed after it."""


@dataclass
class FarEnd:
    url: str
    bodies: list[bytes] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def far_end(script: Script, *, read_body: bool = True, receive_buffer: int = 0) -> Iterator[FarEnd]:
    listener = socket.socket()
    if receive_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    listener.bind(("127.0.0.1", 0))
    listener.listen(32)
    end = FarEnd(f"http://127.0.0.1:{listener.getsockname()[1]}")
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head, body = _read(connection, read_body)
            if head:
                end.heads.append(head)
                end.bodies.append(body)
                script(connection, body)
                connection.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                thread = threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True)
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield end
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join(5)


def _read(connection: socket.socket, read_body: bool) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return b"", b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    length = int(lengths[0]) if lengths else 0
    while read_body and len(body) < length:
        body += connection.recv(65536)
    return head, body


def answer(body: bytes, status: str = "200 OK", **headers: str) -> Script:
    """Sends this and ends."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return lambda connection, _: connection.sendall(head + body)
