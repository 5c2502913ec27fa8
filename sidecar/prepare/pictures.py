"""A picture fit for a blog: upright, without metadata, sRGB, not too large; still or moving."""

from __future__ import annotations

import contextlib
import io
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from PIL import Image, ImageCms, ImageSequence

from sidecar.model import Prepared
from sidecar.prepare.bare import bare
from sidecar.prepare.opening import BROKEN, picture

KEPT = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
MIMES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
AVIF_BELOW = 20
"""An AVIF looks as good as a JPEG or WebP whose number for quality is that much higher."""
SMALLEST_SIDE = 480
"""A picture is not made smaller than this for the sake of a site's limit."""
LARGE = 24_000_000
"""Pixels that are in memory at once. What has more is decoded while no other such one is, and made small in strips."""
STRIP = 4_000_000
REACH = 3
"""How many pixels of what it makes Lanczos looks to either side."""
LARGE_TURN = threading.Lock()
"""Memory is what the threads of a process share, so this turn is the process's own."""
DRAFT_MARGIN = 1.1
"""A JPEG is decoded at the smallest scale that is still this much larger than needed: less memory, same look."""


@dataclass(frozen=True, slots=True)
class ImageOptions:
    max_side: int = 2560
    quality: int = 85
    target: Literal["keep", "webp"] = "keep"
    keeps_avif: bool = False
    """A still AVIF stays one, unless all become WebP."""
    max_moving: int = 400_000_000
    """Frames x pixels of an animation; what goes beyond is a still picture."""
    max_frames: int = 2000
    """The same for frames alone: each of them costs time, however small it is."""
    max_shown: int = 80_000_000
    """The same of what is made of it: all its frames are in memory at once, with four bytes a pixel."""


def image(data: bytes, options: ImageOptions) -> Prepared:
    """A picture, ready for the library. The same bytes and options always give the same bytes."""
    with picture(data) as opened:
        # In this order: to count the pages of a TIFF is to read all of them.
        if opened.format in ("GIF", "PNG", "WEBP", "AVIF") and getattr(opened, "n_frames", 1) > 1:
            return _animation(opened, data, options)
        return _still(opened, data, options)


def smaller(ready: Prepared, most: int, options: ImageOptions) -> Prepared | None:
    """A prepared picture in at most so many bytes; None when too little would be left of it."""
    made = ready
    while most and len(made.data) > most:
        side = int(max(made.width or 0, made.height or 0) * min(0.9, 0.95 * math.sqrt(most / len(made.data))))
        if side < SMALLEST_SIDE:
            return None
        made = image(ready.data, replace(options, max_side=side))
    words = f"A picture was made smaller, {made.width} by {made.height} pixels, for the site takes no larger file."
    return replace(made, notes=(*ready.notes, words)) if most else None


def _scaled(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    factor = min(1.0, max_side / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _still(opened: Image.Image, data: bytes, options: ImageOptions) -> Prepared:
    full, size = opened.size, _scaled(opened.size, options.max_side)
    if size != full:
        opened.draft(None, (int(size[0] * DRAFT_MARGIN), int(size[1] * DRAFT_MARGIN)))
    with _room_for(opened.width * opened.height):
        opened.load()
        # Only now: some formats are put upright by Pillow while they are loaded.
        turn, profile = _turn(opened), opened.info.get("icc_profile")
        # Small first: what follows makes copies.
        picture = _shrunk(opened, _scaled(opened.size, options.max_side))
        if size != full:
            opened.close()  # its pixels are of no more use, and to encode the small one takes a while
    picture.info = {}
    picture = _turned(_srgb(picture, profile), turn)
    extension = _extension(opened.format or "", picture, options)
    made = _encoded(picture, extension, options.quality)
    if size == full and turn not in TURNS and not profile:
        made = min(made, _as_it_came(opened, data, extension) or made, key=len)
    return _prepared(made, extension, picture.size)


def _room_for(pixels: int) -> contextlib.AbstractContextManager[object]:
    return LARGE_TURN if pixels > LARGE else contextlib.nullcontext()


def _shrunk(opened: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The bare picture at this size. A large one is made in strips: as a whole it is in memory only as it came."""
    white = _white(opened)
    if opened.width * opened.height <= LARGE:
        return _bare(opened, white).resize(size, Image.Resampling.LANCZOS)
    scale = opened.height / size[1]
    rows, margin = max(1, int(STRIP / (opened.width * scale))), math.ceil(REACH * scale) + 1
    strips = list[tuple[int, Image.Image]]()
    for top in range(0, size[1], rows):
        bottom = min(top + rows, size[1])
        first, last = max(0, int(top * scale) - margin), min(opened.height, math.ceil(bottom * scale) + margin)
        strip = _bare(opened.crop((0, first, opened.width, last)), white)
        box = (0, top * scale - first, opened.width, min(bottom * scale - first, strip.height))
        strips.append((top, strip.resize((size[0], bottom - top), Image.Resampling.LANCZOS, box)))
    made = Image.new(strips[0][1].mode, size)
    for top, strip in strips:
        made.paste(strip, (0, top))
    return made


def _as_it_came(opened: Image.Image, data: bytes, extension: str) -> bytes | None:
    """The picture at the quality that it came with, and nothing else of it; None where that cannot be had.

    What was made small with care would grow by being encoded anew, and lose by it.
    """
    if KEPT.get(opened.format or "") != extension:
        return None
    if opened.format == "JPEG" and opened.mode in ("L", "RGB"):
        opened.info = {}
        out = io.BytesIO()
        opened.save(out, "JPEG", quality="keep", optimize=True, progressive=True)
        return out.getvalue()
    return bare(data, opened.format or "")


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What the number in a picture's EXIF asks for."""


def _turn(opened: Image.Image) -> int:
    with contextlib.suppress(*BROKEN):  # notes that cannot be read ask for nothing
        return int(opened.getexif().get(0x0112) or 1)
    return 1


def _turned(picture: Image.Image, turn: int) -> Image.Image:
    return picture.transpose(TURNS[turn]) if turn in TURNS else picture


def _bare(opened: Image.Image, white: float) -> Image.Image:
    """The pixels in 8 bits, without a palette: L, RGB, RGBA or CMYK. `white` is what `_white` says of the whole."""
    mode = opened.mode
    if mode.startswith("I") or mode == "F":
        # Scaled: Pillow's own conversion clips it to white.
        return opened.convert("F").point(lambda value: value * (255.0 / white)).convert("L")
    if "transparency" in opened.info or mode in ("LA", "PA", "La", "RGBa", "RGBA"):
        return opened.convert("RGBA")
    if mode == "1":
        return opened.convert("L")
    return opened if mode in ("L", "RGB", "CMYK") else opened.convert("RGB")


def _white(opened: Image.Image) -> float:
    """The number that stands for white in a grey of more than 8 bits."""
    if opened.mode in ("I", "F"):
        highest = opened.getextrema()[1]
        return next(it for it in (1.0, 255.0, 65535.0, math.inf) if isinstance(highest, int | float) and highest <= it)
    return 65535.0


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Without a profile, and with colours as they look with it."""
    if picture.mode == "RGBA":
        made = _srgb(picture.convert("RGB"), profile)
        made.putalpha(picture.getchannel("A"))
        return made
    if profile:
        # A profile that cannot be read, or is for another kind of picture, says nothing about this one.
        with contextlib.suppress(ImageCms.PyCMSError, OSError):
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, target, outputMode="RGB") or picture
    picture.info = {}
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _extension(source: str, picture: Image.Image, options: ImageOptions) -> str:
    if options.target == "webp":
        return "webp"
    if source in KEPT:
        return KEPT[source]
    if source == "AVIF" and options.keeps_avif:
        return "avif"
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
            picture.save(out, "WEBP", quality=quality, method=4)
        case "avif":
            picture.save(out, "AVIF", quality=max(1, quality - AVIF_BELOW))
        case "gif":
            picture.save(out, "GIF")
        case _:
            picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _flat(picture: Image.Image) -> Image.Image:
    """On white, for a format without transparency."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


# --- animations ------------------------------------------------------------------------------------------


def _animation(opened: Image.Image, data: bytes, options: ImageOptions) -> Prepared:
    frames = int(getattr(opened, "n_frames", 1))
    ground = opened.width * opened.height
    if frames * ground > options.max_moving or frames > options.max_frames or ground > LARGE:
        note = "An animation is too long or too large to be taken over; its first picture is shown."
        return replace(_still(opened, b"", options), notes=(note,))
    size = _scaled(opened.size, options.max_side)
    most = math.sqrt(options.max_shown / (frames * size[0] * size[1]))
    notes: tuple[str, ...] = ()
    if most < 1:
        size = max(1, int(size[0] * most)), max(1, int(size[1] * most))
        notes = (f"An animation is long; it was made smaller, {size[0]} by {size[1]} pixels.",)
    extension = "webp" if options.target == "webp" or opened.format == "AVIF" else KEPT[opened.format or "GIF"]
    turn, profile, full = _turn(opened), opened.info.get("icc_profile"), opened.size
    durations: list[int] = []
    with _room_for(ground + frames * size[0] * size[1]):
        pictures = [_turned(picture, turn) for picture in _frames(opened, size, durations)]
        made = _played(opened, pictures, durations, extension, options.quality)
    if size == full and turn not in TURNS and not profile:
        made = min(made, _as_it_came(opened, data, extension) or made, key=len)
    return replace(_prepared(made, extension, pictures[0].size), notes=notes)


def _played(
    opened: Image.Image, pictures: list[Image.Image], durations: list[int], extension: str, quality: int
) -> bytes:
    """All frames, encoded anew. A GIF that does not say how often it is played is played once."""
    loop = opened.info.get("loop", 1 if opened.format == "GIF" else 0)
    more = {
        "gif": {"disposal": 2} | ({} if loop == 1 else {"loop": loop}),
        "webp": {"loop": loop, "quality": quality},
        "png": {"loop": loop},
    }
    out = io.BytesIO()
    kind = {"gif": "GIF", "webp": "WEBP", "png": "PNG"}[extension]
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=durations, **more[extension])
    return out.getvalue()


def _frames(opened: Image.Image, size: tuple[int, int], durations: list[int]) -> Iterator[Image.Image]:
    profile = opened.info.get("icc_profile")
    for frame in ImageSequence.Iterator(opened):
        picture = frame.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        # Only now: some formats know it when the frame is decoded.
        durations.append(int(frame.info.get("duration", 100) or 100))
        yield _srgb(picture, profile)


def _prepared(data: bytes, extension: str, size: tuple[int, int]) -> Prepared:
    return Prepared(data, MIMES[extension], extension, sha256(data).hexdigest(), size[0], size[1])
