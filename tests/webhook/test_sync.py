"""What the plugin and scripts ask: sync now, what became of it, how it all does."""

import pytest

from sidecar import catalogue
from sidecar.errors import Refused, Unavailable
from sidecar.ledger import JobId, Trigger
from sidecar.model import BlockWarning, Intent, Metrics, Outcome
from sidecar.running import IN_A_ROW, SharedCircuit
from tests.make import PAGE_ID, outcome
from tests.webhook.reception import BEARER, OTHER, bearer

BARE = PAGE_ID.replace("-", "")
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

# --- asking ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b" \n", {}, {"page_id": None}, {"page": "x"}], ids=str)
def test_without_a_page_a_listing_is_due_at_once(reception, body):
    answer = reception.sync(body)
    assert answer.status_code == 202
    assert reception.ledger.jobs.listings() == [answer.json["job_id"]]
    assert reception.woken.listings == [(answer.json["job_id"], True)]


@pytest.mark.parametrize("page", [PAGE_ID, BARE, f"https://www.notion.so/A-page-{BARE}?v=1#{'0' * 32}"])
def test_a_page_is_asked_for_by_id_or_link(reception, page):
    answer = reception.sync({"page_id": page})
    ((waiting, urgent),) = reception.woken.waiting
    assert (answer.status_code, waiting.page_id, urgent) == (202, PAGE_ID, True)
    claim = reception.ledger.pages.claim(PAGE_ID, "worker")
    assert (claim.intent, claim.job_id) == (Intent.ASKED, answer.json["job_id"])
    assert reception.ledger.jobs.job(claim.job_id).type == "manual"


def test_each_ask_counts(reception):
    for _ in range(3):
        assert reception.sync({"page_id": PAGE_ID}).status_code == 202
    assert len(reception.woken.waiting) == 3


def test_the_answer_says_where_to_look(reception):
    answer = reception.sync()
    assert answer.json["status_url"] == answer.headers["Location"] == f"http://localhost/jobs/{answer.json['job_id']}"
    assert reception.get(f"/jobs/{answer.json['job_id']}").json["status"] == "Running"


def test_where_to_look_is_an_address_of_the_outside(receptions):
    answer = receptions(PUBLIC_URL="https://blog.example/notion-sidecar/").sync()
    assert answer.json["status_url"] == f"https://blog.example/notion-sidecar/jobs/{answer.json['job_id']}"


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/notion-sidecar", "X-Forwarded-For": "192.0.2.7"}


def test_a_trusted_proxy_says_where_we_are_mounted(receptions):
    reception = receptions(TRUSTED_PROXIES="1")
    answer = reception.client.post(
        "/sync", headers={**FORWARDED, "Host": "blog.example", "Authorization": f"Bearer {BEARER}"}
    )
    assert answer.json["status_url"].startswith("https://blog.example/notion-sidecar/jobs/")


def test_nobody_else_does(reception):
    answer = reception.client.post("/sync", headers={**FORWARDED, "Authorization": f"Bearer {BEARER}"})
    assert answer.json["status_url"].startswith("http://localhost/jobs/")


@pytest.mark.parametrize("page", ["", "nonsense", 7, [PAGE_ID], {}, True, "https://[/", "\ud800", "x" * 100_000])
def test_what_is_no_page_is_a_mistake_of_the_sender(reception, page):
    answer = reception.sync({"page_id": page})
    assert (answer.status_code, answer.json["error"]) == (400, "no_page")
    assert reception.nothing_is_wanted


@pytest.mark.parametrize("body", [[], "text", 7, b"null", b"true"])
def test_a_body_that_is_no_object_is_a_mistake_too(reception, body):
    assert reception.sync(body).json["error"] == "not_an_object"


# --- looking ---------------------------------------------------------------------------------------------


def ended(reception, *outcomes: Outcome, error=None) -> JobId:
    job_id = reception.ledger.jobs.open("button")
    for one in outcomes:
        item = reception.ledger.jobs.begin_item(job_id, one.page_id, one.title, one.page_url)
        reception.ledger.jobs.finish_item(item, one, 1)
    reception.clock.now += 4
    status = "Failed" if error else "Completed"
    reception.ledger.jobs.close(job_id, status, Metrics(seconds=4.0, notion_calls=5), error)
    return job_id


def test_a_run_is_told_page_by_page(reception):
    note = BlockWarning("b1", "form", "Forms are left out.")
    job_id = ended(reception, outcome(post_id="7", post_url="https://blog.example/a-page/", warnings=(note,)))
    told = reception.get(f"/jobs/{job_id}").json
    assert (told["job_id"], told["type"], told["status"], told["error"]) == (job_id, "button", "Completed", None)
    assert told["metrics"]["notion_calls"] == 5
    (page,) = told["pages"]
    assert (page["page_id"], page["status"], page["post_url"]) == (PAGE_ID, "Success", "https://blog.example/a-page/")
    assert page["warnings"] == [{"block_id": "b1", "type": "form", "message": "Forms are left out."}]


def test_a_run_tells_how_far_the_page_has_come_that_is_being_worked_on(reception):
    number = reception.sync({"page_id": PAGE_ID}).json["job_id"]
    assert reception.get(f"/jobs/{number}").json["working"] == []
    reception.ledger.pages.claim(PAGE_ID, "worker")
    reception.ledger.jobs.begin_item(JobId(number), PAGE_ID, "A page", "https://app.notion.com/p/x")
    (working,) = reception.get(f"/jobs/{number}").json["working"]
    assert (working["page_id"], working["title"]) == (PAGE_ID, "A page")
    assert 0 < working["percent"] < 100
    assert working["words"]


def test_the_newest_runs_come_first(reception):
    first, second = ended(reception), ended(reception)
    assert [job["job_id"] for job in reception.get("/jobs").json["jobs"]] == [second, first]
    assert [job["job_id"] for job in reception.get("/jobs?limit=1").json["jobs"]] == [second]


@pytest.mark.parametrize("limit", ["0", "-1", "101", "many", "", "1e9", "9" * 5000, "٣", " 1"])
def test_a_limit_that_is_none_is_a_mistake_of_the_sender(reception, limit):
    answer = reception.client.get("/jobs", query_string={"limit": limit}, headers={"Authorization": f"Bearer {BEARER}"})
    assert (answer.status_code, answer.json["error"]) == (400, "wrong_limit")


@pytest.mark.parametrize("number", ["99", "2147483648", "9" * 400, "-1", "one", "1.5"])
def test_a_run_that_never_was_is_not_found(reception, number):
    assert reception.get(f"/jobs/{number}").status_code == 404


def test_runs_of_another_site_are_not_told(reception, receptions):
    job_id = ended(receptions(SITE="other"))
    assert reception.get(f"/jobs/{job_id}").status_code == 404
    assert reception.get("/jobs").json == {"jobs": []}


def test_a_browser_gets_a_page_and_is_asked_to_sign_in_first(reception):
    job_id = ended(reception, outcome(title="A page about bread"))
    answer = reception.get(f"/jobs/{job_id}", token=None, Accept=HTML)
    assert answer.status_code == 303
    assert "/login" in answer.headers["Location"]
    reception.client.post("/login", data={"token": BEARER})
    shown = reception.get(f"/jobs/{job_id}", token=None, Accept=HTML)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    assert "A page about bread" in shown.text
    assert "Accept" in shown.headers["Vary"]
    assert reception.get("/jobs/99", token=None, Accept=HTML).status_code == 404


def test_who_prefers_nothing_gets_json(reception):
    job_id = ended(reception)
    answer = reception.get(f"/jobs/{job_id}", Accept="*/*")
    assert answer.mimetype == "application/json"
    assert "Accept" in answer.headers["Vary"]


def test_the_status_tells_what_the_plugin_shows(reception):
    ended(reception, outcome())
    reception.ledger.pages.accept(Trigger(OTHER, Intent.ASKED, "automation", "1"), run="button")
    reception.clock.now += 5
    reception.woken.queues = {"high": 1, "default": 0}
    told = reception.get("/status").json
    assert told["version"]
    assert [(one["name"], one["state"]) for one in told["far_ends"]] == [("Notion", "idle"), ("WordPress", "idle")]
    assert told["queue"] == {
        "waiting": 1,
        "working": 0,
        "given_up": 0,
        "listings": 0,
        "oldest_seconds": 5.0,
        "redis": {"high": 1, "default": 0},
    }
    assert [run["status"] for run in told["last_runs"]] == ["Running", "Completed"]


def test_the_status_tells_when_a_far_end_is_down(reception):
    circuit = SharedCircuit(reception.ledger.memory, reception.clock)
    for number in range(IN_A_ROW):
        circuit.note(str(number), Unavailable("Notion does not answer in time."))
    notion, wordpress = reception.get("/status").json["far_ends"]
    assert (notion["state"], notion["more"]) == ("bad", "Notion does not answer in time.")
    assert wordpress["state"] == "idle"


# --- who is let in ---------------------------------------------------------------------------------------

PLACES = [("POST", "/sync"), ("GET", "/jobs"), ("GET", "/jobs/1"), ("GET", "/status"), ("POST", "/check")]


@pytest.mark.parametrize(("method", "path"), PLACES)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {BEARER}", f"Bearer {BEARER}x", BEARER, "Bearer é"],
)
def test_a_wrong_token_is_told_nothing(reception, method, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = reception.client.open(path, method=method, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "SYNC_TOKEN" in answer.json["remedy"]
    assert reception.nothing_is_wanted


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_without_a_token_in_the_settings_the_addresses_are_closed(receptions, method, path):
    answer = receptions(SYNC_TOKEN="").client.open(path, method=method, headers={"Authorization": "Bearer "})
    assert answer.status_code == 503
    assert "SYNC_TOKEN" in answer.json["message"]


def test_the_scheme_is_written_in_any_case(reception):
    assert reception.client.get("/jobs", headers={"Authorization": f"bEaReR {BEARER}"}).status_code == 200


# --- trying the connection -------------------------------------------------------------------------------


def test_a_wordpress_that_lets_us_in_is_told_by_its_version(reception):
    answer = reception.client.post("/check", headers=bearer(BEARER))
    told = {"url": "https://blog.example", "version": "7.1", "plugin": "0.1.0", "way": "XML-RPC"}
    assert answer.json == {"wordpress": {**told, "error": None, "trouble": None}}


def test_what_keeps_us_out_of_wordpress_is_told_in_the_words_of_the_catalogue(reception):
    values = {"url": "https://blog.example", "user": "ed", "said": "Unknown username."}
    reception.trouble = error = Refused.of(catalogue.WP_LOGIN, values)
    answer = reception.client.post("/check", headers=bearer(BEARER))
    assert (answer.status_code, answer.json["wordpress"]["error"]) == (200, str(error))
    trouble = {"id": "wp-login", "words": error.message, "do": catalogue.WP_LOGIN.do}
    assert answer.json["wordpress"]["trouble"] == trouble
