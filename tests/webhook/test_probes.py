"""/healthz and /readyz: what makes a service unready, and what only slows it down."""

import pytest

from sidecar.errors import Unavailable
from sidecar.running import IN_A_ROW, SharedCircuit


def break_down(reception, words):
    circuit = SharedCircuit(reception.ledger.memory, reception.clock)
    for number in range(IN_A_ROW):
        circuit.note(str(number), Unavailable(words))


def ready(reception):
    answer = reception.client.get("/readyz")
    return answer.status_code, answer.json


def test_a_process_that_answers_is_alive(reception):
    assert reception.client.get("/healthz").json == {"status": "ok"}


def test_a_new_service_is_ready(reception):
    everything = {"status": "ok", "database": "ok", "redis": "none", "notion": "ok", "wordpress": "ok"}
    assert ready(reception) == (200, everything)


@pytest.mark.parametrize(("queues", "state"), [({"high": 0}, "ok"), (None, "degraded")])
def test_without_redis_a_service_is_ready_all_the_same(receptions, queues, state):
    reception = receptions(REDIS_URL="redis://127.0.0.1:1/0")
    reception.woken.queues = queues
    status, said = ready(reception)
    assert (status, said["redis"], said["status"]) == (200, state, state)


@pytest.mark.parametrize(
    ("words", "notion", "wordpress"),
    [
        ("Notion does not answer in time.", "degraded", "ok"),
        ("WordPress at blog.example does not answer.", "ok", "degraded"),
        ("Somebody does not answer.", "degraded", "degraded"),
    ],
)
def test_a_far_end_that_is_down_only_slows_us_down(reception, words, notion, wordpress):
    break_down(reception, words)
    status, said = ready(reception)
    assert (status, said["status"], said["notion"], said["wordpress"]) == (200, "degraded", notion, wordpress)
    assert "blog.example" not in str(said)


def test_a_far_end_is_well_again_when_its_pause_is_over(reception):
    break_down(reception, "Notion does not answer in time.")
    reception.clock.now += 3600
    assert ready(reception)[1]["notion"] == "ok"


def test_a_ledger_that_a_backup_set_back_makes_it_unready(reception):
    with reception.store.transaction():
        reception.store.database.execute_sql(
            "DELETE FROM schema_migration WHERE id = (SELECT max(id) FROM schema_migration)"
        )
    status, said = ready(reception)
    assert (status, said["error"]) == (503, "not_migrated")
    assert "Restart" in said["remedy"]
