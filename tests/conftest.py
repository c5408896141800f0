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
OF_NETWORKS = frozenset(
    f"tests/server/media/{name}.py" for name in ("test_contract", "test_janus", "test_janus_loss")
)
"""What makes networks and takes them away: a browser beside it breaks off what it is loading."""


class ByFile(LoadScopeScheduling):
    """Files go to whichever worker is free, and journeys to the first, which begins with them.

    Journeys follow one another there: each has browsers, a server and deadlines in seconds.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        together = path.startswith("tests/journeys/") or path in OF_NETWORKS
        return JOURNEYS if together else path

    def _assign_work_unit(self, node: WorkerController) -> None:
        if JOURNEYS in self.workqueue:
            self.workqueue.move_to_end(JOURNEYS, last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share the tests out between the workers of ``-n``."""
    return ByFile(config, log)
