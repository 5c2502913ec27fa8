"""The limiter: an exact window over threads, processes, restarts and clocks that are set; on a file and on Redis."""

import heapq
import itertools
import multiprocessing
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from sidecar.adapters import turns
from sidecar.adapters.limiter import LONGEST_NAP, Limiter, limiter
from sidecar.adapters.pace_file import FileWindow
from sidecar.adapters.pace_redis import RedisWindow
from sidecar.config import Config
from sidecar.errors import ConfigError, Unavailable
from tests.stage.redis import RedisServer

LIMIT, SPAN = 12, 0.8
KEY = "pace"


@pytest.fixture(scope="module")
def server():
    with RedisServer() as server:
        yield server


@pytest.fixture(params=["a file", "Redis"])
def place(request, tmp_path, server):
    """Where the window is kept, as two strings that a process can be given."""
    if request.param == "a file":
        return f"{tmp_path}/pace.db", ""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
    return f"{tmp_path}/pace.db", server.url


def opened(place, limit=LIMIT, span=SPAN, machine=""):
    path, url = place
    file = FileWindow(path + machine)
    return Limiter(RedisWindow(url, KEY, file) if url else file, limit, span, margin=0.0)


def times(place, machine=""):
    """When the calls that are remembered were let in, as the window itself has it."""
    path, url = place
    if url:
        with redis.Redis.from_url(url) as client:
            return dict(client.zrange(KEY, 0, -1, withscores=True))
    with sqlite3.connect(path + machine, timeout=30) as db:
        return dict(db.execute("SELECT id, at FROM sent").fetchall())


def most_within(moments, span):
    """The most calls in any half-open window of this length."""
    moments = sorted(moments)
    return max(sum(1 for it in moments[place:] if it < first + span) for place, first in enumerate(moments))


def call_and_look(place, number, machine=""):
    """Calls so often, and notes after each call what is remembered: nothing is forgotten before its span is over."""
    pace, seen = opened(place, machine=machine), {}
    for _ in range(number):
        assert pace.acquire()
        seen |= times(place, machine)
    pace.close()
    return seen


# --- never more than the limit ---------------------------------------------------------------------------


def test_threads_never_call_more_often_than_the_limit_in_any_window(place):
    with ThreadPoolExecutor(6) as pool:
        seen = {key: at for part in pool.map(lambda _: call_and_look(place, 6), range(6)) for key, at in part.items()}
    assert len(seen) == 36
    assert most_within(seen.values(), SPAN) <= LIMIT


def test_processes_never_call_more_often_than_the_limit_in_any_window(place):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        parts = pool.starmap(call_and_look, [(place, 12)] * 3)
    seen = {key: at for part in parts for key, at in part.items()}
    assert len(seen) == 36
    assert most_within(seen.values(), SPAN) <= LIMIT


def test_machines_that_share_a_redis_keep_one_window(tmp_path, server):
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
    place = f"{tmp_path}/pace.db", server.url
    with ThreadPoolExecutor(3) as pool:
        parts = list(pool.map(lambda machine: call_and_look(place, 10, machine), ("-a", "-b", "-c")))
    seen = {key: at for part in parts for key, at in part.items()}
    assert len(seen) == 30
    assert most_within(seen.values(), SPAN) <= LIMIT


def test_a_burst_up_to_the_limit_goes_out_at_once(place):
    pace = opened(place, limit=50, span=30.0)
    started = time.monotonic()
    assert all(pace.acquire() for _ in range(50))
    assert time.monotonic() - started < 20
    assert pace.state().used == 50


def test_what_comes_after_the_burst_waits_until_the_first_call_is_a_window_old(place):
    pace = opened(place, limit=2, span=0.5)
    started = time.monotonic()
    assert all(pace.acquire() for _ in range(3))
    assert time.monotonic() - started >= 0.5


def test_our_window_is_longer_than_notions_because_calls_travel(tmp_path):
    pace = Limiter(FileWindow(tmp_path / "pace.db"), 1, 0.2)
    started = time.monotonic()
    assert pace.acquire() and pace.acquire()
    assert time.monotonic() - started >= 0.45


def test_two_tokens_do_not_share_a_window(tmp_path):
    for token in ("ntn_one", "ntn_two"):
        pace = limiter(Config(notion_token=token, notion_rate_per_minute=1), tmp_path)
        assert pace.acquire()
        assert pace.state().used == 1


# --- holding back ----------------------------------------------------------------------------------------


def test_one_that_is_told_to_wait_makes_all_wait(place):
    """Retry-After, in full, for the process that got it and for every other."""
    told, others = opened(place), opened(place)
    started = time.monotonic()
    told.hold(1)
    assert 0 < others.state().held <= 1
    assert others.acquire()
    assert 1 <= time.monotonic() - started < 20


def test_a_shorter_wait_does_not_end_a_longer_one(place):
    pace = opened(place)
    pace.hold(50)
    pace.hold(0.1)
    assert pace.state().held > 40


def test_after_a_wait_calls_go_evenly_for_a_window_and_then_in_bursts_again(place):
    pace, seen = opened(place, limit=10, span=1.0), {}
    pace.hold(0.1)
    for _ in range(5):
        assert pace.acquire()
        seen |= times(place)
    gaps = [later - earlier for earlier, later in itertools.pairwise(sorted(seen.values()))]
    assert len(gaps) == 4
    assert min(gaps) >= 0.1 - 1e-6
    time.sleep(0.8)
    assert [window(place).enter(turns.named("main", f"burst {number}"), 10, 1.0) for number in range(5)] == [0.0] * 5


def test_a_wait_that_is_too_long_to_sleep_through_is_an_error_that_says_how_long(place):
    pace = opened(place)
    pace.hold(600)
    with pytest.raises(Unavailable, match="10 minutes") as raised:
        pace.acquire()
    assert 590 < raised.value.retry_after <= 600


def test_who_is_told_to_stop_does_not_wait_on(place):
    pace, stop = opened(place), threading.Event()
    pace.hold(60)
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    assert not pace.acquire(stop)
    assert time.monotonic() - started < 20


# --- several sites of one token --------------------------------------------------------------------------


def window(place):
    path, url = place
    return RedisWindow(url, KEY, FileWindow(path)) if url else FileWindow(path)


def let_in(window, site, number=99):
    """How many calls of a site go out before one would have to wait."""
    for went in range(number):
        call = turns.named(site, f"{time.monotonic_ns()}")
        if window.enter(call, 20, 60.0) > 0:
            window.leave(call)
            return went
    return number


def test_a_little_of_the_window_is_kept_for_a_site_that_called_lately(place):
    pace = window(place)
    assert let_in(pace, "small", 1) == 1
    assert let_in(pace, "big") == 18
    assert let_in(pace, "small") == 1


def test_sites_that_had_to_wait_have_equal_parts_of_the_window(place):
    pace = window(place)
    for number in range(20):
        assert pace.enter(f"third {number}", 20, 60.0) == 0
    assert (let_in(pace, "big"), let_in(pace, "small")) == (0, 0)
    for number in range(20):
        pace.leave(f"third {number}")
    assert (let_in(pace, "big"), let_in(pace, "small")) == (8, 8)


def test_of_those_that_wait_the_site_that_has_had_less_goes_first(place):
    pace = window(place)
    assert let_in(pace, "big", 5) == 5
    pace.hold(0.8, 0.001)
    assert pace.enter("small waits", 20, 60.0) > 0
    time.sleep(0.85)
    assert pace.enter("big comes", 20, 60.0) == turns.TURN
    assert pace.enter("small waits", 20, 60.0) == 0
    assert pace.enter("big comes", 20, 60.0) == 0


def test_a_call_that_waits_no_more_keeps_nobody(place):
    pace = window(place)
    assert let_in(pace, "big", 5) == 5
    pace.hold(0.8, 0.001)
    assert pace.enter("small waits", 20, 60.0) > 0
    pace.leave("small waits")
    time.sleep(0.85)
    assert pace.enter("big comes", 20, 60.0) == 0


def a_while_at(tmp_path, callers, seconds=300.0, limit=60):
    """Sites that call from so many threads as fast as they may, on a clock of their own. Gives, for each site, how long
    each of its calls waited. `callers`: site -> from when, threads, calls."""
    begin = 1000.0
    clock = Standing(begin)
    pace, ids, waits = FileWindow(tmp_path / "pace.db", clock), itertools.count(), {site: [] for site in callers}
    left = {site: calls for site, (_, _, calls) in callers.items()}
    coming = [(begin + at, next(ids), site, "", 0.0) for site, (at, many, _) in callers.items() for _ in range(many)]
    heapq.heapify(coming)
    while coming and coming[0][0] < begin + seconds:
        at, _, site, call, asked = heapq.heappop(coming)
        clock.at = at
        if not call:
            left[site] -= 1
            call, asked = turns.named(site, str(next(ids))), at
        wait = pace.enter(call, limit, 60.25)
        if wait > 0:
            again = (at + min(wait, LONGEST_NAP) + 0.001 * (next(ids) % 7), next(ids), site, call, asked)
            heapq.heappush(coming, again)
            continue
        waits[site].append(at - asked)
        if left[site] > 0:
            heapq.heappush(coming, (at + 0.3, next(ids), site, "", 0.0))
    return waits


class Standing:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def test_a_site_with_hundreds_of_pages_does_not_keep_another_from_its_few_calls(tmp_path):
    """One that called before, such as by its schedule, waits for nobody; it did 55 s when all went by luck."""
    a_while_at(tmp_path, {"small": (0, 1, 1)}, seconds=1)
    waits = a_while_at(tmp_path, {"big": (0.5, 4, 10_000), "small": (10, 1, 4)}, seconds=30)
    assert waits["small"] == [0.0] * 4
    assert len(waits["big"]) == 54


def test_two_busy_sites_share_the_window_however_many_threads_each_has(tmp_path):
    """It went by luck before, so by threads."""
    waits = a_while_at(tmp_path, {"big": (0, 4, 10_000), "other": (1, 1, 10_000)}, seconds=130, limit=20)
    assert len(waits["big"]) + len(waits["other"]) == 60
    assert len(waits["other"]) >= 20, "half of each window but the first, which was nearly full when it came"


def test_a_site_that_is_alone_has_all_of_the_window(tmp_path):
    assert len(a_while_at(tmp_path, {"big": (0, 4, 10_000)}, seconds=20)["big"]) == 60


# --- a Redis that goes away ------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["ends", "is killed"])
def test_a_redis_that_restarts_and_has_forgotten_all_lets_nobody_call_too_often(tmp_path, how, caplog):
    with RedisServer() as server:
        place = f"{tmp_path}/pace.db", server.url
        pace, file, seen = opened(place, span=1.5), (place[0], ""), {}
        for number in range(LIMIT + 3):
            if number == 4:
                server.stop(how)
            if number == 8:
                server.start()
            assert pace.acquire()
            seen |= times(file)
        pace.close()
    assert len(seen) == LIMIT + 3
    assert most_within(seen.values(), 1.5) <= LIMIT
    assert "Redis does not answer (ConnectionError)" in caplog.text


def test_without_redis_a_wait_is_obeyed_all_the_same(tmp_path):
    pace = opened((f"{tmp_path}/pace.db", f"unix://{tmp_path}/nobody.sock"))
    started = time.monotonic()
    pace.hold(0.3)
    assert pace.acquire()
    assert time.monotonic() - started >= 0.3


def test_a_redis_address_that_is_none_is_named(tmp_path):
    with pytest.raises(ConfigError, match="REDIS_URL"):
        limiter(Config(notion_token="ntn_x", redis_url="redis://localhost:6379/0?db=first"), tmp_path)


# --- clocks ----------------------------------------------------------------------------------------------


class Clock:
    """What the window reads; `real` goes on whatever is done to the clock."""

    def __init__(self):
        self.off = 1000.0

    @property
    def real(self):
        return time.monotonic()

    def __call__(self):
        return self.real + self.off


@pytest.mark.parametrize("step", [-0.3, -500.0, -1e9], ids=["a little", "far", "to another age"])
def test_a_clock_that_is_set_back_lets_nobody_call_too_often_and_stops_nobody(tmp_path, step):
    """The margin is what our looking at the clock may come too late."""
    clock, moments = Clock(), []
    pace = Limiter(FileWindow(tmp_path / "pace.db", clock), 5, 0.5, margin=0.4)
    for number in range(11):
        if number == 3:
            clock.off += step
        assert pace.acquire()
        moments.append(clock.real)
    assert most_within(moments, 0.5) <= 5
    assert moments[-1] - moments[0] < 20


def test_a_clock_that_is_set_back_does_not_make_a_wait_longer(tmp_path):
    clock = Clock()
    pace = Limiter(FileWindow(tmp_path / "pace.db", clock), 5, 0.5, margin=0.0)
    started = time.monotonic()
    pace.hold(0.5)
    clock.off -= 1e6
    assert pace.state().held <= 0.5
    assert pace.acquire()
    assert 0.5 <= time.monotonic() - started < 20


def test_a_redis_whose_clock_was_set_back_goes_on(server, tmp_path):
    """Calls and a wait that were written a day ahead: they count as of now."""
    with redis.Redis.from_url(server.url) as client:
        client.flushall()
        ahead = client.time()[0] + 86_400
        client.zadd(KEY, {f"call {number}": ahead for number in range(LIMIT)})
        client.hset(f"{KEY}:hold", mapping={"since": ahead, "until": ahead + 0.2, "pace_until": ahead + 0.2})
    pace = opened((f"{tmp_path}/pace.db", server.url))
    started, found = time.monotonic(), pace.state()
    assert found.used == LIMIT
    assert 0 < found.held < 0.3
    assert pace.acquire()
    assert SPAN <= time.monotonic() - started < 20


# --- a file that cannot be used --------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_named_with_what_to_do(tmp_path):
    (tmp_path / "pace.db").write_bytes(b"not a database, but long enough to be taken for one" * 50)
    with pytest.raises(Unavailable, match=r"pace\.db.*may be deleted"):
        Limiter(FileWindow(tmp_path / "pace.db"), 1).acquire()


def test_a_folder_that_is_not_there_is_named_with_what_to_do(tmp_path):
    with pytest.raises(Unavailable, match=r"nowhere/pace\.db.*Make room"):
        Limiter(FileWindow(tmp_path / "nowhere/pace.db"), 1).acquire()
