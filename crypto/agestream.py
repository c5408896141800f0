"""The payload of an age file: ChaCha20-Poly1305 in chunks of 64 KiB (STREAM, age v1 "Payload").

Chunks are handled four at a time in reused buffers: a call per chunk with fresh bytes is slower,
and so are pieces too large for the cache of a core.
"""

from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import AgeError
from crypto.streams import ByteSink, ByteSource, Data, read_fully

CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG
_BATCH = 4
_MORE, _LAST = b"\0", b"\1"


def sealed_size(plain: int) -> int:
    """How long a payload of `plain` bytes is once encrypted, without the nonce."""
    return plain + TAG * max(1, -(-plain // CHUNK))


class ChunkWriter:
    """Encrypts what is written to it; `finish` writes the last chunk."""

    def __init__(self, out: ByteSink, key: bytes) -> None:
        self._out = out
        self._aead = ChaCha20Poly1305(key)
        self._number = 0
        self._waiting = bytearray()
        self._sealed = bytearray(_BATCH * SEALED_CHUNK)

    def write(self, data: Data) -> int:
        self._waiting += data
        # At least one byte stays behind: only the very last chunk may carry the last-chunk flag.
        while len(self._waiting) > _BATCH * CHUNK:
            with memoryview(self._waiting) as view:
                self._emit(view[: _BATCH * CHUNK], ends=False)
            del self._waiting[: _BATCH * CHUNK]
        return len(data)

    def finish(self) -> None:
        with memoryview(self._waiting) as view:
            self._emit(view, ends=True)
        self._waiting.clear()

    def _emit(self, plain: memoryview, *, ends: bool) -> None:
        count = max(1, -(-len(plain) // CHUNK))
        with memoryview(self._sealed) as sealed:
            end = 0
            for position in range(count):
                part = plain[position * CHUNK : (position + 1) * CHUNK]
                flag = _LAST if ends and position == count - 1 else _MORE
                start, end = end, end + len(part) + TAG
                self._aead.encrypt_into(_nonce(self._number, flag), part, None, sealed[start:end])
                self._number += 1
            self._out.write(sealed[:end])


def decrypt_chunks(source: ByteSource, key: bytes) -> Iterator[memoryview]:
    """The plaintext in pieces. Each piece is authentic, and valid only until the next one is asked
    for.

    The whole is authentic only when the iterator ends: it raises if the file was cut off, went on
    or was altered.
    """
    aead = ChaCha20Poly1305(key)
    plain = memoryview(bytearray(_BATCH * CHUNK))
    number = 0
    batch = read_fully(source, _BATCH * SEALED_CHUNK)
    while batch:
        following = read_fully(source, _BATCH * SEALED_CHUNK)
        yield from _open_batch(aead, batch, number, plain, ends=not following)
        number += _BATCH
        batch = following
    if not number:
        raise AgeError("age_payload")


def _open_batch(
    aead: ChaCha20Poly1305, batch: bytes, number: int, plain: memoryview, *, ends: bool
) -> Iterator[memoryview]:
    sealed = memoryview(batch)
    count = -(-len(sealed) // SEALED_CHUNK)
    done = 0
    for position in range(count):
        part = sealed[position * SEALED_CHUNK : (position + 1) * SEALED_CHUNK]
        size = len(part) - TAG
        last = ends and position == count - 1
        # An empty chunk is allowed only as the single chunk of an empty file.
        intact = size > 0 or (size == 0 and last and number + position == 0)
        flag, other = (_LAST, _MORE) if last else (_MORE, _LAST)
        if not intact or not _open(aead, part, _nonce(number + position, flag), plain, done):
            # Authentic, but in the wrong place: cut off before its end, or continued after it.
            misplaced = size == CHUNK and _open(
                aead, part, _nonce(number + position, other), plain, done
            )
            if misplaced or done:
                yield plain[: done + size if misplaced else done]
            raise AgeError("age_truncated" if misplaced and last else "age_payload")
        done += size
    yield plain[:done]


def _open(
    aead: ChaCha20Poly1305, part: memoryview, nonce: bytes, plain: memoryview, start: int
) -> bool:
    try:
        aead.decrypt_into(nonce, part, None, plain[start : start + len(part) - TAG])
    except InvalidTag:
        return False
    return True


def _nonce(number: int, flag: bytes) -> bytes:
    return number.to_bytes(11, "big") + flag
