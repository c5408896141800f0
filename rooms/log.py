"""A room's log: entries, their bytes, their leaves, the head over them and the fold
(docs/formats/log.md)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from crypto.encoding import b64u, digest_hex, format_time, jcs, parse_json, parse_time, unb64u
from crypto.errors import CryptoError
from crypto.merkle import Tree, leaf_hash
from rooms.codec import Json, Tagged
from rooms.ids import Digest, PersonId
from rooms.refusals import MalformedCommand

E = TypeVar("E")
S = TypeVar("S")

SALT = 16
"""Bytes of chance in every entry, so that a leaf does not give away a guessable event."""
MOST_ENTRY = 16 << 20
_MEMBERS = {"seq", "at", "by", "event", "salt", "trace"}


@dataclass(frozen=True, slots=True)
class Entry(Generic[E]):
    """One fact of a room. `seq` counts from 1; `trace` is the digest of the request's address and
    device."""

    seq: int
    at: datetime
    by: PersonId
    event: E
    salt: bytes
    trace: Digest | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Size and root of a log (RFC 6962 §2.1); `crypto.checkpoint` signs it."""

    size: int
    root: bytes


def to_json(entry: Entry[E], events: Tagged[E]) -> Json:
    """The entry as plain JSON."""
    return {
        "seq": entry.seq,
        "at": format_time(entry.at),
        "by": entry.by,
        "event": events.encode(entry.event),
        "salt": b64u(entry.salt),
        "trace": entry.trace,
    }


def to_bytes(entry: Entry[E], events: Tagged[E]) -> bytes:
    """The canonical bytes of an entry: what is stored, hashed and archived."""
    return jcs(to_json(entry, events))


def from_bytes(data: bytes, events: Tagged[E]) -> Entry[E]:
    """The entry in `data`; `MalformedCommand` unless these are exactly the bytes `to_bytes`
    writes."""
    try:
        members = parse_json(data, most=MOST_ENTRY)
        if not isinstance(members, dict) or set(members) != _MEMBERS:
            raise MalformedCommand(path="", problem="members")
        seq, by, trace = members["seq"], members["by"], members["trace"]
        if not isinstance(seq, int) or isinstance(seq, bool) or not isinstance(by, str):
            raise MalformedCommand(path="seq", problem="type")
        entry = Entry(
            seq,
            parse_time(members["at"]),
            PersonId(by),
            events.decode(members["event"], "event"),
            unb64u(members["salt"]),
            None if trace is None else Digest(str(trace)),
        )
    except CryptoError as error:
        raise MalformedCommand(path="", problem=error.code) from None
    if len(entry.salt) != SALT or to_bytes(entry, events) != data:
        raise MalformedCommand(path="", problem="not_canonical")
    return entry


def leaf(data: bytes) -> bytes:
    """The leaf hash of an entry's bytes; its index in the tree is `seq - 1`."""
    return leaf_hash(data)


def head(entries: Iterable[bytes]) -> Head:
    """The head over entries given as bytes, from the first on."""
    tree = Tree()
    for data in entries:
        tree.append(leaf_hash(data))
    return Head(tree.size, tree.root)


def fold(evolve: Callable[[S, E], S], start: S, entries: Iterable[Entry[E]]) -> S:
    """The state after these entries, which must follow each other without a gap from `seq` 1 on."""
    state = start
    for number, entry in enumerate(entries, start=1):
        if entry.seq != number:
            raise ValueError(f"entry {entry.seq} stands where {number} is due")
        state = evolve(state, entry.event)
    return state


def personal_digest(value: object, salt: bytes) -> Digest:
    """How personal data appears in an event: SHA-256 of JCS {"salt", "value"}; the value is kept
    apart."""
    return Digest(digest_hex(jcs({"salt": b64u(salt), "value": value})))


def trace_digest(address: str, device: str, salt: bytes) -> Digest:
    """An entry's `trace`."""
    return Digest(digest_hex(jcs({"address": address, "device": device, "salt": b64u(salt)})))


def lines(entries: Sequence[bytes]) -> bytes:
    """`log.jsonl`: one entry a line."""
    return b"".join(data + b"\n" for data in entries)
