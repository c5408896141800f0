"""Why a picture of a material isn't taken: one code a reason, translated in the browser."""

from server.errors import Invalid

EMPTY = "material_empty"
"""Not one byte."""
TYPE = "material_type"
"""Neither JPEG, PNG, WebP, HEIC nor PDF, whatever its name says."""
TWO_FACED = "material_two_faced"
"""Another program would take the same bytes for a file of a different kind."""
BROKEN = "material_broken"
"""Cut off or damaged."""
PIXELS = "material_too_many_pixels"
ANIMATED = "material_animated"
COSTLY = "material_too_costly"
"""Looking at it took more time or memory than any honest picture needs."""
ENCRYPTED = "pdf_encrypted"
ACTIVE = "pdf_active"
"""A PDF with scripts, forms that change or media: what is shown isn't settled."""
PAGES = "pdf_too_many_pages"

CODES = frozenset(
    {EMPTY, TYPE, TWO_FACED, BROKEN, PIXELS, ANIMATED, COSTLY, ENCRYPTED, ACTIVE, PAGES}
)


class NotTaken(Invalid):
    """A file that isn't kept, with one of the codes above."""


class Hostile(Exception):
    """The same inside the child process: a code and what fills its text."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
