"""A drawn page: what stands where, and to which element of the structure each thing belongs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from server.documents.fonts import MISSING, EmbeddedFont, Fonts
from server.documents.tagging import Node

Colour = tuple[float, float, float]

INK: Colour = (0.09, 0.12, 0.16)
QUIET: Colour = (0.36, 0.41, 0.46)
RULE: Colour = (0.60, 0.65, 0.70)
FRAME: Colour = (0.25, 0.29, 0.34)
LABEL: Colour = (0.945, 0.953, 0.961)

ASCENT = 0.88
"""Height of an ideograph's box above its baseline, in ems."""
LEADING = 1.42
"""Distance of baselines, in ems."""


@dataclass(frozen=True, slots=True)
class Text:
    """Lines set from `top` downwards inside `width`; `whole` is the text before it was broken."""

    left: float
    top: float
    width: float
    lines: tuple[str, ...]
    size: float
    node: Node | None
    whole: str = ""
    bold: bool = False
    align: Literal["start", "center", "end"] = "start"
    colour: Colour = INK
    tracking: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle: decoration, no content."""

    left: float
    bottom: float
    width: float
    height: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: decoration, no content."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float = 0.4
    colour: Colour = RULE


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code: `rows` of dark and light modules in a square of `side` points."""

    left: float
    bottom: float
    side: float
    rows: tuple[bytes, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Ink:
    """Lines of a pen, given as points of the page; a line of one point is a dot."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    weight: float
    node: Node


@dataclass(frozen=True, slots=True)
class Widget:
    """The rectangle of a signature field and what a reader is told about it."""

    field_name: str
    left: float
    bottom: float
    width: float
    height: float
    told: str


@dataclass(slots=True)
class Page:
    """Things in drawing order and the signature fields on top of them."""

    things: list[Text | Box | Rule | Symbol | Ink] = field(default_factory=list)
    widgets: list[Widget] = field(default_factory=list)


def draw(canvas: Canvas, fonts: Fonts, number: int, page: Page) -> None:
    """Draw page `number` (from 0) and note the mark of every piece of content in its structure
    element."""
    mark = 0
    # Decoration first, fills before rules: words and rules then lie above every fill.
    canvas.addLiteral("/Artifact BMC")
    for box in (thing for thing in page.things if isinstance(thing, Box)):
        canvas.setFillColorRGB(*box.fill)
        canvas.rect(box.left, box.bottom, box.width, box.height, stroke=0, fill=1)
    for rule in (thing for thing in page.things if isinstance(thing, Rule)):
        canvas.setLineWidth(rule.weight)
        canvas.setStrokeColorRGB(*rule.colour)
        canvas.line(rule.x1, rule.y1, rule.x2, rule.y2)
    canvas.addLiteral("EMC")
    for thing in page.things:
        if isinstance(thing, Box | Rule):
            continue
        if thing.node is None:
            canvas.addLiteral("/Artifact BMC")
        else:
            canvas.addLiteral(f"/{thing.node.tag} <</MCID {mark}>> BDC")
            thing.node.marks.append((number, mark))
            mark += 1
        if isinstance(thing, Text):
            _write(canvas, fonts, thing)
        elif isinstance(thing, Ink):
            _trace(canvas, thing)
        else:
            _fill(canvas, thing)
        canvas.addLiteral("EMC")
    canvas.showPage()


def _write(canvas: Canvas, fonts: Fonts, text: Text) -> None:
    font = fonts.bold if text.bold else fonts.regular
    canvas.setFillColorRGB(*text.colour)
    # A broken text keeps its unbroken form, so that a search finds a name that wraps.
    replaced = text.node is not None and len(text.lines) > 1 and "\n" not in text.whole
    if replaced:
        canvas.addLiteral(_span(text.whole))
    for row, line in enumerate(text.lines):
        width = font.advance(line, text.size) + text.tracking * max(len(line) - 1, 0)
        spare = text.width - width
        left = text.left + {"start": 0.0, "center": spare / 2, "end": spare}[text.align]
        baseline = text.top - text.size * (LEADING * row + (LEADING - 1) / 2 + ASCENT)
        for run, drawn in _runs(line, font):
            if not drawn and not replaced:
                canvas.addLiteral(_span(run))
            shown = run if drawn else MISSING
            cursor = canvas.beginText(left, baseline)
            cursor.setFont(font.fontName, text.size)
            cursor.setCharSpace(text.tracking)
            cursor.textOut(shown)
            canvas.drawText(cursor)
            left += font.advance(shown, text.size) + text.tracking * len(shown)
            if not drawn and not replaced:
                canvas.addLiteral("EMC")
    if replaced:
        canvas.addLiteral("EMC")


def _span(text: str) -> str:
    return f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC"


def _runs(line: str, font: EmbeddedFont) -> list[tuple[str, bool]]:
    """`line` cut into what the font draws and single characters that it doesn't."""
    runs: list[tuple[str, bool]] = []
    for character in line:
        drawn = font.draws(character)
        if drawn and runs and runs[-1][1]:
            runs[-1] = (runs[-1][0] + character, True)
        else:
            runs.append((character, drawn))
    return runs


def _fill(canvas: Canvas, symbol: Symbol) -> None:
    module = symbol.side / len(symbol.rows)
    path = canvas.beginPath()
    for row, modules in enumerate(symbol.rows):
        for column, dark in enumerate(modules):
            if dark:
                top = symbol.bottom + symbol.side - row * module
                path.rect(symbol.left + column * module, top - module, module, module)
    canvas.setFillColorRGB(*INK)
    canvas.drawPath(path, stroke=0, fill=1)


def _trace(canvas: Canvas, ink: Ink) -> None:
    path = canvas.beginPath()
    for line in ink.lines:
        path.moveTo(*line[0])
        # A line to where it begins is a dot under a round pen.
        for point in line[1:] or line:
            path.lineTo(*point)
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.setLineWidth(ink.weight)
    canvas.setStrokeColorRGB(*INK)
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()
