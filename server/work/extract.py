"""Taking one file out of an opened bid: decrypted when somebody asks for it, kept as a blob."""

import os
import tempfile
from pathlib import Path

from crypto.encoding import unb64u
from crypto.header import Header
from crypto.opening import open_bid
from crypto.streams import ByteSink
from rooms.ids import Digest, EnvelopeId
from rooms.opening.state import Bid
from server.store.blobs import Blobs, digest_of, disk_full_named


def extract(bid: Bid, envelope: EnvelopeId, name: str, blobs: Blobs) -> Digest:
    """The file's blob. Reads the whole envelope: to be called in a thread.

    Raises CryptoError if the stored bytes are damaged, FileNotFoundError, LookupError, DiskFull.
    """
    part = bid.parts[envelope]
    if part.opened is None:
        raise LookupError(f"{bid.id} {envelope} is not open")
    handle, temporary = tempfile.mkstemp(dir=blobs.staging)
    path = Path(temporary)
    try:
        with disk_full_named(), os.fdopen(handle, "wb") as out:

            def sink(found: str, _size: int) -> ByteSink | None:
                return out if found == name else None

            with blobs.path(Digest(part.header.sha256)).open("rb") as source:
                open_bid(
                    header=Header.parse(dict(bid.header)),
                    envelope=envelope,
                    key=unb64u(part.opened.key),
                    source=source,
                    sink=sink,
                )
        digest = digest_of(path)
        blobs.adopt(path, digest)
        return digest
    finally:
        path.unlink(missing_ok=True)
