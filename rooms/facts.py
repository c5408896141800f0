"""Facts that happen in a room of either kind, and what minutes fold to."""

from dataclasses import dataclass

from rooms.ids import Digest, PersonId


@dataclass(frozen=True, slots=True)
class WarningIssued:
    """A supervisor's recorded warning."""

    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class RecordPublished:
    """The sealed minutes: digest and size of the PDF, and the head its attached log goes to."""

    sha256: Digest
    size: int
    log_size: int


@dataclass(frozen=True, slots=True)
class RoomArchived:
    pass


@dataclass(frozen=True, slots=True)
class Revision:
    """The minutes' file after a signature: the seal's, a person's in its field, or at last the
    archive's."""

    sha256: Digest
    size: int
    field: str
    person: PersonId | None = None
    certificate: Digest | None = None
