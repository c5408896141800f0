"""Openings that were played to their end, for everything that is checked about them afterwards."""

import pytest

from tests.server.rehearsed import Opening, play


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opening, Opening]:
    """Two openings of one site."""
    return play(tmp_path_factory.mktemp("openings"))


@pytest.fixture(scope="session")
def opening(played: tuple[Opening, Opening]) -> Opening:
    """Four bidders, two of three trustees."""
    return played[0]


@pytest.fixture(scope="session")
def other(played: tuple[Opening, Opening]) -> Opening:
    """Another opening of the same site."""
    return played[1]
