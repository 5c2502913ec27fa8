"""XML-RPC, one request per call: what was sent is never sent again. No words for people, no WordPress.

The standard library's own transport repeats a POST whose answer was lost, waits for ever and follows whatever XML it
is given. This one says exactly how far a call came: `NotSent`, `NoAnswer`, `BadAnswer`, or `xmlrpc.client.Fault`.
"""

from __future__ import annotations

import base64
import contextlib
import re
import secrets
import time
import xmlrpc.client
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

from sidecar.adapters.oneshot import CALL_SECONDS, Body, File, Http, shown

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may contain. All of them are invisible, so leaving them out harms no text;
WordPress refuses the whole post for a single one of them."""


@dataclass(eq=False)
class BadAnswer(Exception):
    """An HTTP answer that is not an XML-RPC response. `fault` is the fault it holds all the same, if it does."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: xmlrpc.client.Fault | None = None
    reason: str = ""


class Transport(xmlrpc.client.Transport):
    """What `xmlrpc.client` sends through. Keeps nothing between calls, so that threads may share it."""

    def __init__(self, scheme: str, http: Http, seconds: float = CALL_SECONDS) -> None:
        super().__init__()
        self._scheme, self._http, self._seconds = scheme, http, seconds
        self._files: dict[bytes, File] = {}

    @contextlib.contextmanager
    def attached(self, data: bytes) -> Iterator[xmlrpc.client.Binary]:
        """What stands for these bytes in a call. They take its place while the call is sent."""
        mark = secrets.token_bytes(24)
        key = base64.b64encode(mark)
        self._files[key] = File(data)
        try:
            yield xmlrpc.client.Binary(mark)
        finally:
            del self._files[key]

    def request(self, host: Any, handler: str, request_body: Any, verbose: bool = False) -> Any:  # noqa: ARG002
        """Sends once. Replaces the method of the standard library, which sends a second time after a lost answer."""
        url = f"{self._scheme}://{host}{handler}"
        reply = self._http.post(url, Body(self._parts(bytes(request_body)), time.monotonic() + self._seconds))
        try:
            answer = parse(reply.body)
        except xmlrpc.client.Fault as fault:
            if reply.status == 200:
                raise
            raise BadAnswer(shown(url), reply.status, reply.headers, reply.body, fault) from fault
        except (ExpatError, DefusedXmlException, xmlrpc.client.ResponseError, ValueError, TypeError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise BadAnswer(shown(url), reply.status, reply.headers, reply.body, reason=reason) from error
        if reply.status != 200:
            raise BadAnswer(shown(url), reply.status, reply.headers, reply.body)
        return answer

    def _parts(self, body: bytes) -> Sequence[bytes | File]:
        for key, file in list(self._files.items()):
            before, found, after = body.partition(key)
            if found:
                return before, file, after
        return (body,)


def parse(body: bytes) -> tuple[Any, ...]:
    """The values of an XML-RPC response. Blank lines or a BOM before it, and characters XML forbids, do no harm."""
    body = body.lstrip(b" \t\r\n\xef\xbb\xbf")
    try:
        return _parse(body)
    except ExpatError:
        cleaned = clean(body.decode("utf-8-sig", "replace")).encode()
        if cleaned == body:
            raise
        return _parse(cleaned)


def clean(text: str) -> str:
    """The text without the characters that no XML document may contain."""
    return NOT_XML.sub("", text)


def _parse(body: bytes) -> tuple[Any, ...]:
    unmarshaller = xmlrpc.client.Unmarshaller()
    parser = DefusedExpatParser(unmarshaller)
    parser.feed(body)
    parser.close()
    return cast(tuple[Any, ...], unmarshaller.close())
