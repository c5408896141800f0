"""PDF files, in the child: refused when they are locked, alive or endless; drawn page by page."""

from pathlib import Path
from typing import Final

import pikepdf
import pypdfium2

from server.counter.captures.pictures import PREVIEW, fitting, upright, write
from server.counter.captures.refused import ACTIVE, BROKEN, COSTLY, ENCRYPTED, PAGES, Hostile

MOST_PAGES: Final = 50
MOST_OBJECTS: Final = 50_000
_MOST_SCALE: Final = 300 / 72
"""A card on a small page is drawn at 300 dpi, not blown up."""

_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMediaExecute",
    "/GoTo3DView",
}
"""Of ISO 32000-2, table 201: those that run, fetch, send or play."""
_MOVING = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
"""Kinds of annotation whose look changes."""
_NAMES = {"/JS", "/JavaScript", "/XFA"}


def look(path: Path, folder: Path) -> int:
    """Checks a PDF and draws its first page: how many pages it has.

    Raises Hostile, and whatever the libraries do with broken files.
    """
    pages = check(path)
    draw(path, 1, folder)
    return pages


def check(path: Path) -> int:
    """How many pages a PDF has that may be kept. Raises Hostile."""
    try:
        # What was recovered would be somebody's guess: a file cut off is told so.
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise Hostile(ENCRYPTED)
            pages = len(pdf.pages)
            if pages == 0:
                raise Hostile(BROKEN)
            if pages > MOST_PAGES:
                raise Hostile(PAGES, most=MOST_PAGES)
            if len(pdf.objects) > MOST_OBJECTS:
                raise Hostile(COSTLY)
            for each in pdf.objects:
                _check_object(each)
    except pikepdf.PasswordError as locked:
        raise Hostile(ENCRYPTED) from locked
    return pages


def draw(path: Path, number: int, folder: Path) -> None:
    """Draws a page, counted from one. Raises Hostile."""
    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise Hostile(BROKEN)
        scale = min(fitting(width, height, PREVIEW), _MOST_SCALE)
        write(upright(page.render(scale=scale).to_pil()), folder)
    finally:
        document.close()


def _check_object(root: pikepdf.Object) -> None:
    """Looks through an object and what is written inside it; what it refers to has its own turn."""
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (pikepdf.Dictionary, pikepdf.Stream)):
            values = dict(each.items())
            if _is_active(values):
                raise Hostile(ACTIVE)
            inner = list(values.values())
        elif isinstance(each, pikepdf.Array):
            inner = list(each)
        else:
            continue
        waiting.extend(
            part
            for part in inner
            if isinstance(part, (pikepdf.Dictionary, pikepdf.Array)) and not part.is_indirect
        )


def _is_active(values: dict[str, pikepdf.Object]) -> bool:
    if not _NAMES.isdisjoint(values):
        return True
    if "/S" in values and str(values["/S"]) in _ACTIONS:
        return True
    return "/Subtype" in values and str(values["/Subtype"]) in _MOVING
