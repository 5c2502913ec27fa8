"""What callers get that are no people: JSON, and a no that says what happened and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import RoutingException

from sidecar.errors import Unavailable

log = structlog.get_logger()

LARGEST_BODY = 256 * 1024

COME_BACK = 10
"""Seconds after which to ask again when the ledger does not answer."""

SAID = {
    404: ("There is nothing at this address.", "Check the address; GET /healthz shows that the service is here."),
    405: ("This address is not asked in this way.", "The header Allow says which methods there are."),
    413: (
        "The body is too large.",
        f"Send at most {LARGEST_BODY // 1024} KB. In Notion, choose fewer properties for the webhook.",
    ),
    500: ("That is a mistake of this program.", "The log has the details, under this request's id. Please report it."),
}
"""What happened and what to do, for what Flask declines by itself."""


class Declined(HTTPException):
    """No, for a reason that the caller can do something about."""

    def __init__(self, code: int, error: str, message: str, remedy: str, headers: Mapping[str, str] | None = None):
        super().__init__(message)
        self.code = code
        self.error = error
        self.remedy = remedy
        self.headers = headers or {}


def declined(error: HTTPException) -> Response | HTTPException:
    """Any HTTP error as JSON, with the headers that belong to it."""
    if error.code is None or isinstance(error, RoutingException):
        return error
    response = Response(status=error.code)
    response.headers.extend((name, value) for name, value in error.get_headers() if name != "Content-Type")
    word = HTTPStatus(error.code).phrase.lower().replace(" ", "_")
    message, remedy = SAID.get(error.code, (error.description or word, ""))
    said: dict[str, str | None] = {"error": word, "message": message, "remedy": remedy}
    if isinstance(error, Declined):
        response.headers.extend(error.headers)
        said = {"error": error.error, "message": error.description, "remedy": error.remedy}
    response.data = json.dumps(said)
    response.content_type = "application/json"
    return response


def unavailable(error: Unavailable) -> Response:
    """The ledger does not answer. Its words name files and hosts: they are for the log, not for strangers."""
    log.error("the ledger does not answer", error=str(error))
    response = jsonify(
        error="unavailable",
        message="The ledger does not answer, so nothing was stored.",
        remedy="Send the request again later. The log of the web service says what is wrong.",
    )
    response.status_code = 503
    response.headers["Retry-After"] = str(COME_BACK)
    return response


def body() -> bytes:
    """The bytes of the request. Declined when they are too many, also when their number was not told beforehand."""
    raw = request.get_data()
    # Werkzeug cuts a body of unknown length off at the limit, without a word.
    if request.content_length is None and len(raw) >= LARGEST_BODY:
        raise RequestEntityTooLarge
    return raw


def json_value(raw: bytes) -> Any:
    """What a body says. Declined when it is no JSON, whatever its content type claims."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise Declined(400, "not_json", "The body is not JSON.", "Send JSON, encoded as UTF-8.") from None
