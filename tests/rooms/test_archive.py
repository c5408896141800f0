"""The archive container: one byte string for the same members, and no byte outside the check."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from rooms import archive

MEMBERS = {
    "log.jsonl": b'{"seq":1}\n',
    "bids/b-1-a.age": b"age-encryption.org/v1\n" * 9,
    "文件/𬭎.txt": b"",
    "minutes.pdf": b"%PDF",
}


def written() -> bytes:
    out = io.BytesIO()
    archive.write(
        out,
        [archive.Source(name, lambda raw=raw: io.BytesIO(raw)) for name, raw in MEMBERS.items()],
    )
    return out.getvalue()


def test_a_fresh_archive_has_no_damage_and_gives_its_members_back() -> None:
    container = archive.read(io.BytesIO(written()))
    assert container.damage == []
    assert {name: container.bytes(name) for name in MEMBERS} == MEMBERS
    assert list(container.members) == [archive.SUMS, *MEMBERS]


def test_stock_tools_read_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(written())
    with zipfile.ZipFile(path) as opened:
        assert opened.testzip() is None
    subprocess.run(
        ["unzip", "-q", str(path), "-d", str(tmp_path / "out")],
        check=True,
        env={"LC_ALL": "C.UTF-8"},
    )
    subprocess.run(["sha256sum", "--quiet", "-c", archive.SUMS], check=True, cwd=tmp_path / "out")


@pytest.mark.parametrize("bit", [1, 0x80])
def test_flipping_any_byte_is_noticed(bit: int) -> None:
    whole = written()
    for at in range(len(whole)):
        touched = bytearray(whole)
        touched[at] ^= bit
        assert archive.read(io.BytesIO(bytes(touched))).damage, f"byte {at} was changed unnoticed"


def test_flipping_a_byte_of_a_member_names_the_member() -> None:
    whole = written()
    for name, raw in MEMBERS.items():
        if not raw:
            continue
        touched = bytearray(whole)
        touched[whole.index(raw)] ^= 1
        assert name in {found.member for found in archive.read(io.BytesIO(bytes(touched))).damage}


def test_appended_and_cut_bytes_are_noticed() -> None:
    whole = written()
    assert archive.read(io.BytesIO(whole + b"\0")).damage
    assert archive.read(io.BytesIO(whole[:-1])).damage
    assert archive.read(io.BytesIO(b"")).damage == [archive.Damage("not_an_archive", "")]


def test_a_member_over_four_gigabytes_gets_wide_sizes() -> None:
    parts = list(archive._layout([("big", 5 << 30, 7), ("after", 3, 9)]))
    assert len(b"".join(part for part in parts if isinstance(part, bytes))) > 0
    sparse = io.BytesIO()
    at = 0
    pieces: dict[int, bytes] = {}
    for part in parts:
        if isinstance(part, bytes):
            pieces[at] = part
            at += len(part)
        else:
            at += {"big": 5 << 30, "after": 3}[part]
    with Sparse(pieces, at) as file, zipfile.ZipFile(file) as opened:
        assert [(info.filename, info.file_size) for info in opened.infolist()] == [
            ("big", 5 << 30),
            ("after", 3),
        ]
    assert [(m.name, m.size) for m in archive._from_directory(Sparse(pieces, at), at)] == [
        ("big", 5 << 30),
        ("after", 3),
    ]
    sparse.close()


class Sparse(io.RawIOBase):
    """A file with bytes at some places and zeros elsewhere."""

    def __init__(self, pieces: dict[int, bytes], size: int) -> None:
        self.pieces, self.size, self.at = pieces, size, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = {0: 0, 1: self.at, 2: self.size}[whence] + offset
        return self.at

    def read(self, count: int = -1) -> bytes:
        end = self.size if count < 0 else min(self.size, self.at + count)
        out = bytearray(end - self.at)
        for start, raw in self.pieces.items():
            low, high = max(start, self.at), min(start + len(raw), end)
            if low < high:
                out[low - self.at : high - self.at] = raw[low - start : high - start]
        self.at = end
        return bytes(out)
