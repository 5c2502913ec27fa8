"""Files that are no pictures; and the names of all files in the library."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from anyascii import anyascii

from sidecar import catalogue
from sidecar.errors import ImageError
from sidecar.model import Prepared
from sidecar.prepare.films import silent

KINDS: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (re.compile(rb"%PDF-"), "pdf", "application/pdf"),
    (re.compile(rb"ID3|\xff[\xfb\xf3\xf2\xfa]"), "mp3", "audio/mpeg"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "wav", "audio/wav"),
    (re.compile(rb"OggS"), "ogg", "audio/ogg"),
    (re.compile(rb"fLaC"), "flac", "audio/flac"),
    (re.compile(rb"....ftypM4A", re.DOTALL), "m4a", "audio/mp4"),
    (re.compile(rb"....ftypqt", re.DOTALL), "mov", "video/quicktime"),
    (re.compile(rb"....ftyp", re.DOTALL), "mp4", "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "webm", "video/webm"),
)
SYMBOLS = ("No", "Sc", "Sm", "So")
"""What Unicode calls signs as ½, € and 😀."""
FILMS = ("mp4", "mov")
BY_NAME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
    "epub": "application/epub+zip",
}


def file(data: bytes, name: str) -> Prepared:
    """A file that is no picture, with the type that its bytes show, else the one its name promises.

    It stays as it is; only a film loses what it says of its place and its maker.
    """
    if not data:
        raise ImageError.of(catalogue.FILE_EMPTY, {"name": name or "without a name"})
    for pattern, extension, mime in KINDS:
        if pattern.match(data[:64]):
            return _prepared(silent(data) if extension in FILMS else data, mime, extension)
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension in BY_NAME:
        return _prepared(data, BY_NAME[extension], extension)
    raise ImageError.of(catalogue.FILE_KIND, {"name": name or "this one"})


def _prepared(data: bytes, mime: str, extension: str) -> Prepared:
    return Prepared(data, mime, extension, sha256(data).hexdigest())


def name(prepared: Prepared, readable: str) -> str:
    """The file's name in the library: `<readable>-<sha256, first 12>.<ext>`, safe on every system.

    In Latin letters whatever the script: servers and WordPress do not agree on addresses with others.
    """
    stem = re.sub(r"\.[^\W\d]\w{0,4}$", "", readable)
    letters = "".join(map(_latin, unicodedata.normalize("NFC", stem))).lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].strip("-")
    fallback = "image" if prepared.mime.startswith("image/") else "file"
    return f"{words or fallback}-{prepared.sha256[:12]}.{prepared.extension}"


def _latin(sign: str) -> str:
    """One sign of any script in Latin letters; what is written for a syllable, a word or a symbol stands apart."""
    if sign.isascii():
        return sign
    latin, kind = anyascii(sign), unicodedata.category(sign)
    if kind[0] in "LM":
        latin = re.sub(r"['`]", "", latin)
    stands_apart = kind in SYMBOLS or (kind == "Lo" and latin.istitle())
    return f" {latin} " if stands_apart else latin


SIGN = re.compile(r"-(?P<sign>[0-9a-f]{12})(?=[-.])")
OF_WORDPRESS = re.compile(r"(?:-scaled|-rotated|-e\d{10,})+(?=\.\w+$)")
"""What WordPress adds to the name of a file that it scales down, turns, or that somebody edits there."""


def is_called_alike(url: str, other: str) -> bool:
    """True when two addresses name the same file, wherever it is: by the hash in it, where there is one."""
    name, now = (unquote(urlsplit(one).path).rpartition("/")[2] for one in (url, other))
    signs = SIGN.findall(name)
    return signs[-1] in SIGN.findall(now) if signs else OF_WORDPRESS.sub("", name) == OF_WORDPRESS.sub("", now)
