"""Fonts, an authority and the programs outsiders use, made once for all tests of documents."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.render import render
from server.documents.sign import seal
from server.documents.timestamp import LocalTimestamper
from tests.server.documents.samples import opening

PASSPHRASE = b"correct horse"


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts.load()


@pytest.fixture(scope="session")
def authority_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("authority")
    Authority.create(folder, PASSPHRASE)
    return folder


@pytest.fixture(scope="session")
def authority(authority_folder: Path) -> Authority:
    return Authority.open(authority_folder, PASSPHRASE)


@pytest.fixture(scope="session")
def stamps(authority: Authority) -> LocalTimestamper:
    return LocalTimestamper(authority.tsa, lambda: datetime.now(UTC))


@pytest.fixture(scope="session")
def unsealed(fonts: Fonts) -> bytes:
    return render(opening(3), fonts)


@pytest.fixture(scope="session")
def sealed(unsealed: bytes, authority: Authority, stamps: LocalTimestamper, fonts: Fonts) -> bytes:
    return seal(unsealed, authority.seal, stamps, fonts, datetime.now(UTC))


@pytest.fixture(scope="session")
def pdfsig(
    authority_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[bytes], str]:
    """What Debian's pdfsig says about a PDF when it trusts nothing but our root."""
    folder = tmp_path_factory.mktemp("pdfsig")
    subprocess.run(["certutil", "-N", "-d", folder, "--empty-password"], check=True)
    root = authority_folder / "root.pem"
    trust = ["certutil", "-A", "-d", folder, "-n", "root", "-t", "CT,C,C", "-i", root]
    subprocess.run(trust, check=True)

    def look(pdf: bytes) -> str:
        (folder / "it.pdf").write_bytes(pdf)
        asked = ["pdfsig", "-nssdir", folder, folder / "it.pdf"]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    return look
