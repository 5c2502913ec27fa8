"""Pictures, sounds and papers for the sample magazine, drawn in code: small, good-looking, the same every time."""

from __future__ import annotations

import io
import math
import random
import struct

from PIL import Image, ImageDraw, ImageFilter


def _gradient(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    strip = Image.new("RGB", (1, 2), top)
    strip.paste(bottom, (0, 1, 1, 2))
    return strip.resize(size, Image.Resampling.BICUBIC)


def landscape(seed: int, size: tuple[int, int] = (1280, 800)) -> Image.Image:
    """Hills before a low sun, one range behind the other."""
    dice = random.Random(seed)
    skies = [("#f6d9b0", "#d9795d"), ("#cfe3ee", "#f4efe4"), ("#2b3a55", "#e8a87c"), ("#e4e9f2", "#8fb1cc")]
    sky = dice.choice(skies)
    picture = _gradient(size, *sky)
    draw = ImageDraw.Draw(picture)
    width, height = size
    x, y, r = dice.randint(width // 5, width * 4 // 5), int(height * 0.36), height // 11
    draw.ellipse((x - r, y - r, x + r, y + r), fill="#fff6e0")
    for layer in range(5):
        shade = 190 - layer * 34
        base, swing = height * (0.48 + layer * 0.11), height * 0.09
        waves = [(dice.uniform(0.6, 2.6), dice.uniform(0, 6.3), dice.uniform(0.3, 1.0)) for _ in range(4)]
        line = [
            (px, base + swing * sum(a * math.sin(px / width * 6.3 * f + p) for f, p, a in waves) / 3)
            for px in range(0, width + 8, 8)
        ]
        draw.polygon([*line, (width, height), (0, height)], fill=(shade // 2, int(shade * 0.62), int(shade * 0.72)))
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def tiles(seed: int, size: tuple[int, int] = (1200, 800)) -> Image.Image:
    """A wall of glazed tiles."""
    dice = random.Random(seed)
    colors = ["#1f4e79", "#2e75b6", "#f4f1e8", "#d9b65d", "#8fb8d8"]
    picture = Image.new("RGB", size, "#f4f1e8")
    draw = ImageDraw.Draw(picture)
    step = 100
    for x in range(0, size[0], step):
        for y in range(0, size[1], step):
            color, other = dice.sample(colors, 2)
            draw.rectangle((x + 2, y + 2, x + step - 2, y + step - 2), fill=color)
            start = dice.choice([0, 90, 180, 270])
            draw.pieslice((x - step, y - step, x + step, y + step), start, start + 90, fill=other)
            draw.ellipse((x + 34, y + 34, x + 66, y + 66), outline=other, width=5)
    return picture


def bowl(size: tuple[int, int] = (1000, 1000)) -> Image.Image:
    """A bowl of soup from above."""
    picture = _gradient(size, "#e9e2d6", "#cfc3b0")
    draw = ImageDraw.Draw(picture)
    for inset, color in ((90, "#5b7f95"), (125, "#e8eef0"), (160, "#c96f3b"), (190, "#d98348")):
        draw.ellipse((inset, inset, size[0] - inset, size[1] - inset), fill=color)
    dice = random.Random(4)
    for _ in range(60):
        angle, radius = dice.uniform(0, 6.3), dice.uniform(0, 270)
        x, y = 500 + radius * math.cos(angle), 500 + radius * math.sin(angle)
        draw.ellipse((x - 9, y - 5, x + 9, y + 5), fill=dice.choice(["#3f6b3a", "#f1e2c6", "#7c9a4e"]))
    return picture


def jpeg(picture: Image.Image, orientation: int = 1) -> bytes:
    """As a camera writes it: with the way to turn it, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (38.0, 42.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def animation() -> bytes:
    """A lighthouse's beam, twelve frames."""
    frames = []
    for step in range(12):
        frame = _gradient((320, 240), "#0e1a2b", "#25405f")
        draw = ImageDraw.Draw(frame)
        angle = step * 30
        draw.pieslice((-40, -120, 360, 280), angle - 9, angle + 9, fill="#f7e7a9")
        draw.rectangle((150, 84, 170, 230), fill="#efe7dc")
        draw.rectangle((146, 70, 174, 90), fill="#c0392b")
        frames.append(frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=64))
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=90, loop=0)
    return out.getvalue()


def wave(seconds: float = 0.4) -> bytes:
    """A soft tone as a WAV file."""
    rate = 8000
    count = int(rate * seconds)
    samples = b"".join(
        struct.pack("<h", int(9000 * math.sin(6.2832 * 440 * n / rate) * (1 - n / count))) for n in range(count)
    )
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(samples),
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate,
        rate * 2,
        2,
        16,
        b"data",
        len(samples),
    )
    return head + samples


def paper(words: str) -> bytes:
    """A one-page PDF that says these words."""
    text = f"BT /F1 20 Tf 60 760 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for index, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        start,
    )
