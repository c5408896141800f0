"""What the table of a session says on the wire: pages, recognised text, signatures."""

from typing import Annotated

from pydantic import Field

from rooms.counter.kinds import Picture
from server.http.wire import Digest, Id, Wire

Code = Annotated[str, Field(min_length=1, max_length=64)]
Coordinate = Annotated[int, Field(ge=0, le=10_000)]


class EarlierPage(Wire):
    """A page of an earlier session that may be used again."""

    room: Id
    page: Id
    item: Code
    material: Code
    name: str
    picture: Picture


class EarlierPages(Wire):
    """Every such page, the newest session first."""

    pages: list[EarlierPage]


class ReuseBody(Wire):
    """The page of an earlier session that is used for a material of this one."""

    item: Code
    material: Code
    earlier: Id
    page: Id


class RecogniseBody(Wire):
    """A captured page; of a PDF its `number`-th page, counted from one."""

    page: Id
    number: Annotated[int, Field(ge=1, le=1000)] = 1


class TextLine(Wire):
    """A recognised line, its box in pixels of the preview, and how sure the reader is, in
    thousandths."""

    text: str
    score: int
    left: int
    top: int
    right: int
    bottom: int


class FieldProposal(Wire):
    """A value for a field of the page's item. It is a guess whatever its score: `checked` only says
    that check digits in it hold. `lines` are the places of its lines in the list."""

    field: str
    value: str | int
    score: int
    checked: bool
    lines: list[int]


class Recognised(Wire):
    """What was read from a page, and what it could mean for the form."""

    item: str
    lines: list[TextLine]
    proposals: list[FieldProposal]


class PenPoint(Wire):
    """Where the pen was, `t` milliseconds after it first touched the pad; `pressure` in
    thousandths, absent where the pad does not tell."""

    x: Coordinate
    y: Coordinate
    t: Annotated[int, Field(ge=0, le=3_600_000)]
    pressure: Annotated[int, Field(ge=0, le=1000)] | None = None


class SignatureBody(Wire):
    """A signature under an item's form: `form` is the digest of what the signer saw, `strokes` are
    lists of points, one for each time that the pen touched the pad."""

    item: Code
    form: Digest
    width: Annotated[int, Field(ge=50, le=10_000)]
    height: Annotated[int, Field(ge=50, le=10_000)]
    strokes: Annotated[
        list[Annotated[list[PenPoint], Field(min_length=1, max_length=20_000)]],
        Field(max_length=500),
    ]
