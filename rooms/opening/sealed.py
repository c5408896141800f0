"""Signed objects inside commands and events: reading them from a trusted log, checking them when
they come in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from crypto.encoding import Json, parse_time, unb64u
from crypto.errors import CryptoError
from crypto.header import EnvelopeHeader
from crypto.signing import SealedObject
from rooms.ids import Digest
from rooms.opening.events import Sealed
from rooms.refusals import SealRefused, WrongKey


@contextmanager
def refusing() -> Iterator[None]:
    """Turns what the cryptography refuses into refusals of the room."""
    try:
        yield
    except CryptoError as error:
        if error.code == "signer":
            raise WrongKey(**error.params) from None
        raise SealRefused(reason=error.code, **error.params) from None


def check(sealed: Sealed, kind: str, key: bytes | None = None) -> SealedObject:
    """The object, if it is of this kind and well signed, by `key` if one is given."""
    with refusing():
        return SealedObject.parse(dict(sealed), kind).verify(kind, key)


def body(sealed: Sealed) -> Mapping[str, Json]:
    """The body of an object whose signature was checked before it was logged."""
    found = sealed["body"]
    if not isinstance(found, dict):
        raise TypeError("a sealed object without a body")
    return found


def key(sealed: Sealed) -> bytes:
    """The signer's point."""
    return unb64u(str(sealed["key"]))


def text(of: Mapping[str, Json], name: str) -> str:
    """A member that is text."""
    found = of.get(name)
    if not isinstance(found, str):
        raise TypeError(f"{name} is not text")
    return found


def moment(of: Mapping[str, Json], name: str) -> datetime:
    """A member that is a time."""
    return parse_time(text(of, name))


def parts(header: Sealed) -> tuple[EnvelopeHeader, ...]:
    """What a bid's header says about its envelopes."""
    items = body(header)["envelopes"]
    if not isinstance(items, list):
        raise TypeError("a header without envelopes")
    return tuple(EnvelopeHeader.parse(item) for item in items)


def digest(sealed: Sealed, kind: str) -> Digest:
    """The digest of a sealed object (docs/formats/seal.md, 1)."""
    return Digest(SealedObject.parse(dict(sealed), kind).digest())
