"""Config -> World: makes every adapter and hands them out together. No sync happens here."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from sidecar.adapters import either
from sidecar.adapters.examine import OwnMemory
from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.limiter import limiter
from sidecar.adapters.notion import NotionSource
from sidecar.adapters.telegram import Telegram
from sidecar.adapters.web import SafeWeb
from sidecar.adapters.wordpress.connection import Limits
from sidecar.config import FOR_SYNC, FOR_WORDPRESS, Config
from sidecar.ledger import Ledger
from sidecar.model import Site
from sidecar.ports import World


@contextlib.contextmanager
def connected(
    config: Config, stop: threading.Event | None = None, now: Callable[[], float] = time.time
) -> Iterator[World]:
    """The world of one site, with everything closed at the end. Raises ConfigError when a setting is missing."""
    config.require(*FOR_SYNC)
    stop = stop or threading.Event()
    store = open_store(config.database_url)
    memory = ledger(store, config.site, config.lease_seconds, now)
    with contextlib.ExitStack() as stack:
        stack.callback(store.close)
        pace = stack.enter_context(contextlib.closing(limiter(config, folder(config))))
        source = stack.enter_context(contextlib.closing(NotionSource(config, pace, memory.memory, stop)))
        blog = stack.enter_context(contextlib.closing(either.blog(config, memory.memory, stop)))
        web = stack.enter_context(contextlib.closing(SafeWeb(config.media_allowed_private_hosts)))
        yield World(
            config=config,
            source=source,
            blog=blog,
            web=web,
            ledger=memory,
            notifier=Telegram(config) if config.telegram_bot_token.get_secret_value() else None,
            owner=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}",
            now=now,
            sleep=lambda seconds: _rest(stop, seconds),
            stop=stop,
        )


@contextlib.contextmanager
def remembered(config: Config) -> Iterator[Ledger]:
    """Only the ledger: for what needs no far end."""
    store: Store = open_store(config.database_url)
    try:
        yield ledger(store, config.site, config.lease_seconds)
    finally:
        store.close()


CHECK_SECONDS = 8.0
"""How long a call may take while somebody waits for a verdict."""


def ask_wordpress(config: Config) -> tuple[Site, str]:
    """What WordPress says of itself now, and the way it was reached by: the sidecar may log in there."""
    config.require(*FOR_WORDPRESS)
    memory = OwnMemory()
    with contextlib.closing(either.blog(config, memory, threading.Event(), Limits(CHECK_SECONDS))) as blog:
        site = blog.site()
    return site, "REST" if "rest" in (config.wp_transport, memory.get(either.OPEN)) else "XML-RPC"


def _rest(stop: threading.Event, seconds: float) -> None:
    stop.wait(seconds)


def folder(config: Config) -> Path:
    """Where this machine keeps what is beside the ledger: its folder, or the working folder."""
    kind, _, rest = config.database_url.partition("://")
    return Path(rest.removeprefix("/")).parent if kind == "sqlite" else Path.cwd()
