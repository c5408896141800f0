"""A PostgreSQL server of its own for tests, from the distribution's package, on a socket in a
folder."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "max_connections": "60",
    "shared_buffers": "16MB",
}


def programs() -> Path:
    """The newest installed server's programs; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    assert on_path, "PostgreSQL is not installed: run make setup"
    return Path(on_path).resolve().parent


def _version(program: Path) -> float:
    return float(program.parts[-3])


@contextmanager
def postgres() -> Iterator[str]:
    """A running server: the address of its empty database, as SQLAlchemy wants it."""
    # PostgreSQL refuses to run as root, and a socket's path may have 107 characters only.
    user = "nobody" if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="yk-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        run = programs()
        subprocess.run(
            [run / "initdb", "-D", data, "-U", "yunkai", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=folder,
        )
        options = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        server = subprocess.Popen(
            [run / "postgres", "-D", data, "-k", folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )
        try:
            _wait(run, folder)
            yield f"postgresql+asyncpg://yunkai@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # doesn't wait for clients
            server.wait()


def _wait(run: Path, folder: Path) -> None:
    ready = [run / "pg_isready", "-q", "-h", folder, "-U", "yunkai"]
    end = time.monotonic() + 60
    while subprocess.run(ready, check=False).returncode != 0:
        assert time.monotonic() < end, "PostgreSQL did not start"
        time.sleep(0.1)
