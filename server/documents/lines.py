"""Breaking Chinese text into lines: between ideographs, never inside a Latin word or a figure, and
with the marks that may not begin or end a line (避头尾, GB/T 15834 and CLREQ 3.1.4) kept in their
place."""

import re
from collections.abc import Callable

NOT_FIRST = frozenset("，。、；：？！）》」』】〕〉”’…—～·％%‰℃,.;:?!)]}>/")
NOT_LAST = frozenset("（《「『【〔〈“‘([{<￥¥$#")

Measure = Callable[[str], float]


def clean(text: str) -> str:
    """`text` without control characters and with tabs as spaces; line feeds stay."""
    text = text.replace("\r\n", "\n").replace("\t", " ").replace("\u00a0", " ")
    return "".join(each for each in text if each in "\n\u3000" or each.isprintable())


def pieces(text: str) -> list[str]:
    """`text` cut at every place where a line may end."""
    cut: list[str] = []
    for character in text:
        joins = bool(cut) and (
            (_is_word(cut[-1][-1]) and _is_word(character))
            or character in NOT_FIRST
            or character == " "
            or cut[-1][-1] in NOT_LAST
        )
        if joins:
            cut[-1] += character
        else:
            cut.append(character)
    return cut


def phrases(text: str) -> list[str]:
    """`text` cut before its brackets, where a reader would break a line of it."""
    return re.sub(r"(?<=[^\n])（", "\n（", text).split("\n")


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """Lines of `text` no wider than `width`; a piece that is wider by itself (a digest) breaks
    anywhere."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in pieces(paragraph):
            if measure((line + piece).rstrip()) <= width:
                line += piece
                continue
            if line:
                lines.append(line.rstrip())
            line = piece
            if measure(line.rstrip()) > width:
                *whole, line = _even(line, width, measure)
                lines += (part.rstrip() for part in whole)
        lines.append(line.rstrip())
    return lines


def _even(piece: str, width: float, measure: Measure) -> list[str]:
    """`piece` in parts that fit into `width`, as equal as can be: halves of a digest are easier to
    compare."""
    parts = 1
    while True:
        size = -(-len(piece) // parts)
        cut = [piece[start : start + size] for start in range(0, len(piece), size)]
        if size == 1 or all(measure(part.rstrip()) <= width for part in cut):
            return cut
        parts += 1


def _is_word(character: str) -> bool:
    return character < "\u2e80" and not character.isspace() and character not in NOT_LAST
