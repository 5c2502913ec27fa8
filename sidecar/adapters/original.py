"""The SQLite file of the system that went before -> `Original`. Opened for reading only; asks nobody else.

Its tables: npage_post_map(notion_page_id, wp_post_id, created_at), pages(job_id, notion_page_id, wp_post_id, status),
image_assets(page_id, notion_page_id, notion_block_id, notion_url, wp_media_id, wp_media_url, status) and
jobs(job_type, status, started_at, completed_at, last_sync_timestamp). Only the first one must be there.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sidecar.blocks import FileRef, PageId
from sidecar.errors import WrongFile
from sidecar.model import MediaId, PostId
from sidecar.original import Original, Published, Uploaded
from sidecar.parse.ids import page_id

NEEDED = {"npage_post_map": {"notion_page_id", "wp_post_id"}}
HOSTED = re.compile(r"(^|\.)(amazonaws\.com|notion\.so|notion\.com|notionusercontent\.com|notion-static\.com)$")
"""Hosts of the files that Notion keeps itself, whose links it signs anew for every reader."""

ROWS = "SELECT rowid AS id, * FROM {table} ORDER BY rowid"

Row = Mapping[str, Any]


def read(path: Path) -> Original:
    """Raises WrongFile when it is no such file."""
    with _opened(path) as database:
        tables = {name: _rows(database, name) for name in ("npage_post_map", "pages", "image_assets", "jobs")}
    strange: list[str] = []
    ended = {row.get("id"): _moment(row.get("completed_at")) for row in tables["jobs"]}
    posts = _posts(tables["npage_post_map"], tables["pages"], ended, strange)
    times = [moment for row in tables["jobs"] if (moment := _moment(row.get("last_sync_timestamp")))]
    return Original(
        posts=tuple(posts.values()),
        files=tuple(_files(tables["image_assets"], strange)),
        last_sync=max(times, default=None),
        running=sum(row.get("completed_at") is None and row.get("started_at") is not None for row in tables["jobs"]),
        strange=tuple(strange),
    )


def _posts(
    mapped: Sequence[Row], pages: Sequence[Row], ended: Mapping[Any, datetime | None], strange: list[str]
) -> dict[PageId, Published]:
    """The map is the word that counts; a page that only a run remembers comes with the post of its newest run."""
    posts: dict[PageId, Published] = {}
    for row in pages:
        made = _published(row, ended.get(row.get("job_id")))
        if made is not None:
            posts[made.page_id] = made
    for row in mapped:
        made = _published(row, _moment(row.get("created_at")))
        if made is None:
            strange.append(f"npage_post_map: page {row['notion_page_id']!r}, post {row['wp_post_id']!r}")
            continue
        known = posts.get(made.page_id)
        times = [it.written_at for it in (known, made) if it and it.post_id == made.post_id and it.written_at]
        posts[made.page_id] = Published(made.page_id, made.post_id, max(times, default=None))
    return posts


def _published(row: Row, written_at: datetime | None) -> Published | None:
    page, post = _page(row.get("notion_page_id")), _number(row.get("wp_post_id"))
    return Published(page, PostId(post), written_at) if page and post else None


def _files(rows: Sequence[Row], strange: list[str]) -> Iterator[Uploaded]:
    """What was uploaded. A row that failed, or was only begun, has no library item."""
    for row in rows:
        media, url = _number(row.get("wp_media_id")), str(row.get("notion_url") or "")
        if not media or str(row.get("status") or "").lower() in ("failed", "error", "pending"):
            continue
        page = _page(row.get("notion_page_id"))
        if page is None or not url:
            strange.append(f"image_assets: page {row.get('notion_page_id')!r}, library item {media}")
            continue
        block = _page(row.get("notion_block_id")) or ""
        yield Uploaded(page, FileRef(url, "image", _is_hosted(url), "", str(block)), MediaId(media))


def _is_hosted(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return "X-Amz-Signature=" in parts.query or HOSTED.search(parts.hostname or "") is not None


# --- values ------------------------------------------------------------------------------------------------


def _page(value: Any) -> PageId | None:
    try:
        return page_id(str(value or ""))
    except ValueError:
        return None


def _number(value: Any) -> str:
    text = str(value or "").strip().removesuffix(".0")
    return text if text.isdigit() and int(text) else ""


def _moment(value: Any) -> datetime | None:
    """A time as SQLite programs write it: ISO, with or without a zone, or seconds; without a zone it is UTC."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(str(value or "").strip())
    except (ValueError, OverflowError, OSError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- the file ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise WrongFile([f"There is no file {path}. Name the SQLite file of the system that you come from."])
    with contextlib.closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        try:
            _check(database, path)
            yield database
        except sqlite3.DatabaseError as error:
            raise WrongFile([f"{path} cannot be read as an SQLite database: {error}."]) from error


def _check(database: sqlite3.Connection, path: Path) -> None:
    for table, needed in NEEDED.items():
        missing = sorted(needed - _columns(database, table))
        if missing:
            words = f"its table {table} has no {' and no '.join(missing)}" if len(missing) < len(needed) else ""
            raise WrongFile([f"{path} is not the file that is meant: {words or f'it has no table {table}'}."])


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in database.execute(f"PRAGMA table_info({table})")}


def _rows(database: sqlite3.Connection, table: str) -> list[Row]:
    """The rows of a table, in the order in which they were written; none where there is no such table."""
    if not _columns(database, table):
        return []
    return [dict(row) for row in database.execute(ROWS.format(table=table))]
