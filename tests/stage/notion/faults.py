"""The fault switch: which request goes wrong, and how. Faults are data; the server carries them out."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from tests.stage.notion.shapes import Json

Kind = Literal[
    "status",  # an error answer, nothing is done
    "reset",  # the connection is reset, nothing is done
    "hang",  # silence for `seconds`, then a reset, nothing is done
    "garbage",  # 200 with something that is no JSON, nothing is done
    "lost reply",  # done, then a reset
    "truncated",  # done, then half of the answer
    "slow",  # done, answered after `seconds`
    "same cursor",  # done, answered with a cursor that leads back to the start
    "committed",  # done, answered with the 503 that says that it may have been
]
AFTERWARDS: frozenset[str] = frozenset({"lost reply", "truncated", "slow", "same cursor", "committed"})
CLOUDFLARE = b"<html><head><title>502 Bad Gateway</title></head><body><center>cloudflare</center></body></html>"
CODES = {
    400: ("validation_error", "body failed validation."),
    401: ("unauthorized", "API token is invalid."),
    403: ("restricted_resource", "Insufficient permissions for this endpoint."),
    404: ("object_not_found", "Could not find it."),
    409: ("conflict_error", "Conflict occurred while saving. Please try again."),
    429: ("rate_limited", "You have been rate limited. Please try again in a few minutes."),
    500: ("internal_server_error", "Unexpected error occurred."),
    502: ("bad_gateway", "Bad gateway."),
    503: ("service_unavailable", "Notion is unavailable, please try again later."),
    504: ("gateway_timeout", "Notion timed out."),
    529: ("service_overload", "Notion is temporarily overloaded. Please retry later."),
}
Match = str | Callable[[str, str, Json], bool]


@dataclass
class Fault:
    """`times` requests go wrong, after the first `after` that match."""

    match: Match
    kind: Kind = "status"
    method: str = ""
    times: int = 1
    after: int = 0
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    html: bool = False
    code: str = ""
    reason: str = "public_api_request_rate_limit"
    additional: Json = field(default_factory=dict)

    def fits(self, method: str, path: str, body: Json) -> bool:
        if self.method not in ("", method):
            return False
        if callable(self.match):
            return self.match(method, path, body)
        return bool(re.search(self.match, path) or re.search(self.match, f"{method} {path}"))

    def answer(self) -> tuple[int, bytes, str, dict[str, str]]:
        """The error answer: status, body, content type, headers."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        if self.html:
            return self.status, CLOUDFLARE, "text/html", {"cf-ray": "0", "Server": "cloudflare", **headers}
        code, message = CODES.get(self.status, ("service_unavailable", "Something went wrong."))
        additional = dict(self.additional)
        if self.status in (429, 529) and self.retry_after is not None:
            additional["retry_after"] = str(self.retry_after)
        if self.status == 429:
            additional["rate_limit_reason"] = self.reason
        if self.kind == "committed":
            message = "The write may have been committed."
            additional["retry_guidance"] = "Read the resource before retrying."
        return self._made(self.code or code, message, additional, headers)

    def _made(
        self, code: str, message: str, additional: Json, headers: dict[str, str]
    ) -> tuple[int, bytes, str, dict[str, str]]:
        status = 503 if self.kind == "committed" else self.status
        request_id = str(uuid4())
        body = {"object": "error", "status": status, "code": code, "message": message, "request_id": request_id}
        if additional:
            body["additional_data"] = additional
        kind = "application/json; charset=utf-8"
        return status, json.dumps(body).encode(), kind, {"x-notion-request-id": request_id, **headers}


class Faults:
    """Faults to come. They are used up in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, match: Match, kind: Kind = "status", **more: Any) -> Fault:
        """The next requests that match go wrong: a pattern on the path or on `METHOD /path`, or a function of
        method, path and body. See `Fault` for what else may be said."""
        fault = Fault(match, kind, **more)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str, body: Json) -> Fault | None:
        """The fault for this request, if there is one; it is used up."""
        with self._lock:
            for fault in self._faults:
                if fault.times and fault.fits(method, path, body):
                    if fault.after:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None
