"""Runs and reports as the JSON objects that `--json` and the web service promise. Their keys are a contract."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sidecar.ledger import Job, Noted, Upload
from sidecar.model import Outcome, Report
from sidecar.orphans import Found
from sidecar.removing import Removal

PAGE = ("page_id", "title", "page_url", "action", "post_id", "post_url", "status", "error")


def report_object(report: Report) -> dict[str, Any]:
    return {
        "job_id": report.job_id,
        "status": report.status,
        "error": report.error,
        "pages": [page_object(outcome) for outcome in report.outcomes],
        "metrics": dataclasses.asdict(report.metrics),
    }


def job_object(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "site": job.site,
        "type": job.type,
        "status": job.status,
        "started_at": job.started_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "error": job.error,
        "metrics": dataclasses.asdict(job.metrics),
        "pages": [page_object(outcome) for outcome in job.outcomes],
    }


def event_object(event: Noted) -> dict[str, Any]:
    return {
        "received_at": datetime.fromtimestamp(event.received_at, UTC).isoformat(),
        "source": event.source,
        "kind": event.kind,
        "page_id": event.page_id,
        "ignored": event.body or None,
    }


def orphans_object(found: Found, removals: Sequence[Removal] | None) -> dict[str, Any]:
    """`removals` is None when nothing was to be removed."""
    shown = {"orphans": [_upload_object(one) for one in found.orphans], "unsettled": list(found.unsettled)}
    if removals is None:
        return shown
    ends = [{"media_id": one.upload.media.id, "end": one.end, "reason": one.reason or None} for one in removals]
    return {**shown, "removals": ends}


def _upload_object(one: Upload) -> dict[str, Any]:
    media = one.media
    return {"media_id": media.id, "name": media.name, "url": media.url, "mime": media.mime, "bytes": one.size}


def page_object(outcome: Outcome) -> dict[str, Any]:
    warnings = [dataclasses.asdict(warning) for warning in outcome.warnings]
    return {name: getattr(outcome, name) for name in PAGE} | {"warnings": warnings}
