"""Which file became which item of the media library, in SQL. No bytes, no calls to WordPress."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sidecar.adapters.ledger.store import Store
from sidecar.adapters.ledger.tables import Tables
from sidecar.blocks import PageId
from sidecar.ledger import Asset, AssetId, CutShort, ItemId, Upload
from sidecar.model import Media, MediaId

UPLOADED = ("media_id", "media_url", "name", "mime", "width", "height", "bytes", "sha256", "described")


class SqlAssets:
    def __init__(self, store: Store, tables: Tables, site: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._asset = tables.asset
        self._site = site
        self._now = now

    def begin(self, page_id: PageId, block_id: str, identity: str) -> AssetId:
        asset, key = self._asset, _key(identity)
        mine = (asset.page_id == page_id, asset.block_id == block_id, asset.identity_hash == key)
        with self._store.transaction():
            row = asset.get_or_none(asset.site == self._site, *mine)
            if row is None:
                values: dict[str, Any] = {
                    "site": self._site,
                    "page_id": page_id,
                    "block_id": block_id,
                    "identity": identity,
                }
                values |= {"identity_hash": key, "status": "Pending", "updated_at": self._now()}
                return AssetId(asset.create(**values).id)
            if row.status != "Uploaded":
                self._change(row.id, status="Pending", error=None)
            return AssetId(row.id)

    def known(self, identity: str) -> Media | None:
        with self._store.transaction():
            row = self._uploaded(identity=identity)
            return None if row is None else _media(row)

    def reuse(self, asset_id: AssetId, *, identity: str = "", sha256: str = "") -> Media | None:
        with self._store.transaction():
            row = self._uploaded(identity=identity, sha256=sha256)
            if row is None:
                return None
            if row.id != asset_id:
                same = {name: getattr(row, name) for name in UPLOADED}
                self._change(asset_id, status="Uploaded", error=None, made_by=None, **same)
            return _media(row)

    def sending(self, asset_id: AssetId, sha256: str, name: str, size: int, made_by: ItemId) -> None:
        with self._store.transaction():
            row = self._asset.get_by_id(asset_id)
            if row.media_id is None and row.sha256 not in (None, sha256):
                self._set_apart(row)
            sent = {"media_id": None, "sha256": sha256, "name": name, "bytes": size, "made_by": made_by}
            self._change(asset_id, status="Pending", **sent)

    def _set_apart(self, row: Any) -> None:
        """Keeps an upload without a known end as a row of its own: the same link has come to give other bytes."""
        kept = {name: getattr(row, name) for name in ("site", "identity", "identity_hash", *UPLOADED, "made_by")}
        row_id = self._asset.create(page_id="", block_id="", status="Failed", updated_at=row.updated_at, **kept).id
        self._asset.update(block_id=row_id).where(self._asset.id == row_id).execute()

    def sender(self, sha256: str) -> ItemId | None:
        asset = self._asset
        with self._store.transaction():
            row = asset.select().where(*self._without_end(), asset.sha256 == sha256).order_by(asset.id.desc()).first()
            return None if row is None else ItemId(row.made_by)

    def cut_short(self) -> Sequence[CutShort]:
        asset = self._asset
        with self._store.transaction():
            return [_cut_short(row) for row in asset.select().where(*self._without_end()).order_by(asset.id)]

    def drop(self, asset_id: AssetId) -> None:
        asset = self._asset
        with self._store.transaction():
            asset.delete().where(asset.id == asset_id, *self._without_end()).execute()

    def _without_end(self) -> tuple[Any, ...]:
        asset = self._asset
        return asset.site == self._site, asset.made_by.is_null(False), asset.media_id.is_null()

    def uploaded(self, asset_id: AssetId, sha256: str, media: Media, size: int, made_by: ItemId | None) -> None:
        with self._store.transaction():
            self._change(
                asset_id,
                status="Uploaded",
                error=None,
                sha256=sha256,
                media_id=media.id,
                media_url=media.url,
                name=media.name,
                mime=media.mime,
                width=media.width,
                height=media.height,
                bytes=size,
                made_by=made_by,
            )

    def failed(self, asset_id: AssetId, error: str) -> None:
        with self._store.transaction():
            self._change(asset_id, status="Failed", error=error)

    def keep(self, page_id: PageId, asset_ids: Sequence[AssetId]) -> None:
        asset = self._asset
        with self._store.transaction():
            others = (asset.site == self._site, asset.page_id == page_id, asset.id.not_in(list(asset_ids)))
            # What became of an upload must stay known, or an orphan in the library could not be told from a stranger.
            sent = asset.media_id.is_null(False) | asset.made_by.is_null(False)
            asset.update(page_id="", block_id=asset.id).where(*others, sent).execute()
            asset.delete().where(*others).execute()

    def made_only_by(self, item_id: ItemId) -> Sequence[MediaId]:
        asset = self._asset
        with self._store.transaction():
            ended = (asset.site == self._site, asset.media_id.is_null(False))
            mine = list(asset.select().where(*ended, asset.made_by == item_id))
            alone = [row for row in mine if not self._is_used_elsewhere(row)]
            gone = sorted({str(row.media_id) for row in alone})
            asset.delete().where(asset.site == self._site, asset.media_id.in_(gone)).execute()
            return [MediaId(media_id) for media_id in gone]

    def described_by(self, page_id: PageId) -> Mapping[MediaId, str]:
        asset = self._asset
        with self._store.transaction():
            mine = (asset.site == self._site, asset.status == "Uploaded")
            shown = asset.select(asset.media_id).where(*mine, asset.page_id == page_id)
            rows = list(asset.select().where(*mine, asset.page_id != "", asset.media_id.in_(shown)).order_by(asset.id))
        first: dict[str, Any] = {}
        for row in rows:
            first.setdefault(row.media_id, row)
        return {MediaId(key): row.described or "" for key, row in first.items() if row.page_id == page_id}

    def describe(self, media_id: MediaId, described: str) -> None:
        asset = self._asset
        with self._store.transaction():
            asset.update(described=described).where(asset.site == self._site, asset.media_id == media_id).execute()

    def lost(self, media_id: MediaId) -> None:
        asset = self._asset
        with self._store.transaction():
            asset.delete().where(asset.site == self._site, asset.media_id == media_id).execute()

    def moved(self, media_id: MediaId, url: str) -> None:
        asset = self._asset
        with self._store.transaction():
            asset.update(media_url=url).where(asset.site == self._site, asset.media_id == media_id).execute()

    def uploads(self) -> Sequence[Upload]:
        asset = self._asset
        with self._store.transaction():
            kept = (asset.site == self._site, asset.media_id.is_null(False))
            rows = list(asset.select().where(*kept, asset.status.in_(("Uploaded", "Retired"))).order_by(asset.id))
        pages: dict[str, set[PageId]] = {}
        for row in rows:
            pages.setdefault(row.media_id, set()).update({PageId(row.page_id)} if row.page_id else ())
        made = {row.media_id: row for row in rows if row.made_by is not None}
        return [_upload(made[key], pages[key]) for key in sorted(made, key=lambda key: (len(key), key))]

    def retire(self, media_id: MediaId, pages: Collection[PageId]) -> bool:
        asset = self._asset
        mine = (asset.site == self._site, asset.media_id == media_id)
        with self._store.transaction():
            users = {row.page_id for row in asset.select(asset.page_id).where(*mine)}
            if users - {"", *pages}:
                return False
            gone = {"status": "Retired", "page_id": "", "block_id": asset.id, "updated_at": self._now()}
            asset.update(gone).where(*mine).execute()
            return True

    def forget(self, media_id: MediaId) -> None:
        asset = self._asset
        with self._store.transaction():
            mine = (asset.site == self._site, asset.media_id == media_id, asset.status == "Retired")
            asset.delete().where(*mine).execute()

    def of_page(self, page_id: PageId) -> Sequence[Asset]:
        asset = self._asset
        with self._store.transaction():
            rows = asset.select().where(asset.site == self._site, asset.page_id == page_id).order_by(asset.id)
            return [_asset(row) for row in rows]

    def _is_used_elsewhere(self, row: Any) -> bool:
        asset = self._asset
        others = (asset.media_id == row.media_id, asset.page_id != row.page_id, asset.page_id != "")
        found: bool = asset.select().where(asset.site == self._site, *others).exists()
        return found

    def _uploaded(self, identity: str = "", sha256: str = "") -> Any:
        asset = self._asset
        same = asset.identity_hash == _key(identity) if identity else asset.sha256 == sha256
        return asset.get_or_none(asset.site == self._site, asset.status == "Uploaded", same)

    def _change(self, asset_id: AssetId, **changes: Any) -> None:
        changes["updated_at"] = self._now()
        self._asset.update(changes).where(self._asset.id == asset_id).execute()


def _key(identity: str) -> str:
    return sha256(identity.encode()).hexdigest()


def _media(row: Any) -> Media:
    return Media(
        id=MediaId(row.media_id),
        url=row.media_url,
        width=row.width,
        height=row.height,
        mime=row.mime or "",
        name=row.name or "",
    )


def _cut_short(row: Any) -> CutShort:
    return CutShort(AssetId(row.id), row.sha256, row.name, row.bytes, ItemId(row.made_by), row.updated_at)


def _upload(row: Any, pages: Collection[PageId]) -> Upload:
    return Upload(media=_media(row), sha256=row.sha256 or "", size=row.bytes or 0, pages=frozenset(pages))


def _asset(row: Any) -> Asset:
    return Asset(
        id=AssetId(row.id),
        page_id=PageId(row.page_id),
        block_id=row.block_id,
        identity=row.identity,
        status=row.status,
        sha256=row.sha256,
        media=None if row.media_id is None else _media(row),
        error=row.error,
    )
