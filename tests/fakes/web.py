"""The web in memory, in the role `Web`: what each address gives, or how it fails. Private addresses give nothing."""

from __future__ import annotations

import ipaddress
import threading
from urllib.parse import urlsplit

from sidecar.errors import Refused, SidecarError
from sidecar.model import Download


class FakeWeb:
    """`serve` and `fail` say what an address gives; `asked` names every address, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._given: dict[str, Download | SidecarError] = {}
        self._lock = threading.Lock()

    def serve(self, url: str, data: bytes, mime: str = "image/jpeg") -> None:
        self._given[url] = Download(data, mime, url)

    def redirect(self, url: str, to: str) -> None:
        """The address gives what another one gives."""
        self._given[url] = self._given[to]

    def fail(self, url: str, error: SidecarError) -> None:
        self._given[url] = error

    def download(self, url: str, max_bytes: int) -> Download:
        with self._lock:
            self.asked.append(url)
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused("A file's address is no web address.", "Only http and https are read.")
        if _is_private(parts.hostname):
            raise Refused(f"{parts.hostname} is an address inside a private network; files are not read from there.")
        given = self._given.get(url) or Refused(f"A file is no longer at {parts.hostname} (404).", "Remove it.")
        if isinstance(given, SidecarError):
            raise given
        if len(given.data) > max_bytes:
            raise Refused(f"A file at {parts.hostname} has more than {max_bytes} bytes.", "Make it smaller.")
        return given


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return host == "localhost"
