"""Who is on duty: open windows with what the catalogue says of them."""

import asyncio
from collections.abc import Sequence

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

    def touch(self) -> None:
        """A window was opened or closed here."""
        self._opened = None

    async def opened(self) -> Sequence[Opened]:
        """Every open window."""
        now = asyncio.get_running_loop().time()
        old = self._trusted is not None and now - self._looked_at > self._trusted
        if self._opened is None or old:
            self._looked_at = now
            self._opened = found = await self._windows.all()
            return found
        return self._opened

    async def duties(self) -> list[Duty]:
        """Every open window that the catalogue still has."""
        catalogue = await self._catalogue.current()
        found = []
        for each in await self.opened():
            try:
                window = catalogue.window(each.window)
            except NotFound:
                continue
            if window.active:
                duty = Duty(each.window, each.hall, each.clerk, each.clerk_name, window.skills)
                found.append(duty)
        return found
