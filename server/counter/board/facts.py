"""What the board knows of a session without its log: one row, made from the entries."""

from dataclasses import asdict, dataclass
from datetime import datetime

from crypto.encoding import format_time
from rooms.ids import RoomId
from server.clock import CHINA


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A session as the board counts it. Times are aware UTC; `items` are codes of the catalogue.

    `outcome` is the least favourable of its items (rejected, supplement, accepted, done), None
    until all are decided. `due_at` is the earliest promised time of what is not completed, `seq`
    the entry up to which all this is true.
    """

    room: RoomId
    seq: int
    number: str
    hall: str
    far_hall: str
    near_region: str
    far_region: str
    items: tuple[str, ...]
    mode: str
    phase: str
    began_at: datetime
    booked_at: datetime | None = None
    ticket_at: datetime | None = None
    called_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    window: str = ""
    clerk: str = ""
    far_clerk: str = ""
    outcome: str | None = None
    visits: int = 1
    visits_saved: int = 0
    kilometres: int = 0
    lapses: int = 0
    due_at: datetime | None = None
    escalated: bool = False
    rating: int | None = None
    case_due_at: datetime | None = None
    case_answered_at: datetime | None = None

    def columns(self) -> dict[str, object]:
        """The row of `session_facts`."""
        row: dict[str, object] = {
            name: format_time(value) if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if name != "began_at"
        }
        row["items"] = " ".join(self.items)
        row["day"] = (self.ticket_at or self.began_at).astimezone(CHINA).date().isoformat()
        row["waited"] = seconds(self.ticket_at, self.called_at)
        row["lasted"] = seconds(self.connected_at, self.ended_at)
        return row


def seconds(start: datetime | None, end: datetime | None) -> int | None:
    """Whole seconds between two instants, None while one of them is open."""
    if start is None or end is None:
        return None
    return max(0, int((end - start).total_seconds()))


HARD = ("rejected", "supplement", "accepted", "done")
"""Outcomes, the least favourable first."""


def worst(outcomes: list[str]) -> str | None:
    """What a session of several items came to: the least favourable outcome, None of none."""
    return min(outcomes, key=HARD.index) if outcomes else None
