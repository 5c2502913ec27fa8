"""The rows of a data source: which data source that is, what its status property is like, which pages ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from sidecar import catalogue
from sidecar.adapters.notion_calls import Calls
from sidecar.adapters.notion_errors import Invalid
from sidecar.config import Config
from sidecar.errors import Missing, Refused, Unavailable
from sidecar.ledger import Memory
from sidecar.model import Json
from sidecar.parse.ids import source_id

T = TypeVar("T")


class Rows:
    """What we know of the data source is remembered, and asked for again when a call says that it is wrong."""

    def __init__(self, config: Config, calls: Calls, memory: Memory) -> None:
        self._config, self._calls, self._memory = config, calls, memory

    # --- what asks ---------------------------------------------------------------------------------------

    def listed(self, edited_since: datetime | None = None) -> list[Json]:
        """Notion stops at 10,000 rows: from there it goes on with those that were edited as late or later."""
        found: dict[str, Json] = {}
        after: str | None = None
        while True:
            capped, newest = self._collect(found, edited_since, after)
            if not capped:
                return list(found.values())
            if newest is None or newest == after:
                raise Unavailable.of(catalogue.NOTION_CROWDED)
            after = newest

    def _collect(self, found: dict[str, Json], since: datetime | None, after: str | None) -> tuple[bool, str | None]:
        """Adds the rows of one query. True when Notion stopped at its most rows, and the newest edit time seen."""
        newest, capped = after, False
        for answer in self._calls.pages(lambda paging: self._query(since, after, paging)):
            for row in answer["results"]:
                if row.get("object") == "page":
                    found[row["id"]] = row
                    newest = max(newest or "", row.get("last_edited_time") or "")
            capped = (answer.get("request_status") or {}).get("type") == "incomplete"
        return capped, newest

    def _query(self, since: datetime | None, after: str | None, paging: Json) -> Json:
        """One answer of the listing. The first one may find that what we know of the data source is wrong."""
        sorts = [{"timestamp": "last_edited_time", "direction": "ascending"}]

        def ask(source: str, kind: str) -> Json:
            body: Json = {"filter": self._filter(kind, since, after), "sorts": sorts, **paging}
            return self._calls.post(f"data_sources/{source}/query", body)

        return self._with_source(ask)

    def _filter(self, kind: str, since: datetime | None, after: str | None) -> Json:
        """What asks, one part for each reason. Two levels are all that Notion takes: times stand inside the parts."""
        config = self._config
        ready, withdraw, done = config.notion_status_ready, config.notion_status_withdraw, config.notion_status_done
        parts = [(option, [after] if after else []) for option in (ready, withdraw) if option]
        if since is not None:
            parts.append((done, [_stamp(since), *([after] if after else [])]))
        made = [_part(config.notion_status_property, kind, option, times) for option, times in parts]
        return made[0] if len(made) == 1 else {"or": made}

    # --- which data source -------------------------------------------------------------------------------

    def schema(self) -> Mapping[str, Json]:
        return self._with_source(lambda source, _: self._schema(source))

    def _schema(self, source: str) -> Mapping[str, Json]:
        return dict(self._calls.get(f"data_sources/{source}").get("properties") or {})

    def database(self) -> str:
        """The database of the data source; which of the two was configured is then known as well."""
        configured = _configured_id(self._config)
        known = self._memory.get(f"database of {configured}")
        if known is None:
            found = self._with_source(lambda source, _: self._calls.get(f"data_sources/{source}"))
            known = str((found.get("parent") or {}).get("database_id") or "")
            self._memory.put(f"data source of {configured}", str(found["id"]))
            self._memory.put(f"database of {configured}", known)
        return known

    def source(self) -> str:
        """The data source itself, as far as it is known without asking."""
        configured = _configured_id(self._config)
        return self._memory.get(f"data source of {configured}") or configured

    def _with_source(self, ask: Callable[[str, str], T]) -> T:
        """Asks with what we know, or guess, of the data source; when Notion says that is wrong, finds out, once."""
        configured = _configured_id(self._config)
        try:
            return self._with_kind(self.source(), ask)
        except Missing:
            return self._with_kind(self._find_source(configured), ask)

    def _with_kind(self, source: str, ask: Callable[[str, str], T]) -> T:
        kind = self._memory.get(f"status type of {source}") or "status"
        try:
            return ask(source, kind)
        except Invalid as error:
            return ask(source, self._find_kind(source, kind, error))

    def _find_source(self, configured: str) -> str:
        """The data source inside the database that was configured."""
        try:
            database = self._calls.get(f"databases/{configured}")
        except Missing:
            what = catalogue.NOTION_IS_PAGE if self._is_page(configured) else catalogue.NOTION_NO_SOURCE
            raise Missing.of(what, {"id": configured}) from None
        sources = database.get("data_sources") or []
        if len(sources) != 1:
            names = "; ".join(f"{source.get('name') or 'untitled'}: {source['id']}" for source in sources)
            if not sources:
                raise Missing.of(catalogue.NOTION_NO_SOURCE, {"id": configured})
            raise Refused.of(catalogue.NOTION_MANY_SOURCES, {"number": len(sources), "names": names})
        self._memory.put(f"data source of {configured}", sources[0]["id"])
        return str(sources[0]["id"])

    def _is_page(self, configured: str) -> bool:
        try:
            self._calls.get(f"pages/{configured}")
        except Refused:
            return False
        return True

    def _find_kind(self, source: str, guessed: str, error: Invalid) -> str:
        """The type of the status property, from the schema. Raises Refused with what there is instead."""
        schema = self._schema(source)
        name = self._config.notion_status_property
        if name not in schema:
            names = ", ".join(sorted(schema))
            raise Refused.of(catalogue.NOTION_NO_STATUS, {"name": name, "names": names})
        kind = str(schema[name]["type"])
        if kind not in ("status", "select"):
            raise Refused.of(catalogue.NOTION_STATUS_TYPE, {"name": name, "kind": kind})
        missing = _missing_options(schema[name], kind, self._config)
        if missing:
            words = ", ".join(repr(option) for option in missing)
            known = ", ".join(_options(schema[name], kind))
            raise Refused.of(catalogue.NOTION_NO_OPTION, {"name": name, "missing": words, "names": known})
        if kind == guessed:
            raise error
        self._memory.put(f"status type of {source}", kind)
        return kind


def _configured_id(config: Config) -> str:
    """The id in NOTION_DATA_SOURCE_ID, which may be a link."""
    try:
        return source_id(config.notion_data_source_id)
    except ValueError as error:
        raise Refused.of(catalogue.NOTION_ID, {"reason": error}) from error


def _part(name: str, kind: str, option: str, times: list[str]) -> Json:
    status: Json = {"property": name, kind: {"equals": option}}
    edited = [{"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": time}} for time in times]
    return {"and": [status, *edited]} if edited else status


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def _options(schema: Json, kind: str) -> list[str]:
    return [str(option["name"]) for option in (schema.get(kind) or {}).get("options") or []]


def _missing_options(schema: Json, kind: str, config: Config) -> list[str]:
    known = _options(schema, kind)
    wanted = [config.notion_status_ready, config.notion_status_done, config.notion_status_error]
    return [option for option in [*wanted, config.notion_status_withdraw] if option and option not in known]
