"""Signatures by hand: the lines of the pen in a frame, beside who wrote them and when."""

from rooms.record import Handwriting, Handwritten
from rooms.strokes import Strokes
from server.documents.flow import BODY, Flow
from server.documents.page import FRAME, LABEL, LEADING, Box, Ink, Rule, Text
from server.documents.tagging import Node

HEIGHT = 84.0
LABEL_WIDTH = 150.0
MARGIN = 8.0
THINNEST = 0.6

Point = tuple[float, float]


def handwriting(flow: Flow, section: Handwriting, parent: Node) -> None:
    """Each piece in a frame over the whole width."""
    for piece in section.pieces:
        lines = flow.lines(piece.label, LABEL_WIDTH - 12.0, BODY)
        height = max(HEIGHT, BODY * LEADING * len(lines) + 2 * MARGIN)
        flow.keep(height + 4.0)
        _framed(flow, piece, lines, height, parent)
        flow.y -= height + 4.0


def _framed(
    flow: Flow, piece: Handwritten, lines: tuple[str, ...], height: float, parent: Node
) -> None:
    things, left, top = flow.page.things, flow.left, flow.y
    right, bottom, middle = left + flow.width, top - height, left + LABEL_WIDTH
    things.append(Box(left, bottom, LABEL_WIDTH, height, LABEL))
    for x in (left, middle, right):
        things.append(Rule(x, top, x, bottom, 0.6, FRAME))
    for y in (top, bottom):
        things.append(Rule(left, y, right, y, 0.6, FRAME))
    start = top - (height - BODY * LEADING * len(lines)) / 2
    label = Text(left + 6.0, start, LABEL_WIDTH - 12.0, lines, BODY, parent.add("P"), piece.label)
    things.append(label)
    room = (middle + MARGIN, bottom + MARGIN, right - MARGIN, top - MARGIN)
    figure = parent.add("Figure", alt=piece.told)
    things.append(_fitted(piece.strokes, room, figure))


def _fitted(strokes: Strokes, room: tuple[float, float, float, float], node: Node) -> Ink:
    """The strokes as large as they can be in a rectangle (left, bottom, right, top), whatever part
    of the pad they were written on."""
    points = [point for line in strokes.lines for point in line]
    across = [x for x, _ in points]
    down = [y for _, y in points]
    width, height = max(across) - min(across), max(down) - min(down)
    left, bottom, right, top = room
    scale = min(
        (right - left) / max(width, 1),
        (top - bottom) / max(height, 1),
        # A dot stays a dot.
        4 * (top - bottom) / strokes.height,
    )
    x0 = (left + right - width * scale) / 2 - min(across) * scale
    y0 = (top + bottom + height * scale) / 2 + min(down) * scale

    def placed(point: tuple[int, int]) -> Point:
        return round(x0 + point[0] * scale, 2), round(y0 - point[1] * scale, 2)

    lines = tuple(tuple(placed(point) for point in line) for line in strokes.lines)
    return Ink(lines, max(THINNEST, round(strokes.pen * scale, 2)), node)
