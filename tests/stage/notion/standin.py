"""The stand-in as tests use it: one object with what it holds, what goes wrong, what it was asked, what it sends."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from tests.stage.notion import webhooks
from tests.stage.notion.asking import CAPABILITIES, Cursors
from tests.stage.notion.content import Change, Content
from tests.stage.notion.faults import Faults
from tests.stage.notion.server import Server
from tests.stage.notion.shapes import Json, Unhappy
from tests.stage.notion.web import Behaviour
from tests.stage.notion.webhooks import Delivery


@dataclass(frozen=True)
class Call:
    """One request to the API. `status` is 0 when it was not answered."""

    method: str
    path: str
    status: int
    body: Json
    at: float
    query: str = ""


@dataclass(frozen=True)
class Download:
    """One request for a file, hosted (`/files/`) or elsewhere (`/web/`)."""

    name: str
    path: str
    status: int
    at: float


class Clock:
    """A clock that is put forward by hand: `NotionStandIn(clock=Clock())`."""

    def __init__(self, start: float | None = None) -> None:
        self.now = time.time() if start is None else start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class NotionStandIn:
    """A Notion of our own on loopback: `with NotionStandIn() as notion:`.

    `notion.add_page(...)`, `notion.edit(...)` and so on are those of `notion.content`, which has the rest.
    """

    def __init__(
        self,
        token: str = "ntn_stand_in",
        *,
        port: int = 0,
        status_type: str = "status",
        per_minute: int | None = None,
        window: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.content = content = Content(status_type, clock)
        self.faults = Faults()
        self.per_minute, self.window = per_minute, window
        self.capabilities: set[str] = set(CAPABILITIES)
        self.web: dict[str, Behaviour] = {}
        """What the web server does for a name instead of serving the file; see `tests.stage.notion.web`."""
        self.calls: list[Call] = []
        self.downloads: list[Download] = []
        self.deliveries: list[Delivery] = []
        self.violations: list[str] = []
        """What callers sent that no caller who knows the API would send."""
        self.cursors = Cursors()
        self.end = threading.Event()
        self._port = port
        self._times: deque[float] = deque()
        self._lock = threading.Lock()
        self._outbox: queue.Queue[Callable[[], Delivery] | None] = queue.Queue()
        self.add_page, self.add_file = content.add_page, content.add_file
        self.edit, self.replace_blocks, self.append = content.edit, content.replace_blocks, content.append
        self.set_status, self.status, self.said = content.set_status, content.status, content.said
        self.trash, self.restore = content.trash, content.restore
        self.unshare, self.share = content.unshare, content.share

    def __enter__(self) -> NotionStandIn:
        self._server = Server(("127.0.0.1", self._port), self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.content.origin = self.url
        self._threads = [
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}),
            threading.Thread(target=self._post),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end.set()
        self._outbox.put(None)
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()
        self._server.hang_up()

    @property
    def data_source_id(self) -> str:
        return self.content.data_source_id

    @property
    def database_id(self) -> str:
        return self.content.database_id

    def web_url(self, name: str) -> str:
        """Where an ordinary web server has the file of this name."""
        return f"{self.url}/web/{name}"

    # --- what it was asked -------------------------------------------------------------------------------

    def note(self, method: str, path: str, status: int, body: Json, query: str = "") -> None:
        with self._lock:
            self.calls.append(Call(method, path, status, body, time.monotonic(), query))

    def note_download(self, name: str, path: str, status: int) -> None:
        with self._lock:
            self.downloads.append(Download(name, path, status, time.monotonic()))

    def writes(self) -> list[Call]:
        """The calls that changed something."""
        return [call for call in self.calls if call.method == "PATCH" or call.path.endswith("/comments")]

    def forget(self) -> None:
        """Empties the logs."""
        with self._lock:
            for log in (self.calls, self.downloads, self.deliveries, self.violations):
                log.clear()

    def hold_back(self) -> None:
        """Counts a call. Raises 429 when there were too many in the window."""
        if self.per_minute is None:
            return
        with self._lock:
            now = time.monotonic()
            while self._times and self._times[0] <= now - self.window:
                self._times.popleft()
            if len(self._times) < self.per_minute:
                self._times.append(now)
                return
            seconds = str(int(self._times[0] + self.window - now) + 1)
        reason = {"rate_limit_reason": "public_api_request_rate_limit", "retry_after": seconds}
        message = "You have been rate limited. Please try again in a few minutes."
        raise Unhappy(429, "rate_limited", message, additional_data=reason)

    # --- what it sends -----------------------------------------------------------------------------------

    def press_button(
        self,
        page_id: str,
        url: str,
        secret: str | None = None,
        *,
        header: str = "X-Sidecar-Secret",
        button: bool = True,
        event_id: str | None = None,
        attempt: int = 1,
        properties: Collection[str] | None = None,
    ) -> Delivery:
        """What a person does in Notion. With `button=False`, what an automation does."""
        headers = {"Content-Type": "application/json", "User-Agent": "NotionAutomation"}
        if secret is not None:
            headers[header] = secret
        made = {"button": button, "event_id": event_id, "attempt": attempt, "properties": properties}
        with self.content.lock:
            body = webhooks.automation(self.content, page_id, **made)  # type: ignore[arg-type]
        return self._sent(webhooks.post(url, "button" if button else "automation", body, headers))

    def send_event(
        self, kind: str, entity_id: str, url: str, token: str, *, signature: str | None = None, **more: Any
    ) -> Delivery:
        """An event, signed with the verification token, or with what is given. `more`: see `webhooks.event`."""
        with self.content.lock:
            body = webhooks.event(self.content, kind, entity_id, **more)
        return self._sent(self._post_signed(url, kind, body, token, signature))

    def send_verification(self, url: str, token: str) -> Delivery:
        """The handshake of a new subscription: the token, signed with itself."""
        return self._sent(self._post_signed(url, "verification", {"verification_token": token}, token))

    def subscribe(self, url: str, token: str) -> None:
        """From now on every change is told to `url`, one event after the other. `settle` waits for them."""

        def told(change: Change) -> None:
            body = webhooks.event_of(self.content, change)
            self._outbox.put(lambda: self._post_signed(url, body["type"], body, token))

        self.content.listeners.append(told)

    def unsubscribe(self) -> None:
        self.content.listeners.clear()

    def settle(self) -> None:
        """Waits until the events so far are delivered."""
        self._outbox.join()

    def _post(self) -> None:
        while (send := self._outbox.get()) is not None:
            self._sent(send())
            self._outbox.task_done()

    def _post_signed(self, url: str, kind: str, body: Json, token: str, signature: str | None = None) -> Delivery:
        signed = webhooks.signature(body, token) if signature is None else signature
        headers = {"Content-Type": "application/json", "User-Agent": "notion-webhooks"}
        return webhooks.post(url, kind, body, {**headers, "X-Notion-Signature": signed})

    def _sent(self, delivery: Delivery) -> Delivery:
        with self._lock:
            self.deliveries.append(delivery)
        return delivery
