"""Pictures of every kind, from Notion to a real WordPress: what is served looks like what was put in, or words say why.

All of them go in one run. The good and the odd ones stand in one page; each hostile one spoils a page of its own.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

import pillow_heif
import pytest
import requests
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from sidecar.adapters.connect import connected
from sidecar.config import Config
from sidecar.model import Outcome
from sidecar.orchestrator import Request, sync
from tests.stage.notion import NotionStandIn, art
from tests.stage.notion import build as b
from tests.stage.wordpress import WordPress
from tests.stories.magazine import by_title

pillow_heif.register_heif_opener()

SIDE = 320
"""IMAGE_MAX_PIXELS_SIDE of this run."""
ALIKE = 2.5
"""Shades of 255 by which a served picture may differ from what was put in, at the size of a thumbnail."""
PRIVATE = (b"Exif", b"eXIf", b"EXIF", b"GPS", b"Camera", b"secret", b"adobe:ns", b"ICC_PROFILE", b"iCCP", b"ICCP")


# --- what is put in ----------------------------------------------------------------------------------------


@cache
def scene(size: tuple[int, int] = (480, 320)) -> Image.Image:
    return art.landscape(3, size)


def see_through() -> Image.Image:
    """The scene in a round window."""
    picture = scene().convert("RGBA")
    window = Image.new("L", picture.size, 0)
    ImageDraw.Draw(window).ellipse((60, 20, 420, 300), fill=255)
    picture.putalpha(window)
    return picture


def encoded(picture: Image.Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def lying() -> bytes:
    """As a phone held upright writes it: on its side, with the way to turn it, the camera and the place."""
    return art.jpeg(scene().transpose(Image.Transpose.ROTATE_90), orientation=6)


def moving(kind: str) -> bytes:
    frames = [scene()]
    for place in (100, 200, 300):
        frames.append(scene().copy())
        ImageDraw.Draw(frames[-1]).rectangle((place, 40, place + 60, 100), fill="white")
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=[60, 80, 100, 120], loop=0)


def lab() -> bytes:
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return encoded(ImageCms.profileToProfile(scene(), *profiles, outputMode="LAB"), "TIFF")


def swapped() -> bytes:
    """Its numbers have red and green exchanged, and so has its profile: it looks right with it, and only with it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    starts = (132 + 12 * place for place in range(int.from_bytes(profile[128:132])))
    tags = {bytes(profile[start : start + 4]): slice(start + 4, start + 12) for start in starts}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red], profile[green] = profile[green], profile[red]
    bands = scene().split()
    exchanged = Image.merge("RGB", (bands[1], bands[0], bands[2]))
    return encoded(exchanged, "PNG", icc_profile=bytes(profile))


def part(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, bits: int, color: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    parts = part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def sixteen_bits(mode: str) -> bytes:
    """Each shade in two bytes, as scanners write it."""
    picture = scene().convert(mode)
    row = picture.width * len(mode)
    raw = picture.tobytes()
    doubled = bytes(byte for value in raw for byte in (value, value))
    rows = b"".join(b"\0" + doubled[2 * start : 2 * (start + row)] for start in range(0, len(raw), row))
    return png(*picture.size, 16, 2 if mode == "RGB" else 0, rows)


def talkative_png() -> bytes:
    """Small enough to be let through as it is, if it said nothing."""
    made = encoded(flat(), "PNG", optimize=True)
    return made[:33] + part(b"tEXt", b"Author\0secret") + made[33:] + b"secret"


def long_gif() -> bytes:
    """Twelve frames of 36 million pixels each in a few hundred bytes."""
    frame = b"\x21\xf9\x04\x00\x05\x00\x00\x00\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 6000, 6000, 0x80, 0, 0) + bytes((9, 9, 9, 9, 9, 9)) + frame * 12 + b"\x3b"


def half(kind: str) -> bytes:
    whole = encoded(scene(), kind)
    return whole[: len(whole) // 2]


def huge_jpeg() -> bytes:
    """The header of 400 million pixels before the data of a few."""
    made = encoded(scene(), "JPEG")
    return made.replace(struct.pack(">HH", 320, 480), struct.pack(">HH", 20_000, 20_000), 1)


# --- what becomes of it ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fine:
    """Served as this kind, of this size; looking like `like`; said by a note, if any."""

    extension: str
    make: Callable[[], bytes]
    size: tuple[int, int] = (320, 213)
    like: Callable[[], Image.Image] | None = scene
    note: str = ""
    frames: int = 1
    by: float = ALIKE


def grey() -> Image.Image:
    return scene().convert("L")


def black_and_white() -> Image.Image:
    return scene().convert("1", dither=Image.Dither.NONE).convert("L")


def large() -> Image.Image:
    return scene((3000, 2000))


def flat() -> Image.Image:
    return scene((160, 100)).quantize(8)


FINE: Mapping[str, Fine] = {
    "JPEG": Fine("jpg", lambda: encoded(scene(), "JPEG")),
    "JPEG on its side, with a camera and a place": Fine("jpg", lying),
    "progressive JPEG": Fine("jpg", lambda: encoded(scene(), "JPEG", progressive=True)),
    "JPEG in grey": Fine("jpg", lambda: encoded(grey(), "JPEG"), like=grey),
    "JPEG in CMYK": Fine("jpg", lambda: encoded(scene().convert("CMYK"), "JPEG")),
    "JPEG of two views": Fine("jpg", lambda: encoded(scene(), "MPO", save_all=True, append_images=[scene()])),
    "JPEG made smaller while it is decoded": Fine("jpg", lambda: encoded(large(), "JPEG"), like=large),
    "PNG": Fine("png", lambda: encoded(scene(), "PNG")),
    "PNG with a palette": Fine("png", lambda: encoded(scene().quantize(128), "PNG")),
    "PNG in black and white": Fine("png", lambda: encoded(black_and_white().convert("1"), "PNG"), like=black_and_white),
    "PNG in 16 bits": Fine("png", lambda: sixteen_bits("RGB")),
    "PNG in 16 bits of grey": Fine("png", lambda: sixteen_bits("L"), like=grey),
    "PNG with transparency": Fine("png", lambda: encoded(see_through(), "PNG"), like=see_through),
    "PNG with a profile": Fine("png", swapped),
    "PNG with words in it": Fine("png", talkative_png, size=(160, 100), like=flat),
    "GIF": Fine("gif", lambda: encoded(scene(), "GIF"), by=4.0),
    "GIF that moves": Fine("gif", lambda: moving("GIF"), frames=4, by=4.0),
    "WebP": Fine("webp", lambda: encoded(scene(), "WEBP")),
    "WebP with transparency": Fine("webp", lambda: encoded(see_through(), "WEBP"), like=see_through),
    "WebP that moves": Fine("webp", lambda: moving("WEBP"), frames=4),
    "PNG that moves": Fine("png", lambda: moving("PNG"), frames=4),
    "AVIF": Fine("jpg", lambda: encoded(scene(), "AVIF")),
    "AVIF that moves": Fine("webp", lambda: moving("AVIF"), frames=4),
    "TIFF": Fine("jpg", lambda: encoded(scene(), "TIFF")),
    "TIFF with transparency": Fine("png", lambda: encoded(see_through(), "TIFF"), like=see_through),
    "TIFF in CMYK": Fine("jpg", lambda: encoded(scene().convert("CMYK"), "TIFF")),
    "TIFF in Lab": Fine("jpg", lab),
    "BMP": Fine("png", lambda: encoded(scene(), "BMP")),
    "HEIC of a phone": Fine("jpg", lambda: encoded(scene(), "HEIF")),
    "one pixel": Fine("png", lambda: encoded(Image.new("RGB", (1, 1), "red"), "PNG"), (1, 1), like=None),
    "20,000 pixels wide": Fine("png", lambda: encoded(Image.new("RGB", (20_000, 200), "red"), "PNG"), (320, 3), None),
    "a GIF of 432 million pixels in all": Fine(
        "gif", long_gif, (320, 320), None, note="too long or too large to be taken over"
    ),
}

WORDS = "more than 120 million pixels", "incomplete or damaged", "no format that can be shown", "is a web page"
LARGE, DAMAGED, UNKNOWN, PAGE = WORDS

HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a JPEG of 400 million pixels": (huge_jpeg, LARGE),
    "a PNG of 400 million pixels": (lambda: png(20_000, 20_000, 1, 0, bytes(2501 * 20_000)), LARGE),
    "half a JPEG": (lambda: half("JPEG"), DAMAGED),
    "half a PNG": (lambda: half("PNG"), DAMAGED),
    "half a WebP": (lambda: half("WEBP"), DAMAGED),
    "a web page": (lambda: b"<!DOCTYPE html><html><title>Sign in</title></html>", PAGE),
    "a drawing": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "an SVG drawing"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", UNKNOWN),
    "a program": (lambda: b"<?php system($_GET[0]);", UNKNOWN),
    "nothing at all": (lambda: b"", "no bytes"),
}


@dataclass(frozen=True)
class Published:
    """What the run said, and where each picture of the one good page is served."""

    outcomes: Mapping[str, Outcome]
    posts: Sequence[str]
    urls: Mapping[str, str]
    library: int


@pytest.fixture(scope="module")
def published(running_wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Published:
    running_wordpress.reset()
    editor = running_wordpress.users["editor"]
    with NotionStandIn() as notion:
        for name, (make, _) in HOSTILE.items():
            notion.add_page(name, [b.image(notion.add_file(f"{name}.jpg", make()))])
        # Every one is called a PNG: what it is, its bytes say.
        files = {name: notion.add_file(f"{number}.png", one.make()) for number, (name, one) in enumerate(FINE.items())}
        notion.add_page("Good ones", [b.image(file, name) for name, file in files.items()])
        values = {
            "NOTION_TOKEN": notion.token,
            "NOTION_DATA_SOURCE_ID": notion.data_source_id,
            "NOTION_BASE_URL": notion.url,
            "WP_URL": running_wordpress.url,
            "WP_USERNAME": editor.login,
            "WP_APP_PASSWORD": editor.application_password,
            "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('pictures')}/ledger.db",
            "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
            "IMAGE_MAX_PIXELS_SIDE": str(SIDE),
        }
        with connected(Config.parse(values)) as world:
            outcomes = by_title(sync(world, Request()))
    posts = running_wordpress.php(
        "return array_map(fn($p) => [$p->post_title, $p->post_content], get_posts(['meta_key' => 'notion_page_id',"
        " 'post_status' => ['publish', 'draft', 'pending', 'private', 'future', 'trash']]));"
    )
    library = running_wordpress.php("return array_sum((array) wp_count_attachments());")
    return Published(outcomes, [title for title, _ in posts], shown(posts[0][1]), library)


def shown(content: str) -> dict[str, str]:
    """The address of each picture in the markup of the post, by its alternative text."""
    found = {}
    for tag in content.split("<img ")[1:]:
        words = dict(piece.split('="', 1) for piece in tag.partition(">")[0].split('" ') if '="' in piece)
        found[unescape(words["alt"])] = words["src"]
    return found


@pytest.mark.parametrize("case", FINE)
def test_a_picture_is_served_looking_as_it_did_upright_and_without_a_word_about_anybody(
    published: Published, case: str
) -> None:
    wanted = FINE[case]
    answer = requests.get(published.urls[case], timeout=20)
    assert answer.status_code == 200
    assert published.urls[case].endswith(f".{wanted.extension}")
    assert [word for word in PRIVATE if word in answer.content] == []
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.size, getattr(picture, "n_frames", 1)) == (wanted.size, wanted.frames)
    assert not dict(picture.getexif())
    if wanted.like is not None:
        assert difference(picture, wanted.like()) < wanted.by


def difference(one: Image.Image, other: Image.Image) -> float:
    """By how many shades of 255 two pictures differ on average, on the same ground, at the size of a thumbnail."""
    seen = ImageStat.Stat(ImageChops.difference(thumbnail(one), thumbnail(other))).mean
    return sum(seen) / len(seen)


def thumbnail(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB").resize((96, 64), Image.Resampling.BOX)


def test_the_difference_tells_an_upright_picture_from_others() -> None:
    """What this story relies on: a picture on its head, or in the colours of its neighbour, is no like one."""
    bands = scene().split()
    others = (scene().transpose(Image.Transpose.ROTATE_180), Image.merge("RGB", (bands[1], bands[0], bands[2])))
    assert all(difference(other, scene()) > 2 * ALIKE for other in others)


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_fit_picture_is_an_error_in_words(published: Published, case: str) -> None:
    outcome = published.outcomes[case]
    assert outcome.status == "Failed"
    assert HOSTILE[case][1] in (outcome.error or "")


def test_the_page_of_good_pictures_is_published_and_nothing_else_is_in_the_library(published: Published) -> None:
    outcome = published.outcomes["Good ones"]
    assert (outcome.status, published.posts) == ("Success", ["Good ones"])
    assert published.library == len(set(published.urls.values()))
    assert sorted(published.urls) == sorted(FINE)
    wanted = [one.note for one in FINE.values() if one.note]
    assert all(note in warning.message for note, warning in zip(wanted, outcome.warnings, strict=True))
