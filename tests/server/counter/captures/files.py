"""Files that people bring, made here: honest ones and hostile ones."""

import io
import struct
import zlib
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

pillow_heif.register_heif_opener()

ORIENTATION = 0x0112
GPS = 0x8825
MAKE = 0x010F


def quarters(width: int = 800, height: int = 600) -> Image.Image:
    """A picture whose corners tell which way up it is: red, green, blue, yellow from the upper
    left, row by row."""
    picture = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 2, 0, width, height // 2), "lime")
    draw.rectangle((0, height // 2, width // 2, height), "blue")
    draw.rectangle((width // 2, height // 2, width, height), "yellow")
    return picture


def saved(picture: Image.Image, form: str, **how: Any) -> bytes:
    """The picture as a file of this form."""
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def jpeg(width: int = 800, height: int = 600, **how: Any) -> bytes:
    """The quarters as a JPEG."""
    return saved(quarters(width, height), "JPEG", quality=90, **how)


def exif(orientation: int, place: bool = False) -> Image.Exif:
    """What a camera writes about a picture; with a place, where it was taken."""
    found = Image.Exif()
    found[ORIENTATION] = orientation
    found[MAKE] = "Camera of Kunming"
    if place:
        found.get_ifd(GPS).update({1: "N", 2: (25.0, 2.0, 20.0), 3: "E", 4: (102.0, 42.0, 0.0)})
    return found


def as_stored(picture: Image.Image, orientation: int) -> Image.Image:
    """How a camera stores a picture that is to be turned by this orientation (EXIF 2.32, 4.6.4)."""
    back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return picture if back is None else picture.transpose(back)


def heic(picture: Image.Image, **how: Any) -> bytes:
    """The picture as phones write it."""
    return saved(picture, "HEIF", quality=90, **how)


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with a handful of bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


def jpeg_header(width: int, height: int) -> bytes:
    """A JPEG whose frame says it is so large."""
    small = bytearray(jpeg(16, 16))
    frame = small.index(b"\xff\xc0")
    small[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(small)


def pdf(pages: int = 1, words: str = "Pension") -> bytes:
    """A PDF of A4 pages with a red field in the upper left corner and the page's number."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(1, pages + 1):
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(0, 642, 200, 200, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 1 if number > 1 else 0)
        canvas.rect(300, 0, 295, 300, stroke=0, fill=1)
        canvas.setFont("Helvetica", 24)
        canvas.drawString(220, 700, f"{words} {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def changed(data: bytes, change: Any, **how: Any) -> bytes:
    """A PDF with something done to it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        change(opened)
        opened.save(out, **how)
    return out.getvalue()


def laughing_pdf(depth: int = 12) -> bytes:
    """A page that draws a form ten times, which draws a form ten times, and so on."""

    def grow(opened: pikepdf.Pdf) -> None:
        inner = opened.make_stream(b"0 0 1 1 re f")
        inner.update({"/Type": "", "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 600, 900]})
        inner["/Type"] = pikepdf.Name.XObject
        for _ in range(depth):
            outer = opened.make_stream(b"/A Do " * 10)
            outer["/Type"] = pikepdf.Name.XObject
            outer["/Subtype"] = pikepdf.Name.Form
            outer["/BBox"] = pikepdf.Array([0, 0, 600, 900])
            outer["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=inner))
            inner = outer
        page = opened.pages[0]
        page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=inner))
        page.obj["/Contents"] = opened.make_stream(b"/A Do")

    return changed(pdf(), grow)
