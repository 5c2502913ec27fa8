"""A picture's file with every part left out that is no picture: place, person, words. Its pixels are not touched.

Only for files that were decoded to their end before: nothing here looks into the pixels.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping

PNG_PARTS = frozenset(b"IHDR PLTE tRNS sRGB gAMA cHRM sBIT bKGD pHYs acTL fcTL fdAT IDAT IEND".split())
WEBP_PIXELS = frozenset((b"ALPH", b"VP8 ", b"VP8L"))
WEBP_PARTS = WEBP_PIXELS | {b"VP8X", b"ANIM", b"ANMF"}
WEBP_SAYS = 0x20 | 0x08 | 0x04
"""The flags of a WebP that promise a profile, EXIF and XMP."""
FRAME_HEAD = 16
"""Bytes of a moving WebP's frame before its pixels: where it stands, how large it is, how long it is shown."""
IMAGE, EXTENSION, END, PLAIN_TEXT = 0x2C, 0x21, 0x3B, 0x01
GIF_PACE = re.compile(rb"!\xf9\x04.{4}|!\xff\x0b(?:NETSCAPE2\.0|ANIMEXTS1\.0)\x03\x01..", re.DOTALL)
"""How long a picture is shown and what becomes of it then; how often all are played. Words may follow."""


def bare(data: bytes, kind: str) -> bytes | None:
    """The file without its words; None for a kind that has no such way, and for a file that is not built as it should.

    `kind` is Pillow's name of the format.
    """
    try:
        return BARE[kind](data) if kind in BARE else None
    except (IndexError, struct.error):
        return None


def _png(data: bytes) -> bytes | None:
    """The parts follow one another, each with its length before its name and a checksum after it."""
    kept, place = [data[:8]], 8
    while (part := data[place : place + 12 + int.from_bytes(data[place : place + 4])]) and len(part) >= 12:
        if part[4:8] in PNG_PARTS:
            kept.append(part)
        if part[4:8] == b"IEND":
            return b"".join(kept)
        place += len(part)
    return None


def _webp(data: bytes) -> bytes | None:
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    inside = _riff(data[12:end], WEBP_PARTS) if end <= len(data) else None
    return None if inside is None else b"RIFF" + struct.pack("<I", 4 + len(inside)) + b"WEBP" + inside


def _riff(data: bytes, wanted: frozenset[bytes]) -> bytes | None:
    """The wanted ones of some parts that follow one another, each with its name, its length and a filling byte."""
    kept, place = list[bytes](), 0
    while place < len(data):
        name, (size,) = data[place : place + 4], struct.unpack_from("<I", data, place + 4)
        body = data[place + 8 : place + 8 + size]
        if len(body) < size:
            return None
        if name in wanted:
            made = _webp_body(name, body)
            if made is None:
                return None
            kept.append(name + struct.pack("<I", len(made)) + made + b"\0" * (len(made) % 2))
        place += 8 + size + size % 2
    return b"".join(kept)


def _webp_body(name: bytes, body: bytes) -> bytes | None:
    if name == b"VP8X":
        return bytes((body[0] & ~WEBP_SAYS,)) + body[1:10]
    if name == b"ANMF":
        pixels = _riff(body[FRAME_HEAD:], WEBP_PIXELS)
        return None if pixels is None else body[:FRAME_HEAD] + pixels
    return body


def _gif(data: bytes) -> bytes | None:
    """Blocks with a letter before them. Of those that are no picture only the pace and the number of rounds stay."""
    place = 13 + _colours(data[10])
    kept = [data[:place]]
    while data[place] != END:
        if data[place] == IMAGE:
            end = _chain_end(data, place + 11 + _colours(data[place + 9]))
        elif data[place] == EXTENSION and data[place + 1] != PLAIN_TEXT:
            end = _chain_end(data, place + 2)
        else:
            return None
        if data[place] == IMAGE:
            kept.append(data[place:end])
        elif pace := GIF_PACE.match(data, place, end):
            kept.append(pace[0] + b"\0")
        place = end
    return b"".join((*kept, bytes((END,))))


def _colours(flags: int) -> int:
    """Bytes of a palette."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _chain_end(data: bytes, place: int) -> int:
    """Where a chain of blocks, each with its length before it, ends: behind the empty one."""
    while data[place]:
        place += 1 + data[place]
    return place + 1


BARE: Mapping[str, Callable[[bytes], bytes | None]] = {"PNG": _png, "WEBP": _webp, "GIF": _gif}
