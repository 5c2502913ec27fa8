"""The window of calls in an SQLite file: shared by all threads and processes of one machine."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sidecar import catalogue
from sidecar.adapters import turns
from sidecar.errors import Unavailable

GOES_OUT = "INSERT INTO sent(id, at) VALUES (?, ?)"
WAITS = "INSERT INTO waiting(id, at) VALUES (?, ?)"


class FileWindow:
    """The clock is the machine's count of seconds since it started: nobody can set it, and all processes share it."""

    def __init__(self, path: Path | str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = str(path), clock
        self._turn = threading.Lock()

    def enter(self, call: str, limit: int, span: float) -> float:
        with self._transaction() as (db, now):
            db.execute("DELETE FROM sent WHERE at <= ?", (now - span,))
            db.execute("DELETE FROM waiting WHERE id = ? OR at <= ? OR at > ?", (call, now - turns.PATIENCE, now))
            wait = self._wait(db, now, call, limit, span)
            db.execute(WAITS if wait > 0 else GOES_OUT, (call, now))
            return wait

    def _wait(self, db: sqlite3.Connection, now: float, call: str, limit: int, span: float) -> float:
        until, pace_until = self._held(db)
        if until > now:
            return until - now
        site, sent = turns.site_of(call), db.execute("SELECT id, at FROM sent ORDER BY at").fetchall()
        used, lately = turns.by_site(name for name, _ in sent), self._lately(db, site, now, span)
        if sent and len(sent) + turns.kept(site, used, lately, limit) >= limit:
            db.execute("UPDATE lately SET wanting = ? WHERE site = ?", (now, site))
            return float(sent[0][1]) + span - now
        if sent and now < pace_until and now < sent[-1][1] + span / limit:
            return float(sent[-1][1]) + span / limit - now
        waiting = db.execute("SELECT id FROM waiting").fetchall()
        return turns.TURN if turns.steps_aside(site, used, (turns.site_of(name) for (name,) in waiting)) else 0.0

    def _lately(self, db: sqlite3.Connection, site: str, now: float, span: float) -> dict[str, bool]:
        """The sites that have called lately, this one too, and whether each had to wait within this window."""
        db.execute("DELETE FROM lately WHERE at <= ? OR at > ? OR wanting > ?", (now - turns.LATELY, now, now))
        db.execute("INSERT OR IGNORE INTO lately(site, at, wanting) VALUES (?, ?, ?)", (site, now, -math.inf))
        db.execute("UPDATE lately SET at = ? WHERE site = ?", (now, site))
        return {name: wanting > now - span for name, wanting in db.execute("SELECT site, wanting FROM lately")}

    def leave(self, call: str) -> None:
        with self._transaction() as (db, _):
            db.execute("DELETE FROM sent WHERE id = ?", (call,))
            db.execute("DELETE FROM waiting WHERE id = ?", (call,))

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
                db.execute("CREATE TABLE IF NOT EXISTS waiting(id TEXT NOT NULL, at REAL NOT NULL)")
                db.execute("CREATE TABLE IF NOT EXISTS lately(site TEXT PRIMARY KEY, at REAL, wanting REAL)")
                db.execute("CREATE TABLE IF NOT EXISTS hold(since REAL NOT NULL, until REAL NOT NULL, pace_until REAL)")
                yield db, self._now(db)
                db.execute("COMMIT")
        except sqlite3.Error as error:
            raise Unavailable.of(catalogue.PACE_FILE, {"reason": error, "path": self._path}) from error

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
