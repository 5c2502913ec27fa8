"""One pace for all calls of a token: an exact moving window over threads and processes. Knows nothing of Notion.

Never more than `limit` calls in any `window` seconds, bursts allowed. pyrate-limiter's stores were measured to let
through a call or two more over Redis, so the window is kept here: one sorted set, or one small table.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import redis

from sidecar.config import Config

WINDOW = 60.0
MARGIN = 0.25
"""Seconds by which our window is longer than Notion's: a call arrives later than it was allowed."""
LONGEST_NAP = 1.0
"""Seconds after which a waiting caller looks again: somebody may have asked everybody to hold back."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a limiter stands: calls in the current window, how many are allowed, seconds until it lets go."""

    used: int
    limit: int
    held: float


class Window(Protocol):
    """Where the times of calls are kept."""

    def enter(self, now: float, limit: int, span: float) -> float:
        """0.0 when a call may go out now (and is counted); else the seconds until the next one may."""
        ...

    def hold(self, until: float, pace_until: float) -> None:
        """Nobody may call before `until`, and until `pace_until` only evenly."""
        ...

    def state(self, now: float, span: float) -> tuple[int, float]:
        """Calls in the window, and the time until which everybody holds back."""
        ...

    def close(self) -> None: ...


class Limiter:
    """Lets callers through, one window for all of them."""

    def __init__(
        self,
        window: Window,
        limit: int,
        span: float = WINDOW,
        clock: Callable[[], float] = time.time,
        margin: float = MARGIN,
    ) -> None:
        self._window, self._limit, self._span, self._clock = window, limit, span + margin, clock

    def acquire(self, stop: threading.Event | None = None) -> bool:
        """Waits until a call may go out. False when `stop` was set meanwhile."""
        stop = stop or threading.Event()
        while not stop.is_set():
            wait = self._window.enter(self._clock(), self._limit, self._span)
            if wait <= 0:
                return True
            stop.wait(min(wait, LONGEST_NAP))
        return False

    def hold(self, seconds: float) -> None:
        """Everybody waits so long, then goes evenly for a window: the far end has said that it is too much."""
        until = self._clock() + seconds
        self._window.hold(until, until + self._span)

    def state(self) -> Pace:
        now = self._clock()
        used, until = self._window.state(now, self._span)
        return Pace(used, self._limit, max(0.0, until - now))

    def close(self) -> None:
        self._window.close()


def limiter(config: Config, folder: Path) -> Limiter:
    """The limiter of a Notion token: in Redis where there is one, else in a file beside the ledger."""
    token = sha256(config.notion_token.get_secret_value().encode()).hexdigest()[:16]
    file = FileWindow(folder / f".notion-pace-{token}.db")
    window: Window = RedisWindow(config.redis_url, f"notion-pace:{token}", file) if config.redis_url else file
    return Limiter(window, config.notion_rate_per_minute)


# --- a file ----------------------------------------------------------------------------------------------


class FileWindow:
    """The window in an SQLite file: shared by all threads and processes of one machine."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._turn = threading.Lock()

    def enter(self, now: float, limit: int, span: float) -> float:
        with self._turn, self._transaction() as db:
            # A clock that was set back leaves calls in the future: they would block everybody until it catches up.
            db.execute("DELETE FROM call WHERE at <= ? OR at > ?", (now - span, now + span))
            until, pace_until = self._held(db)
            if until > now:
                return until - now
            (used, oldest, newest) = db.execute("SELECT count(*), min(at), max(at) FROM call").fetchone()
            if used >= limit:
                return float(oldest) + span - now
            if now < pace_until and newest is not None and now < newest + span / limit:
                return float(newest) + span / limit - now
            db.execute("INSERT INTO call(at) VALUES (?)", (now,))
            return 0.0

    def hold(self, until: float, pace_until: float) -> None:
        with self._turn, self._transaction() as db:
            known, paced = self._held(db)
            db.execute("DELETE FROM hold")
            db.execute("INSERT INTO hold VALUES (?, ?)", (max(known, until), max(paced, pace_until)))

    def state(self, now: float, span: float) -> tuple[int, float]:
        with self._turn, self._transaction() as db:
            (used,) = db.execute("SELECT count(*) FROM call WHERE at > ?", (now - span,)).fetchone()
            return int(used), self._held(db)[0]

    def close(self) -> None:
        """Nothing stays open between calls."""

    def _held(self, db: sqlite3.Connection) -> tuple[float, float]:
        row = db.execute("SELECT until, pace_until FROM hold").fetchone()
        return (float(row[0]), float(row[1])) if row else (0.0, 0.0)

    def _transaction(self) -> _Immediate:
        return _Immediate(self._path)


class _Immediate:
    """A short connection with one IMMEDIATE transaction: nothing is shared between threads or kept over a fork."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("CREATE TABLE IF NOT EXISTS call(at REAL NOT NULL)")
        self._db.execute("CREATE TABLE IF NOT EXISTS hold(until REAL NOT NULL, pace_until REAL NOT NULL)")
        return self._db

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._db.execute("ROLLBACK" if kind else "COMMIT")
        finally:
            self._db.close()


# --- Redis -----------------------------------------------------------------------------------------------

ENTER = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1e6
local limit, span = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span)
local held = tonumber(redis.call('HGET', KEYS[2], 'until') or '0')
if held > now then return tostring(held - now) end
local used = redis.call('ZCARD', KEYS[1])
if used >= limit then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return tostring(tonumber(oldest[2]) + span - now)
end
local paced = tonumber(redis.call('HGET', KEYS[2], 'pace_until') or '0')
if now < paced then
    local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
    if newest[2] and now < tonumber(newest[2]) + span / limit then
        return tostring(tonumber(newest[2]) + span / limit - now)
    end
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(span * 2000))
return '0'
"""
HOLD = """
for i, name in ipairs({'until', 'pace_until'}) do
    if tonumber(ARGV[i]) > tonumber(redis.call('HGET', KEYS[1], name) or '0') then
        redis.call('HSET', KEYS[1], name, ARGV[i])
    end
end
redis.call('EXPIRE', KEYS[1], 86400)
"""


class RedisWindow:
    """The window in Redis, by the server's clock: shared by all machines. While Redis is away, the file counts."""

    def __init__(self, url: str, key: str, instead: Window) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
        self._keys = (key, f"{key}:hold")
        self._instead = instead
        # Scripts that a restarted server has forgotten are sent again by the client.
        self._enter = self._redis.register_script(ENTER)
        self._hold = self._redis.register_script(HOLD)

    def enter(self, now: float, limit: int, span: float) -> float:
        try:
            return float(self._enter(keys=self._keys, args=[limit, span, uuid4().hex]))
        except redis.RedisError:
            return self._instead.enter(now, limit, span)

    def hold(self, until: float, pace_until: float) -> None:
        self._instead.hold(until, pace_until)
        try:
            self._hold(keys=self._keys[1:], args=[until, pace_until])
        except redis.RedisError:
            return

    def state(self, now: float, span: float) -> tuple[int, float]:
        try:
            used = self._redis.zcount(self._keys[0], now - span, "+inf")
            return int(used), float(self._redis.hget(self._keys[1], "until") or 0)
        except redis.RedisError:
            return self._instead.state(now, span)

    def close(self) -> None:
        self._redis.close()
        self._instead.close()
