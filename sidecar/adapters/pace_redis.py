"""The window of calls in Redis, by the server's clock: shared by all machines."""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from sidecar.adapters import turns
from sidecar.adapters.pace_file import FileWindow
from sidecar.errors import ConfigError

AWAY_SECONDS = 2.0
"""How long a Redis that did not answer is left alone: a machine that is gone would cost a time-out at every call."""

log = logging.getLogger("sidecar.limiter")

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
local limit, span, call = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local sent, waiting, lately, wanting = KEYS[1], KEYS[3], KEYS[4], KEYS[5]
local function site_of(name) return string.match(name, '^(.*) ') or '' end
local site = site_of(call)
for key, seconds in pairs({{[waiting] = {turns.PATIENCE}, [lately] = {turns.LATELY}, [wanting] = span}}) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - seconds)
    redis.call('ZREMRANGEBYSCORE', key, string.format('(%.17g', now), '+inf')
end
redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - span)
redis.call('ZREM', waiting, call)
redis.call('ZADD', lately, now, site)
local calls, used = redis.call('ZRANGE', sent, 0, -1, 'WITHSCORES'), {{}}
for place = 1, #calls, 2 do used[site_of(calls[place])] = (used[site_of(calls[place])] or 0) + 1 end
local oldest, newest = tonumber(calls[2]), tonumber(calls[#calls])
local function kept()  -- as in turns.kept
    local wants, others, equals, guests = {{}}, 0, 0, 0
    for _, name in ipairs(redis.call('ZRANGE', wanting, 0, -1)) do
        wants[name] = true
        if name ~= site then others = others + 1 end
    end
    local part = math.floor(limit / (1 + others))
    for _, name in ipairs(redis.call('ZRANGE', lately, 0, -1)) do
        local had = used[name] or 0
        if name ~= site and wants[name] then equals = equals + math.max(0, part - had) end
        if name ~= site and not wants[name] then
            guests = guests + math.max(0, math.floor(limit / {turns.SHARE}) - had)
        end
    end
    return equals + math.min(guests, math.floor(part / 2))
end
local function wait()
    if held('until') > now then return held('until') - now end
    if oldest and #calls / 2 + kept() >= limit then
        redis.call('ZADD', wanting, now, site)
        return oldest + span - now
    end
    if newest and now < held('pace_until') and now < newest + span / limit then return newest + span / limit - now end
    for _, name in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
        local other = site_of(name)
        if other ~= site and (used[other] or 0) < (used[site] or 0) then return {turns.TURN} end
    end
    return 0
end
local seconds = wait()
redis.call('ZADD', seconds > 0 and waiting or sent, now, call)
for _, key in ipairs({{sent, waiting, wanting}}) do redis.call('PEXPIRE', key, math.ceil(span * 2000)) end
redis.call('PEXPIRE', lately, math.ceil({turns.LATELY} * 1000))
return string.format('%.17g', seconds)
"""
LEAVE = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
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
    """Each machine keeps to its own file as well: while Redis is away, or has forgotten everything in a restart, the
    file alone goes on counting.
    """

    def __init__(self, url: str, key: str, machine: FileWindow) -> None:
        try:
            self._redis: Any = redis.Redis.from_url(
                url, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 1)
            )
        except ValueError as error:
            raise ConfigError([f"REDIS_URL: {error}"]) from error
        self._keys = (key, *(f"{key}:{name}" for name in ("hold", "waiting", "lately", "wanting")))
        self._machine = machine
        self._away_until = 0.0
        # Scripts that a restarted server has forgotten are sent again by the client.
        scripts = (self._redis.register_script(it) for it in (ENTER, LEAVE, HOLD, STATE))
        self._enter, self._leave, self._hold, self._state = scripts

    def enter(self, call: str, limit: int, span: float) -> float:
        wait = self._machine.enter(call, limit, span)
        if wait > 0:
            return wait
        wait = float(self._ask(self._enter, [limit, span, call], b"0"))
        if wait > 0:
            self._machine.leave(call)
        return wait

    def leave(self, call: str) -> None:
        self._machine.leave(call)
        self._ask(self._leave, [call], None)

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
