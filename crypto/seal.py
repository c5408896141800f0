"""Sealing a bid: the shares, the age file, the header, the bidder's key material (§3 to §5).

Opening is in `crypto.opening`, what needs no secret is in `crypto.header`; both are offered from
here too.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from crypto.agefile import AgeWriter, encode_identity, recipient_of
from crypto.encoding import MEBIBYTE, Json, Random, digest_hex, jcs
from crypto.errors import SubmissionRefused
from crypto.header import (
    EnvelopeHeader,
    Header,
    MadeWith,
    build_submission,
    check_age_header,
    check_header,
    outers_of,
    sign_header,
    verify_submission,
)
from crypto.manifest import Manifest
from crypto.opening import OpenedBid, check_bidder_key, check_form, open_bid, recover_key
from crypto.shares import (
    SECRET,
    commitments,
    context,
    deal,
    half_commitment,
    key_commitment,
    xor,
)
from crypto.signing import SealedObject, SigningKey, sign
from crypto.streams import ByteSink, Data
from crypto.tarball import FOLDER, FORM, MOST_FILES, STATEMENT, TarWriter, check_file_name
from crypto.wraps import seal_outer, wrap

__all__ = [
    "EnvelopeHeader",
    "EnvelopeSource",
    "Header",
    "OpenedBid",
    "OpeningKey",
    "SealedBid",
    "SourceFile",
    "build_submission",
    "check_age_header",
    "check_bidder_key",
    "check_form",
    "check_header",
    "new_bid_id",
    "open_bid",
    "outers_of",
    "recover_key",
    "seal_bid",
    "verify_submission",
]

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are done; every file counts twice, for it is read twice."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be sealed. `stream` must be seekable: it is read once for its digest and once for
    its content.
    """

    name: str
    size: int
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class EnvelopeSource:
    """What goes into one envelope, and where its age file goes."""

    id: str
    form: dict[str, Json]
    files: Sequence[SourceFile]
    out: ByteSink


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """K of one envelope, or the bidder's half of it under the policy `both`."""

    bid: str
    envelope: str
    secret: bytes
    half: bool

    @property
    def identity(self) -> str:
        """`AGE-SECRET-KEY-1…`"""
        return encode_identity(self.secret)


@dataclass(frozen=True, slots=True)
class SealedBid:
    """A sealed bid: its header, the JSON to submit, and the keys for the bidder's key file."""

    header: Header
    submission: dict[str, Json]
    keys: tuple[OpeningKey, ...]


def new_bid_id(random: Random = os.urandom) -> str:
    """A fresh bid id: `b-` and 20 characters, 100 bits."""
    return "b-" + "".join(_ALPHABET[byte & 31] for byte in random(20))


def seal_bid(
    *,
    manifest: Manifest,
    bidder: str,
    key: SigningKey,
    envelopes: Sequence[EnvelopeSource],
    made_with: MadeWith,
    previous: str | None = None,
    bid: str | None = None,
    random: Random = os.urandom,
    progress: Progress | None = None,
) -> SealedBid:
    """Seal one bid under `manifest`, whose signature the caller has checked.

    The age files go to the envelopes' `out`; nothing of them may be used if this raises. `previous`
    is the digest of the header that this bid replaces.
    """
    if [source.id for source in envelopes] != [envelope.id for envelope in manifest.envelopes]:
        raise SubmissionRefused("envelopes")
    name = bid or new_bid_id(random)
    meter = _Meter(progress, 2 * sum(file.size for source in envelopes for file in source.files))
    parts = [
        _Envelope(manifest, bidder, name, key, source, random, meter).seal() for source in envelopes
    ]
    header = sign_header(
        manifest=manifest,
        bidder=bidder,
        bid=name,
        previous=previous,
        made_with=made_with,
        envelopes=[part.header for part in parts],
        key=key,
    )
    outers = {part.header.id: part.outer for part in parts if part.outer is not None}
    return SealedBid(header, build_submission(header, outers), tuple(part.key for part in parts))


@dataclass(frozen=True, slots=True)
class _Part:
    header: EnvelopeHeader
    outer: bytes | None
    key: OpeningKey


@dataclass(frozen=True, slots=True)
class _Envelope:
    manifest: Manifest
    bidder: str
    bid: str
    key: SigningKey
    source: EnvelopeSource
    random: Random
    meter: "_Meter"

    def seal(self) -> _Part:
        opening_key = self.random(SECRET)
        ctx = context(bytes.fromhex(self.manifest.digest), self.bidder, self.bid, self.source.id)
        both = self.manifest.policy == "both"
        shared = self.random(SECRET) if both else opening_key
        mine = xor(opening_key, shared) if both else opening_key
        recipient = recipient_of(opening_key)
        outer = self._outer(shared, ctx)
        sha256, size = self._write(recipient)
        header = EnvelopeHeader(
            id=self.source.id,
            shares=self._commitments(shared, ctx),
            kc=key_commitment(ctx, opening_key),
            halves=(half_commitment(ctx, 1, shared), half_commitment(ctx, 2, mine))
            if both
            else None,
            outer=None if outer is None else digest_hex(outer),
            recipient=recipient,
            sha256=sha256,
            size=size,
        )
        return _Part(header, outer, OpeningKey(self.bid, self.source.id, mine, both))

    def _commitments(self, shared: bytes, ctx: bytes) -> tuple[str, ...]:
        if not self.manifest.shared:
            return ()
        return commitments(shared, ctx, self.manifest.threshold, self.manifest.count)

    def _outer(self, shared: bytes, ctx: bytes) -> bytes | None:
        if not self.manifest.shared:
            return None
        shares = deal(shared, ctx, self.manifest.threshold, self.manifest.count)
        wraps = [
            wrap(trustee.key, ctx, share)
            for trustee, share in zip(self.manifest.trustees, shares, strict=True)
        ]
        return seal_outer(self.manifest.gate, ctx, wraps)

    def _write(self, recipient: str) -> tuple[str, int]:
        digests = self._hash_files()
        form = check_form(jcs(self.source.form))[1]
        statement = jcs(self._statement(digests, digest_hex(form)).to_json())
        counted = _Hashing(self.source.out)
        age = AgeWriter(counted, recipient, self.random)
        tar = TarWriter(age)
        tar.add(STATEMENT, statement)
        tar.add(FORM, form)
        for file, expected in zip(self.source.files, digests, strict=True):
            tar.begin(FOLDER + file.name, file.size)
            hasher = hashlib.sha256()
            for piece in self._pieces(file):
                hasher.update(piece)
                tar.write(piece)
            if hasher.hexdigest() != expected:
                raise SubmissionRefused("file_changed", {"name": file.name})
        tar.finish()
        age.finish()
        return counted.hasher.hexdigest(), counted.size

    def _hash_files(self) -> list[str]:
        names = [check_file_name(file.name) for file in self.source.files]
        if len(names) > MOST_FILES:
            raise SubmissionRefused("tar_count", {"most": MOST_FILES})
        if len(set(names)) != len(names):
            raise SubmissionRefused("tar_duplicate", {"name": max(names, key=names.count)})
        digests = []
        for file in self.source.files:
            hasher = hashlib.sha256()
            for piece in self._pieces(file):
                hasher.update(piece)
            digests.append(hasher.hexdigest())
        return digests

    def _pieces(self, file: SourceFile) -> Iterator[bytes]:
        file.stream.seek(0)
        missing = file.size
        while missing and (piece := file.stream.read(min(missing, MEBIBYTE))):
            missing -= len(piece)
            self.meter.add(len(piece))
            yield piece
        if missing or file.stream.read(1):
            raise SubmissionRefused("file_changed", {"name": file.name})

    def _statement(self, digests: Sequence[str], form: str) -> SealedObject:
        files: list[Json] = [
            {"name": file.name, "size": file.size, "sha256": digest}
            for file, digest in zip(self.source.files, digests, strict=True)
        ]
        body: dict[str, Json] = {
            "opening": self.manifest.opening,
            "manifest": self.manifest.digest,
            "bidder": self.bidder,
            "bid": self.bid,
            "envelope": self.source.id,
            "form": form,
            "files": files,
        }
        return sign("statement", body, self.key)


class _Meter:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, size: int) -> None:
        self._done += size
        if self._progress is not None:
            self._progress(self._done, self._total)


class _Hashing:
    """Passes bytes on and keeps their digest and number."""

    def __init__(self, out: ByteSink) -> None:
        self._out = out
        self.hasher = hashlib.sha256()
        self.size = 0

    def write(self, data: Data) -> int:
        self.hasher.update(data)
        self.size += len(data)
        self._out.write(data)
        return len(data)
