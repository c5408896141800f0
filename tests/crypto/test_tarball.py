import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crypto.errors import TarError
from crypto.tarball import (
    BLOCK,
    LARGEST_FILE,
    SMALLEST_BUCKET,
    TarWriter,
    bucket,
    check_file_name,
    member_header,
    read_tar,
    tar_size,
)

START = {"statement.json": b"{}", "form.json": b"{}"}
NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\"),
    min_size=1,
    max_size=60,
).filter(lambda name: name not in (".", "..") and len(name.encode()) <= 180)


def written(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    tar = TarWriter(out)
    for name, content in members.items():
        tar.add(name, content)
    tar.finish()
    return out.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    return {member.name: member.content(1 << 30) for member in read_tar(io.BytesIO(data))}


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5))
def test_a_tar_comes_back_and_fills_its_bucket(files: dict[str, bytes]) -> None:
    members = START | {f"files/{name}": content for name, content in files.items()}
    data = written(members)
    assert read(data) == members
    assert len(data) == bucket(tar_size([(name, len(c)) for name, c in members.items()]))


@given(st.dictionaries(NAMES, st.binary(max_size=100), max_size=4))
def test_python_reads_the_same_members(files: dict[str, bytes]) -> None:
    members = START | {f"files/{name}": content for name, content in files.items()}
    with tarfile.open(fileobj=io.BytesIO(written(members)), mode="r:") as tar:
        found = {item.name: tar.extractfile(item) for item in tar}
        assert {name: file.read() for name, file in found.items() if file} == members
        assert {(item.mode, item.uid, item.mtime, item.isfile()) for item in tar} == {
            (0o644, 0, 0, True)
        }


def test_the_tar_command_unpacks_long_and_chinese_names(tmp_path: Path) -> None:
    files = {"files/" + "云" * 60: b"1", "files/" + "n" * 180: b"2", "files/投标 文件.pdf": b"3"}
    (tmp_path / "bid.tar").write_bytes(written(START | files))
    subprocess.run(["tar", "xf", "bid.tar"], cwd=tmp_path, check=True, capture_output=True)
    for name, content in files.items():
        assert (tmp_path / name).read_bytes() == content


@given(st.integers(2 * BLOCK, 1 << 40))
def test_a_bucket_holds_its_tar_and_wastes_at_most_an_eighth(total: int) -> None:
    size = bucket(total)
    assert size >= max(total, SMALLEST_BUCKET)
    assert size % BLOCK == 0
    assert size == SMALLEST_BUCKET or (size - total) * 8 < total
    assert bucket(size) == size


def test_every_flipped_byte_is_refused_or_seen_in_a_name_or_content() -> None:
    members = START | {"files/空.txt": b"hello", "files/b": b""}
    data = written(members)
    for position in range(len(data.rstrip(b"\0")) + 2 * BLOCK):
        flipped = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        try:
            found = read(flipped)
        except TarError:
            continue
        assert found != members, position


@given(st.binary(max_size=1500))
def test_any_bytes_are_a_tar_or_refused(data: bytes) -> None:
    for start in (b"", written(START)[:1024], written(START)[:2048]):
        with pytest.raises(TarError):
            read(start + data)


def test_a_member_written_by_another_tar_is_refused_though_it_is_valid() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name in START:
            item = tarfile.TarInfo(name)
            item.size = 2
            tar.addfile(item, io.BytesIO(b"{}"))
    with pytest.raises(TarError, match="tar_header"):
        read(out.getvalue().ljust(SMALLEST_BUCKET, b"\0"))


def test_names_that_could_leave_the_folder_or_hide_are_refused() -> None:
    for name in (
        "",
        ".",
        "..",
        "a/b",
        "/a",
        "a\\b",
        "a\0b",
        "a\nb",
        "\x1b[2J",
        "n" * 181,
        "\ud800",
    ):
        with pytest.raises(TarError, match="tar_name"):
            check_file_name(name)


@given(NAMES)
def test_names_that_are_only_unusual_are_taken(name: str) -> None:
    assume(not any(0x7F <= ord(char) < 0xA0 for char in name))
    assert check_file_name(name) == name


def test_a_thousand_files_are_the_most() -> None:
    many = START | {f"files/{number}": b"" for number in range(1000)}
    assert len(read(written(many))) == 1002
    with pytest.raises(TarError, match="tar_count"):
        read(written(many | {"files/one more": b""}))


def test_a_file_of_eight_gibibytes_is_refused_before_a_byte_is_read() -> None:
    with pytest.raises(TarError, match="tar_size"):
        member_header("files/a", LARGEST_FILE + 1, 2)


def test_more_or_less_content_than_announced_cannot_be_written() -> None:
    tar = TarWriter(io.BytesIO())
    tar.begin("statement.json", 2)
    with pytest.raises(TarError, match="tar_content"):
        tar.write(b"xyz")
    with pytest.raises(TarError, match="tar_content"):
        tar.finish()


def test_a_reader_that_gives_single_bytes_changes_nothing() -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    members = START | {"files/空": b"x" * 1000}
    found = {m.name: m.content(1 << 20) for m in read_tar(Dripping(written(members)))}
    assert found == members
