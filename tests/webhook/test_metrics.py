"""/metrics: what Prometheus reads is what the ledger holds, and counters never go back."""

import dataclasses

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sidecar.ledger import Trigger
from sidecar.model import Intent, Metrics
from tests.make import PAGE_ID, outcome
from tests.webhook.reception import OTHER
from webhook.metrics import SETTLED_AFTER, LedgerCollector


def scraped(client):
    """Every sample by its name and labels."""
    text = client.get("/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        (sample.name.removeprefix("notion_sidecar_"), *sorted(_of(sample.labels))): sample.value for sample in samples
    }


def _of(labels):
    """What tells samples apart, but for the site where there is one alone."""
    return [value for name, value in labels.items() if (name, value) != ("site", "main")]


def begin(reception, *ends, type="button"):
    job_id = reception.ledger.jobs.open(type)
    for page_id, action, status in ends:
        item = reception.ledger.jobs.begin_item(job_id, page_id, "A page", "")
        reception.ledger.jobs.finish_item(item, outcome(status, action, page_id=page_id), 1)
    return job_id


def end(reception, job_id, seconds=4.0, status="Completed", **costs):
    reception.clock.now += seconds
    reception.ledger.jobs.close(job_id, status, Metrics(**costs), None)


def run(reception, *ends, **more):
    end(reception, begin(reception, *ends), **more)


ONE = (PAGE_ID, "create", "Success")


def test_runs_and_pages_are_counted_by_how_they_ended(reception):
    run(reception, ONE, (OTHER, "create", "Failed"), status="Failed")
    run(reception, (PAGE_ID, "update", "Success"))
    found = scraped(reception.client)
    assert found["jobs_total", "Completed", "button"] == 1
    assert found["jobs_total", "Failed", "button"] == 1
    assert found["pages_total", "Success", "create"] == 1
    assert found["pages_total", "Failed", "create"] == 1
    assert found["pages_total", "Success", "update"] == 1


def test_what_runs_cost_is_summed_up(reception):
    run(reception, notion_calls=3, notion_429=1, wordpress_calls=4, media_uploaded=2, bytes_uploaded=1000)
    run(reception, notion_calls=4, bytes_uploaded=24)
    found = scraped(reception.client)
    assert found["notion_calls_total",] == 7
    assert found["notion_429_answers_total",] == 1
    assert found["wordpress_calls_total",] == 4
    assert found["media_uploaded_total",] == 2
    assert found["uploaded_bytes_total",] == 1024


def test_durations_are_a_histogram(reception):
    for seconds in (0.5, 5.0, 59.0, 90_000.0):
        run(reception, seconds=seconds)
    found = scraped(reception.client)
    buckets = {
        bound: found["job_duration_seconds_bucket", *sorted((bound, "button"))] for bound in ("1.0", "5.0", "60.0")
    }
    assert buckets == {"1.0": 1, "5.0": 2, "60.0": 3}
    assert found["job_duration_seconds_bucket", "+Inf", "button"] == 4
    assert found["job_duration_seconds_count", "button"] == 4
    assert found["job_duration_seconds_sum", "button"] == pytest.approx(90_064.5)


def test_a_run_counts_when_it_has_ended(reception):
    job_id = begin(reception, ONE)
    found = scraped(reception.client)
    assert found["jobs_running",] == 1
    assert ("pages_total", "Success", "create") not in found
    end(reception, job_id)
    found = scraped(reception.client)
    assert found["jobs_running",] == 0
    assert found["pages_total", "Success", "create"] == 1


def test_how_long_pages_wait_is_shown(reception):
    reception.ledger.pages.accept(Trigger(PAGE_ID, Intent.ASKED, "automation", "1"), run="button")
    reception.clock.now += 30
    reception.ledger.pages.accept(Trigger(OTHER, Intent.ASKED, "automation", "2"), run="button")
    reception.ledger.pages.accept_listing("manual", "3", "manual")
    found = scraped(reception.client)
    assert (found["queue_pages", "waiting"], found["queue_oldest_seconds",], found["queue_listings",]) == (2, 30, 1)
    reception.ledger.pages.fail(reception.ledger.pages.claim(PAGE_ID, "w"), "no", None)
    found = scraped(reception.client)
    assert (found["queue_pages", "waiting"], found["queue_pages", "given_up"], found["queue_oldest_seconds",]) == (
        1,
        1,
        0,
    )


@pytest.mark.parametrize(("queues", "up"), [({"high": 2, "default": 5}, 1), (None, 0)])
def test_redis_is_up_or_not(receptions, queues, up):
    reception = receptions(REDIS_URL="redis://127.0.0.1:1/0")
    reception.woken.queues = queues
    found = scraped(reception.client)
    assert found["redis_up",] == up
    assert found.get(("redis_jobs", "default"), 0) == (queues or {}).get("default", 0)


class Watched:
    """Figures that remember which runs were asked for."""

    def __init__(self, figures):
        self.figures, self.asked = figures, []

    def tallies(self, *which):
        found = self.figures.tallies(*which)
        self.asked += [tally.job_id for tally in found]
        return found


def test_an_old_run_is_read_once_and_counted_on_and_on(reception):
    figures = Watched(reception.ledger.figures)
    watched = dataclasses.replace(reception.service, ledger=dataclasses.replace(reception.ledger, figures=figures))
    collector = LedgerCollector(watched, chunk=2)
    for _ in range(5):
        run(reception, ONE)
    reception.clock.now += SETTLED_AFTER + 1
    for _ in range(3):
        (pages,) = (metric for metric in collector.collect() if metric.name == "notion_sidecar_pages")
        assert [sample.value for sample in pages.samples] == [5]
    assert figures.asked == [1, 2, 3, 4, 5]


def test_what_a_worker_writes_down_late_is_not_lost(reception):
    job_id = begin(reception, ONE)
    end(reception, job_id, notion_calls=1)
    assert scraped(reception.client)["notion_calls_total",] == 1
    reception.ledger.jobs.add(job_id, Metrics(notion_calls=2))
    reception.clock.now += SETTLED_AFTER / 2
    assert scraped(reception.client)["notion_calls_total",] == 3


def test_a_run_that_takes_days_is_counted_at_its_end_and_holds_up_no_other(reception):
    long = begin(reception, ONE)
    run(reception, ONE)
    for _ in range(3):
        reception.clock.now += 86_400
        assert scraped(reception.client)["pages_total", "Success", "create"] == 1
    end(reception, long)
    for _ in range(2):
        assert scraped(reception.client)["pages_total", "Success", "create"] == 2
        reception.clock.now += SETTLED_AFTER + 1


def test_who_asks_for_openmetrics_gets_it(reception):
    answer = reception.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.content_type.startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
