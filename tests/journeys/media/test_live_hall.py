"""The live hall on the engine of one machine."""

import os
import signal
from pathlib import Path

from tests.journeys.conftest import Arrives
from tests.journeys.media.conftest import Appears
from tests.journeys.media.hall import is_seen_and_recorded
from tests.journeys.site import Site


async def test_an_opening_that_is_seen_and_recorded(
    site: Site, appears: Appears, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    def kill() -> None:
        os.kill(site.engines[0], signal.SIGKILL)

    await is_seen_and_recorded(site, appears, arrives, tmp_path, pictures, kill)
