"""Receipts on paper: drawn and sealed when somebody asks for one."""

import asyncio
from functools import cached_property

from crypto.encoding import Json, jcs
from crypto.receipt import Receipt
from rooms.opening.slip import slip
from rooms.opening.state import Bid, State
from server.clock import Clock
from server.documents.authority import subject
from server.documents.fonts import Fonts
from server.documents.render import render
from server.documents.sign import seal
from server.site import Site


class Slips:
    """Draws receipts under the site's seal."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    async def of(self, state: State, bid: Bid, receipt: Json, public_url: str) -> bytes:
        """The sealed PDF of a receipt file. Raises TimestampsUnavailable."""
        return await asyncio.to_thread(self._draw, state, bid, receipt, public_url)

    def _draw(self, state: State, bid: Bid, receipt: Json, public_url: str) -> bytes:
        key = self._site.authority.seal
        record = slip(
            state,
            bid,
            Receipt.parse(receipt),
            jcs(receipt),
            issuer=subject(key),
            verify_url=f"{public_url}/verify",
        )
        drawn = render(record, self._fonts)
        return seal(drawn, key, self._site.timestamper, self._fonts, self._clock())

    @cached_property
    def _fonts(self) -> Fonts:
        return Fonts.load()
