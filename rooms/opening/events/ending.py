"""Signing, the end, the record, and reopening it."""

from dataclasses import dataclass
from datetime import datetime

from rooms.ids import Digest, PersonId
from rooms.opening.terms import Role


@dataclass(frozen=True, slots=True)
class SigningStarted:
    """The record is closed for signing. `content` is the digest that its signatures are over
    (rooms/opening/content.py)."""

    content: Digest


@dataclass(frozen=True, slots=True)
class RecordSigned:
    """Somebody approved the record (host, supervisor, bidder): digest of the record's content."""

    person: PersonId
    role: Role
    content: Digest


@dataclass(frozen=True, slots=True)
class OpeningEnded:
    pass


@dataclass(frozen=True, slots=True)
class MinutesSigned:
    """Somebody signed the sealed minutes themselves, in its own field: digest of the certificate,
    digest and size of the file that has the signature."""

    person: PersonId
    field: str
    certificate: Digest
    sha256: Digest
    size: int


@dataclass(frozen=True, slots=True)
class MinutesPreserved:
    """The signed minutes got the time stamp that makes them last; nobody signs them any more."""

    sha256: Digest
    size: int


@dataclass(frozen=True, slots=True)
class Reconvened:
    """复会: the record was reopened after its end, with reason; goes back to CONFIRMING."""

    reason: str
    until: datetime
