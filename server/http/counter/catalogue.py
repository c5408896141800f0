"""The catalogue: what is served, where and when; bringing it in and taking it out."""

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import PurePosixPath

from aiohttp import web

from crypto.encoding import format_time
from rooms.counter.terms import Item
from rooms.counter.values import is_date
from rooms.refusals import UnknownItem
from server.clock import CHINA
from server.counter.catalogue.booking import bookable, today
from server.counter.catalogue.catalogue import SLOT_MINUTES, Catalogue
from server.counter.catalogue.csvfile import read_csv, read_single
from server.counter.catalogue.csvwriting import write_csv
from server.counter.catalogue.jsonfile import read_json, write_json
from server.counter.catalogue.search import search
from server.counter.catalogue.source import MOST_BYTES, Source
from server.counter.catalogue.tables import Agreement, Hall
from server.counter.queue.slots import Slots
from server.errors import TooLarge, Unreadable
from server.http import answers, reading
from server.http.auth import account_with
from server.http.counter import wire_catalogue as wire
from server.http.parts import of
from server.store.accounts import AccountRole

PAGE = 50
MOST_DAYS = 60
_ZIP = frozenset({"application/zip", "application/x-zip-compressed"})


async def view(request: web.Request) -> web.Response:
    """What is served and where, for everybody."""
    catalogue = await of(request).catalogue.current()
    region = request.query.get("region") or None
    if region is not None:
        catalogue.region(region)
    page = reading.number(request, "page", 1, 1, 10_000)
    on = _today(request)
    found = search(catalogue, request.query.get("q", "")[:200], region, on)
    shown = found[(page - 1) * PAGE : page * PAGE]
    services = {item.code: catalogue.agreements(item.code, on) for item in shown}
    agreed = [each for each_item in services.values() for each in each_item]
    halls = [
        each
        for each in catalogue.tables.halls
        if each.active
        and (
            region is None
            or catalogue.within(each.region, region)
            or any(each.id == agreement.hall for agreement in agreed)
        )
    ]
    regions = [each.region for each in halls] + [item.region for item in shown]
    regions += [code for each in agreed for code in (each.near, each.far)]
    return answers.model(
        wire.CatalogueView(
            revision=catalogue.revision,
            regions=_regions(catalogue, regions),
            halls=[_hall(each) for each in halls],
            items=[_line(item, services[item.code]) for item in shown],
            total=len(found),
        )
    )


async def guide(request: web.Request) -> web.Response:
    """Everything about an item; of an older `version` what it was."""
    catalogue = await of(request).catalogue.current()
    code, on = request.match_info["code"], _today(request)
    try:
        current = catalogue.item(code, on).version
    except UnknownItem:
        if "version" not in request.query:
            raise
        current = 0
    version = reading.number(request, "version", current, 1, 10**6)
    edition = catalogue.version(code, version)
    services = catalogue.agreements(code, on)
    halls = [catalogue.halls[hall] for hall in sorted({each.hall for each in services})]
    regions = [code for each in services for code in (each.near, each.far)]
    return answers.model(
        wire.Guide(
            item=edition.item,
            valid_from=edition.valid_from,
            current=version == current,
            versions=[
                wire.Version(version=each.item.version, valid_from=each.valid_from)
                for each in catalogue.editions(code)
            ],
            services=[_service(each) for each in services],
            regions=_regions(catalogue, [*regions, edition.item.region]),
            halls=[_hall(each) for each in halls],
        )
    )


async def hall(request: web.Request) -> web.Response:
    """A hall with its windows and the days from `from` on, on which it is open."""
    catalogue = await of(request).catalogue.current()
    place = catalogue.hall(request.match_info["hall"])
    first = _day(request, "from", today(catalogue, place.id, of(request).clock()))
    count = reading.number(request, "days", 14, 1, MOST_DAYS)
    names = {(each.region, each.day): each.name for each in catalogue.tables.days}
    days = []
    for number in range(count):
        day = first + timedelta(days=number)
        where, special = catalogue.special_in(place.region, day)
        days.append(
            wire.OpenDay(
                day=day.isoformat(),
                kind=special.kind if special else None,
                name=names.get((where, day.isoformat()), ""),
                open=[
                    wire.OpenInterval(start=format_time(each.start), end=format_time(each.end))
                    for each in catalogue.open_on(place.id, day)
                ],
            )
        )
    return answers.model(
        wire.HallView(
            hall=_hall(place),
            windows=[
                wire.WindowLine(id=each.id, name=each.name, skills=list(each.skills))
                for each in catalogue.windows_of(place.id)
            ],
            hours=[
                wire.Span(weekday=each.weekday, opens=each.opens, closes=each.closes)
                for each in catalogue.tables.hours
                if each.hall == place.id
            ],
            days=days,
        )
    )


async def slots(request: web.Request) -> web.Response:
    """The times of a day at which some items can be booked; `item` may be several, with commas."""
    catalogue = await of(request).catalogue.current()
    near, items = _asked(request, "near"), _asked(request, "item").split(",")
    now = of(request).clock()
    day = _day(request, "day", today(catalogue, near, now))
    booked = Slots(of(request).database, of(request).clock)
    far = request.query.get("far") or None
    found = await bookable(catalogue, booked.taken, near, items, far, day, now)
    return answers.model(
        wire.SlotList(
            day=day.isoformat(),
            near_hall=found.near_hall,
            far_hall=found.far_hall,
            zone=catalogue.hall(near).zone,
            minutes=SLOT_MINUTES,
            slots=[
                wire.SlotLine(
                    starts_at=format_time(each.starts_at),
                    ends_at=format_time(each.ends_at),
                    near_left=each.near_left,
                    far_left=each.far_left,
                )
                for each in found.slots
            ],
        )
    )


async def export_json(request: web.Request) -> web.Response:
    """The whole catalogue as one document."""
    catalogue = await _for_manager(request)
    data = await asyncio.to_thread(write_json, catalogue.tables)
    return _download(data, "application/json", f"catalogue-{catalogue.revision}.json")


async def export_csv(request: web.Request) -> web.Response:
    """The whole catalogue as CSV files in a ZIP archive."""
    catalogue = await _for_manager(request)
    data = await asyncio.to_thread(write_csv, catalogue.tables)
    return _download(data, "application/zip", f"catalogue-{catalogue.revision}.zip")


async def bring(request: web.Request) -> web.Response:
    """Takes over a catalogue or part of one: a JSON document, a ZIP archive of CSV files, or one
    CSV file. With `check=1` it only says what is wrong and what would change."""
    asker = await account_with(request, AccountRole.MANAGER, AccountRole.ADMIN)
    name, data = await _sent(request)
    source = await asyncio.to_thread(_source, name, data)
    only_check = reading.number(request, "check", 0, 0, 1) == 1
    brought = await of(request).catalogue.bring(source, asker.person, only_check)
    return answers.model(wire.Brought(revision=brought.revision, changes=dict(brought.changes)))


async def _for_manager(request: web.Request) -> Catalogue:
    await account_with(request, AccountRole.MANAGER, AccountRole.ADMIN)
    return await of(request).catalogue.current()


async def _sent(request: web.Request) -> tuple[str, bytes]:
    """The file that was sent, and a name that says of which kind it is."""
    kind = request.content_type
    if kind == "multipart/form-data":
        part = await reading.single_file(request)
        pieces, size = [], 0
        while piece := await part.read_chunk(256 * 1024):
            size += len(piece)
            if size > MOST_BYTES:
                raise TooLarge(MOST_BYTES)
            pieces.append(piece)
        return PurePosixPath(part.filename or "").name.lower(), b"".join(pieces)
    if kind == "application/json":
        return "catalogue.json", await reading.body(request, MOST_BYTES)
    if kind in _ZIP:
        return "catalogue.zip", await reading.body(request, MOST_BYTES)
    if kind == "text/csv":
        table = request.query.get("table", "")[:64]
        return f"{table}.csv", await reading.body(request, MOST_BYTES)
    raise Unreadable("unknown_catalogue_format")


def _source(name: str, data: bytes) -> Source:
    if name.endswith(".json"):
        return read_json(data)
    if name.endswith(".zip"):
        return read_csv(data)
    if name.endswith(".csv"):
        return read_single(name, data)
    raise Unreadable("unknown_catalogue_format")


def _download(data: bytes, media_type: str, name: str) -> web.Response:
    headers = {"Content-Disposition": answers.disposition(name)}
    return web.Response(body=data, content_type=media_type, headers=headers)


def _today(request: web.Request) -> date:
    return of(request).clock().astimezone(CHINA).date()


def _asked(request: web.Request, name: str) -> str:
    value = request.query.get(name, "")
    if not value:
        raise Unreadable("bad_query", {"name": name})
    return value


def _day(request: web.Request, name: str, default: date) -> date:
    text = request.query.get(name)
    if text is None:
        return default
    # Years near the ends of the calendar have no day before or after.
    if not is_date(text) or not "1900" < text < "2200":
        raise Unreadable("bad_query", {"name": name})
    return date.fromisoformat(text)


def _regions(catalogue: Catalogue, codes: Iterable[str]) -> list[wire.RegionLine]:
    """These regions and all above them, in the order of their codes."""
    found = sorted({above for code in codes for above in catalogue.chain(code)})
    return [
        wire.RegionLine(code=code, name=region.name, parent=region.parent)
        for code, region in ((code, catalogue.regions[code]) for code in found)
    ]


def _hall(hall: Hall) -> wire.HallLine:
    return wire.HallLine(
        id=hall.id,
        region=hall.region,
        name=hall.name,
        address=hall.address,
        longitude=hall.longitude,
        latitude=hall.latitude,
        phone=hall.phone,
        zone=hall.zone,
    )


def _line(item: Item, services: list[Agreement]) -> wire.ItemLine:
    return wire.ItemLine(
        code=item.code,
        version=item.version,
        name=item.name,
        name_en=item.name_en,
        mode=item.mode,
        region=item.region,
        authority=item.authority,
        audience=item.audience,
        promised_days=item.promised_days,
        bundle=list(item.bundle),
        services=[_service(each) for each in services],
    )


def _service(agreement: Agreement) -> wire.Service:
    return wire.Service(
        near=agreement.near, far=agreement.far, hall=agreement.hall, until=agreement.until
    )
