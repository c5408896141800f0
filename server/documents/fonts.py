"""The typeface of documents: Noto Sans SC in two weights, embedded as subsets.

reportlab embeds TrueType outlines only, so the distribution's CFF fonts don't serve; the files come
from the npm package `@expo-google-fonts/noto-sans-sc` (SIL Open Font License).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR = "NotoSansSC_400Regular.ttf"
BOLD = "NotoSansSC_700Bold.ttf"
SHIPPED = Path(__file__).parent / "typefaces"
BUILT = Path(__file__).parents[2] / "web/node_modules/@expo-google-fonts/noto-sans-sc"

MISSING = "〓"
"""Printer's mark for a character the typeface lacks; the real one stays in the PDF as its
replacement text."""


class FontsNotFound(Exception):
    """No folder holds the two font files; the message names the folders that were tried."""


class EmbeddedFont(TTFont):
    """A TrueType font whose subsets map back to Unicode, characters outside the BMP included."""

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 - overrides reportlab's
        """Write the subsets into `doc`, replacing reportlab's ToUnicode maps: they write a code
        point such as U+2CB4E as five digits, which readers take for another character (ISO 32000-1,
        9.10.3 wants UTF-16BE)."""
        state = self.state[doc]
        names = [
            self.getSubsetInternalName(number, doc)[1:] for number in range(len(state.subsets))
        ]
        super().addObjects(doc)
        written: dict[str, Any] = doc.idToObject
        fonts = written["BasicFonts"].dict
        for name, subset in zip(names, state.subsets, strict=True):
            font = fonts[name]
            written[font.ToUnicode.name].content = to_unicode(font.BaseFont, subset)

    def advance(self, text: str, size: float) -> float:
        """Width of `text` in points."""
        widths, other = self.face.charWidths, self.face.defaultWidth
        thousandths: float = sum(widths.get(ord(character), other) for character in text)
        return thousandths * size / 1000

    def draws(self, character: str) -> bool:
        """Whether the font has a glyph for `character`."""
        return ord(character) in self.face.charToGlyph


def to_unicode(name: str, subset: list[int]) -> str:
    """The ToUnicode map of a subset: one byte codes to UTF-16BE, at most 100 to a block (Adobe
    Technote 5411)."""
    pairs = [
        f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>"
        for code, point in enumerate(subset)
        if point
    ]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin",
            "12 dict begin",
            "begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def",
            "/CMapType 2 def",
            "1 begincodespacerange",
            "<00> <FF>",
            "endcodespacerange",
            *(
                line
                for block in blocks
                for line in (f"{len(block)} beginbfchar", *block, "endbfchar")
            ),
            "endcmap",
            "CMapName currentdict /CMap defineresource pop",
            "end",
            "end",
        ]
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """The two weights; loading takes a quarter of a second, so load once in a process and hand it
    on."""

    regular: EmbeddedFont
    bold: EmbeddedFont

    @classmethod
    def load(cls, directory: Path | None = None) -> "Fonts":
        """Read the fonts from `directory`, else from the installed package's data, else from the
        web build's packages.

        Raises FontsNotFound.
        """
        folders = [directory] if directory is not None else [SHIPPED, BUILT]
        for folder in folders:
            regular, bold = find(folder, REGULAR), find(folder, BOLD)
            if regular is not None and bold is not None:
                return cls(_open("Yunkai-Regular", regular), _open("Yunkai-Bold", bold))
        raise FontsNotFound(f"{REGULAR} and {BOLD} are in none of: {', '.join(map(str, folders))}")

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The characters of `texts` that no glyph exists for, each once, by code point."""
        used = set().union(*texts) - {"\n"}
        return sorted(
            character
            for character in used
            if not (self.regular.draws(character) and self.bold.draws(character))
        )


def find(folder: Path, name: str) -> Path | None:
    """The file `name` in `folder` or one level below it, as the npm package lays them out."""
    return next(
        (path for path in (folder / name, *sorted(folder.glob(f"*/{name}"))) if path.is_file()),
        None,
    )


def _open(name: str, path: Path) -> EmbeddedFont:
    try:
        font = EmbeddedFont(name, str(path))
    except (TTFError, OSError) as problem:
        raise FontsNotFound(f"{path} is not a usable font: {problem}") from problem
    pdfmetrics.registerFont(font)
    return font
