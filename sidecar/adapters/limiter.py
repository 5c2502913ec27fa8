"""One pace for all calls of a token: an exact moving window over threads and processes. Knows nothing of Notion.

Never more than `limit` calls in any `window` seconds, bursts allowed. pyrate-limiter's stores were measured to let
through a call or two more over Redis, so the window is kept here: one small table, or one sorted set.
"""

from __future__ import annotations

import contextlib
import logging
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from sidecar.adapters.retry import LONGEST_ASKED
from sidecar.config import Config
from sidecar.errors import ConfigError, Unavailable

WINDOW = 60.0
MARGIN = 0.25
"""Seconds by which our window is longer than Notion's: a call arrives later than it was allowed."""
LONGEST_NAP = 1.0
"""Seconds after which a waiting caller looks again: somebody may have asked everybody to hold back."""
AWAY_SECONDS = 2.0
"""How long a Redis that did not answer is left alone: a machine that is gone would cost a time-out at every call."""

log = logging.getLogger("sidecar.limiter")


@dataclass(frozen=True, slots=True)
class Pace:
    """How a limiter stands: calls in the current window, how many are allowed, seconds until it lets go."""

    used: int
    limit: int
    held: float


class Window(Protocol):
    """Where the times of calls are kept. Each has a clock of its own, and never tells it: only spans go in and out."""

    def enter(self, call: str, limit: int, span: float) -> float:
        """0.0 when a call may go out now (and is counted, under this name); else the seconds until one may."""
        ...

    def hold(self, seconds: float, span: float) -> None:
        """Nobody may call for so many seconds, and for a span after them only evenly."""
        ...

    def state(self, span: float) -> tuple[int, float]:
        """Calls in the window, and the seconds for which everybody holds back."""
        ...

    def close(self) -> None: ...


class Limiter:
    """Lets callers through, one window for all of them."""

    def __init__(self, window: Window, limit: int, span: float = WINDOW, margin: float = MARGIN) -> None:
        self._window, self._limit, self._span = window, limit, span + margin

    def acquire(self, stop: threading.Event | None = None) -> bool:
        """Waits until a call may go out. False when `stop` was set meanwhile.

        Raises Unavailable when the far end has asked for a rest that is too long to sleep through.
        """
        stop = stop or threading.Event()
        call = uuid4().hex
        while not stop.is_set():
            wait = self._window.enter(call, self._limit, self._span)
            if wait <= 0:
                return True
            if wait > max(LONGEST_ASKED, self._span):
                words = f"The far end wants to be left alone for another {math.ceil(wait / 60)} minutes."
                raise Unavailable(words, retry_after=wait)
            stop.wait(min(wait, LONGEST_NAP))
        return False

    def hold(self, seconds: float) -> None:
        """Everybody waits so long, then goes evenly for a window: the far end has said that it is too much."""
        self._window.hold(seconds, self._span)

    def state(self) -> Pace:
        used, held = self._window.state(self._span)
        return Pace(used, self._limit, held)

    def close(self) -> None:
        self._window.close()


def limiter(config: Config, folder: Path) -> Limiter:
    """The limiter of a Notion token: in a file beside the ledger, and in Redis where there is one."""
    token = sha256(config.notion_token.get_secret_value().encode()).hexdigest()[:16]
    machine = FileWindow(folder / f".notion-pace-{token}.db")
    window = RedisWindow(config.redis_url, f"notion-pace:{token}", machine) if config.redis_url else machine
    return Limiter(window, config.notion_rate_per_minute)


# --- a file ----------------------------------------------------------------------------------------------


class FileWindow:
    """The window in an SQLite file: shared by all threads and processes of one machine.

    The clock is the machine's count of seconds since it started: nobody can set it, and all processes share it.
    """

    def __init__(self, path: Path | str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = str(path), clock
        self._turn = threading.Lock()

    def enter(self, call: str, limit: int, span: float) -> float:
        with self._transaction() as (db, now):
            db.execute("DELETE FROM sent WHERE at <= ?", (now - span,))
            until, pace_until = self._held(db)
            if until > now:
                return until - now
            (used, oldest, newest) = db.execute("SELECT count(*), min(at), max(at) FROM sent").fetchone()
            if used >= limit:
                return float(oldest) + span - now
            if now < pace_until and newest is not None and now < newest + span / limit:
                return float(newest) + span / limit - now
            db.execute("INSERT INTO sent(id, at) VALUES (?, ?)", (call, now))
            return 0.0

    def leave(self, call: str) -> None:
        """Takes back a call that was let in and does not go out."""
        with self._transaction() as (db, _):
            db.execute("DELETE FROM sent WHERE id = ?", (call,))

    def hold(self, seconds: float, span: float) -> None:
        with self._transaction() as (db, now):
            until, pace_until = self._held(db)
            db.execute("DELETE FROM hold")
            held = (now, max(until, now + seconds), max(pace_until, now + seconds + span))
            db.execute("INSERT INTO hold VALUES (?, ?, ?)", held)

    def state(self, span: float) -> tuple[int, float]:
        with self._transaction() as (db, now):
            (used,) = db.execute("SELECT count(*) FROM sent WHERE at > ?", (now - span,)).fetchone()
            return int(used), max(0.0, self._held(db)[0] - now)

    def close(self) -> None:
        """Nothing stays open between calls: no connection is shared by threads or kept over a fork."""

    def _held(self, db: sqlite3.Connection) -> tuple[float, float]:
        row = db.execute("SELECT until, pace_until FROM hold").fetchone()
        return (float(row[0]), float(row[1])) if row else (-math.inf, -math.inf)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, float]]:
        """A short connection with one IMMEDIATE transaction, and the time, which is read when it is our turn."""
        try:
            with self._turn, contextlib.closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous=OFF")
                db.execute("BEGIN IMMEDIATE")
                db.execute("CREATE TABLE IF NOT EXISTS sent(id TEXT NOT NULL, at REAL NOT NULL)")
                db.execute("CREATE TABLE IF NOT EXISTS hold(since REAL NOT NULL, until REAL NOT NULL, pace_until REAL)")
                yield db, self._now(db)
                db.execute("COMMIT")
        except sqlite3.Error as error:
            raise Unavailable(
                f"The file that keeps the pace of Notion calls cannot be used ({error}): {self._path}.",
                "Make room on its disk and let the sidecar write to its folder. The file itself may be deleted.",
            ) from error

    def _now(self, db: sqlite3.Connection) -> float:
        """The time. A clock that starts anew, with the machine, takes along what is written down.

        Everything is moved by as much, so that what came last is just now: nobody calls too soon, and nobody waits
        until the clock has caught up.
        """
        now = self._clock()
        (last,) = db.execute("SELECT max(at) FROM (SELECT at FROM sent UNION ALL SELECT since FROM hold)").fetchone()
        if last is not None and last > now:
            db.execute("UPDATE sent SET at = at - ?", (last - now,))
            db.execute(
                "UPDATE hold SET since = since - ?1, until = until - ?1, pace_until = pace_until - ?1", (last - now,)
            )
        return now


# --- Redis -----------------------------------------------------------------------------------------------

NOW = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1e6
-- A clock that was set back: what came after it is moved to now.
for _, call in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.17g', now), '+inf')) do
    redis.call('ZADD', KEYS[1], now, call)
end
local function held(name) return tonumber(redis.call('HGET', KEYS[2], name) or '0') end
local ahead = held('since') - now
if ahead > 0 then
    for _, name in ipairs({'since', 'until', 'pace_until'}) do
        redis.call('HSET', KEYS[2], name, string.format('%.17g', held(name) - ahead))
    end
end
"""
ENTER = f"""{NOW}
local limit, span = tonumber(ARGV[1]), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - span)
if held('until') > now then return tostring(held('until') - now) end
local used = redis.call('ZCARD', KEYS[1])
if used >= limit then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    return tostring(tonumber(oldest[2]) + span - now)
end
if now < held('pace_until') then
    local newest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
    if newest[2] and now < tonumber(newest[2]) + span / limit then
        return tostring(tonumber(newest[2]) + span / limit - now)
    end
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(span * 2000))
return '0'
"""
HOLD = f"""{NOW}
local seconds, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local ends = {{['until'] = now + seconds, ['pace_until'] = now + seconds + span}}
for name, time in pairs(ends) do ends[name] = math.max(time, held(name)) end
for name, time in pairs(ends) do redis.call('HSET', KEYS[2], name, string.format('%.17g', time)) end
redis.call('HSET', KEYS[2], 'since', string.format('%.17g', now))
redis.call('PEXPIRE', KEYS[2], math.ceil((ends['pace_until'] - now) * 1000) + 1000)
"""
STATE = f"""{NOW}
local used = redis.call('ZCOUNT', KEYS[1], string.format('(%.17g', now - tonumber(ARGV[1])), '+inf')
return {{tostring(used), tostring(held('until') - now)}}
"""


class RedisWindow:
    """The window in Redis, by the server's clock: shared by all machines.

    Each machine keeps to its own file as well: while Redis is away, or has forgotten everything in a restart, the
    file alone goes on counting.
    """

    def __init__(self, url: str, key: str, machine: FileWindow) -> None:
        try:
            self._redis: Any = redis.Redis.from_url(
                url, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 1)
            )
        except ValueError as error:
            raise ConfigError([f"REDIS_URL: {error}"]) from error
        self._keys = (key, f"{key}:hold")
        self._machine = machine
        self._away_until = 0.0
        # Scripts that a restarted server has forgotten are sent again by the client.
        self._enter, self._hold, self._state = (self._redis.register_script(it) for it in (ENTER, HOLD, STATE))

    def enter(self, call: str, limit: int, span: float) -> float:
        wait = self._machine.enter(call, limit, span)
        if wait > 0:
            return wait
        wait = float(self._ask(self._enter, [limit, span, call], b"0"))
        if wait > 0:
            self._machine.leave(call)
        return wait

    def hold(self, seconds: float, span: float) -> None:
        self._machine.hold(seconds, span)
        self._ask(self._hold, [seconds, span], None)

    def state(self, span: float) -> tuple[int, float]:
        used, held = self._machine.state(span)
        told = self._ask(self._state, [span], [used, held])
        return max(used, int(told[0])), max(held, float(told[1]))

    def close(self) -> None:
        self._redis.close()
        self._machine.close()

    def _ask(self, script: Any, arguments: list[Any], instead: Any) -> Any:
        """What a script says; while Redis is away, what is given instead."""
        if time.monotonic() < self._away_until:
            return instead
        try:
            return script(keys=self._keys, args=arguments)
        except redis.RedisError as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            # Without the exception's own words: they may hold the address, and that a password.
            log.warning("Redis does not answer (%s): this machine keeps the pace by itself.", type(error).__name__)
            return instead
