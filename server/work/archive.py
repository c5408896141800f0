"""Putting a room's archive together (docs/formats/log.md): what a stranger needs to check it."""

import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crypto.encoding import Json, jcs, parse_json
from rooms import archive, log
from rooms.ids import Digest
from rooms.log import Entry
from rooms.opening.derived import derived
from rooms.opening.events import Event
from rooms.opening.state import State
from rooms.opening.wire import EVENTS
from server.store.blobs import Blobs, digest_of, disk_full_named


@dataclass(frozen=True, slots=True)
class Material:
    """What an archive is made of besides blobs: a room that is over, with its signed heads.

    `receipts` are JSON texts by file name without its ending; `people` are the payloads, not yet
    erased, of the salted digests in the log; `minutes` is the digest of the sealed PDF.
    """

    entries: tuple[Entry[Event], ...]
    state: State
    head: str
    closing: str
    site: Mapping[str, Json]
    receipts: Mapping[str, str]
    people: Mapping[Digest, str]
    minutes: Digest | None


def build(material: Material, blobs: Blobs) -> Digest:
    """Write the archive of an opening and keep it as a blob; the same material gives the same
    bytes.

    Reads every bid: to be called in a thread. Raises DiskFull; FileNotFoundError for a lost blob.
    """
    return keep(list(sources(material, blobs)), blobs)


def keep(members: Sequence[archive.Source], blobs: Blobs) -> Digest:
    """Write an archive of these members and keep it as a blob. To be called in a thread. Raises
    DiskFull; FileNotFoundError for a lost blob."""
    handle, name = tempfile.mkstemp(dir=blobs.staging)
    part = Path(name)
    try:
        with disk_full_named(), os.fdopen(handle, "wb") as out:
            archive.write(out, members)
        digest = digest_of(part)
        blobs.adopt(part, digest)
    finally:
        part.unlink(missing_ok=True)
    return digest


def sources(material: Material, blobs: Blobs) -> Iterator[archive.Source]:
    """The members in the order of the format."""
    lines = log.lines([log.to_bytes(entry, EVENTS) for entry in material.entries])
    yield text_member("log.jsonl", lines)
    yield text_member("head.txt", material.head.encode())
    if material.closing:
        yield text_member("closing.txt", material.closing.encode())
    yield text_member("site.json", jcs(dict(material.site)))
    for name, data in derived(material.entries).items():
        yield text_member(name, data)
    for stem, receipt in sorted(material.receipts.items()):
        yield text_member(f"receipts/{stem}.json", receipt.encode())
    for bid in material.state.counted_bids():
        for envelope, part in bid.parts.items():
            # A file that the platform lost is told of in the log, and must not stop the archive.
            if part.stored and blobs.has(Digest(part.header.sha256)):
                blob = blobs.path(Digest(part.header.sha256))
                yield file_member(f"bids/{bid.id}-{envelope}.age", blob)
    people: dict[str, Json] = {
        digest: parse_json(payload.encode()) for digest, payload in material.people.items()
    }
    yield text_member("people.json", jcs(people))
    for document in material.state.terms.documents:
        yield file_member(f"documents/{document.name}", blobs.path(document.sha256))
    if material.minutes is not None:
        yield file_member("minutes.pdf", blobs.path(material.minutes))
    yield text_member("root.pem", str(material.site["root"]).encode())


def text_member(name: str, data: bytes) -> archive.Source:
    """A member that is in memory."""
    return archive.Source(name, lambda: io.BytesIO(data))


def file_member(name: str, path: Path) -> archive.Source:
    """A member that is a file."""

    def opened() -> BinaryIO:
        return path.open("rb")

    return archive.Source(name, opened)
