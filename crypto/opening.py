"""Opening a bid: steps 3 to 8 of `docs/formats/seal.md` §8."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, TypeGuard

from crypto.agefile import AgeReader, read_single_header, recipient_of
from crypto.ageheader import unwrap_x25519
from crypto.encoding import MEBIBYTE, Json, digest_hex, jcs, parse_json
from crypto.errors import (
    AgeError,
    BidMalformed,
    CryptoError,
    EncodingError,
    NoKey,
    TarError,
    WrongBytes,
    WrongKey,
)
from crypto.header import EnvelopeHeader, Header
from crypto.manifest import Manifest
from crypto.shape import Members
from crypto.shares import (
    Share,
    combine,
    commitment,
    commitments,
    half_commitment,
    key_commitment,
    xor,
)
from crypto.signing import SealedObject
from crypto.streams import ByteSink, ByteSource
from crypto.tarball import FOLDER, MOST_FILES, TarMember, check_file_name, read_tar

LARGEST_STATEMENT = MEBIBYTE
LARGEST_FORM = MEBIBYTE
_PIECE = 256 * 1024

FileSink = Callable[[str, int], ByteSink | None]
"""Asked for a place for each file's content by name and size; None passes the content over."""

_STATEMENT = ("format", "opening", "manifest", "bidder", "bid", "envelope", "form", "files")


@dataclass(frozen=True, slots=True)
class BidFile:
    """A file of a bid, as its statement lists it and its content confirmed."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """An envelope that opened and is what its bidder signed."""

    envelope: str
    form: dict[str, str | int]
    files: tuple[BidFile, ...]
    statement: SealedObject


def recover_key(
    *,
    manifest: Manifest,
    header: Header,
    envelope: str,
    shares: Iterable[Share] = (),
    bidder_secret: bytes | None = None,
) -> bytes:
    """K of one envelope, from the trustees' shares, the bidder's key, or both, as the policy says.

    Shares that do not match their commitment are ignored. The verdict is the same whichever t
    shares come. Raises `NoKey` if too little is there, `WrongKey` for a bidder's key that is not
    the committed one, `BidMalformed` if the bidder dealt wrongly.
    """
    sealed, ctx = header.envelope(envelope), header.context(envelope)
    if bidder_secret is not None:
        check_bidder_key(manifest=manifest, header=header, envelope=envelope, secret=bidder_secret)
    secret = _combined(manifest, sealed, ctx, shares)
    if manifest.policy == "both":
        if secret is None or bidder_secret is None:
            raise NoKey("no_key", {"envelope": envelope})
        # §8 step 5
        if sealed.halves is None or half_commitment(ctx, 1, secret) != sealed.halves[0]:
            raise BidMalformed("key_mismatch", 5, {"envelope": envelope})
        key = xor(secret, bidder_secret)
    elif secret is not None:
        key = secret
    elif bidder_secret is not None:
        # What trustees would find must be found on the bidder's own way too.
        if manifest.shared:
            _check_dealing(manifest, sealed, ctx, bidder_secret)
        key = bidder_secret
    else:
        raise NoKey("no_key", {"envelope": envelope})
    if key_commitment(ctx, key) != sealed.kc:
        raise BidMalformed("key_mismatch", 5, {"envelope": envelope})
    return key


def check_bidder_key(*, manifest: Manifest, header: Header, envelope: str, secret: bytes) -> None:
    """Return if `secret` is the K, or under the policy `both` the bidder's half, that the header
    commits to.
    """
    sealed, ctx = header.envelope(envelope), header.context(envelope)
    if manifest.policy == "both":
        right = sealed.halves is not None and half_commitment(ctx, 2, secret) == sealed.halves[1]
    else:
        right = key_commitment(ctx, secret) == sealed.kc
    if not right:
        raise WrongKey("wrong_key", {"envelope": envelope})


def open_bid(
    *,
    header: Header,
    envelope: str,
    key: bytes,
    source: BinaryIO,
    sink: FileSink | None = None,
) -> OpenedBid:
    """Steps 6 to 8: open one envelope's age file with K and check everything in it.

    `source` must be seekable. `header` has passed `verify_submission` or steps 1 and 2. Whatever
    `sink` took is to be thrown away if this raises. Step 9, the form against the tender's terms, is
    the caller's.
    """
    sealed = header.envelope(envelope)
    source.seek(0)
    copy = _Copy(source)
    try:
        # §8 step 6
        age = read_single_header(copy)
        if recipient_of(key) != sealed.recipient:
            raise BidMalformed("recipient", 6, {"envelope": envelope})
        tar = AgeReader(copy, unwrap_x25519(age, key))
        opened = read_bid(tar, header=header, envelope=envelope, sink=sink)
    except AgeError as refusal:
        copy.check(sealed)
        raise BidMalformed(refusal.code, 6, refusal.params) from None
    except BidMalformed:
        copy.check(sealed)
        raise
    copy.check(sealed)
    return opened


def read_bid(
    tar: ByteSource, *, header: Header, envelope: str, sink: FileSink | None = None
) -> OpenedBid:
    """Steps 7 and 8: the tar inside an envelope and everything in it."""
    try:
        members = read_tar(tar)
        # §8 step 7
        statement, listed = _read_statement(next(members), header, envelope)
        # §8 step 8
        form = _read_form(next(members), str(statement.body["form"]))
        found = tuple(_read_file(member, sink) for member in members)
    except TarError as refusal:
        step = 8 if refusal.code in ("tar_padding", "tar_bucket") else 7
        raise BidMalformed(refusal.code, step, refusal.params) from None
    _compare(listed, found)
    return OpenedBid(envelope, form, found, statement)


def check_form(data: bytes) -> tuple[dict[str, str | int], bytes]:
    """The values in a `form.json` and its bytes, if they are canonical and hold only texts and
    integers.
    """
    form = parse_json(data, LARGEST_FORM)
    if not _is_form(form) or jcs(form) != data:
        raise EncodingError("form")
    return form, data


def _is_form(value: Json | dict[str, str | int]) -> TypeGuard[dict[str, str | int]]:
    return isinstance(value, dict) and all(
        isinstance(item, str | int) and not isinstance(item, bool) for item in value.values()
    )


def _combined(
    manifest: Manifest, sealed: EnvelopeHeader, ctx: bytes, shares: Iterable[Share]
) -> bytes | None:
    """S, if t shares match their commitments."""
    if not manifest.shared:
        return None
    # §8 step 3
    matching = {
        share.index: share
        for share in shares
        if 1 <= share.index <= manifest.count
        and commitment(ctx, share) == sealed.shares[share.index - 1]
    }
    if len(matching) < manifest.threshold:
        return None
    # §8 step 4
    secret = combine([matching[index] for index in sorted(matching)], manifest.threshold)
    _check_dealing(manifest, sealed, ctx, secret)
    return secret


def _check_dealing(manifest: Manifest, sealed: EnvelopeHeader, ctx: bytes, secret: bytes) -> None:
    if commitments(secret, ctx, manifest.threshold, manifest.count) != sealed.shares:
        raise BidMalformed("malformed_shares", 4, {"envelope": sealed.id})


class _Copy:
    """Reads a sealed file once and takes its digest meanwhile.

    Whatever is found in it, the digest goes first: if that is wrong, nothing else may be held
    against the bidder.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._hasher = hashlib.sha256()
        self._size = 0

    def read(self, size: int) -> bytes:
        return self._count(self._source.read(size))

    def readline(self, size: int) -> bytes:
        return self._count(self._source.readline(size))

    def check(self, sealed: EnvelopeHeader) -> None:
        """Reads on to the end and returns if these are the sealed bytes."""
        while self.read(_PIECE):
            pass
        found = self._hasher.hexdigest()
        if self._size != sealed.size or found != sealed.sha256:
            raise WrongBytes("wrong_bytes", {"expected": sealed.sha256, "found": found})

    def _count(self, data: bytes) -> bytes:
        self._hasher.update(data)
        self._size += len(data)
        return data


def _read_statement(
    member: TarMember, header: Header, envelope: str
) -> tuple[SealedObject, tuple[BidFile, ...]]:
    data = member.content(LARGEST_STATEMENT)
    try:
        statement = SealedObject.parse(parse_json(data, LARGEST_STATEMENT), "statement")
        statement.verify("statement", header.signed.key)
        body = Members(statement.body, "statement", _STATEMENT)
        named = (
            body.identifier("opening"),
            body.digest("manifest"),
            body.identifier("bidder"),
            body.bid(),
            body.identifier("envelope"),
        )
        body.digest("form")
        listed = tuple(_listed(item) for item in body.items("files", MOST_FILES))
        canonical = statement.canonical == data
    except CryptoError as refusal:
        raise BidMalformed(refusal.code, 7, refusal.params) from None
    if not canonical:
        raise BidMalformed("statement", 7)
    if named != (header.opening, header.manifest, header.bidder, header.bid, envelope):
        raise BidMalformed("statement_names", 7)
    return statement, listed


def _listed(item: Json) -> BidFile:
    entry = Members(item, "files", ("name", "size", "sha256"))
    return BidFile(
        check_file_name(entry.text("name", 180)), entry.integer("size"), entry.digest("sha256")
    )


def _read_form(member: TarMember, digest: str) -> dict[str, str | int]:
    data = member.content(LARGEST_FORM)
    if digest_hex(data) != digest:
        raise BidMalformed("form_digest", 8)
    try:
        return check_form(data)[0]
    except EncodingError as refusal:
        raise BidMalformed(refusal.code, 8, refusal.params) from None


def _read_file(member: TarMember, sink: FileSink | None) -> BidFile:
    name = member.name.removeprefix(FOLDER)
    out = sink(name, member.size) if sink is not None else None
    hasher = hashlib.sha256()
    for piece in member.pieces():
        hasher.update(piece)
        if out is not None:
            out.write(piece)
    return BidFile(name, member.size, hasher.hexdigest())


def _compare(listed: tuple[BidFile, ...], found: tuple[BidFile, ...]) -> None:
    if [file.name for file in listed] != [file.name for file in found]:
        raise BidMalformed("file_list", 8)
    for promised, file in zip(listed, found, strict=True):
        if promised != file:
            raise BidMalformed("file_digest", 8, {"name": file.name})
