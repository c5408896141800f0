"""The catalogue on the wire."""

from typing import Annotated

from pydantic import Field

from rooms.counter.hours import DayKind
from rooms.counter.terms import Item, Mode
from server.http.wire import Id, Time, Wire

RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Clock = Annotated[str, Field(pattern=r"^\d\d:\d\d$")]


class RegionLine(Wire):
    """A region in the tree; provinces have no parent."""

    code: RegionCode
    name: str
    parent: RegionCode | None


class HallLine(Wire):
    """A hall. Coordinates are decimal degrees as text."""

    id: Id
    region: RegionCode
    name: str
    address: str
    longitude: str
    latitude: str
    phone: str
    zone: str


class Service(Wire):
    """An agreement by which a hall serves an item for people of a region."""

    near: RegionCode
    far: RegionCode
    hall: Id
    until: Day | None


class ItemLine(Wire):
    """An item in lists."""

    code: Id
    version: int
    name: str
    name_en: str
    mode: Mode
    region: RegionCode
    authority: str
    audience: str
    promised_days: int
    bundle: list[Id]
    services: list[Service]


class CatalogueView(Wire):
    """What is served and where: the regions of everything else in it with those above them, halls,
    and a page of fifty items of `total`."""

    revision: int
    regions: list[RegionLine]
    halls: list[HallLine]
    items: list[ItemLine]
    total: int


class Version(Wire):
    """A version of an item and the day from which it is offered."""

    version: int
    valid_from: Day


class Guide(Wire):
    """Everything about an item in one version, and who serves it at present."""

    item: Item
    valid_from: Day
    current: bool
    versions: list[Version]
    services: list[Service]
    regions: list[RegionLine]
    halls: list[HallLine]


class WindowLine(Wire):
    """A window and what is served there: codes of items, `prefix-*`, or `*`."""

    id: Id
    name: str
    skills: list[str]


class Span(Wire):
    """A span of a weekday, 1 Monday … 7 Sunday, on the wall of the hall."""

    weekday: int
    opens: Clock
    closes: Clock


class OpenInterval(Wire):
    """From `start` until before `end`."""

    start: Time
    end: Time


class OpenDay(Wire):
    """When a hall is open on a day; `kind` and `name` say why it is not as usual."""

    day: Day
    kind: DayKind | None
    name: str
    open: list[OpenInterval]


class HallView(Wire):
    """A hall with its windows, its usual hours and the coming days."""

    hall: HallLine
    windows: list[WindowLine]
    hours: list[Span]
    days: list[OpenDay]


class Brought(Wire):
    """What an import changed: rows by table, none when all was there already."""

    revision: int
    changes: dict[str, int]


class SlotLine(Wire):
    """A time that both halls are open, and the places left at each."""

    starts_at: Time
    ends_at: Time
    near_left: int
    far_left: int


class SlotList(Wire):
    """The times of a day that can be booked, each `minutes` long."""

    day: Day
    near_hall: Id
    far_hall: Id
    zone: str
    minutes: int
    slots: list[SlotLine]
