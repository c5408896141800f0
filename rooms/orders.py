"""Orders that a room of either kind takes."""

from dataclasses import dataclass
from datetime import datetime

from rooms.ids import Digest


@dataclass(frozen=True, slots=True)
class Tick:
    """Time went on: what is due by the clock happens."""


@dataclass(frozen=True, slots=True)
class NoteInterruption:
    since: datetime
    back: datetime


@dataclass(frozen=True, slots=True)
class NoteRecord:
    sha256: Digest
    size: int
    log_size: int


@dataclass(frozen=True, slots=True)
class ArchiveRoom:
    pass


@dataclass(frozen=True, slots=True)
class IssueWarning:
    text: str
