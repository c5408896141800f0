"""Receipts: signed and time-stamped after the commit, kept, and made again when a crash came in
between."""

import structlog
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from crypto.encoding import Json, jcs, parse_json
from crypto.receipt import Action
from rooms.ids import BidId, PersonId
from rooms.opening.events import BidWithdrawn
from server.documents.timestamp import TimestampsUnavailable
from server.openings import Opening
from server.site import Site
from server.store.database import Database
from server.store.tables import receipts

_log = structlog.get_logger()


class Receipts:
    """The receipts of the site."""

    def __init__(self, database: Database, site: Site) -> None:
        self._database = database
        self._site = site

    async def of(self, room: Opening, bid: BidId, action: Action = "submit") -> Json:
        """The receipt file of a bid or of its withdrawal; None when there is nothing to confirm,
        or no time stamp to be had now.
        """
        if kept := await self._kept(room, bid, action):
            return kept
        found = room.state.bids.get(bid)
        if found is None:
            return None
        digest, received_at = found.digest, found.received_at
        if action == "withdraw":
            withdrawn = _withdrawal(room, bid)
            if withdrawn is None:
                return None
            digest, received_at = withdrawn.withdrawal_digest, withdrawn.received_at
        try:
            receipt = await self._site.receipt(
                room=room.id,
                manifest=found.manifest,
                bidder=found.bidder,
                bid=bid,
                header=digest,
                action=action,
                received_at=received_at,
            )
        except TimestampsUnavailable as problem:
            _log.error("no_time_stamp", room=room.id, problem=str(problem))
            return None
        return await self._keep(room, found.bidder, bid, action, receipt.to_json())

    async def _kept(self, room: Opening, bid: BidId, action: Action) -> Json:
        query = select(receipts.c.receipt).where(
            receipts.c.room == room.id, receipts.c.bid == bid, receipts.c.action == action
        )
        async with self._database.reading() as connection:
            kept = (await connection.execute(query)).scalar_one_or_none()
        return parse_json(kept.encode()) if kept else None

    async def _keep(
        self, room: Opening, bidder: PersonId, bid: BidId, action: Action, receipt: Json
    ) -> Json:
        text = jcs(receipt)
        row = {
            "room": room.id,
            "bid": bid,
            "action": action,
            "bidder": bidder,
            "receipt": text.decode(),
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(receipts).values(row))
        except IntegrityError:
            # Two requests made it at once; the first one's stays.
            return await self._kept(room, bid, action)
        return parse_json(text)


def _withdrawal(room: Opening, bid: BidId) -> BidWithdrawn | None:
    for entry in reversed(room.entries):
        if isinstance(entry.event, BidWithdrawn) and entry.event.bid == bid:
            return entry.event
    return None
