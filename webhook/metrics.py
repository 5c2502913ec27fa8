"""/metrics for Prometheus, read from SQL at each scrape: all processes tell the same, and a restart loses nothing.

Runs are counted when they have ended, so that counters only ever grow. Those that ended long ago do not change any
more: they are summed up once, and only the others are read again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class SiteRuns:
    """The runs of a site. Remembers the sums of what cannot change any more."""

    def __init__(self, site: Service, chunk: int) -> None:
        self._site = site
        self._chunk = chunk
        self._settled = Sums()
        self._seen = JobId(0)
        """Runs up to this id are in the sums, or open."""
        self._open: set[JobId] = set()

    def sums(self) -> tuple[Sums, int]:
        """All that have ended, and how many have not."""
        recent = self._recent()
        sums = deepcopy(self._settled)
        for tally in recent:
            sums.add(tally)
        return sums, sum(tally.finished_at is None for tally in recent)

    def _recent(self) -> Sequence[Tally]:
        """Runs that may still change; all others are added to the sums."""
        recent: list[Tally] = []
        above, also = self._seen, set(self._open)
        while True:
            tallies = self._site.ledger.figures.tallies(above, also, self._chunk)
            recent += [tally for tally in tallies if not self._settle(tally)]
            new = [tally.job_id for tally in tallies if tally.job_id > above]
            if len(new) < self._chunk:
                return recent
            above, also = JobId(max(new)), set()

    def _settle(self, tally: Tally) -> bool:
        """Adds a run to the sums when that is the last word on it."""
        before = self._site.now() - SETTLED_AFTER
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


class LedgerCollector(Collector):
    """Asks the ledger at each scrape, for one site after the other."""

    def __init__(self, service: Service, chunk: int = CHUNK) -> None:
        self._service = service
        self._runs = {site.name: SiteRuns(site, chunk) for site in service.all}
        self._lock = threading.Lock()

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry is not to ask the ledger before the first scrape."""
        return ()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            found = {site: runs.sums() for site, runs in self._runs.items()}
        yield from _of_runs({site: sums for site, (sums, _) in found.items()})
        running = GaugeMetricFamily("notion_sidecar_jobs_running", "Runs that have not ended", labels=["site"])
        for site, (_, number) in found.items():
            running.add_metric([site], number)
        yield running
        yield from self._of_the_queue()
        if self._service.config.redis_url:
            is_up = any(site.waker.depths() is not None for site in self._service.all)
            yield GaugeMetricFamily("notion_sidecar_redis_up", "Redis answers", float(is_up))

    def _of_the_queue(self) -> Iterator[Metric]:
        pages = _gauge("queue_pages", "Pages that are wanted, by state", "state")
        listings = _gauge("queue_listings", "Listings that are due")
        oldest = _gauge("queue_oldest_seconds", "Since when the oldest page waits")
        waking = _gauge("redis_jobs", "Wake-ups that wait, by queue", "queue")
        for site in self._service.all:
            backlog = site.ledger.insight.backlog()
            for state in ("waiting", "working", "given_up"):
                pages.add_metric([site.name, state], getattr(backlog, state))
            listings.add_metric([site.name], backlog.listings)
            age = 0.0 if backlog.oldest is None else max(0.0, site.now() - backlog.oldest)
            oldest.add_metric([site.name], age)
            for name, number in (site.waker.depths() or {}).items():
                waking.add_metric([site.name, name], number)
        yield from (pages, listings, oldest, waking)


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"notion_sidecar_{name}", words, labels=["site", *labels])


def _of_runs(sites: Mapping[str, Sums]) -> Iterator[Metric]:
    jobs = CounterMetricFamily("notion_sidecar_jobs", "Runs that have ended", labels=["site", "type", "status"])
    pages = CounterMetricFamily(
        "notion_sidecar_pages", "Pages of runs that have ended", labels=["site", "action", "status"]
    )
    took = HistogramMetricFamily("notion_sidecar_job_duration_seconds", "How long runs take", labels=["site", "type"])
    costs = {
        name: CounterMetricFamily(f"notion_sidecar_{metric}", words, labels=["site"])
        for name, (metric, words) in COSTS.items()
    }
    for site, sums in sites.items():
        for labels, number in sorted(sums.jobs.items()):
            jobs.add_metric([site, *labels], number)
        for labels, number in sorted(sums.pages.items()):
            pages.add_metric([site, *labels], number)
        for type, times in sorted(sums.took.items()):
            took.add_metric([site, type], _buckets(times), times[-1])
        for name, cost in costs.items():
            cost.add_metric([site], sums.costs[name])
    yield from (jobs, pages, took, *costs.values())


def _buckets(times: Sequence[float]) -> list[tuple[str, float]]:
    """As Prometheus counts: all runs that took at most so long."""
    bounds = [*(f"{bound:.1f}" for bound in BUCKETS), "+Inf"]
    return [(bound, sum(times[: number + 1])) for number, bound in enumerate(bounds)]
