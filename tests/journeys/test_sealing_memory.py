"""Sealing and uploading take as much memory for a large file as for a small one."""

from pathlib import Path

import pytest

from tests.journeys.memory import MEGABYTE, sealed_and_measured
from tests.journeys.opening import tender
from tests.journeys.person import SOON
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL, LARGE = 10 * MEGABYTE, 250 * MEGABYTE
ALLOWED = (LARGE - SMALL) / 2 / MEGABYTE
"""MB more for the large file. Buffers that wait to be collected come to 50 to 80 MB, however large
the file is; a page that kept the file would take 240 MB more, and twice that for two copies."""


async def test_a_large_bid_takes_no_more_memory_than_a_small_one(
    site: Site, tmp_path: Path
) -> None:
    opening = await tender(site)
    await opening.publish(3600)
    small = await sealed_and_measured(opening, tmp_path / "small", SMALL)
    large = await sealed_and_measured(opening, tmp_path / "large", LARGE, 5 * SOON)
    for peak, before in ((large.sealing, small.sealing), (large.upload, small.upload)):
        assert peak.pages < before.pages + ALLOWED
        assert peak.browser < before.browser + ALLOWED
