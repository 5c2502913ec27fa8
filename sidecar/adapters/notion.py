"""Notion: the role Source over notion-client. Calls are paced, repeated when that is safe, and never half-answered."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import httpx
import notion_client
from notion_client.errors import NotionClientErrorBase

from sidecar.adapters.limiter import Limiter
from sidecar.adapters.notion_errors import SHARE, Invalid, unhappy
from sidecar.adapters.notion_marks import Names, properties_to_write
from sidecar.adapters.retry import patiently
from sidecar.blocks import FileRef, PageId
from sidecar.config import Config
from sidecar.errors import Missing, Refused, Stopped, Unavailable
from sidecar.ledger import Memory
from sidecar.model import Json, Page
from sidecar.parse.files import file as parse_file
from sidecar.parse.ids import page_id
from sidecar.ports import Mark

T = TypeVar("T")

VERSION = "2026-03-11"
TIMEOUT_SECONDS = 60.0
PAGE_SIZE = 100
READERS = 8
"""Block lists of one process that are read side by side; the limiter decides how fast."""
OTHER_PAGES = frozenset({"child_page", "child_database"})
MOST_PAGES = 1000
"""Answers to one listing. A far end that goes on longer than this answers in a circle."""

log = logging.getLogger("sidecar.notion")


class NotionSource:
    """A data source of Notion, and the pages in it."""

    def __init__(
        self, config: Config, limiter: Limiter, memory: Memory, stop: threading.Event | None = None, attempts: int = 4
    ) -> None:
        self._config, self._limiter, self._memory = config, limiter, memory
        self._stop = stop or threading.Event()
        self._attempts = attempts
        self._calls = self._throttled = 0
        self._lock = threading.Lock()
        self._http = httpx.Client()
        self._client: Any = notion_client.Client(
            auth=config.notion_token.get_secret_value(),
            notion_version=VERSION,
            base_url=config.notion_base_url,
            timeout_ms=int(TIMEOUT_SECONDS * 1000),
            retry=False,
            logger=log,
            client=self._http,
        )
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="notion")

    def close(self) -> None:
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def calls(self) -> int:
        return self._calls

    def throttled(self) -> int:
        return self._throttled

    # --- one call ----------------------------------------------------------------------------------------

    def _call(self, method: str, path: str, body: Json | None = None, query: Json | None = None) -> Json:
        """One answer of the API. Reads and writes of a same value may be repeated; nothing else is sent here."""
        return patiently(lambda: self._once(method, path, body, query), attempts=self._attempts, stop=self._stop)

    def _once(self, method: str, path: str, body: Json | None, query: Json | None) -> Json:
        if not self._limiter.acquire(self._stop):
            raise Stopped("The sync was stopped while it waited for Notion.")
        with self._lock:
            self._calls += 1
        try:
            answer = self._client.request(path=path, method=method, query=query, body=body)
        except (NotionClientErrorBase, httpx.HTTPError, httpx.InvalidURL, json.JSONDecodeError) as error:
            raise self._noted(unhappy(error)) from error
        if not isinstance(answer, dict):
            raise Unavailable("Notion's answer is no JSON object.")
        return answer

    def _noted(self, error: Refused | Unavailable) -> Refused | Unavailable:
        """Tells everybody to hold back when Notion says that it is too much."""
        if isinstance(error, Unavailable) and error.retry_after is not None:
            with self._lock:
                self._throttled += 1
            self._limiter.hold(error.retry_after)
        return error

    def _pages(self, fetch: Callable[[str | None], Json]) -> Iterator[Json]:
        """The answers of a paged list, all of them or an error: a cursor that comes again ends nothing quietly."""
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            answer = fetch(cursor)
            if not isinstance(answer.get("results"), list):
                raise Unavailable("Notion's answer has no list of results.")
            yield answer
            if not answer.get("has_more"):
                return
            cursor = answer.get("next_cursor")
            if not cursor or cursor in seen:
                raise Unavailable("Notion's list goes round in a circle; nothing was taken from it.")
            seen.add(cursor)
        raise Unavailable("Notion's list does not end; nothing was taken from it.")

    # --- what asks ---------------------------------------------------------------------------------------

    def listed(self, edited_since: datetime | None = None) -> list[Json]:
        found: dict[str, Json] = {}
        after: str | None = None
        while True:
            capped, newest = self._collect(found, edited_since, after)
            if not capped:
                return list(found.values())
            if newest is None or newest == after:
                raise Unavailable("More pages than Notion lists at once were edited in one minute.")
            after = newest

    def _collect(self, found: dict[str, Json], since: datetime | None, after: str | None) -> tuple[bool, str | None]:
        """Adds the rows of one query. True when Notion stopped at its most rows, and the newest edit time seen."""
        newest, capped = after, False
        for answer in self._pages(lambda cursor: self._query(since, after, cursor)):
            for row in answer["results"]:
                if row.get("object") == "page":
                    found[row["id"]] = row
                    newest = max(newest or "", row.get("last_edited_time") or "")
            capped = (answer.get("request_status") or {}).get("type") == "incomplete"
        return capped, newest

    def _query(self, since: datetime | None, after: str | None, cursor: str | None) -> Json:
        """One page of the listing. The first one may find that what we know of the data source is wrong."""

        def ask(source: str, kind: str) -> Json:
            body: Json = {
                "filter": self._filter(kind, since, after),
                "sorts": [{"timestamp": "last_edited_time", "direction": "ascending"}],
                "page_size": PAGE_SIZE,
            }
            if cursor:
                body["start_cursor"] = cursor
            return self._call("POST", f"data_sources/{source}/query", body)

        return self._with_source(ask)

    def _filter(self, kind: str, since: datetime | None, after: str | None) -> Json:
        config = self._config
        name = config.notion_status_property

        def status(option: str) -> Json:
            return {"property": name, kind: {"equals": option}}

        wanted = [status(config.notion_status_ready)]
        if config.notion_status_withdraw:
            wanted.append(status(config.notion_status_withdraw))
        if since is not None:
            edited = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": _stamp(since)}}
            wanted.append({"and": [status(config.notion_status_done), edited]})
        asked: Json = wanted[0] if len(wanted) == 1 else {"or": wanted}
        if after is None:
            return asked
        return {"and": [{"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": after}}, asked]}

    # --- which data source -------------------------------------------------------------------------------

    def _with_source(self, ask: Callable[[str, str], T]) -> T:
        """Asks with what we know, or guess, of the data source; when Notion says that is wrong, finds out, once."""
        configured = page_id_of(self._config)
        source = self._memory.get(f"data source of {configured}") or configured
        kind = self._memory.get(f"status type of {source}") or "status"
        try:
            return ask(source, kind)
        except Missing:
            source = self._find_source(configured)
        except Invalid as error:
            return ask(source, self._find_status_type(source, kind, error))
        try:
            return ask(source, kind)
        except Invalid as error:
            return ask(source, self._find_status_type(source, kind, error))

    def _find_source(self, configured: str) -> str:
        """The data source inside the database that was configured."""
        try:
            database = self._call("GET", f"databases/{configured}")
        except Missing:
            raise Missing(
                f"Notion shows neither a database nor a data source with the id {configured}: it is not shared with "
                "the integration, or was deleted.",
                SHARE,
            ) from None
        sources = database.get("data_sources") or []
        if len(sources) != 1:
            names = "; ".join(f"{source.get('name') or 'untitled'}: {source['id']}" for source in sources)
            raise Refused(
                f"The database has {len(sources)} data sources.",
                f"Set NOTION_DATA_SOURCE_ID to the one to publish from: {names}" if names else SHARE,
            )
        self._memory.put(f"data source of {configured}", sources[0]["id"])
        return str(sources[0]["id"])

    def _find_status_type(self, source: str, guessed: str, error: Invalid) -> str:
        """The type of the status property, from the schema. Raises Refused with what there is instead."""
        schema = self._schema(source)
        name = self._config.notion_status_property
        if name not in schema:
            names = ", ".join(sorted(schema))
            raise Refused(f"The data source has no property {name!r}.", f"It has: {names}. Set NOTION_STATUS_PROPERTY.")
        kind = str(schema[name]["type"])
        if kind not in ("status", "select"):
            raise Refused(f"The property {name!r} is of type {kind}.", "It has to be of type Status or Select.")
        missing = _missing_options(schema[name], kind, self._config)
        if missing:
            words = ", ".join(repr(option) for option in missing)
            raise Refused(
                f"The property {name!r} has no option {words}. It has: {', '.join(_options(schema[name], kind))}.",
                "Add the option in Notion, or set NOTION_STATUS_READY, NOTION_STATUS_DONE, NOTION_STATUS_ERROR.",
            )
        if kind == guessed:
            raise error
        self._memory.put(f"status type of {source}", kind)
        return kind

    def _schema(self, source: str) -> Mapping[str, Json]:
        return dict(self._call("GET", f"data_sources/{source}").get("properties") or {})

    def properties(self) -> Mapping[str, Json]:
        return self._with_source(lambda source, _: self._schema(source))

    # --- pages and blocks --------------------------------------------------------------------------------

    def page(self, page_id: PageId) -> Json:
        return self._call("GET", f"pages/{page_id}")

    def blocks(self, page_id: PageId) -> list[Json]:
        """Level by level, the block lists of each level side by side."""
        top = self._children(page_id)
        level = top
        while level:
            parents = [block for block in level if block.get("has_children") and block.get("type") not in OTHER_PAGES]
            lists = list(self._readers.map(self._inside, parents))
            for parent, children in zip(parents, lists, strict=True):
                parent["children"] = children
            level = [block for children in lists for block in children]
        return top

    def _inside(self, block: Json) -> list[Json]:
        """The children of a block, under the id that was asked for: a synced copy shows the original's blocks."""
        try:
            return self._children(block["id"])
        except Missing:
            if block.get("type") == "synced_block" and (block.get("synced_block") or {}).get("synced_from"):
                # The original is on a page that we may not see: the renderer says so.
                return [{"object": "block", "id": block["id"], "type": "synced block that is not shared"}]
            raise

    def _children(self, block_id: str) -> list[Json]:
        def fetch(cursor: str | None) -> Json:
            query: Json = {"page_size": PAGE_SIZE}
            if cursor:
                query["start_cursor"] = cursor
            return self._call("GET", f"blocks/{block_id}/children", query=query)

        return [dict(block) for answer in self._pages(fetch) for block in answer["results"]]

    def property_values(self, page_id: PageId, property_id: str) -> list[Json]:
        def fetch(cursor: str | None) -> Json:
            query: Json = {"page_size": PAGE_SIZE}
            if cursor:
                query["start_cursor"] = cursor
            answer = self._call("GET", f"pages/{page_id}/properties/{property_id}", query=query)
            return answer if answer.get("object") == "list" else {"results": [answer]}

        return [item for answer in self._pages(fetch) for item in answer["results"]]

    def fresh_file(self, file: FileRef) -> FileRef:
        """Reads the block again; the file of the same identity in its answer has a link that was signed just now."""
        try:
            raw = self._call("GET", f"blocks/{file.block_id}")
        except Missing:
            raw = {}
        if raw.get("type") in (None, "child_page"):
            raw = self._call("GET", f"pages/{file.block_id}")
        for found in _files(raw):
            made = parse_file(found, file.kind, file.block_id, file.name)
            if made is not None and made.identity == file.identity:
                return replace(file, url=made.url, expires=made.expires)
        raise Missing(f"The file {file.name} is no longer in the page.", "Set the page's status again.")

    # --- telling the page --------------------------------------------------------------------------------

    def mark(self, page: Page, mark: Mark) -> None:
        config = self._config
        names = Names(config.notion_status_property, config.notion_url_property, config.notion_message_property)
        properties = properties_to_write(page, mark, names)
        if not properties:
            return
        try:
            self._call("PATCH", f"pages/{page.id}", {"properties": properties})
        except Missing:
            raise
        except Refused as error:
            name = config.notion_status_property
            raise Refused(
                f"Notion did not take the status {mark.status!r} for {name!r}: {error.message}",
                "Add that option in Notion, or set NOTION_STATUS_DONE and NOTION_STATUS_ERROR to options that exist.",
            ) from error

    def bot_id(self) -> str:
        known = self._memory.get("bot id")
        if known is None:
            known = str(self._call("GET", "users/me")["id"])
            self._memory.put("bot id", known)
        return known


def page_id_of(config: Config) -> str:
    """The id in NOTION_DATA_SOURCE_ID, which may be a link."""
    try:
        return page_id(config.notion_data_source_id)
    except ValueError as error:
        raise Refused(
            f"NOTION_DATA_SOURCE_ID: {error}", "Copy the link of your database (Share > Copy link)."
        ) from error


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:00.000Z")


def _options(schema: Json, kind: str) -> list[str]:
    return [str(option["name"]) for option in (schema.get(kind) or {}).get("options") or []]


def _missing_options(schema: Json, kind: str, config: Config) -> list[str]:
    known = _options(schema, kind)
    wanted = [config.notion_status_ready, config.notion_status_done, config.notion_status_error]
    return [option for option in [*wanted, config.notion_status_withdraw] if option and option not in known]


def _files(raw: Any) -> Iterator[Json]:
    """Every file object in an answer, wherever it stands."""
    if isinstance(raw, dict):
        if isinstance(raw.get("file"), dict) and "url" in raw["file"]:
            yield raw
        for value in raw.values():
            yield from _files(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _files(value)
