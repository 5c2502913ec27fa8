"""Pictures made fit for a blog, and files let through as they are. Every picture is made here, in memory."""

import io
import random
import struct
import subprocess
import sys
import zlib

import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from sidecar.errors import ImageError
from sidecar.prepare import ImageOptions, file, image, is_called_alike, name, smaller
from sidecar.prepare.bare import bare

pillow_heif.register_heif_opener()

OPTIONS = ImageOptions(max_side=200)
RED, GREEN, BLUE, WHITE = (230, 30, 30), (30, 200, 60), (40, 60, 220), (255, 255, 255)
GPS = {0x8825: {1: "N", 2: (38.0, 42.0, 0.0), 3: "W", 4: (9.0, 8.0, 0.0)}, 0x010F: "Camera maker", 0x013B: "A. Person"}


def corners(size=(300, 200), mode="RGB"):
    """Red at the upper left, green at the upper right, blue below."""
    picture = Image.new("RGB", size, BLUE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0] // 2 - 1, size[1] // 2 - 1), fill=RED)
    draw.rectangle((size[0] // 2, 0, size[0], size[1] // 2 - 1), fill=GREEN)
    return picture.convert(mode)


def noise(size, mode="RGB"):
    return Image.frombytes(mode, size, random.Random(7).randbytes(size[0] * size[1] * len(mode)))


def encoded(picture, kind, **more):
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def opened(prepared):
    """The prepared picture as a browser would show it."""
    picture = Image.open(io.BytesIO(prepared.data))
    assert (picture.width, picture.height) == (prepared.width, prepared.height)
    assert picture.get_format_mimetype().replace("apng", "png") == prepared.mime
    return picture


def at(picture, x, y):
    """The colour at a place, given in parts of width and height, as RGB."""
    return picture.convert("RGB").getpixel((int(x * picture.width), int(y * picture.height)))


def is_like(found, wanted, by=45):
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def shows_corners(picture):
    return (
        is_like(at(picture, 0.2, 0.2), RED)
        and is_like(at(picture, 0.8, 0.2), GREEN)
        and is_like(at(picture, 0.5, 0.8), BLUE)
    )


def exif(turn=None, more=None):
    made = Image.Exif()
    for key, value in ({} if more is None else more).items():
        made[key] = value
    if turn:
        made[0x0112] = turn
    return made.tobytes()


# --- formats ---------------------------------------------------------------------------------------------

FORMATS = {
    "JPEG": ("JPEG", "RGB", "jpg"),
    "JPEG of two views": ("MPO", "RGB", "jpg"),
    "JPEG in grey": ("JPEG", "L", "jpg"),
    "JPEG in CMYK": ("JPEG", "CMYK", "jpg"),
    "PNG": ("PNG", "RGB", "png"),
    "PNG with a palette": ("PNG", "P", "png"),
    "PNG in black and white": ("PNG", "1", "png"),
    "PNG in grey with transparency": ("PNG", "LA", "png"),
    "GIF": ("GIF", "P", "gif"),
    "WebP": ("WEBP", "RGB", "webp"),
    "WebP with transparency": ("WEBP", "RGBA", "webp"),
    "AVIF": ("AVIF", "RGB", "jpg"),
    "TIFF": ("TIFF", "RGB", "jpg"),
    "TIFF in CMYK": ("TIFF", "CMYK", "jpg"),
    "TIFF in Lab": ("TIFF", "LAB", "jpg"),
    "BMP": ("BMP", "RGB", "png"),
    "HEIC": ("HEIF", "RGB", "jpg"),
}


def lab():
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(corners(), *profiles, outputMode="LAB")


@pytest.mark.parametrize("case", FORMATS)
def test_each_format_becomes_one_that_a_blog_shows(case):
    kind, mode, extension = FORMATS[case]
    made = image(encoded(lab() if mode == "LAB" else corners(mode=mode), kind), OPTIONS)
    assert made.extension == extension
    assert max(made.width, made.height) == 200
    picture = opened(made)
    if mode in ("L", "1", "LA"):
        assert picture.convert("L").getextrema()[1] > 100
    else:
        assert shows_corners(picture)


@pytest.mark.parametrize("size", [(300, 200), (150, 100)], ids=["made smaller", "as it is"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_an_avif_stays_one_where_it_is_taken(mode, size):
    data = encoded(corners(size, mode), "AVIF", exif=exif(6, GPS), xmp=XMP, icc_profile=exchanged())
    made = image(data, ImageOptions(200, keeps_avif=True))
    assert (made.extension, made.mime) == ("avif", "image/avif")
    assert (max(made.width, made.height), made.width < made.height) == (min(200, size[0]), True)
    picture = opened(made)
    assert [word for word in PRIVATE if word in made.data] == []
    assert ("icc_profile" in picture.info, dict(picture.getexif())) == (False, {})
    assert len(made.data) < len(image(data, ImageOptions(200)).data)
    assert image(data, ImageOptions(200, target="webp", keeps_avif=True)).extension == "webp"
    assert image(animated("AVIF"), ImageOptions(200, keeps_avif=True)).extension == "webp"


@pytest.mark.parametrize("case", FORMATS)
def test_each_format_can_become_webp(case):
    kind, mode, _ = FORMATS[case]
    made = image(encoded(lab() if mode == "LAB" else corners(mode=mode), kind), ImageOptions(200, target="webp"))
    assert (made.extension, made.mime) == ("webp", "image/webp")
    assert opened(made).size == (200, 133)


@pytest.mark.parametrize("case", FORMATS)
def test_the_same_bytes_always_become_the_same_bytes(case):
    kind, mode, _ = FORMATS[case]
    data = encoded(lab() if mode == "LAB" else corners(mode=mode), kind)
    assert image(data, OPTIONS) == image(data, OPTIONS)


def test_a_picture_is_known_by_its_bytes_and_not_by_its_name():
    assert image(encoded(corners(), "PNG"), OPTIONS).extension == "png"


# --- sizes -----------------------------------------------------------------------------------------------

SIZES = {
    (1, 1): (1, 1),
    (200, 200): (200, 200),
    (201, 100): (200, 100),
    (20_000, 100): (200, 1),
    (3, 20_000): (1, 200),
    (199, 7): (199, 7),
}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_side_is_longer_than_it_may_be_and_nothing_is_made_larger(size, kind):
    made = image(encoded(Image.new("RGB", size, RED), kind), OPTIONS)
    assert opened(made).size == SIZES[size]
    assert is_like(at(opened(made), 0, 0), RED)


# --- the right way up ------------------------------------------------------------------------------------

UNTURN = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("size", [(300, 200), (150, 100)], ids=["made smaller", "as it is"])
@pytest.mark.parametrize("turn", UNTURN)
@pytest.mark.parametrize("kind", ["JPEG", "MPO", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_picture_that_lies_on_its_side_is_put_upright(kind, turn, size):
    lying = corners(size) if UNTURN[turn] is None else corners(size).transpose(UNTURN[turn])
    picture = opened(image(encoded(lying, kind, exif=exif(turn)), OPTIONS))
    assert shows_corners(picture)
    assert picture.width > picture.height
    assert not dict(picture.getexif())


@pytest.mark.parametrize("turn", [0, 9, 65535])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_turn_that_there_is_not_is_none(kind, turn):
    assert shows_corners(opened(image(encoded(corners(), kind, exif=exif(more={0x0112: turn})), OPTIONS)))


# --- nothing but the picture -----------------------------------------------------------------------------

PRIVATE = (b"Camera maker", b"A. Person", b"Exif", b"eXIf", b"EXIF", b"GPS", b"secret", b"photoshop", b"adobe:ns")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret/></x:xmpmeta>'


def png_text(**words):
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, value in words.items():
        info.add_text(key, value)
    return info


def frames(number=4, size=(300, 200)):
    """An animation: a white square that walks over the corners."""
    made = [corners(size) for _ in range(number)]
    for place, picture in enumerate(made):
        left, top = place * size[0] // 4, size[1] * 3 // 4
        ImageDraw.Draw(picture).rectangle((left, top, left + size[0] // 8, size[1]), fill=WHITE)
    return made


def animated(kind, number=4, size=(300, 200), **more):
    first, *rest = frames(number, size)
    return encoded(first, kind, save_all=True, append_images=rest, duration=[40, 80, 120, 160][:number], **more)


TALKATIVE = {
    "a JPEG with EXIF": lambda: encoded(noise((150, 100)), "JPEG", exif=exif(more=GPS)),
    "a JPEG with a comment": lambda: encoded(noise((150, 100)), "JPEG", comment=b"secret"),
    "a JPEG with XMP": lambda: encoded(noise((150, 100)), "JPEG", xmp=XMP),
    "a JPEG with IPTC": lambda: _with_segment(encoded(noise((150, 100)), "JPEG"), b"\xed", b"Photoshop 3.0\0" + IPTC),
    "a JPEG with bytes after its end": lambda: encoded(noise((150, 100)), "JPEG", quality=20) + b"secret",
    "a JPEG with a small one inside": lambda: encoded(noise((150, 100)), "MPO", exif=exif(more=GPS)),
    "a PNG with XMP": lambda: encoded(
        corners((90, 60)), "PNG", pnginfo=png_text(**{"XML:com.adobe.xmp": XMP.decode()})
    ),
    "a PNG with EXIF": lambda: encoded(corners((90, 60)), "PNG", exif=exif(more=GPS)),
    "a PNG with text": lambda: encoded(corners((90, 60)), "PNG", pnginfo=png_text(Author="A. Person", Place="secret")),
    "a PNG with bytes after its end": lambda: encoded(corners((90, 60)), "PNG") + b"secret",
    "a PNG with a part of its own": lambda: _with_part(encoded(corners((90, 60)), "PNG"), b"prVt", b"secret"),
    "a WebP with EXIF and XMP": lambda: encoded(corners((90, 60)), "WEBP", exif=exif(more=GPS), xmp=XMP),
    "a TIFF with EXIF": lambda: encoded(corners((90, 60)), "TIFF", exif=exif(more=GPS)),
    "an AVIF with EXIF and XMP": lambda: encoded(corners((90, 60)), "AVIF", exif=exif(more=GPS), xmp=XMP),
    "a HEIC with EXIF": lambda: encoded(corners((90, 60)), "HEIF", exif=exif(more=GPS)),
    "a GIF with XMP": lambda: with_words(encoded(corners((90, 60)), "GIF")),
    "a GIF with a comment": lambda: encoded(corners((90, 60)), "GIF", comment=b"secret"),
    "an animated GIF with a comment": lambda: animated("GIF", comment=b"secret"),
    "an animated WebP with EXIF": lambda: animated("WEBP", exif=exif(more=GPS), xmp=XMP),
    "an animated PNG with EXIF": lambda: animated("PNG", exif=exif(more=GPS), pnginfo=png_text(Place="secret")),
    "an animated AVIF with EXIF": lambda: animated("AVIF", exif=exif(more=GPS)),
}


IPTC = b"8BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x5a\0\x09A. Person"


def _with_segment(jpeg, kind, body):
    return jpeg[:2] + b"\xff" + kind + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _with_part(png, kind, body):
    part = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return png[:-12] + part + png[-12:]


@pytest.mark.parametrize("target", ["keep", "webp"])
@pytest.mark.parametrize("case", TALKATIVE)
def test_neither_place_nor_person_nor_any_other_word_stays_in_a_picture(case, target):
    data = TALKATIVE[case]()
    assert any(word in data for word in PRIVATE)
    made = image(data, ImageOptions(200, target=target))
    assert [word for word in PRIVATE if word in made.data] == []
    assert not dict(opened(made).getexif())


def test_a_png_that_gains_nothing_is_let_through_as_it_is():
    data = encoded(corners((90, 60)).quantize(4), "PNG", optimize=True)
    assert image(data, OPTIONS).data == data


def photograph(kind, **more):
    """With some grain, as a camera has it."""
    grain = Image.blend(corners((300, 200)), noise((300, 200)), 0.2)
    return encoded(grain, kind, **more)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("quality", [30, 60, 80])
def test_what_was_made_small_with_care_does_not_grow(kind, quality):
    data = photograph(kind, quality=quality)
    made = image(data, ImageOptions(300))
    assert len(made.data) <= len(data)
    before, after = Image.open(io.BytesIO(data)).convert("RGB"), opened(made).convert("RGB")
    assert max(ImageStat.Stat(ImageChops.difference(before, after)).mean) < 1


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_small_jpeg_that_says_something_is_silent_and_does_not_grow(mode):
    data = encoded(noise((300, 200)).convert(mode), "JPEG", quality=30, exif=exif(more=GPS), comment=b"secret", xmp=XMP)
    made = image(data, ImageOptions(300))
    assert [word for word in PRIVATE if word in made.data] == []
    assert len(made.data) < len(data)


def test_a_small_jpeg_is_turned_and_freed_of_its_profile_all_the_same():
    lying = corners((300, 200)).transpose(Image.Transpose.ROTATE_90)
    made = image(encoded(lying, "JPEG", quality=30, exif=exif(6)), ImageOptions(300))
    assert shows_corners(opened(made))
    made = image(encoded(corners(), "JPEG", quality=30, icc_profile=exchanged()), ImageOptions(300))
    assert is_like(at(opened(made), 0.2, 0.2), GREEN, by=70)


def test_a_small_webp_with_bytes_after_its_end_is_made_anew():
    data = photograph("WEBP", quality=30)
    assert image(data, ImageOptions(300)).data == data
    assert b"secret" not in image(data + b"secret", ImageOptions(300)).data


# --- colours ---------------------------------------------------------------------------------------------


def exchanged():
    """A profile in which red and green have changed places: pictures with it look different from their numbers."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    for place in range(int.from_bytes(profile[128:132])):
        start = 132 + 12 * place
        tags[bytes(profile[start : start + 4])] = start
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("target", ["keep", "webp"])
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGBA"),
        ("TIFF", "RGB"),
        ("AVIF", "RGB"),
    ],
)
def test_a_picture_with_a_profile_looks_the_same_without_it(kind, mode, target):
    made = image(encoded(corners(mode=mode), kind, icc_profile=exchanged()), ImageOptions(200, target=target))
    picture = opened(made)
    assert "icc_profile" not in picture.info
    assert is_like(at(picture, 0.2, 0.2), GREEN, by=70)
    assert is_like(at(picture, 0.8, 0.2), RED, by=70)


def test_the_frames_of_an_animation_look_the_same_without_their_profile():
    made = image(animated("WEBP", icc_profile=exchanged()), OPTIONS)
    assert is_like(at(opened(made), 0.2, 0.2), GREEN, by=70)
    assert "icc_profile" not in opened(made).info


def fixed(*values):
    """Numbers as profiles hold them."""
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def press():
    """The profile of a press in which cyan and magenta have changed places: a table from its four inks to Lab."""
    spaces = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    inks = [[node >> shift & 1 for shift in (3, 2, 1, 0)] for node in range(16)]
    shades = [
        [255 * (1 - ink) * (1 - black) for ink in (magenta, cyan, yellow)] for cyan, magenta, yellow, black in inks
    ]
    paper = Image.frombytes("RGB", (16, 1), bytes(shade for colour in shades for shade in colour))
    lab = ImageCms.profileToProfile(paper, *spaces, outputMode="LAB").tobytes()
    table = bytes((value + 128) % 256 if place % 3 else value for place, value in enumerate(lab))
    line = bytes(range(256))
    white = b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249)
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 6) + b"press\0" + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": white,
        b"A2B0": b"mft1\0\0\0\0\4\3\2\0" + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + line * 4 + table + line * 3,
    }
    listed, bodies = struct.pack(">I", len(tags)), b""
    for tag, body in tags.items():
        listed += tag + struct.pack(">II", 132 + 12 * len(tags) + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    head = b"\0\0\0\0\2\x40\0\0prtrCMYKLab " + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white[8:]
    return struct.pack(">I", 128 + len(listed) + len(bodies)) + head.ljust(124, b"\0") + listed + bodies


@pytest.mark.parametrize("size", [(300, 200), (150, 100)], ids=["made smaller", "as it is"])
@pytest.mark.parametrize("target", ["keep", "webp"])
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_a_picture_for_a_press_looks_as_its_profile_says(kind, target, size):
    inks = Image.new("CMYK", size, (255, 0, 0, 0))
    inks.paste((0, 0, 255, 0), (size[0] // 2, 0, *size))
    inks.paste((0, 0, 0, 255), (0, size[1] // 2, *size))
    picture = opened(image(encoded(inks, kind, icc_profile=press()), ImageOptions(200, target=target)))
    assert "icc_profile" not in picture.info
    assert is_like(at(picture, 0.2, 0.2), (255, 0, 255), by=25)
    assert is_like(at(picture, 0.8, 0.2), (255, 255, 0), by=25)
    assert is_like(at(picture, 0.5, 0.8), (0, 0, 0), by=25)


@pytest.mark.parametrize("profile", [b"not a profile", b"\0" * 200, exchanged()[:300]], ids=["words", "zeros", "half"])
def test_a_profile_that_cannot_be_read_is_left_aside(profile):
    assert shows_corners(opened(image(encoded(corners(), "PNG", icc_profile=profile), OPTIONS)))


def grey_ramp(mode):
    """From black to white in 16 bits, as scanners and microscopes make it."""
    data = b"".join(struct.pack("<H", value * 257) for value in range(256)) * 4
    return (
        Image.frombytes("I;16", (256, 4), data)
        if mode == "I;16"
        else Image.frombytes("I;16", (256, 4), data).convert(mode)
    )


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "I;16"), ("TIFF", "I;16"), ("TIFF", "I"), ("TIFF", "F")])
def test_grey_of_sixteen_bits_keeps_its_shades(kind, mode):
    picture = opened(image(encoded(grey_ramp(mode), kind), ImageOptions(256))).convert("L")
    for value in (0, 64, 128, 200, 255):
        assert abs(picture.getpixel((value, 1)) - value) <= 6


def test_a_dark_picture_of_sixteen_bits_stays_dark():
    dark = Image.frombytes("I;16", (16, 16), struct.pack("<H", 200) * 256)
    assert opened(image(encoded(dark, "PNG"), OPTIONS)).convert("L").getextrema()[1] <= 2


def test_colour_of_sixteen_bits_keeps_its_shades():
    rows = b"".join(
        b"\0" + b"".join(struct.pack(">HHH", x * 257, 0, 65535 - x * 257) for x in range(256)) for _ in range(4)
    )
    head = struct.pack(">IIBBBBB", 256, 4, 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82"
    png = _with_part(_with_part(png, b"IHDR", head), b"IDAT", zlib.compress(rows))
    picture = opened(image(png, ImageOptions(256)))
    assert is_like(picture.convert("RGB").getpixel((10, 1)), (10, 0, 245), by=3)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "P"), ("GIF", "RGBA"), ("WEBP", "RGBA"), ("TIFF", "RGBA")],
)
def test_what_is_seen_through_stays_so(kind, mode):
    picture = corners(mode="RGBA")
    picture.paste((0, 0, 0, 0), (0, 100, 300, 200))
    data = encoded(picture.quantize(8) if (kind, mode) == ("PNG", "P") else picture.convert(mode), kind)
    alpha = opened(image(data, OPTIONS)).convert("RGBA").getchannel("A")
    assert (alpha.getpixel((20, 20)), alpha.getpixel((20, 110))) == (255, 0)


def test_a_palette_with_one_clear_colour_stays_clear():
    picture = corners().quantize(4)
    data = encoded(picture, "PNG", transparency=picture.getpixel((150, 190)))
    alpha = opened(image(data, OPTIONS)).convert("RGBA").getchannel("A")
    assert (alpha.getpixel((20, 20)), alpha.getpixel((100, 120))) == (255, 0)


def test_edges_of_what_is_seen_through_do_not_go_dark():
    """The colour under clear pixels is black; made smaller, it must not bleed into the red beside it."""
    picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    picture.paste((*RED, 255), (0, 0, 201, 400))
    made = opened(image(encoded(picture, "PNG"), OPTIONS))
    edge = [it for it in (made.getpixel((x, 50)) for x in range(95, 106)) if it[3] > 40]
    assert all(is_like(it[:3], RED, by=25) for it in edge)


# --- animations ------------------------------------------------------------------------------------------


def played(prepared):
    """How long each frame is shown, and how often all of them are."""
    picture = Image.open(io.BytesIO(prepared.data))
    durations = []
    for place in range(picture.n_frames):
        picture.seek(place)
        picture.load()
        durations.append(picture.info["duration"])
    return durations, picture.info.get("loop")


@pytest.mark.parametrize("size", [(300, 200), (150, 100)], ids=["made smaller", "as it is"])
@pytest.mark.parametrize(("kind", "extension"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png"), ("AVIF", "webp")])
def test_an_animation_goes_on_moving_at_its_pace(kind, extension, size):
    made = image(animated(kind, size=size, loop=0), OPTIONS)
    assert (made.extension, made.width, made.notes) == (extension, min(200, size[0]), ())
    durations, loop = played(made)
    assert (durations, loop) == ([40, 80, 120, 160], 0)
    picture = Image.open(io.BytesIO(made.data))
    picture.seek(3)
    assert is_like(at(picture, 0.8, 0.9), WHITE)
    assert is_like(at(picture, 0.05, 0.9), BLUE)


@pytest.mark.parametrize("size", [(300, 200), (150, 100)], ids=["made smaller", "as it is"])
@pytest.mark.parametrize("target", ["keep", "webp"])
@pytest.mark.parametrize("turn", [3, 6])
@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animation_that_lies_on_its_side_is_put_upright(kind, turn, target, size):
    first, *rest = [picture.transpose(UNTURN[turn]) for picture in frames(size=size)]
    data = encoded(first, kind, save_all=True, append_images=rest, duration=50, exif=exif(turn))
    picture = opened(image(data, ImageOptions(200, target=target)))
    assert (picture.n_frames, picture.width) == (4, min(200, size[0]))
    picture.seek(1)
    assert shows_corners(picture)


def told_frames(data):
    """All pictures of an animation with the time for which each is shown, and how often they are played."""
    picture, shown = Image.open(io.BytesIO(data)), []
    for place in range(picture.n_frames):
        picture.seek(place)
        shown.append((picture.convert("RGBA").tobytes(), picture.info["duration"]))
    return shown, picture.info.get("loop")


def with_words(data, place=-1):
    """A GIF with a comment, and XMP as drawing programs write it, before its last byte or elsewhere."""
    program = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    return data[:place] + b"\x21\xfe\x06secret\0" + program + data[place:]


MOVING = {
    "a GIF": lambda: with_words(animated("GIF", loop=3)),
    "a GIF with words before its pictures": lambda: with_words(it := animated("GIF"), 13 + 3 * 2 ** ((it[10] & 7) + 1)),
    "a GIF with words after its end": lambda: animated("GIF", loop=0) + b"secret",
    "a GIF with words behind how often it is played": lambda: animated("GIF", loop=3).replace(
        b"\x03\x01\x03\0\0", b"\x03\x01\x03\0\x06secret\0"
    ),
    "a WebP": lambda: animated("WEBP", loop=3, quality=20, exif=exif(more=GPS), xmp=XMP),
    "a WebP with words after its end": lambda: animated("WEBP", loop=3, quality=20) + b"secret",
    "a PNG": lambda: animated("PNG", loop=3, exif=exif(more=GPS), pnginfo=png_text(Place="secret")),
    "a PNG with words after its end": lambda: animated("PNG", loop=3) + b"secret",
}


@pytest.mark.parametrize("case", MOVING)
def test_a_moving_picture_is_freed_of_words_and_not_a_pixel_changes(case):
    data = MOVING[case]()
    assert any(word in data for word in PRIVATE)
    made = bare(data, Image.open(io.BytesIO(data)).format)
    assert [word for word in PRIVATE if word in made] == []
    assert told_frames(made) == told_frames(data)
    assert bare(made, Image.open(io.BytesIO(made)).format) == made


@pytest.mark.parametrize("case", MOVING)
def test_a_moving_picture_does_not_grow(case):
    data = MOVING[case]()
    made = image(data, ImageOptions(300))
    assert len(made.data) < len(data)
    assert [word for word in PRIVATE if word in made.data] == []
    assert played(made) == ([40, 80, 120, 160], Image.open(io.BytesIO(data)).info.get("loop"))


def test_a_moving_picture_that_was_made_small_with_care_is_left_as_it_came():
    first, *rest = [Image.blend(picture, noise((300, 200)), 0.2) for picture in frames()]
    data = encoded(first, "WEBP", save_all=True, append_images=rest, duration=50, loop=0, quality=20)
    assert image(data, ImageOptions(300)).data == data
    assert len(image(data + bytes(9), ImageOptions(300, quality=95)).data) == len(data)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_file_that_ends_early_has_no_bare_form(kind):
    data = animated(kind)
    assert [part for part in range(0, len(data), 7) if bare(data[:part], kind) is not None] == []


@pytest.mark.parametrize("target", ["keep", "webp"])
@pytest.mark.parametrize("loop", [None, 0, 3], ids=["once", "for ever", "three times"])
def test_a_gif_is_played_as_often_as_it_says(loop, target):
    made = image(animated("GIF", **({} if loop is None else {"loop": loop})), ImageOptions(200, target=target))
    told = played(made)[1]
    assert told == (loop if loop is not None else None if target == "keep" else 1)


def test_what_is_clear_in_a_moving_picture_stays_clear():
    made = [Image.new("RGBA", (100, 50), (0, 0, 0, 0)) for _ in range(3)]
    for place, picture in enumerate(made):
        picture.paste((*RED, 255), (place * 30, 0, place * 30 + 20, 50))
    data = encoded(made[0], "GIF", save_all=True, append_images=made[1:], duration=50, loop=0, disposal=2)
    picture = Image.open(io.BytesIO(image(data, OPTIONS).data))
    picture.seek(2)
    alpha = picture.convert("RGBA").getchannel("A")
    assert (alpha.getpixel((70, 25)), alpha.getpixel((10, 25))) == (255, 0)


def wide_gif(side, number):
    """An animation of so many frames, each of them of one pixel, on a large ground: a few bytes for many pixels."""
    frame = (
        b"\x21\xf9\x04\x00\x05\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes((*RED, *BLUE))
    return head + frame * number + b"\x3b"


@pytest.mark.parametrize(("side", "number"), [(4800, 18), (5000, 2)], ids=["too long", "too large"])
def test_an_animation_that_no_memory_is_for_becomes_its_first_picture_and_says_so(side, number):
    data = wide_gif(side, number)
    made = image(data, OPTIONS)
    assert (len(data) < 500, made.extension, opened(made).size) == (True, "gif", (200, 200))
    assert (opened(made).n_frames, "too long or too large" in made.notes[0]) == (1, True)


def test_an_animation_of_very_many_small_frames_becomes_its_first_picture_and_says_so():
    """Each frame costs time: a hundred thousand of one pixel, in two megabytes, would keep a worker for minutes."""
    made = image(wide_gif(1, 2001), OPTIONS)
    assert (opened(made).n_frames, "too long" in made.notes[0]) == (1, True)
    assert image(wide_gif(1, 20), OPTIONS).notes == ()


def test_of_a_tiff_only_the_first_page_is_looked_at():
    """Pages are found by reading one after the other: some files have hundred thousands, or one that leads nowhere."""
    data = encoded(corners(), "TIFF")
    place = int.from_bytes(data[4:8], "little")
    entries = int.from_bytes(data[place : place + 2], "little")
    end = place + 2 + 12 * entries
    data = data[:end] + struct.pack("<I", len(data)) + data[end + 4 :] + b"\xff\xff no page"
    assert shows_corners(opened(image(data, OPTIONS)))


def test_a_long_animation_is_made_smaller_until_it_fits_into_memory():
    made = image(animated("GIF"), ImageOptions(200, max_shown=50_000))
    assert 45_000 < 4 * made.width * made.height <= 50_000
    assert (opened(made).n_frames, round(made.width / made.height, 1)) == (4, 1.5)
    assert "made smaller" in made.notes[0]


# --- what is no picture ----------------------------------------------------------------------------------


def bomb():
    """A PNG of 400 million pixels in a few hundred kilobytes."""
    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82"
    return _with_part(_with_part(png, b"IHDR", head), b"IDAT", zlib.compress(bytes(20_001 * 2000)))


def big(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _with_part(b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82", b"IHDR", head)


def _claimed(avif, width, height):
    """An AVIF that says it is larger than it is."""
    place = avif.index(b"ispe") + 8
    return avif[:place] + struct.pack(">II", width, height) + avif[place + 8 :]


def bmp_bomb():
    return encoded(Image.new("1", (8, 8)), "BMP").replace(struct.pack("<ii", 8, 8), struct.pack("<ii", 60_000, 60_000))


def tile_bomb():
    """A TIFF of 100 by 100 pixels, in one tile of 900 million."""
    tags = {256: 100, 257: 100, 258: 8, 259: 8, 262: 1, 277: 1, 322: 30_000, 323: 30_000, 324: 8, 325: 2}
    listed = b"".join(struct.pack("<HHII", tag, 4 if tag > 300 or tag < 258 else 3, 1, it) for tag, it in tags.items())
    return b"II*\0" + struct.pack("<IHH", 10, 0, len(tags)) + listed + bytes(4)


def webp_head(width, height):
    body = b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(9)
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body


NO_PICTURES = {
    "nothing": (lambda: b"", "is empty"),
    "a web page": (lambda: b"\n <!DOCTYPE html><title>Sign in</title>", "is a web page.*Upload the picture itself"),
    "a web page with a byte order mark": (lambda: b"\xef\xbb\xbf<html lang=en>", "is a web page"),
    "an SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG.*PNG"),
    "an SVG that begins as XML": (lambda: b'<?xml version="1.0"?><svg/>', "SVG"),
    "a PDF": (lambda: b"%PDF-1.7 and more", "no format that can be shown"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no format that can be shown"),
    "random bytes": (lambda: random.Random(3).randbytes(5000), "no format that can be shown"),
    "a PNG bomb": (bomb, "more than 120 million pixels"),
    "a PNG that is a little too large": (lambda: big(11_000, 11_000), "more than 120 million pixels"),
    "a BMP bomb": (bmp_bomb, "more than 120 million pixels"),
    "a TIFF bomb in a tile": (tile_bomb, "more than 120 million pixels"),
    "a WebP bomb": (lambda: webp_head(16_000, 7_000), "more than 40 million pixels"),
    "an AVIF that is too large to decode": (lambda: _claimed(encoded(corners(), "AVIF"), 9000, 7000), "60 million pix"),
    "a PNG without pixels": (lambda: big(10, 10), "incomplete or damaged"),
}


@pytest.mark.parametrize("case", NO_PICTURES)
def test_what_is_no_picture_is_refused_in_words(case):
    make, words = NO_PICTURES[case]
    with pytest.raises(ImageError, match=words) as raised:
        image(make(), OPTIONS)
    assert raised.value.remedy


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "HEIF"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_half_a_picture_is_no_picture(kind, part):
    data = encoded(noise((200, 150)), kind, **({"quality": 90} if kind in ("JPEG", "WEBP") else {}))
    with pytest.raises(ImageError, match=r"damaged|no format|empty"):
        image(data[: int(len(data) * part)], OPTIONS)


WITHOUT_HEIF = """
import sys
sys.modules["pillow_heif"] = None
from sidecar.prepare import ImageOptions, image, is_picture
from sidecar.errors import ImageError

data = sys.stdin.buffer.read()
for brand in b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split():
    told = data[:8] + brand + data[12:]
    assert is_picture(told), brand
    try:
        image(told, ImageOptions())
    except ImageError as error:
        assert "installed without it" in str(error) and "[heif]" in error.remedy, brand
    else:
        sys.exit("it was opened")
"""


def test_without_its_extra_a_heic_of_any_kind_says_what_to_install():
    data = encoded(corners(), "HEIF")
    subprocess.run([sys.executable, "-c", WITHOUT_HEIF], input=data, check=True)
    assert shows_corners(opened(image(data, OPTIONS)))


def test_half_a_heic_is_damaged_and_not_a_matter_of_what_is_installed():
    data = encoded(corners(), "HEIF")
    for part in (20, len(data) // 2, len(data) - 20):
        with pytest.raises(ImageError, match="incomplete or damaged"):
            image(data[:part], OPTIONS)


DAMAGED = {
    **{it: lambda it=it: encoded(corners((40, 30)), it) for it in ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF")},
    "JPEG with EXIF": lambda: encoded(corners((40, 30)), "JPEG", exif=exif(6, GPS), icc_profile=exchanged()),
    "TIFF with EXIF": lambda: encoded(corners((40, 30)), "TIFF", exif=exif(6, GPS)),
    "animated GIF": lambda: animated("GIF", size=(40, 30)),
    "animated WebP": lambda: animated("WEBP", size=(40, 30)),
    "animated PNG": lambda: animated("PNG", size=(40, 30)),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", DAMAGED)
def test_damage_anywhere_ends_in_a_picture_or_in_words(case):
    """A hundred files with a few bytes changed: never another error than ours."""
    data, chance = DAMAGED[case](), random.Random(case)
    for _ in range(100):
        hurt = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            hurt[chance.randrange(min(len(hurt), 600))] = chance.choice((0, 1, 255, chance.randrange(256)))
        try:
            made = image(bytes(hurt), OPTIONS)
        except ImageError:
            continue
        assert max(made.width, made.height) <= 200


# --- memory ----------------------------------------------------------------------------------------------

MEASURE = """
import re, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sidecar.prepare import ImageOptions, image

def peak():
    return int(re.search("VmHWM:[^0-9]+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) // 1024

big = Path(sys.argv[1]).read_bytes()
image(Path(sys.argv[2]).read_bytes(), ImageOptions())
before = peak()
with ThreadPoolExecutor() as pool:
    made = list(pool.map(image, [big] * int(sys.argv[3]), [ImageOptions()] * 3))
print(peak() - before, made[0].width)
"""


def big_photograph():
    return encoded(noise((60, 40)).resize((6000, 4000)), "JPEG", quality=85)


def big_drawing():
    return encoded(noise((60, 40)).resize((6000, 4000), Image.Resampling.NEAREST), "PNG", compress_level=1)


def big_clear_drawing():
    return encoded(noise((60, 50), "RGBA").resize((6000, 5000), Image.Resampling.NEAREST), "PNG", compress_level=1)


NEED = {
    "a photograph of 24 million pixels": (big_photograph, 75, 1),
    "a drawing of 24 million pixels": (big_drawing, 170, 1),
    "three drawings of 30 million pixels that are seen through, at once": (big_clear_drawing, 460, 3),
}


@pytest.mark.parametrize("case", NEED)
def test_a_large_picture_needs_little_memory(tmp_path, case):
    """Megabytes above those of a small picture. Decoded, a drawing is 92 or 114; so is every careless copy of it."""
    make, most, at_once = NEED[case]
    (tmp_path / "big").write_bytes(make())
    (tmp_path / "small").write_bytes(encoded(corners(), "PNG"))
    command = [sys.executable, "-c", MEASURE, str(tmp_path / "big"), str(tmp_path / "small"), str(at_once)]
    used, width = map(int, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert width == 2560
    assert used < most


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "BMP"), ("RGBA", "TIFF"), ("I;16", "PNG")])
def test_a_large_picture_that_is_made_small_in_strips_has_no_seams(mode, kind):
    shades = noise((25, 26), "L").resize((5000, 5200), Image.Resampling.BICUBIC)
    clear = shades.point(lambda it: 255 - it // 2)
    whole = {
        "RGB": lambda: Image.merge("RGB", (shades, shades, shades)),
        "RGBA": lambda: Image.merge("RGBA", (shades, shades, shades, clear)),
        "I;16": lambda: shades.convert("I").point(lambda it: it * 257).convert("I;16"),
    }[mode]()
    made = opened(image(encoded(whole, kind, **({"compress_level": 1} if kind == "PNG" else {})), ImageOptions(500)))
    wanted = shades.resize((481, 500), Image.Resampling.BOX)
    assert ImageChops.difference(made.convert("RGB").convert("L"), wanted).getextrema()[1] <= 3


# --- other files -----------------------------------------------------------------------------------------

FILES = {
    "a PDF by its bytes": (b"%PDF-1.7\n", "paper.exe", ("pdf", "application/pdf")),
    "a sound": (b"ID3\x04" + bytes(20), "x", ("mp3", "audio/mpeg")),
    "a sound without a label": (b"\xff\xfb\x90\x44", "x", ("mp3", "audio/mpeg")),
    "a wave": (b"RIFF\x24\0\0\0WAVEfmt ", "x", ("wav", "audio/wav")),
    "a film": (b"\0\0\0\x20ftypisom", "x.bin", ("mp4", "video/mp4")),
    "a film of a phone": (b"\0\0\0\x14ftypqt  ", "x", ("mov", "video/quicktime")),
    "a WebM": (b"\x1a\x45\xdf\xa3\0", "x", ("webm", "video/webm")),
    "a table by its name": (b"a,b\n1,2\n", "Prices.CSV", ("csv", "text/csv")),
    "a pack": (b"PK\x03\x04", "all.zip", ("zip", "application/zip")),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_let_through_as_what_it_is(case):
    data, called, wanted = FILES[case]
    made = file(data, called)
    assert (made.extension, made.mime, made.data) == (*wanted, data)


def box(kind, *inside, long=False):
    body = b"".join(inside)
    if long:
        return struct.pack(">I4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">I4s", len(body) + 8, kind) + body


def film(brand, place=b"", name=b"", long=False):
    """A film as phones make it: notes of the whole, notes of a track, and XMP, before the pictures."""
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"udta", name))
    notes = box(b"udta", box(b"\xa9xyz", place), long=long), box(b"meta", place)
    program = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), name)
    other = box(b"uuid", b"no XMP but all the same 16 bytes")
    moov = box(b"moov", box(b"mvhd", bytes(100)), track, *notes)
    return box(b"ftyp", brand, bytes(4)) + moov + program + other + box(b"mdat", b"udta meta" * 50, long=long)


@pytest.mark.parametrize("long", [False, True], ids=["short sizes", "long sizes"])
@pytest.mark.parametrize(("brand", "extension"), [(b"isom", "mp4"), (b"qt  ", "mov")])
def test_a_film_does_not_say_where_it_was_taken_and_is_the_same_film(brand, extension, long):
    place, person = b"+38.7000-009.1333/", b"A. Person"
    data = film(brand, place, person, long)
    made = file(data, "x")
    assert (made.extension, len(made.data)) == (extension, len(data))
    assert (place in made.data, person in made.data) == (False, False)
    changed = [at for at, (one, other) in enumerate(zip(data, made.data, strict=True)) if one != other]
    assert max(changed) < data.index(b"no XMP")
    assert made.data[: data.index(b"udta") - 4] == data[: data.index(b"udta") - 4]
    assert file(made.data, "x").data == made.data


def test_a_sound_keeps_its_title():
    data = film(b"M4A ", b"Low water")
    assert file(data, "x").data == data


@pytest.mark.parametrize("part", range(0, 420, 13))
def test_half_a_film_is_taken_over_as_long_as_it_was(part):
    data = film(b"isom", b"+38.7000-009.1333/", b"A. Person")[: 40 + part]
    assert len(file(data, "x").data) == len(data)


@pytest.mark.parametrize("called", ["run.php", "run.exe", "page.html", "drawing.svg", "noname", "", "x.csv.php"])
def test_a_file_that_wordpress_does_not_take_is_refused_in_words(called):
    with pytest.raises(ImageError, match="WordPress takes no files of the kind"):
        file(b"<?php echo 1;", called)


def test_an_empty_file_is_refused():
    with pytest.raises(ImageError, match=r"The file notes\.txt is empty"):
        file(b"", "notes.txt")


NAMES = {
    "Low water.JPG": "low-water",
    "Straße in Köln — früh.png": "strasse-in-koln-fruh",
    "../../etc/passwd": "etc-passwd",
    "図.png": "tu",
    "中文": "zhong-wen",
    "日本 Tokyo 2024年": "ri-ben-tokyo-2024-nian",
    "東京の夜": "dong-jing-no-ye",
    "한국어": "han-gug-eo",
    "Русский язык": "russkiy-yazyk",
    "ЩУКА": "shchuka",
    "العربية": "lrbyh",
    "עברית": "vryt",
    "हिन्दी": "hindi",
    "ภาษาไทย": "phasaaithy",
    "Ελληνικά": "ellinika",
    "Cafe\u0301": "cafe",
    "L’été à 2½ km": "l-ete-a-2-1-2-km",
    "iPhone 中文版": "iphone-zhong-wen-ban",
    "\u200b \ufffd —": "image",
    "": "image",
    "a" * 200 + ".jpg": "a" * 60,
    "Version 2.0 final": "version-2-0-final",
    "Version 2.0": "version-2-0",
    "Chapter 1.5.jpeg": "chapter-1-5",
    "Łódź, Ærø og Þingvellir": "lodz-aero-og-thingvellir",
    "Đà Nẵng": "da-nang",
    "DOĞU IŞIĞI": "dogu-isigi",
    "İstanbul": "istanbul",
    "CON.png": "con",
}


@pytest.mark.parametrize("readable", NAMES)
def test_a_name_is_readable_safe_and_known_by_its_bytes(readable):
    made = image(encoded(Image.new("RGB", (2, 2), RED), "PNG"), OPTIONS)
    assert name(made, readable) == f"{NAMES[readable]}-{made.sha256[:12]}.png"


# --- a site's limit --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_smaller_until_it_fits(kind):
    ready = image(encoded(noise((900, 600)), kind), ImageOptions(900))
    made = smaller(ready, len(ready.data) // 2, ImageOptions(900))
    assert len(ready.data) // 6 < len(made.data) <= len(ready.data) // 2
    assert (opened(made).size[0] < 900, round(made.width / made.height, 1)) == (True, 1.5)
    assert f"{made.width} by {made.height}" in made.notes[0]


@pytest.mark.parametrize("most", [0, 1000])
def test_a_picture_of_which_too_little_would_be_left_is_not_made_smaller(most):
    assert smaller(image(encoded(noise((900, 600)), "JPEG"), ImageOptions(900)), most, ImageOptions(900)) is None


@pytest.mark.parametrize(
    ("url", "other", "alike"),
    [
        ("https://a.example/x/boat-0123456789ab.jpg", "https://b.example/boat-0123456789ab-scaled.jpg", True),
        ("https://a.example/boat-0123456789ab.jpg", "https://a.example/renamed-0123456789ab-2.webp", True),
        ("https://a.example/boat-0123456789ab.jpg", "https://a.example/boat-ba9876543210.jpg", False),
        ("https://a.example/boat.jpg", "https://a.example/boat-e1700000000000.jpg", True),
        ("https://a.example/boat.jpg", "https://a.example/boat-2.jpg", False),
    ],
)
def test_a_file_is_known_by_its_name_wherever_it_is(url, other, alike):
    assert is_called_alike(url, other) is alike
