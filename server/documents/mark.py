"""What signatures look like on paper: the platform's round red seal, and a person's name with the
time."""

from datetime import datetime
from io import BytesIO
from math import cos, degrees, pi, sin

from reportlab.pdfgen.canvas import Canvas

from rooms.record import Language
from server.documents.fonts import MISSING, EmbeddedFont, Fonts
from server.documents.page import Colour

RED: Colour = (0.79, 0.08, 0.10)
BLUE: Colour = (0.08, 0.33, 0.63)
GREY: Colour = (0.36, 0.41, 0.46)

NARROW = 0.72
"""Width of a seal's characters, in ems."""
LONGEST_ARC = 1.16 * pi

SEALED: dict[Language, str] = {"zh": "电子印章", "en": "ELECTRONIC SEAL"}
SIGNED: dict[Language, str] = {"zh": "已电子签名", "en": "Signed electronically"}


def seal_mark(issuer: str, fonts: Fonts, side: float, language: Language = "zh") -> bytes:
    """A round seal in a square of `side` points: the issuer's name along the ring, a star, its
    purpose below."""
    drawn = BytesIO()
    canvas = _canvas(drawn, fonts, side, side)
    middle = side / 2
    canvas.translate(middle, middle)
    canvas.setStrokeColorRGB(*RED)
    canvas.setFillColorRGB(*RED)
    ring = side * 0.025
    canvas.setLineWidth(ring)
    canvas.circle(0, 0, middle - ring, stroke=1, fill=0)
    _star(canvas, side * 0.125)
    _arc(canvas, fonts.bold, _drawable(issuer, fonts.bold), middle - ring * 2.2, side * 0.14)
    purpose = SEALED[language]
    size = min(side * 0.075, side * 0.5 / fonts.bold.advance(purpose, 1.0))
    canvas.setFont(fonts.bold.fontName, size)
    canvas.drawCentredString(0, -side * 0.335, purpose)
    canvas.showPage()
    canvas.save()
    return drawn.getvalue()


def name_mark(
    person: str,
    at: datetime,
    fonts: Fonts,
    width: float,
    height: float,
    language: Language = "zh",
) -> bytes:
    """A person's signature in a box of `width` by `height` points: name, and when it was given."""
    drawn = BytesIO()
    canvas = _canvas(drawn, fonts, width, height)
    shown = _drawable(person, fonts.bold)
    size = min(height * 0.36, (width - 12.0) / max(fonts.bold.advance(shown, 1.0), 1.0))
    canvas.setFillColorRGB(*BLUE)
    canvas.setFont(fonts.bold.fontName, size)
    canvas.drawCentredString(width / 2, height * 0.50, shown)
    moment = at.isoformat(" ", timespec="seconds")
    note = f"{SIGNED[language]}  {moment}"
    small = min(7.0, (width - 8.0) / fonts.regular.advance(note, 1.0))
    canvas.setFillColorRGB(*GREY)
    canvas.setFont(fonts.regular.fontName, small)
    canvas.drawCentredString(width / 2, height * 0.2, note)
    canvas.showPage()
    canvas.save()
    return drawn.getvalue()


def _canvas(drawn: BytesIO, fonts: Fonts, width: float, height: float) -> Canvas:
    return Canvas(
        drawn,
        pagesize=(width, height),
        invariant=1,
        pageCompression=1,
        # the stubs take the font's name for a number
        initialFontName=fonts.regular.fontName,  # type: ignore[arg-type]
    )


def _star(canvas: Canvas, radius: float) -> None:
    path = canvas.beginPath()
    inner = radius * sin(pi / 10) / sin(3 * pi / 10)
    for point in range(10):
        angle = pi / 2 + point * pi / 5
        reach = inner if point % 2 else radius
        step = path.lineTo if point else path.moveTo
        step(reach * cos(angle), reach * sin(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _arc(canvas: Canvas, font: EmbeddedFont, text: str, radius: float, size: float) -> None:
    """Write `text` clockwise inside the circle of `radius`, heads outward, centred at the top;
    narrow, as cut in seals, and smaller where it would reach below the middle."""
    advance = max(font.advance(text, 1.0) * NARROW, 1.0)
    gaps = max(len(text) - 1, 1)
    size = min(size, LONGEST_ARC * radius / (advance + LONGEST_ARC))
    base = radius - size
    widths = [font.advance(character, size) * NARROW for character in text]
    gap = min(size * 0.42, (LONGEST_ARC * base - sum(widths)) / gaps)
    angle = pi / 2 + (sum(widths) + gap * gaps) / base / 2
    canvas.setFont(font.fontName, size)
    for character, width in zip(text, widths, strict=True):
        angle -= width / base / 2
        canvas.saveState()
        canvas.rotate(degrees(angle) - 90)
        canvas.translate(0, base)
        canvas.scale(NARROW, 1)
        canvas.drawCentredString(0, size * 0.1, character)
        canvas.restoreState()
        angle -= (width / 2 + gap) / base


def _drawable(text: str, font: EmbeddedFont) -> str:
    return "".join(each if font.draws(each) else MISSING for each in text)
