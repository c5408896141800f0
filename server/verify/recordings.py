"""Step 14 of the audit: the files of recordings against what the log says of them."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rooms import recording as e
from rooms.audit import Report
from rooms.recording import RecordingStop
from server.verify.kinds import AnyLog

SUFFIX = ".webm"
_PIECE = 1 << 20


@dataclass(slots=True)
class Expected:
    """What a log says of a file: digests of its beginnings, and whether it ends with the last."""

    marks: list[tuple[int, str]]
    closed: bool = False

    @property
    def size(self) -> int:
        """The bytes that are proven."""
        return max((size for size, _ in self.marks), default=0)


def check(log: AnyLog, folder: Path, report: Report, head: str = "") -> None:
    """Checks every recording of the log, in this folder or in the room's folder below it, and
    looks for files that the log knows nothing of. `head` is a signed head of the log: its origin
    names the room. Raises OSError when the folder can't be read."""
    expected = _expected(log)
    room = head.partition("\n")[0].rpartition("/")[2]
    if room and (folder / room).is_dir():
        folder = folder / room
    files = {each.stem: each for each in sorted(folder.iterdir()) if each.suffix == SUFFIX}
    good = [
        name
        for name, each in expected.items()
        if _check_one(files.get(name), each, name + SUFFIX, report)
    ]
    for name in files.keys() - expected.keys():
        report.found(14, "recording_not_in_log", name + SUFFIX)
    report.proved(
        14,
        "recordings_match",
        recordings=len(good),
        marks=sum(len(expected[each].marks) for each in good),
        bytes=sum(expected[each].size for each in good),
    )


def _expected(log: AnyLog) -> dict[str, Expected]:
    """What the log says, by recording."""
    found: dict[str, Expected] = {}
    for entry in log.entries:
        match entry.event:
            case e.RecordingStarted(recording=recording):
                found[recording] = Expected([])
            case e.RecordingsMarked(marks=marks):
                for mark in marks:
                    found.setdefault(mark.recording, Expected([])).marks.append(
                        (mark.size, mark.sha256)
                    )
            case e.RecordingEnded() as end:
                file = found.setdefault(end.recording, Expected([]))
                file.marks.append((end.size, end.sha256))
                # What an engine wrote after its last word is in no log.
                file.closed = end.reason is not RecordingStop.ENGINE
            case _:
                pass
    return found


def _check_one(file: Path | None, expected: Expected, about: str, report: Report) -> bool:
    if file is None:
        if expected.size == 0:  # it ended before there was anything to write
            return True
        report.found(14, "recording_missing", about, size=expected.size)
        return False
    try:
        size, good, bad = _compare(file, expected.marks)
    except OSError:
        report.found(14, "unreadable", about)
        return False
    if bad is not None:
        report.found(14, "recording_altered", about, good=good, size=bad)
    if size < expected.size:
        report.found(14, "recording_cut", about, size=size, expected=expected.size)
    elif size > expected.size and expected.closed:
        report.found(14, "recording_longer", about, size=size, expected=expected.size)
    elif size > expected.size:
        report.proved(14, "recording_goes_on", file=about, more=size - expected.size)
    return bad is None and expected.size <= size and (size == expected.size or not expected.closed)


def _compare(file: Path, marks: Iterable[tuple[int, str]]) -> tuple[int, int, int | None]:
    """The file's size, the largest mark up to which all digests fit, and the first whose doesn't.
    Reads the file once."""
    digest = hashlib.sha256()
    at = good = 0
    bad: int | None = None
    with file.open("rb") as data:
        for size, expected in sorted(marks):
            for piece in _pieces(data, size - at):
                digest.update(piece)
                at += len(piece)
            if at < size:
                break
            if digest.hexdigest() == expected and bad is None:
                good = size
            elif bad is None:
                bad = size
        data.seek(0, 2)
        return data.tell(), good, bad


def _pieces(data: BinaryIO, count: int) -> Iterator[bytes]:
    """The next so many bytes, or fewer at the end of the file."""
    while count and (piece := data.read(min(count, _PIECE))):
        yield piece
        count -= len(piece)
