"""What every test shares."""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Tests share two cores with a browser; a slow machine is no reason to fail a property.
settings.register_profile("yunkai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yunkai")


JOURNEYS = "journeys"
WITHOUT_DEADLINES = frozenset(
    f"tests/journeys/{name}.py"
    for name in (
        "media/test_player",
        "test_browser_crypto",
        "test_offline_page",
        "test_sealing_memory",
        "test_watch_in_browser",
    )
)
"""Journeys that no clock hurries: they may go beside another."""


class ByFile(LoadScopeScheduling):
    """Files go to whichever worker is free, and journeys to the first, which begins with them.

    Most journeys follow one another there: each has browsers, a server and deadlines in seconds.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        together = path.startswith("tests/journeys/") and path not in WITHOUT_DEADLINES
        return JOURNEYS if together else path

    def _assign_work_unit(self, node: WorkerController) -> None:
        if JOURNEYS in self.workqueue:
            self.workqueue.move_to_end(JOURNEYS, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share the tests out between the workers of ``-n``."""
    return ByFile(config, log)
