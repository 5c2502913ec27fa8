"""File bytes -> bytes fit for a blog: upright, without metadata, sRGB, not too large. Pure, and the only Pillow.

By content, never by extension or by what a server called it. Whatever is not safe to open, or cannot be shown, is an
ImageError with words for the page's writer.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from sidecar.errors import ImageError
from sidecar.model import Prepared

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
"""What Pillow may try. The list keeps its other decoders shut: PostScript runs a program, others read huge files."""

KEPT = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
MIMES = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}
MAX_PIXELS = 120_000_000
MAX_FRAMES_PIXELS = 400_000_000
"""Frames x pixels of an animation; what goes beyond is a still picture."""
DRAFT_MARGIN = 1.1
"""A JPEG is decoded at the smallest scale that is still this much larger than needed: less memory, same look."""


@dataclass(frozen=True, slots=True)
class ImageOptions:
    max_side: int = 2560
    quality: int = 85
    target: Literal["keep", "webp"] = "keep"


# --- pictures --------------------------------------------------------------------------------------------


def image(data: bytes, options: ImageOptions) -> Prepared:
    """A picture, ready for the library. The same bytes and options always give the same bytes."""
    with _open(data) as opened:
        _check_size(opened)
        try:
            if getattr(opened, "n_frames", 1) > 1 and opened.format in ("GIF", "PNG", "WEBP", "AVIF"):
                return _animation(opened, options)
            return _still(opened, data, options)
        except ImageError:
            raise
        except (OSError, SyntaxError, ValueError, EOFError, ImageCms.PyCMSError) as error:
            raise _broken() from error


def _broken() -> ImageError:
    return ImageError("A picture is incomplete or damaged.", "Open it, save it anew, and put it into the page again.")


def _open(data: bytes) -> Image.Image:
    if not data:
        raise ImageError("A picture is empty: its file has no bytes.", "Put it into the page again.")
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise ImageError(
            "What should be a picture is a web page: its address leads to a page about it, or asks for a login.",
            "Upload the picture itself to Notion.",
        )
    if start.startswith((b"<svg", b"<?xml")):
        raise ImageError("A picture is an SVG drawing, which WordPress does not take.", "Export it as PNG.")
    try:
        return Image.open(io.BytesIO(data), formats=(*FORMATS, *_heif()))
    except UnidentifiedImageError:
        raise _unknown(data) from None
    except Image.DecompressionBombError as error:
        raise _too_large_to_open() from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _broken() from error


def _heif() -> tuple[str, ...]:
    """HEIC, as phones make it, where the extra is installed."""
    try:
        import pillow_heif
    except ImportError:
        return ()
    pillow_heif.register_heif_opener()
    return ("HEIF",)


def _unknown(data: bytes) -> ImageError:
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return ImageError(
            "A picture is in the HEIC format of phones, and the sidecar was installed without it.",
            "Install notion-wordpress-sidecar[heif], or export the picture as JPEG.",
        )
    return ImageError("What should be a picture is in no format that can be shown.", "Export it as JPEG or PNG.")


def _too_large_to_open() -> ImageError:
    limit = MAX_PIXELS // 1_000_000
    return ImageError(f"A picture has more than {limit} million pixels.", "Make it smaller and put it in again.")


def _check_size(opened: Image.Image) -> None:
    """Before anything is decoded: a small file may hold a picture that no memory can."""
    if opened.width * opened.height > MAX_PIXELS:
        raise _too_large_to_open()


def _scaled(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    factor = min(1.0, max_side / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _still(opened: Image.Image, data: bytes, options: ImageOptions) -> Prepared:
    source = opened.format or ""
    size = _scaled(opened.size, options.max_side)
    if size != opened.size:
        opened.draft(None, (int(size[0] * DRAFT_MARGIN), int(size[1] * DRAFT_MARGIN)))
    picture = _shown(opened)
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture = ImageOps.exif_transpose(picture)
    extension = _extension(source, picture, options)
    made = _encoded(picture, extension, options.quality)
    return _prepared(_smaller(made, data, opened, picture, extension), extension, picture.size)


def _shown(opened: Image.Image) -> Image.Image:
    """The pixels as they are meant: 8 bits, sRGB, no palette. The note on how to turn it stays for later."""
    turn = opened.getexif().get(0x0112)
    profile = opened.info.get("icc_profile")
    picture: Image.Image = opened
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        picture = _eight_bits(picture)
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        picture = _srgb(picture, profile)
    if picture.mode == "P" or (picture.mode in ("RGB", "L", "1") and "transparency" in picture.info):
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif picture.mode in ("LA", "PA", "La", "RGBa"):
        picture = picture.convert("RGBA")
    elif picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    picture.load()
    clean = picture.copy()
    clean.info = {}
    exif = Image.Exif()
    if turn:
        exif[0x0112] = turn
    clean.info["exif"] = exif.tobytes() if turn else b""
    clean._exif = None  # the copy would go on showing the original's metadata
    return clean


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit grey scaled to 8: Pillow's own conversion clips it to white."""
    low, high = picture.getextrema()
    top = 65535 if isinstance(high, int | float) and high > 255 else 255
    del low
    return picture.convert("F").point(lambda value: value * (255.0 / top)).convert("L")


def _srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # A profile that cannot be read, or is for another kind of picture, says nothing about this one.
        return picture
    return converted or picture


def _extension(source: str, picture: Image.Image, options: ImageOptions) -> str:
    if options.target == "webp":
        return "webp"
    if source in KEPT:
        return KEPT[source]
    return "png" if _is_see_through(picture) or source in ("BMP", "PNG") else "jpg"


def _is_see_through(picture: Image.Image) -> bool:
    if picture.mode != "RGBA":
        return False
    lowest = picture.getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255


def _encoded(picture: Image.Image, extension: str, quality: int) -> bytes:
    out = io.BytesIO()
    match extension:
        case "jpg":
            _flat(picture).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        case "webp":
            picture.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=None)
        case "gif":
            picture.save(out, "GIF")
        case _:
            picture.save(out, "PNG", optimize=True, exif=b"", icc_profile=None)
    return out.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """On white, for a format without transparency."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _smaller(made: bytes, data: bytes, opened: Image.Image, picture: Image.Image, extension: str) -> bytes:
    """The original where encoding it again made it larger and it holds nothing but the picture."""
    is_same = KEPT.get(opened.format or "") == extension and opened.size == picture.size
    has_extras = bool(opened.getexif()) or "icc_profile" in opened.info or len(opened.info.keys() & EXTRAS) > 0
    return data if is_same and not has_extras and len(data) < len(made) and extension == "png" else made


EXTRAS = {"xmp", "XML:com.adobe.xmp", "comment", "photoshop", "exif", "Description", "Comment", "Software"}


# --- animations ------------------------------------------------------------------------------------------


def _animation(opened: Image.Image, options: ImageOptions) -> Prepared:
    frames = int(getattr(opened, "n_frames", 1))
    if frames * opened.width * opened.height > MAX_FRAMES_PIXELS:
        opened.seek(0)
        first = _still(opened, b"", ImageOptions(options.max_side, options.quality, options.target))
        note = "An animation is too long to be taken over; its first picture is shown."
        return Prepared(first.data, first.mime, first.extension, first.sha256, first.width, first.height, (note,))
    size = _scaled(opened.size, options.max_side)
    extension = "webp" if options.target == "webp" or opened.format == "AVIF" else KEPT[opened.format or "GIF"]
    durations: list[int] = []
    pictures = list(_frames(opened, size, durations))
    out = io.BytesIO()
    kinds = {"gif": "GIF", "webp": "WEBP", "png": "PNG"}
    more = {"disposal": 2} if extension == "gif" else {}
    pictures[0].save(
        out,
        kinds[extension],
        save_all=True,
        append_images=pictures[1:],
        duration=durations,
        loop=int(opened.info.get("loop", 0) or 0),
        **more,
    )
    return _prepared(out.getvalue(), extension, size)


def _frames(opened: Image.Image, size: tuple[int, int], durations: list[int]) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(opened):
        durations.append(int(frame.info.get("duration", 100) or 100))
        picture = frame.convert("RGBA")
        yield picture.resize(size, Image.Resampling.LANCZOS) if picture.size != size else picture


def _prepared(data: bytes, extension: str, size: tuple[int, int]) -> Prepared:
    return Prepared(data, MIMES[extension], extension, sha256(data).hexdigest(), size[0], size[1])


# --- other files -----------------------------------------------------------------------------------------

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
    """A file that is no picture, as it is, with the type that its bytes show, else the one its name promises."""
    if not data:
        raise ImageError(f"The file {name or ''} is empty.".replace("  ", " "), "Put it into the page again.")
    digest = sha256(data).hexdigest()
    for pattern, extension, mime in KINDS:
        if pattern.match(data[:64]):
            return Prepared(data, mime, extension, digest)
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension in BY_NAME:
        return Prepared(data, BY_NAME[extension], extension, digest)
    raise ImageError(f"WordPress takes no files of the kind of {name or 'this one'}.", "Link to it, or pack it as zip.")


def name(prepared: Prepared, readable: str) -> str:
    """The file's name in the library: `<readable>-<sha256, first 12>.<ext>`, safe on every system."""
    stem = readable.rsplit(".", 1)[0] if re.search(r"\.\w{1,5}$", readable) else readable
    letters = unicodedata.normalize("NFKD", stem.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].strip("-")
    fallback = "image" if prepared.mime.startswith("image/") else "file"
    return f"{words or fallback}-{prepared.sha256[:12]}.{prepared.extension}"
