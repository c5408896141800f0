"""What every test shares."""

import pytest
from hypothesis import HealthCheck, settings

# Tests share two cores with a browser; a slow machine is no reason to fail a property.
settings.register_profile("yunkai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yunkai")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let whole ceremonies follow one another on one worker: each has browsers and deadlines."""
    for item in items:
        if item.get_closest_marker("browser") or "journeys" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("journeys"))
