"""The composition root: every part is made here, once, and handed to those that need it."""

import asyncio
import hmac
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from server.clock import Clock, utc_now
from server.config import Settings, listed
from server.counter.attendance import Attendance
from server.counter.board.board import Board
from server.counter.board.keeping import FactsKeeper
from server.counter.board.samples import Samples
from server.counter.captures.eyes import Earlier
from server.counter.captures.receiving import Captures
from server.counter.captures.recognise import Reader
from server.counter.catalogue.store import CatalogueStore
from server.counter.erasure import EraseApplicants
from server.counter.making import Making
from server.counter.payments import Sandbox
from server.counter.queue.queue import Queue
from server.counter.queue.reserving import Reservations
from server.counter.retention import Keeping, Retention
from server.desk import Desk
from server.gate import Gate
from server.heads import Heads
from server.lists import Lists
from server.live.gateway import Gateway
from server.live.pointing import Pointing
from server.live.presence import Presence
from server.live.topics import Topics
from server.media.hall import Hall
from server.media.ledger import Ledger
from server.media.plane import Slot
from server.media.planes import make_plane
from server.media.tokens import Tokens
from server.media.turn import Relays
from server.media.views import teller
from server.media.watching import Watches
from server.pages import Pages
from server.receipts import Receipts
from server.scheduler import Scheduler
from server.signatures import Signatures
from server.site import Site
from server.slips import Slips
from server.store.accounts import Accounts
from server.store.blobs import Blobs
from server.store.database import Database
from server.store.files import Files
from server.store.log import RoomLog
from server.store.people import People
from server.store.rehearsals import Rehearsals
from server.throttle import Pace, Throttle
from server.uploads import Uploads
from server.views.views import Views
from server.work import Job, Work
from server.work.archives import MakeArchive
from server.work.minutes import MakeMinutes
from server.work.opening import OpenBids
from server.work.preserving import PreserveMinutes
from server.work.sessions import session_jobs

CHECKS = 2
"""Checks of archives at once at most: each may read gigabytes."""

PACE_SECONDS = 600
"""In which an address takes as many tickets as the settings allow."""

STILL_SECONDS = 5.0
"""A recording that did not grow for so long is written by no server."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a server consists of."""

    settings: Settings
    clock: Clock
    site: Site
    database: Database
    log: RoomLog
    accounts: Accounts
    throttle: Throttle
    arriving: Pace
    blobs: Blobs
    files: Files
    people: People
    uploads: Uploads
    rehearsals: Rehearsals
    receipts: Receipts
    slips: Slips
    signatures: Signatures
    desk: Desk
    heads: Heads
    gate: Gate
    views: Views
    lists: Lists
    pages: Pages
    gateway: Gateway
    scheduler: Scheduler
    work: Work
    pointing: Pointing
    hall: Hall
    ledger: Ledger
    tokens: Tokens
    relays: Relays
    watches: Watches
    checks: asyncio.Semaphore
    attendance: Attendance
    making: Making
    payments: Sandbox | None
    catalogue: CatalogueStore
    topics: Topics
    queue: Queue
    board: Board
    samples: Samples
    captures: Captures
    reader: Reader
    earlier: Earlier
    retention: Retention


def make_parts(settings: Settings, clock: Clock = utc_now) -> Parts:
    """Makes the parts; nothing runs yet. Raises BadSettings."""
    settings.data.mkdir(parents=True, exist_ok=True)
    site = Site.open(
        settings.site,
        settings.data,
        settings.read_passphrase(),
        settings.public_url,
        clock,
        settings.organisation,
    )
    database = Database(settings.database_url)
    log = RoomLog(database)
    blobs = Blobs(settings.data / "blobs")
    files = Files(database, blobs, clock)
    accounts = Accounts(database, clock, settings.session_seconds)
    # An embedded database has one server; others may write to a shared one at any time.
    desk = Desk(log, clock, trusted=1.0 if settings.embedded else 0.0)
    views = Views(site)
    grace = timedelta(seconds=settings.presence_grace_seconds)
    presence = Presence(
        clock,
        grace,
        lambda room: gateway.moved(room),
        lambda room, guest, here: attendance.seen(room, guest, here),
    )
    gateway = Gateway(desk, views, accounts, presence, clock, settings.beat_seconds)
    attendance = Attendance(desk, gateway.people, settings.presence_grace_seconds)
    people = People(database)
    catalogue = CatalogueStore(database, clock, trusted=1.0)
    topics = Topics(gateway.server, gateway.who)
    ledger = Ledger(desk, settings.recordings_folder, 0.0 if settings.embedded else STILL_SECONDS)
    hall = Hall(
        make_plane(settings),
        desk,
        ledger,
        clock,
        gateway.people,
        lambda room, live: gateway.tell_media(room.id, teller(room, live)),
    )
    pointing = Pointing(
        gateway, desk, lambda room: hall.live(room).cast.get(Slot.SCREEN), monotonic
    )
    made = Parts(
        settings=settings,
        clock=clock,
        site=site,
        database=database,
        log=log,
        accounts=accounts,
        throttle=Throttle(clock, settings.login_attempts, settings.login_wait_seconds),
        arriving=Pace(clock, settings.tickets_per_address, PACE_SECONDS, "too_many_tickets"),
        blobs=blobs,
        files=files,
        people=people,
        uploads=Uploads(database, blobs, clock, desk),
        rehearsals=Rehearsals(database),
        receipts=Receipts(database, site),
        slips=Slips(site, clock),
        signatures=Signatures(desk=desk, clock=clock, site=site, blobs=blobs, files=files),
        desk=desk,
        heads=Heads(log, site, desk),
        gate=Gate(site.keys.gate),
        views=views,
        lists=Lists(database, clock),
        pages=Pages(settings.web),
        gateway=gateway,
        scheduler=Scheduler(
            database, desk, clock, settings.tick_seconds, settings.interruption_seconds
        ),
        work=Work(jobs := []),
        pointing=pointing,
        hall=hall,
        ledger=ledger,
        # A camera in the hall comes back with its token after a restart, to any server of the site.
        tokens=Tokens(hmac.digest(site.keys.log.to_pkcs8(), b"yunkai/whip-tokens/v1", "sha256")),
        relays=Relays(listed(settings.turn), settings.turn_secret.get_secret_value()),
        watches=Watches(hall.watch),
        checks=asyncio.Semaphore(CHECKS),
        attendance=attendance,
        making=Making(
            clock, accounts, people, catalogue, lambda room: made.queue.calls.turn_behind(room)
        ),
        payments=make_payments(settings, site),
        catalogue=catalogue,
        topics=topics,
        queue=Queue(
            database=database,
            desk=desk,
            clock=clock,
            accounts=accounts,
            people=people,
            catalogue=catalogue,
            topics=topics,
            secret=site.keys.log.to_pkcs8(),
            shared=not settings.embedded,
        ),
        board=Board(database, clock),
        samples=Samples(database, accounts, clock),
        captures=Captures(blobs, files),
        reader=Reader(),
        earlier=Earlier(desk, people),
        retention=Retention(
            database=database,
            desk=desk,
            clock=clock,
            keeping=keeping_of(settings),
            again=lambda room: made.work.room_changed(room),
        ),
    )
    jobs.extend(make_jobs(made))
    jobs.append(made.heads.keep)
    jobs.append(FactsKeeper(database, desk, catalogue).keep)
    desk.told.append(gateway.told)
    desk.told.append(made.queue.told)
    desk.told.append(lambda room, _: made.work.room_changed(room.id))
    desk.told.append(hall.told)
    return made


def make_payments(settings: Settings, site: Site) -> Sandbox | None:
    """Who takes fees on this site."""
    if settings.payments == "off":
        return None
    return Sandbox(hmac.digest(site.keys.log.to_pkcs8(), b"yunkai/payments/v1", "sha256"))


def keeping_of(settings: Settings) -> Keeping:
    """For how long sessions are kept on this site."""
    return Keeping(
        quiet=timedelta(days=settings.archive_days),
        served=timedelta(days=settings.retention_days),
        unserved=timedelta(days=settings.unserved_days),
    )


def make_jobs(made: Parts) -> list[Job]:
    """The long work that follows from the log, in the order in which it is done."""
    progress = made.gateway.tell_progress
    return [
        OpenBids(made.desk, made.clock, made.gate, made.blobs, progress),
        MakeMinutes(
            desk=made.desk,
            clock=made.clock,
            site=made.site,
            heads=made.heads,
            people=made.people,
            files=made.files,
        ),
        PreserveMinutes(
            desk=made.desk,
            clock=made.clock,
            site=made.site,
            blobs=made.blobs,
            files=made.files,
        ),
        MakeArchive(
            desk=made.desk,
            site=made.site,
            heads=made.heads,
            receipts=made.receipts,
            people=made.people,
            files=made.files,
            blobs=made.blobs,
            progress=progress,
        ),
        *session_jobs(
            desk=made.desk,
            clock=made.clock,
            site=made.site,
            heads=made.heads,
            people=made.people,
            files=made.files,
            blobs=made.blobs,
            catalogue=made.catalogue,
            progress=progress,
            retention=made.retention.keeping.served,
            erase=EraseApplicants(
                desk=made.desk,
                people=made.people,
                files=made.files,
                blobs=made.blobs,
                reservations=Reservations(made.database, made.clock),
                recordings=made.settings.recordings_folder,
            ),
        ),
    ]
