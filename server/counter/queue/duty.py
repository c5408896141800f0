"""Who is on duty: open windows with what the catalogue says of them."""

import asyncio
from collections.abc import Sequence

from server.counter.catalogue.catalogue import Catalogue
from server.counter.catalogue.store import CatalogueStore
from server.counter.queue.policy import Duty
from server.counter.queue.windows import Opened, Windows
from server.errors import NotFound


class Roster:
    """The open windows in memory. `trusted` is for how many seconds they are believed that other
    servers may have changed; None when there are none."""

    def __init__(self, windows: Windows, catalogue: CatalogueStore, trusted: float | None) -> None:
        self._windows = windows
        self._catalogue = catalogue
        self._trusted = trusted
        self._opened: Sequence[Opened] | None = None
        self._looked_at = 0.0
        self._touched = 0
        self._made: tuple[Catalogue, Sequence[Opened], list[Duty]] | None = None

    def touch(self) -> None:
        """A window was opened or closed here."""
        self._opened = None
        self._touched += 1

    async def opened(self) -> Sequence[Opened]:
        """Every open window."""
        now = asyncio.get_running_loop().time()
        old = self._trusted is not None and now - self._looked_at > self._trusted
        if self._opened is not None and not old:
            return self._opened
        touched = self._touched
        found = await self._windows.all()
        # What was read before a change must not be remembered after it.
        if touched == self._touched:
            self._opened, self._looked_at = found, now
        return found

    async def duties(self) -> list[Duty]:
        """Every open window that the catalogue still has."""
        catalogue, opened = await self._catalogue.current(), await self.opened()
        # Both are the same objects as long as nothing changed.
        if self._made is not None and self._made[0] is catalogue and self._made[1] is opened:
            return self._made[2]
        found = []
        for each in opened:
            try:
                window = catalogue.window(each.window)
            except NotFound:
                continue
            if window.active:
                duty = Duty(each.window, each.hall, each.clerk, each.clerk_name, window.skills)
                found.append(duty)
        self._made = (catalogue, opened, found)
        return found
