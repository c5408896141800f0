"""What every test shares."""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Tests share two cores with a browser; a slow machine is no reason to fail a property.
settings.register_profile("yunkai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yunkai")


class ByFile(LoadScopeScheduling):
    """Files go to whichever worker is free. Journeys have browsers, a server and deadlines to wait
    for, so one worker begins with them and the others come to them last."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = node is self.nodes[0]
        wanted = (scope for scope in self.workqueue if _is_journey(scope) is first)
        if (scope := next(wanted, None)) is not None:
            self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)


def _is_journey(scope: str) -> bool:
    return scope.startswith("tests/journeys/")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share the tests out between the workers of ``-n``."""
    return ByFile(config, log)
