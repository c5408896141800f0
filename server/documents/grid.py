"""Tables of a record: rows of cells between thin rules, labels on a light ground."""

from __future__ import annotations

from collections.abc import Callable

from rooms.record import Align, Fields, Table
from server.documents.flow import BODY, SMALL, Flow
from server.documents.lines import clean, phrases, pieces
from server.documents.page import FRAME, INK, LABEL, LEADING, QUIET, Box, Rule, Text
from server.documents.tagging import Node

PAD_X = 4.0
PAD_Y = 3.2
ROW = 20.0
"""Least height of a row."""
WORD = 5.0
"""A line of at most so many ems is not broken where another column has room."""
SMALLEST = 5.5
"""Least size of a figure that would not fit otherwise."""


class Grid:
    """Rows of cells between rules, on as many pages as they need."""

    def __init__(self, flow: Flow, widths: list[float], repeat: Callable[[], None]) -> None:
        self.flow = flow
        self.widths = widths
        self.repeat = repeat
        self.opened = flow.y

    def row(self, cells: list[Cell], least: float = ROW) -> None:
        """Set a row; one taller than what is left goes to the next page, one taller than a page is
        cut."""
        flow = self.flow
        step = BODY * LEADING
        height = max(least, *(cell.height for cell in cells))
        if flow.y - height < flow.bottom:
            room = flow.top - flow.bottom - 60.0
            if height <= room or flow.y - flow.bottom < 6 * step:
                self.turn()
        while True:
            room = flow.y - flow.bottom
            if height <= room:
                self._set(cells, height)
                return
            tops = [cell.cut(room - 2 * PAD_Y) for cell in cells]
            self._set([top for top, _ in tops], room)
            cells = [rest for _, rest in tops]
            height = max(least, *(cell.height for cell in cells))
            self.turn()

    def turn(self) -> None:
        """Close the frame, go on at the top of the next page under a repeated header."""
        self.close()
        self.flow.turn()
        self.opened = self.flow.y
        self.repeat()

    def close(self) -> None:
        """Draw the frame around what was set on this page."""
        flow, top = self.flow, self.opened
        if flow.y == top:
            return
        right = flow.left + sum(self.widths)
        for x in (flow.left, right):
            flow.page.things.append(Rule(x, top, x, flow.y, 0.8, FRAME))
        for y in (top, flow.y):
            flow.page.things.append(Rule(flow.left - 0.4, y, right + 0.4, y, 0.8, FRAME))

    def _set(self, cells: list[Cell], height: float) -> None:
        flow = self.flow
        things = flow.page.things
        left, column = flow.left, 0
        bottom = flow.y - height
        for cell in cells:
            width = sum(self.widths[column : column + cell.span])
            if cell.label:
                things.append(Box(left, bottom, width, height, LABEL))
            spare = height - 2 * PAD_Y - cell.size * LEADING * len(cell.lines)
            things.append(
                Text(
                    left + PAD_X,
                    flow.y - PAD_Y - max(spare, 0.0) / 2,
                    width - 2 * PAD_X,
                    cell.lines,
                    cell.size,
                    cell.node,
                    cell.whole,
                    cell.bold,
                    cell.align,
                    QUIET if cell.quiet else INK,
                )
            )
            column += cell.span
            left += width
            if column < len(self.widths):
                things.append(Rule(left, flow.y, left, bottom))
        things.append(Rule(flow.left, bottom, left, bottom))
        flow.y = bottom


class Cell:
    """A cell with its text already broken to its width."""

    def __init__(
        self,
        flow: Flow,
        text: str,
        width: float,
        node: Node | None,
        *,
        align: Align = "start",
        label: bool = False,
        bold: bool = False,
        numeric: bool = False,
        span: int = 1,
    ) -> None:
        self.flow, self.node, self.align = flow, node, align
        self.label, self.bold, self.span, self.quiet = label, bold, span, not text.strip()
        self.whole = clean(text).strip() or "—"
        self.align = "center" if self.quiet else align
        self.size = BODY
        inner = width - 2 * PAD_X
        if numeric:
            font = flow.fonts.bold if bold else flow.fonts.regular
            widest = max(
                font.advance(piece.rstrip(), 1.0)
                for line in self.whole.split("\n")
                for piece in pieces(line) or [""]
            )
            # a figure is set smaller rather than broken
            self.size = max(SMALLEST, min(BODY, inner / widest if widest else BODY))
        self.lines = flow.lines(self.whole, inner, self.size, bold=bold)
        if len(self.lines) > 1:
            # a bracket goes to a line of its own where that costs none
            phrased = "\n".join(phrases(self.whole))
            lines = flow.lines(phrased, inner, self.size, bold=bold)
            self.lines = lines if len(lines) <= len(self.lines) else self.lines

    @property
    def height(self) -> float:
        """Height with padding, in points."""
        return self.size * LEADING * len(self.lines) + 2 * PAD_Y

    def cut(self, height: float) -> tuple[Cell, Cell]:
        """The lines that fit into `height`, and the rest."""
        fits = max(1, int(height / (self.size * LEADING)))
        return self._part(self.lines[:fits]), self._part(self.lines[fits:])

    def _part(self, lines: tuple[str, ...]) -> Cell:
        part = object.__new__(Cell)
        part.__dict__.update(self.__dict__)
        part.lines, part.whole = lines, "\n".join(lines)
        return part


def fields(flow: Flow, section: Fields, parent: Node) -> None:
    """Labels in grey cells beside their values, `across` pairs a line."""
    across = max(1, section.across)
    label = min(92.0, flow.width / across * 0.34)
    value = flow.width / across - label
    widths = [label, value] * across
    table = parent.add("Table")
    grid = Grid(flow, widths, lambda: None)
    pending = list(section.fields)
    while pending:
        row = table.add("TR")
        first = pending.pop(0)
        group = [first]
        while not first.wide and len(group) < across and pending and not pending[0].wide:
            group.append(pending.pop(0))
        cells = []
        for place, each in enumerate(group):
            last = place == len(group) - 1
            span = 2 * (across - len(group)) + 1 if last else 1
            wide = value + (span - 1) / 2 * (label + value)
            cells.append(
                Cell(
                    flow, each.label, label, row.add("TH", scope="Row"), label=True, align="center"
                )
            )
            cells.append(Cell(flow, each.value, wide, row.add("TD", span=span), span=span))
        grid.row(cells)
    grid.close()


def column_widths(flow: Flow, section: Table) -> list[float]:
    """The columns' shares of the width by weight, then evened out: a column takes what its figures
    and short words need to stay on a line from columns that have more than they need, a quarter of
    their width at most."""
    total = sum(column.weight for column in section.columns)
    widths = [flow.width * column.weight / total for column in section.columns]
    needed = [
        max(
            _whole(flow, [column.label], False, bold=True),
            _whole(flow, [row[place] for row in section.rows], column.numeric, bold=False),
        )
        for place, column in enumerate(section.columns)
    ]
    lack = [max(need - width, 0.0) for need, width in zip(needed, widths, strict=True)]
    spare = [
        max(width - max(need, 0.75 * width), 0.0)
        for need, width in zip(needed, widths, strict=True)
    ]
    moved = min(sum(lack), sum(spare))
    if moved == 0:
        return widths
    take, give = moved / sum(lack), moved / sum(spare)
    return [
        width + short * take - extra * give
        for width, short, extra in zip(widths, lack, spare, strict=True)
    ]


def _whole(flow: Flow, texts: list[str], numeric: bool, *, bold: bool) -> float:
    """Width that keeps every figure (or, in other columns, every short phrase) of `texts` on
    one line."""
    font = flow.fonts.bold if bold else flow.fonts.regular
    lines = {line for text in texts for line in clean(text).split("\n")}
    parts = {part for line in lines for part in (pieces(line) if numeric else phrases(line))}
    widths = [font.advance(part.rstrip(), BODY) for part in parts]
    # a hair more than needed: sums of floats differ by their order
    return max((each for each in widths if numeric or each <= WORD * BODY), default=0.0) + (
        2 * PAD_X + 0.01
    )


def table(flow: Flow, section: Table, parent: Node) -> None:
    """A table under a header that every page repeats."""
    widths = column_widths(flow, section)
    element = parent.add("Table")

    def header(node: Node | None) -> None:
        row = node.add("TR") if node is not None else None
        cells = []
        for column, width in zip(section.columns, widths, strict=True):
            head = row.add("TH", scope="Column") if row is not None else None
            cells.append(
                Cell(flow, column.label, width, head, label=True, bold=True, align="center")
            )
        grid.row(cells)

    grid = Grid(flow, widths, lambda: header(None))
    header(element.add("THead"))
    body = element.add("TBody")
    for values in section.rows:
        row = body.add("TR")
        grid.row(
            [
                Cell(
                    flow,
                    value,
                    width,
                    row.add("TD"),
                    align=column.alignment,
                    numeric=column.numeric,
                )
                for value, column, width in zip(values, section.columns, widths, strict=True)
            ]
        )
    if not section.rows:
        row = body.add("TR")
        span = len(widths)
        cell = row.add("TD", span=span)
        grid.row([Cell(flow, section.empty, flow.width, cell, align="center", span=span)])
    grid.close()
    if section.note:
        flow.y -= 3.0
        flow.text(section.note, parent.add("P"), size=SMALL + 0.5, colour=QUIET)
