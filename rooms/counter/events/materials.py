"""Pages of materials, what the far clerk says of them, and screenshots. Nothing is ever deleted
from the record: what was removed stays listed as removed."""

from dataclasses import dataclass

from rooms.counter.kinds import Picture, Seen, Source, Verdict
from rooms.ids import PageId, RoomId


@dataclass(frozen=True, slots=True)
class MaterialCaptured:
    """`earlier` is the session a page with source `reuse` was captured in."""

    page: PageId
    item: str
    material: str
    picture: Picture
    source: Source
    earlier: RoomId | None = None


@dataclass(frozen=True, slots=True)
class PageReplaced:
    """`page` stands where `previous` stood."""

    page: PageId
    previous: PageId
    picture: Picture
    source: Source


@dataclass(frozen=True, slots=True)
class PagesOrdered:
    item: str
    material: str
    pages: tuple[PageId, ...]


@dataclass(frozen=True, slots=True)
class PageRemoved:
    page: PageId
    reason: str


@dataclass(frozen=True, slots=True)
class MaterialJudged:
    """Holds until a page of the material changes."""

    item: str
    material: str
    verdict: Verdict
    remark: str


@dataclass(frozen=True, slots=True)
class ScreenshotTaken:
    """A clerk kept one picture of the call, `of` somebody or of a shared desktop."""

    picture: Picture
    of: Seen
    note: str
