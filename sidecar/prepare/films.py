"""A film of MP4 or QuickTime without what it says of its place and maker. Pictures and sounds are not touched."""

from __future__ import annotations

from collections.abc import Iterator

TREE = frozenset(((b"", b"moov"), (b"moov", b"trak")))
"""The boxes that are looked into, and where they stand."""
NOTES = frozenset((b"udta", b"meta"))
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def silent(film: bytes) -> bytes:
    """The film with its notes made empty. It stays as long as it was: players find its pictures by their places."""
    notes = list(_notes(film, b"", 0, len(film)))
    if not notes:
        return film
    made = bytearray(film)
    for start, body, end in notes:
        made[start + 4 : start + 8] = b"free"
        made[body:end] = bytes(end - body)
    return bytes(made)


def _notes(film: bytes, parent: bytes, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Where each box of notes begins, where its inside does, and where it ends; up to a box that is not built so."""
    while place + 8 <= end:
        size, kind, body = int.from_bytes(film[place : place + 4]), film[place + 4 : place + 8], place + 8
        if size == 1:
            size, body = int.from_bytes(film[body : body + 8]), body + 8
        after = place + size if size else end
        if not body <= after <= end:
            return
        if kind in NOTES or (kind == b"uuid" and film[body : body + 16] == XMP):
            yield place, body, after
        elif (parent, kind) in TREE:
            yield from _notes(film, kind, body, after)
        place = after
