"""Words of the whole ledger: what its rows are called by, how far a page has come, who finds a post."""

from __future__ import annotations

from typing import Literal, NewType

JobId = NewType("JobId", int)
ItemId = NewType("ItemId", int)
AssetId = NewType("AssetId", int)

Phase = Literal["idle", "creating", "created", "dead"]
"""idle; a create may be under way; a post id is stored but the post is not finished; given up until asked anew."""

PUBLIC = frozenset({"publish", ""})
"""Statuses of posts that readers find. A post whose status is not known yet is taken for one."""
FOR_READERS = PUBLIC | {"future"}
"""Statuses of posts that readers find, or will find without anybody touching them again."""
