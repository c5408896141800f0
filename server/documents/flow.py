"""Setting a record's parts one under the other, page after page."""

from rooms.record import Align, Paragraphs
from server.documents.fonts import Fonts
from server.documents.lines import clean, wrap
from server.documents.page import INK, LEADING, Colour, Page, Text
from server.documents.tagging import Node

BODY = 8.5
SMALL = 7.0
HEADING = 11.0
LARGE = 10.5


class Flow:
    """A cursor that moves down the pages; `left`, `width`, `top` and `bottom` bound the text, in
    points."""

    def __init__(
        self, fonts: Fonts, size: tuple[float, float], margin: tuple[float, float]
    ) -> None:
        self.fonts = fonts
        self.left, self.bottom = margin
        self.width = size[0] - 2 * self.left
        self.top = size[1] - 40.0
        self.pages = [Page()]
        self.y = self.top

    @property
    def page(self) -> Page:
        """The page under the cursor."""
        return self.pages[-1]

    def turn(self) -> None:
        """Go to a new page."""
        self.pages.append(Page())
        self.y = self.top

    def keep(self, height: float) -> None:
        """Turn the page unless `height` fits below the cursor."""
        if self.y - height < self.bottom and self.y < self.top:
            self.turn()

    def lines(self, text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
        """`text` broken to `width`."""
        font = self.fonts.bold if bold else self.fonts.regular
        return tuple(wrap(clean(text), width, lambda part: font.advance(part, size)))

    def text(
        self,
        text: str,
        node: Node | None,
        *,
        size: float = BODY,
        bold: bool = False,
        align: Align = "start",
        colour: Colour = INK,
        tracking: float = 0.0,
        inset: float = 0.0,
    ) -> None:
        """Set a paragraph and move below it, turning pages as needed."""
        width = self.width - 2 * inset
        lines = self.lines(text, width - tracking * len(text), size, bold=bold)
        step = size * LEADING
        while lines:
            self.keep(step)
            fits = max(1, int((self.y - self.bottom) / step))
            now, lines = lines[:fits], lines[fits:]
            whole = clean(text) if not lines else "".join(now)
            self.page.things.append(
                Text(
                    self.left + inset,
                    self.y,
                    width,
                    now,
                    size,
                    node,
                    whole,
                    bold,
                    align,
                    colour,
                    tracking,
                )
            )
            self.y -= step * len(now)

    def heading(self, title: str, node: Node, following: float) -> None:
        """A section's title, kept with `following` points of what comes next."""
        self.y -= 12.0
        self.keep(HEADING * LEADING + 4.0 + following)
        self.text(title, node.add("H2"), size=HEADING, bold=True)
        self.y -= 4.0


def paragraphs(flow: Flow, section: Paragraphs, parent: Node) -> None:
    """Running text."""
    for line in section.lines:
        flow.text(line, parent.add("P"), size=LARGE if section.large else BODY + 0.5)
        flow.y -= 2.0
