"""The shell recipes that the format documents print, so that what is printed is what is tested."""

import re
import subprocess
from pathlib import Path

FORMATS = Path(__file__).parents[2] / "docs" / "formats"


def recipe(document: str, containing: str) -> str:
    """The shell block of `docs/formats/<document>` that contains this text."""
    text = (FORMATS / document).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return next(block for block in blocks if containing in block)


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a recipe in a folder; stop at its first failure."""
    return subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
