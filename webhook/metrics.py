"""/metrics for Prometheus, read from SQL at each scrape: all processes tell the same, and a restart loses nothing.

Runs are counted when they have ended, so that counters only ever grow. Those that ended long ago do not change any
more: they are summed up once, and only the others are read again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from sidecar.ledger import JobId, Tally
from webhook.service import Service

BUCKETS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds that runs take, from the press of a button to hundreds of pages."""

CHUNK = 500
"""Runs that are read at once: other threads want the ledger too."""
SETTLED_AFTER = 600.0
"""Seconds after its end from which on nothing is added to a run: a worker may still be writing down what it cost."""

COSTS = {
    "notion_calls": ("notion_calls", "Requests to Notion"),
    "notion_429": ("notion_429_answers", "Requests that Notion answered with 429"),
    "wordpress_calls": ("wordpress_calls", "Requests to WordPress"),
    "media_uploaded": ("media_uploaded", "Files added to the media library"),
    "bytes_uploaded": ("uploaded_bytes", "Bytes of files added to the media library"),
}


def endpoints(service: Service) -> Blueprint:
    registry = CollectorRegistry()
    registry.register(LedgerCollector(service))
    blueprint = Blueprint("metrics", __name__)
    blueprint.add_url_rule("/metrics", "metrics", lambda: metrics(registry))
    return blueprint


def metrics(registry: CollectorRegistry) -> ResponseReturnValue:
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type)


# --- summing up ------------------------------------------------------------------------------------------


@dataclass
class Sums:
    """Runs that have ended, in numbers."""

    jobs: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: Counter[tuple[str, str]] = field(default_factory=Counter)
    costs: Counter[str] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)
    """For each type of run how many took as long as each bucket, how many longer, and all seconds together."""

    def add(self, tally: Tally) -> None:
        if tally.finished_at is None:
            return
        self.jobs[tally.type, tally.status] += 1
        self.pages.update(tally.pages)
        self.costs.update({name: value for name, value in asdict(tally.metrics).items() if name in COSTS})
        seconds = max(0.0, tally.finished_at - tally.started_at)
        times = self.took.setdefault(tally.type, [0.0] * (len(BUCKETS) + 2))
        times[sum(seconds > bound for bound in BUCKETS)] += 1
        times[-1] += seconds


class LedgerCollector(Collector):
    """Asks the ledger at each scrape. Remembers the sums of what cannot change any more."""

    def __init__(self, service: Service, chunk: int = CHUNK) -> None:
        self._service = service
        self._chunk = chunk
        self._settled = Sums()
        self._seen = JobId(0)
        """Runs up to this id are in the sums, or open."""
        self._open: set[JobId] = set()
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry is not to ask the ledger before the first scrape."""
        return ()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            recent = self._recent()
            sums = deepcopy(self._settled)
        for tally in recent:
            sums.add(tally)
        running = sum(tally.finished_at is None for tally in recent)
        yield from _of_runs(sums)
        yield GaugeMetricFamily("notion_sidecar_jobs_running", "Runs that have not ended", running)
        yield from self._of_the_queue()

    def _recent(self) -> Sequence[Tally]:
        """Runs that may still change; all others are added to the sums."""
        recent: list[Tally] = []
        above, also = self._seen, set(self._open)
        while True:
            tallies = self._service.ledger.figures.tallies(above, also, self._chunk)
            recent += [tally for tally in tallies if not self._settle(tally)]
            new = [tally.job_id for tally in tallies if tally.job_id > above]
            if len(new) < self._chunk:
                return recent
            above, also = JobId(max(new)), set()

    def _settle(self, tally: Tally) -> bool:
        """Adds a run to the sums when that is the last word on it."""
        before = self._service.now() - SETTLED_AFTER
        # Of two runs that begin together the later id may be seen first: only what is older counts as seen.
        if tally.started_at >= before:
            return False
        self._seen = max(self._seen, tally.job_id)
        if tally.finished_at is None or tally.finished_at >= before:
            self._open.add(tally.job_id)
            return False
        self._open.discard(tally.job_id)
        self._settled.add(tally)
        return True

    def _of_the_queue(self) -> Iterator[Metric]:
        service, backlog = self._service, self._service.ledger.insight.backlog()
        pages = GaugeMetricFamily("notion_sidecar_queue_pages", "Pages that are wanted, by state", labels=["state"])
        for state in ("waiting", "working", "given_up"):
            pages.add_metric([state], getattr(backlog, state))
        yield pages
        yield GaugeMetricFamily("notion_sidecar_queue_listings", "Listings that are due", backlog.listings)
        age = 0.0 if backlog.oldest is None else max(0.0, service.now() - backlog.oldest)
        yield GaugeMetricFamily("notion_sidecar_queue_oldest_seconds", "Since when the oldest page waits", age)
        depths = service.waker.depths()
        if service.config.redis_url:
            yield GaugeMetricFamily("notion_sidecar_redis_up", "Redis answers", float(depths is not None))
        waking = GaugeMetricFamily("notion_sidecar_redis_jobs", "Wake-ups that wait, by queue", labels=["queue"])
        for name, number in (depths or {}).items():
            waking.add_metric([name], number)
        yield waking


def _of_runs(sums: Sums) -> Iterator[Metric]:
    jobs = CounterMetricFamily("notion_sidecar_jobs", "Runs that have ended", labels=["type", "status"])
    for labels, number in sorted(sums.jobs.items()):
        jobs.add_metric(labels, number)
    yield jobs
    pages = CounterMetricFamily("notion_sidecar_pages", "Pages of runs that have ended", labels=["action", "status"])
    for labels, number in sorted(sums.pages.items()):
        pages.add_metric(labels, number)
    yield pages
    took = HistogramMetricFamily("notion_sidecar_job_duration_seconds", "How long runs take", labels=["type"])
    for type, times in sorted(sums.took.items()):
        took.add_metric([type], _buckets(times), times[-1])
    yield took
    for name, (metric, words) in COSTS.items():
        yield CounterMetricFamily(f"notion_sidecar_{metric}", words, sums.costs[name])


def _buckets(times: Sequence[float]) -> list[tuple[str, float]]:
    """As Prometheus counts: all runs that took at most so long."""
    bounds = [*(f"{bound:.1f}" for bound in BUCKETS), "+Inf"]
    return [(bound, sum(times[: number + 1])) for number, bound in enumerate(bounds)]
