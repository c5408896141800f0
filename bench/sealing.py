"""Sealing and handing in bids of up to 500 MB in Chromium: the real page, server and upload.

Limit: memory is flat. Each size has a browser of its own; what its pages (all renderers) and its
other processes take at most, beyond what they took just before, must not grow by more than 64 MB
from a bid of 50 MB to one of 500 MB. Under 50 MB the peak still grows, because buffers that wait to
be collected are fewer than later; from there on it was seen to vary by 30 MB between runs, while a
page that kept the file would take 450 MB more. `python -m bench.sealing [MB…]`.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.conftest import REPOSITORY
from tests.journeys.memory import MEGABYTE, Peaks, Sealing, sealed_and_measured
from tests.journeys.opening import tender
from tests.journeys.site import Site

SIZES = (1, 50, 200, 500)
FLAT_FROM = 50
LIMIT = 64.0
PATIENCE = 600_000
"""Milliseconds that the largest bid may take."""


def main() -> None:
    """Prints the table and the line that says whether memory is flat."""
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    pages = Path(os.environ.get("YUNKAI_WEB", REPOSITORY / "web" / "dist"))
    with tempfile.TemporaryDirectory(prefix="yunkai-bench-") as folder:
        found = asyncio.run(_measure(Path(folder), pages, sizes))
    print(f"{'':>6} | {'sealing':^35} | {'upload':^35}")
    columns = f"{'s':>7} {'MB/s':>6} {'pages MB':>10} {'others MB':>9}"
    print(f"{'MB':>6} | {columns} | {columns}")
    for each in found:
        print(
            f"{each.size / MEGABYTE:6.0f}"
            f" | {_columns(each.size, each.seconds, each.sealing)}"
            f" | {_columns(each.size, each.upload_seconds, each.upload)}"
        )
    growth = _growth([each for each in found if each.size >= FLAT_FROM * MEGABYTE])
    ok = growth <= LIMIT
    print(f"memory growth={growth:.0f} MB limit={LIMIT:.0f} {'ok' if ok else 'short'}")
    sys.exit(0 if ok else 1)


async def _measure(folder: Path, pages: Path, sizes: Sequence[int]) -> list[Sealing]:
    site = Site(folder / "site" / "data", pages)
    await site.start()
    try:
        await site.enter_as_admin()
        opening = await tender(site)
        await opening.publish(24 * 3600)
        return [
            await sealed_and_measured(opening, folder / f"{size}", size * MEGABYTE, PATIENCE)
            for size in sizes
        ]
    finally:
        await site.close()


def _columns(size: int, seconds: float, peaks: Peaks) -> str:
    speed = size / MEGABYTE / seconds
    return f"{seconds:7.1f} {speed:6.1f} {peaks.pages:10.0f} {peaks.browser:9.0f}"


def _growth(found: Sequence[Sealing]) -> float:
    """The most that any peak is above that of the smallest of these bids, in MB."""
    if not found:
        return 0.0
    least, *larger = sorted(found, key=lambda each: each.size)
    return max(
        (
            after - before
            for each in larger
            for now, then in ((each.sealing, least.sealing), (each.upload, least.upload))
            for after, before in ((now.pages, then.pages), (now.browser, then.browser))
        ),
        default=0.0,
    )


if __name__ == "__main__":
    main()
