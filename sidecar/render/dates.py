"""Dates as people write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OFFSET = re.compile(r"(?:UTC)?([+-])(\d{1,2})(?::?(\d{2}))?")


def zone(name: str) -> tzinfo | None:
    """A time zone by its name, or by its distance to UTC, which is how a WordPress without a city says it."""
    offset = OFFSET.fullmatch(name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes)) if minutes < 1440 else None
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def span(start: str, end: str | None, own_zone: str | None, site_zone: str) -> str:
    """A date, a time, or the time between two; what is no date is given back as it is."""
    from_, until = _moment(start, own_zone, site_zone), _moment(end, own_zone, site_zone) if end else None
    first = _written(from_, start)
    if end is None:
        return first
    if until is None or from_ is None or "T" not in end or from_.date() != until.date():
        return f"{first} → {_written(until, end)}"
    return f"{first} → {until:%H:%M}"


def _moment(text: str, own_zone: str | None, site_zone: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text:
        return moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(own_zone) if own_zone else None)
    shown_in = zone(site_zone)
    try:
        return moment.astimezone(shown_in) if moment.tzinfo and shown_in else moment
    except OverflowError:
        return moment


def _written(moment: datetime | None, text: str) -> str:
    if moment is None:
        return text
    day = f"{moment.day} {moment:%B} {moment.year}"
    return f"{day}, {moment:%H:%M}" if "T" in text else day
