"""File bytes -> an opened picture, or words for its writer. By content, never by extension or a sender's word."""

from __future__ import annotations

import contextlib
import io
import re
import struct
from collections.abc import Iterator

from PIL import Image, ImageCms, TiffImagePlugin, UnidentifiedImageError, _imaging

from sidecar import catalogue
from sidecar.errors import ImageError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
"""What Pillow may try. The list keeps its other decoders shut: PostScript runs a program, others read huge files."""

MAX_PIXELS = 120_000_000
DEARER = {"WEBP": 3, "AVIF": 2, "HEIF": 2}
"""Formats whose decoders keep a picture so many times in memory while they are at it: of these, fewer pixels."""
TILE = (322, 323)
"""TIFF's tags for the width and the height of its tiles."""
BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, RuntimeError, TypeError, LookupError, struct.error, ImageCms.PyCMSError
)  # fmt: skip
"""What Pillow raises for files that are damaged, or were made to hurt."""
# Twice as many pixels are an error of Pillow's, also of a frame inside an animation; more than so many are ours.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# In blocks so large, the C library gives the memory of a large picture back as soon as that is let go; smaller ones it
# keeps, for each thread.
_imaging.set_block_size(64 * 1024 * 1024)

PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|RIFF....WEBP|II\*\0|MM\0\*|BM....\0\0\0\0"
    rb"|....ftyp(?:avi[fs]|hei[cxms]|hev[cxms]|m[is]f1)",
    re.DOTALL,
)
"""How the files of those formats begin."""
HEIC = re.compile(rb"....ftyp(?:hei[cxms]|hev[cxms]|m[is]f1)", re.DOTALL)


def is_picture(data: bytes) -> bool:
    """Whether a file begins as a picture does, whatever it is called."""
    return PICTURE.match(data[:16]) is not None


@contextlib.contextmanager
def picture(data: bytes) -> Iterator[Image.Image]:
    """The picture, not decoded yet. Whatever goes wrong with it until the end is an ImageError."""
    with _in_words(), _open(data) as opened:
        # Before anything is decoded: a small file may hold a picture that no memory can.
        most = MAX_PIXELS // DEARER.get(opened.format or "", 1)
        if _pixels(opened) > most:
            raise _too_large_to_open(most)
        yield opened


def _pixels(opened: Image.Image) -> int:
    """What is decoded at a time: of a TIFF that may be a tile which is larger than the picture."""
    width, height = opened.size
    if isinstance(opened, TiffImagePlugin.TiffImageFile):
        tile = (opened.tag_v2.get(tag, 0) for tag in TILE)
        width, height = (max(side, int(of_tile)) for side, of_tile in zip((width, height), tile, strict=True))
    return width * height


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise _too_large_to_open() from error
    except BROKEN as error:
        raise _damaged() from error


def _open(data: bytes) -> Image.Image:
    if not data:
        raise ImageError.of(catalogue.PICTURE_EMPTY)
    start = data[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise ImageError.of(catalogue.PICTURE_WEB_PAGE)
    if start.startswith((b"<svg", b"<?xml")):
        raise ImageError.of(catalogue.PICTURE_SVG)
    try:
        return Image.open(io.BytesIO(data), formats=(*FORMATS, *_heif()))
    except UnidentifiedImageError:
        raise _unknown(data) from None


def _heif() -> tuple[str, ...]:
    """HEIC, as phones make it, where the extra is installed."""
    try:
        import pillow_heif
    except ImportError:
        return ()
    pillow_heif.register_heif_opener()
    return ("HEIF",)


def _unknown(data: bytes) -> ImageError:
    if not HEIC.match(data[:16]):
        return ImageError.of(catalogue.PICTURE_FORMAT)
    if _heif():
        return _damaged()
    return ImageError.of(catalogue.PICTURE_HEIC)


def _damaged() -> ImageError:
    return ImageError.of(catalogue.PICTURE_DAMAGED)


def _too_large_to_open(most: int = MAX_PIXELS) -> ImageError:
    limit = most // 1_000_000
    return ImageError.of(catalogue.PICTURE_LARGE, {"limit": limit})
