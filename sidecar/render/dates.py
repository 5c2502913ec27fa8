"""Dates as people write them, in the language of the site."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

DEFAULT = Locale("en", "GB")
"""How dates are written where the language is not known, or is one that nobody has described to Babel."""
NAMELESS = "M01"
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


@cache
def locale(language: str | None) -> Locale:
    """How dates are written in a language that WordPress names: de-DE, de-DE-formal, zh_TW, ary."""
    parts = re.split("[-_]", language or "")
    while parts:
        try:
            found = Locale.parse("_".join(parts))
        except (ValueError, UnknownLocaleError):
            parts.pop()
            continue
        # Of some languages Babel knows that they exist, and no name of a month.
        return DEFAULT if found.months["format"]["wide"][1] == NAMELESS else found
    return DEFAULT


def span(start: str, end: str | None, own_zone: str | None, site_zone: str, language: str | None = None) -> str:
    """A date, a time, or the time between two; what is no date is given back as it is."""
    here = locale(language)
    from_, until = _moment(start, own_zone, site_zone), _moment(end, own_zone, site_zone) if end else None
    first = _written(from_, start, here)
    if end is None:
        return first
    if until is None or from_ is None or "T" not in end or from_.date() != until.date():
        return f"{first} → {_written(until, end, here)}"
    return f"{first} → {_time(until, here)}"


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


def _written(moment: datetime | None, text: str, here: Locale) -> str:
    if moment is None:
        return text
    day = format_date(moment, "long", locale=here)
    if "T" not in text:
        return day
    return str(here.datetime_formats["medium"]).format(_time(moment, here), day)


def _time(moment: datetime, here: Locale) -> str:
    # Without its zone: Babel moves a time that has one to UTC.
    return format_time(moment.replace(tzinfo=None), "short", locale=here)
