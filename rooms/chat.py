"""What people write to each other in a room of either kind."""

from dataclasses import dataclass
from enum import StrEnum

from rooms.ids import PersonId


class ChatMode(StrEnum):
    OPEN = "open"
    MUTED = "muted"  # only the host's side may write
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PostChat:
    text: str
    to: PersonId | None = None


@dataclass(frozen=True, slots=True)
class ChatPosted:
    """`to` is None for everybody, or the person a private message goes to (the host's side always
    sees it)."""

    by: PersonId
    text: str
    to: PersonId | None
