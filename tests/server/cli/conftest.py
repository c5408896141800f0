"""A server in a process of its own, as an operator starts it."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.server.commands import YUNKAI, environment


@dataclass(frozen=True, slots=True)
class Served:
    """Where a running server is, and its administrator's password."""

    url: str
    password: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`yunkai serve` on a free port."""
    data = tmp_path_factory.mktemp("served") / "data"
    process = subprocess.Popen(
        [*YUNKAI, "serve", "--data", str(data), "--port", "0"],
        env=environment(),
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 60
        while not (data / "port").exists() or not (data / "port").read_text().endswith("\n"):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)
        port = (data / "port").read_text().strip()
        yield Served(f"http://127.0.0.1:{port}", (data / "admin-password").read_text().strip())
    finally:
        process.terminate()
        process.wait(20)
