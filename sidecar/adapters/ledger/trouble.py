"""What a database says when something is wrong with it, in words that help. Mistakes of ours are none of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from sidecar import catalogue
from sidecar.adapters.ledger.mysql import GIVE_WAY
from sidecar.errors import Unavailable


def unavailable(error: Exception, url: str) -> Unavailable:
    text = str(_first(error))
    said = {"where": named(url), "reason": text}
    if "full" in text:
        return Unavailable.of(catalogue.LEDGER_FULL, said)
    if "readonly" in text or "read-only" in text:
        return Unavailable.of(catalogue.LEDGER_READ_ONLY, said)
    if "unable to open" in text:
        return Unavailable.of(catalogue.LEDGER_CLOSED, said)
    if "not a database" in text or "malformed" in text:
        return Unavailable.of(catalogue.LEDGER_DAMAGED, said)
    if "locked" in text or waited(_first(error)):
        return Unavailable.of(catalogue.LEDGER_LOCKED, said)
    return Unavailable.of(catalogue.LEDGER_SILENT, said)


def named(url: str) -> str:
    """The ledger as it may be shown: without a server's user and password."""
    return "the ledger " + (url if url.startswith("sqlite") else urlsplit(url)._replace(netloc="...").geturl())


def waited(error: BaseException) -> bool:
    """True when a server has waited in vain for somebody else's lock."""
    return "lock timeout" in str(error) or (bool(error.args) and error.args[0] in GIVE_WAY)


def _first(error: BaseException) -> BaseException:
    """What went wrong first. A full disk makes SQLite roll back by itself, and then rolling back fails as well."""
    while error.__context__ is not None:
        error = error.__context__
    return error
