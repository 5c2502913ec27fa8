"""How large a request a site lets in: found by announcing some, of which nothing is sent. Not what is in them."""

from __future__ import annotations

import http.client
import ssl
from urllib.parse import urlsplit

WAIT_SECONDS = 1.5
"""Who refuses a length does it at once; who says nothing for so long waits for the body."""
STEPS = 64
"""How finely the limit is looked for, in parts of what was refused."""


def room(url: str, refused: int) -> int:
    """The largest body, to within 2 % of the one that was refused, that this address lets in; 0 when it does not say.

    Web servers and proxies look at the announced length before any of the body has come, and before WordPress does.
    One that does not is not asked any further.
    """
    if _lets_in(url, refused):
        return 0
    fits, too_large = 0, STEPS
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        if _lets_in(url, refused * middle // STEPS):
            fits = middle
        else:
            too_large = middle
    return refused * fits // STEPS


def _lets_in(url: str, length: int) -> bool:
    connection = _connection(url)
    try:
        connection.putrequest("POST", urlsplit(url).path or "/")
        connection.putheader("Content-Type", "text/xml")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        return connection.getresponse().status != http.client.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=WAIT_SECONDS, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=WAIT_SECONDS)
