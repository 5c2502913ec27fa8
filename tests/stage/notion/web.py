"""Web servers as content finds them: behaviours for `notion.web[name]`, each a function of the open request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stage.notion.server import Handler

Behaviour = Callable[["Handler"], None]
PAGE = b"<!doctype html><title>Sign in</title><p>Please sign in to see this picture."


def answer(status: int, data: bytes = b"", kind: str = "text/plain", **headers: str) -> Behaviour:
    """Any fixed answer. Header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda it: it.reply(status, data, kind, named)


def not_found() -> Behaviour:
    return answer(404, b"not here")


def html(status: int = 200) -> Behaviour:
    """A page where a picture was promised, with the type of a picture."""
    return answer(status, PAGE, "image/jpeg")


def redirect(to: str, status: int = 302) -> Behaviour:
    return answer(status, Location=to)


def truncated(data: bytes, kind: str = "image/jpeg") -> Behaviour:
    """All of the length, half of the bytes."""
    return lambda it: it.break_off(200, data, kind)


def lying_length(data: bytes, kind: str = "image/jpeg", says: int = 100) -> Behaviour:
    """Says that it sends `says` bytes and sends all of them."""

    def behave(it: Handler) -> None:
        it.head(200, kind, {"Content-Length": str(says), "Connection": "close"})
        it.send(data)
        it.close_connection = True

    return behave


def huge(size: int, kind: str = "image/jpeg", start: bytes = b"\xff\xd8\xff\xe0") -> Behaviour:
    """As many bytes as it says, none of them in memory."""

    def behave(it: Handler) -> None:
        it.head(200, kind, {"Content-Length": str(size)})
        it.send(start)
        left = size - len(start)
        while left > 0 and it.send(bytes(min(left, 1 << 16))):
            left -= 1 << 16
        it.close_connection = it.close_connection or left > 0

    return behave


def endless(kind: str = "image/jpeg") -> Behaviour:
    """Bytes without end and without a length."""

    def behave(it: Handler) -> None:
        it.head(200, kind, {"Connection": "close"})
        while it.send(bytes(1 << 16)):
            pass
        it.close_connection = True

    return behave


def slow(data: bytes, kind: str = "image/jpeg", step: int = 1, seconds: float = 0.2) -> Behaviour:
    """A few bytes at a time."""

    def behave(it: Handler) -> None:
        it.head(200, kind, {"Content-Length": str(len(data))})
        for place in range(0, len(data), step):
            if it.ended(seconds) or not it.send(data[place : place + step]):
                return

    return behave


def silent(seconds: float = 600.0) -> Behaviour:
    """Takes the request and says nothing."""

    def behave(it: Handler) -> None:
        it.ended(seconds)
        it.hang_up()

    return behave


BEHAVIOURS: Mapping[str, Callable[..., Behaviour]] = {
    "not found": not_found,
    "html": html,
    "redirect": redirect,
    "truncated": truncated,
    "lying length": lying_length,
    "huge": huge,
    "endless": endless,
    "slow": slow,
    "silent": silent,
}


def named(name: str, data: bytes, **more: Any) -> Behaviour:
    """A behaviour by its name, for those who have only words; `data` is the file's, for those that serve it."""
    make = BEHAVIOURS[name]
    return make(data, **more) if make in (truncated, lying_length, slow) else make(**more)
