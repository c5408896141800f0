"""A signature by hand as strokes of a pen, and the one SVG file that they give.

Coordinates are whole numbers from the top left corner of the pad. The same strokes always give the
same bytes, so the digest of the file in a log stands for the strokes; a file that anything else
wrote is refused.
"""

import re
from dataclasses import dataclass

from rooms.refusals import MalformedCommand

Point = tuple[int, int]

LARGEST = 10_000
"""Width and height of a pad at most."""
MOST_LINES = 500
MOST_POINTS = 20_000
MOST_BYTES = 400_000

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" '
    'stroke="#000" stroke-width="{pen}" stroke-linecap="round" stroke-linejoin="round">\n'
)
_FOOT = "</svg>\n"
_BOX = re.compile(r'viewBox="0 0 (\d{1,5}) (\d{1,5})"', re.ASCII)
_PATH = re.compile(r'<path d="([ML\d ]+)"/>', re.ASCII)
_STEP = re.compile(r"[ML](\d{1,5}) (\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Strokes:
    """Lines of points on a pad of `width` by `height`; a line of one point is a dot."""

    width: int
    height: int
    lines: tuple[tuple[Point, ...], ...]

    @property
    def pen(self) -> int:
        """The width of the pen: a hundredth of the pad's longer side."""
        return max(1, max(self.width, self.height) // 100)


def check(strokes: Strokes) -> Strokes:
    """The strokes, if somebody wrote something and all of it is on the pad. Raises
    MalformedCommand."""
    width, height, lines = strokes.width, strokes.height, strokes.lines
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise MalformedCommand(path="width", problem="range")
    if not lines or not all(lines):
        raise MalformedCommand(path="lines", problem="missing")
    if len(lines) > MOST_LINES or sum(map(len, lines)) > MOST_POINTS:
        raise MalformedCommand(path="lines", problem="too_long")
    if not all(0 <= x <= width and 0 <= y <= height for line in lines for x, y in line):
        raise MalformedCommand(path="lines", problem="range")
    return strokes


def to_svg(strokes: Strokes) -> bytes:
    """The file. Raises MalformedCommand."""
    check(strokes)
    head = _HEAD.format(width=strokes.width, height=strokes.height, pen=strokes.pen)
    paths = [f'<path d="{_path(line)}"/>\n' for line in strokes.lines]
    return "".join((head, *paths, _FOOT)).encode()


def from_svg(data: bytes) -> Strokes:
    """The strokes in a file that `to_svg` wrote. Raises MalformedCommand for any other."""
    text = data[: MOST_BYTES + 1].decode("ascii", "replace")
    box = _BOX.search(text)
    if box is None or len(data) > MOST_BYTES:
        raise MalformedCommand(path="svg", problem="pattern")
    lines = tuple(
        _joined(tuple((int(x), int(y)) for x, y in _STEP.findall(path)))
        for path in _PATH.findall(text)
    )
    found = Strokes(int(box[1]), int(box[2]), lines)
    if to_svg(found) != data:
        raise MalformedCommand(path="svg", problem="not_canonical")
    return found


def _path(line: tuple[Point, ...]) -> str:
    # A line to where it begins is a dot under a round pen; a move alone draws nothing.
    (x, y), rest = line[0], line[1:] or line
    return f"M{x} {y}" + "".join(f"L{right} {down}" for right, down in rest)


def _joined(line: tuple[Point, ...]) -> tuple[Point, ...]:
    return line[:1] if len(line) == 2 and line[0] == line[1] else line
