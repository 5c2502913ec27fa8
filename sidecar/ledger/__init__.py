"""The role of the ledger: what is remembered, and the promises of each statement. The SQL is in `adapters/ledger`.

Each module is one part of it: its data first, then its promises.
"""

from __future__ import annotations

from dataclasses import dataclass

from sidecar.ledger.assets import Asset, Assets, CutShort, Upload
from sidecar.ledger.figures import Figures, Noted, Tally
from sidecar.ledger.insight import Backlog, Ended, Insight, Queued, Trouble, Working
from sidecar.ledger.jobs import Job, Jobs
from sidecar.ledger.memory import Leases, Memory
from sidecar.ledger.pages import Accepted, Claim, Left, Pages, Trigger, Waiting
from sidecar.ledger.records import Records, Shown
from sidecar.ledger.words import FOR_READERS, PUBLIC, AssetId, ItemId, JobId, Phase

__all__ = [
    "FOR_READERS",
    "PUBLIC",
    "Accepted",
    "Asset",
    "AssetId",
    "Assets",
    "Backlog",
    "Claim",
    "CutShort",
    "Ended",
    "Figures",
    "Insight",
    "ItemId",
    "Job",
    "JobId",
    "Jobs",
    "Leases",
    "Ledger",
    "Left",
    "Memory",
    "Noted",
    "Pages",
    "Phase",
    "Queued",
    "Records",
    "Shown",
    "Tally",
    "Trigger",
    "Trouble",
    "Upload",
    "Waiting",
    "Working",
]


@dataclass(frozen=True)
class Ledger:
    """All that is remembered about one site."""

    jobs: Jobs
    pages: Pages
    records: Records
    assets: Assets
    memory: Memory
    leases: Leases
    insight: Insight
    figures: Figures
