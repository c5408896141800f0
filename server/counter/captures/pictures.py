"""Pictures, in the child: decoded once, turned upright, made small, without what they say of where
they were taken."""

import contextlib
import io
import math
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

# Formats that are registered by name need not be looked for: Pillow would load all it knows.
from PIL import JpegImagePlugin as JpegImagePlugin
from PIL import PngImagePlugin as PngImagePlugin
from PIL import WebPImagePlugin as WebPImagePlugin

from server.counter.captures.kinds import Kind
from server.counter.captures.refused import ANIMATED, PIXELS, Hostile

PREVIEW: Final = 1600
SMALL: Final = 240
"""Pixels on the long side."""
MOST_PIXELS: Final = 80_000_000
MOST_SIDE: Final = 30_000
QUALITY: Final = 80
EFFORT: Final = 0
"""Of WebP, 0 to 6: with more the files hardly shrink, and somebody waits."""

# The size is checked below, before anything is decoded, and with a code of its own.
Image.MAX_IMAGE_PIXELS = None


def look(path: Path, kind: Kind, folder: Path) -> tuple[int, int]:
    """Makes both previews of a picture; its width and height as it is seen, upright.

    Raises Hostile, and whatever the decoders do with broken files.
    """
    if kind.decoder == "HEIF":
        # Loaded only when needed: the library takes memory and time.
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    with Image.open(path, formats=[str(kind.decoder)]) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
            raise Hostile(PIXELS, most=MOST_PIXELS)
        # A JPEG may hold a second picture for bright screens, a HEIC a burst: the first one counts.
        if kind.decoder in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
            raise Hostile(ANIMATED)
        picture.draft("RGB", (PREVIEW, PREVIEW))
        turned = picture.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE
        write(upright(picture), folder)
    return (height, width) if turned and kind.decoder != "HEIF" else (width, height)


_ORIENTATION = 0x0112
_ON_ITS_SIDE = {5, 6, 7, 8}


def upright(picture: Image.Image) -> Image.Image:
    """The picture at preview size, the way up its camera said (EXIF 2.32, 4.6.4), in sRGB."""
    exact = _eight_bits(picture)
    exact.thumbnail((PREVIEW, PREVIEW), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return _on_white(_in_srgb(ImageOps.exif_transpose(exact)))


def write(picture: Image.Image, folder: Path) -> None:
    """Writes preview.webp and small.webp."""
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.BICUBIC)
    for name, each in (("preview", picture), ("small", small)):
        # A picture made of the bare pixels: EXIF, XMP and profiles stay behind.
        bare = Image.frombytes("RGB", each.size, each.tobytes())
        written = io.BytesIO()
        bare.save(written, "WEBP", quality=QUALITY, method=EFFORT)
        (folder / f"{name}.webp").write_bytes(written.getvalue())


def fitting(width: float, height: float, most: int) -> float:
    """By what to multiply so that the long side is `most`."""
    longest = max(width, height)
    return most / longest if longest > 0 and math.isfinite(longest) else 1.0


def _eight_bits(picture: Image.Image) -> Image.Image:
    picture.load()
    if picture.mode.startswith("I"):
        # 16 bits of grey; converting alone would cut everything above 255.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if picture.mode == "1":
        return picture.convert("L")
    return picture


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        from PIL import ImageCms

        with contextlib.suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            shown = ImageCms.profileToProfile(picture, given, srgb, outputMode="RGB")
            if shown is not None:
                return shown
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("LA", "La", "RGBA", "RGBa"):
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return picture.convert("RGB")
