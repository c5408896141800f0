"""What an outsider finds out about a downloaded record, with tools of the own machine."""

import subprocess
from pathlib import Path

import typer
from typer.testing import CliRunner

from server.cli.verify import verify

_YUNKAI = typer.Typer()
_YUNKAI.command()(verify)


def verifies(file: Path, *options: str) -> None:
    """`yunkai verify` finds nothing wrong. A process of its own would read the program for longer
    than it checks."""
    found = CliRunner().invoke(_YUNKAI, [*options, str(file)])
    assert found.exit_code == 0, found.output or found.exception


def has_valid_signatures(minutes: Path) -> None:
    """Poppler's pdfsig finds every signature of the PDF valid."""
    found = _run("pdfsig", "-nocert", str(minutes))
    validations = [line for line in found.splitlines() if "Signature Validation" in line]
    assert validations, found
    assert all("Signature is Valid" in line for line in validations), found


def words_of(minutes: Path) -> str:
    """The text of a PDF without its line breaks, by Poppler's pdftotext."""
    return "".join(_run("pdftotext", str(minutes), "-").split())


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
