"""Questions to this machine: ledger, disk, Redis, the web service; and to Telegram, without a message."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import requests
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from sidecar import catalogue
from sidecar.adapters.connect import folder, remembered
from sidecar.adapters.examine import answered
from sidecar.adapters.telegram import Telegram
from sidecar.checks.machine import Looks, Web
from sidecar.config import Config
from sidecar.errors import Refused, SidecarError, Unavailable
from sidecar.ledger import Ledger

SECONDS = 5.0
TRIED = "doctor's trial"


def ledger(config: Config) -> SidecarError | None:
    """None when the ledger can be opened, brought up to date and written."""

    def write(memory: Ledger) -> None:
        memory.memory.put(TRIED, "written")
        memory.memory.forget(TRIED)

    return _asked(config, write)


def looks(config: Config, next_after: Callable[[float], float], now: float) -> Looks | SidecarError:
    """The last listing, and the next one that the schedule would make after it."""
    listing = answered(lambda: _last_listing(config))
    if isinstance(listing, SidecarError):
        return listing
    return Looks(listing, None if listing is None else next_after(listing), now)


def _last_listing(config: Config) -> float | None:
    with remembered(config) as memory:
        found = memory.jobs.last_listing()
    return found.timestamp() if found else None


def _asked(config: Config, ask: Callable[[Ledger], None]) -> SidecarError | None:
    try:
        with remembered(config) as memory:
            ask(memory)
    except SidecarError as error:
        return error
    return None


def free_bytes(config: Config) -> int:
    return shutil.disk_usage(_there(folder(config))).free


def _there(path: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = path.resolve()
    return next(one for one in (path, *path.parents) if one.exists())


def redis_version(config: Config) -> str | SidecarError | None:
    """Of the Redis behind REDIS_URL; None when there is none to ask."""
    if not config.redis_url:
        return None
    try:
        with Redis.from_url(
            config.redis_url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=Retry(NoBackoff(), 0)
        ) as client:
            said = client.info("server")
    except (RedisError, ValueError) as error:
        return Unavailable.of(catalogue.REDIS_SILENT, {"reason": error})
    return str(said.get("valkey_version") or said.get("redis_version"))


def telegram_chat(config: Config) -> str | SidecarError | None:
    """The name of the chat; None when Telegram is not set up."""
    if not config.telegram_bot_token.get_secret_value():
        return None
    return answered(Telegram(config).chat)


def web(config: Config) -> Web:
    """Whether the web service answers where the outside reaches it; without PUBLIC_URL, where it listens."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    base = config.public_url or f"http://{ANY.get(config.host, host)}:{config.port}"
    try:
        answer = requests.get(f"{base}/healthz", timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        words = f"The web service does not answer at {base} ({type(error).__name__})."
        return Web(base, Unavailable(words, _remedy(config)))
    if answer.status_code == requests.codes.ok and answer.text.strip().startswith('{"status"'):
        return Web(base)
    words = f"Something else than the web service answers at {base}/healthz: status {answer.status_code}."
    return Web(base, Refused(words, _remedy(config)))


ANY = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 -- where a service that listens everywhere is asked


def _remedy(config: Config) -> str:
    start = "Start it with `sidecar up`"
    if config.public_url:
        return f"{start}, and look at the web server in front of it: it has to pass PUBLIC_URL on to {config.port}."
    return f"{start}; or look whether HOST and PORT are right."
