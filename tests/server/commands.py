"""The command `yunkai` as people start it: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
YUNKAI = (sys.executable, "-c", "from server.cli import main; main()")


def environment(**more: str) -> dict[str, str]:
    """The environment of a command: nothing of this machine's own settings for Yunkai."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("YUNKAI_")}
    return {**own, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def yunkai(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        [*YUNKAI, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=cwd,
        env=environment(**(env or {})),
    )


def assert_one_line(ran: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    """It failed with this exit code and one line that says why, never with a stack trace."""
    assert ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    lines = [line for line in ran.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, ran.stderr
    for each in said:
        assert each in lines[0]
