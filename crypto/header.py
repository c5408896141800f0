"""The header of a bid and its submission: what is public about a sealed bid, and what can be
checked without any secret (§5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal, Self, cast, get_args

from crypto.agefile import AgeHeader, decode_recipient, file_size, read_single_header
from crypto.agestream import CHUNK, TAG
from crypto.encoding import Json, b64u, digest_hex
from crypto.errors import SubmissionRefused
from crypto.manifest import Manifest
from crypto.shape import Members
from crypto.shares import context
from crypto.signing import SealedObject, SigningKey, sign
from crypto.suite import SUITE
from crypto.tarball import bucket
from crypto.wraps import outer_length

MadeWith = Literal["page", "offline", "command"]
LARGEST_SUBMISSION = 256 * 1024

_MEMBERS = (
    "format",
    "suite",
    "opening",
    "manifest",
    "bidder",
    "bid",
    "previous",
    "made_with",
    "envelopes",
)
_ENVELOPE = ("id", "shares", "kc", "halves", "outer", "recipient", "sha256", "size")


@dataclass(frozen=True, slots=True)
class EnvelopeHeader:
    """What the header says about one envelope. All digests are hexadecimal; `size` is the age
    file's in bytes.
    """

    id: str
    shares: tuple[str, ...]
    kc: str
    halves: tuple[str, str] | None
    outer: str | None
    recipient: str
    sha256: str
    size: int

    @classmethod
    def parse(cls, value: Json) -> Self:
        entry = Members(value, "envelope", _ENVELOPE)
        return cls(
            id=entry.identifier("id"),
            shares=entry.digests("shares"),
            kc=entry.digest("kc"),
            halves=_halves(entry.raw("halves")),
            outer=entry.digest_or_none("outer"),
            recipient=entry.text("recipient", 100),
            sha256=entry.digest("sha256"),
            size=entry.integer("size", 1),
        )

    def to_json(self) -> dict[str, Json]:
        halves: Json = self.halves and {"trustees": self.halves[0], "bidder": self.halves[1]}
        return {
            "id": self.id,
            "shares": list(self.shares),
            "kc": self.kc,
            "halves": halves,
            "outer": self.outer,
            "recipient": self.recipient,
            "sha256": self.sha256,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Header:
    """A bid's header, parsed; `digest` is what receipts, amendments and withdrawals name."""

    opening: str
    manifest: str
    bidder: str
    bid: str
    previous: str | None
    made_with: MadeWith
    envelopes: tuple[EnvelopeHeader, ...]
    signed: SealedObject
    digest: str

    @classmethod
    def parse(cls, obj: object) -> Self:
        """The header in parsed JSON, whose signature by its own key holds."""
        signed = SealedObject.parse(obj, "header").verify("header")
        body = Members(signed.body, "header", _MEMBERS)
        if body.integer("suite") != SUITE:
            raise SubmissionRefused("suite", {"suite": body.integer("suite")})
        return cls(
            opening=body.identifier("opening"),
            manifest=body.digest("manifest"),
            bidder=body.identifier("bidder"),
            bid=body.bid(),
            previous=body.digest_or_none("previous"),
            made_with=cast(MadeWith, body.one_of("made_with", *get_args(MadeWith))),
            envelopes=tuple(EnvelopeHeader.parse(item) for item in body.items("envelopes", 8)),
            signed=signed,
            digest=signed.digest(),
        )

    def envelope(self, name: str) -> EnvelopeHeader:
        """What the header says about the envelope with this id."""
        for envelope in self.envelopes:
            if envelope.id == name:
                return envelope
        raise SubmissionRefused("envelope", {"envelope": name})

    def context(self, envelope: str) -> bytes:
        """`ctx` of one envelope (§3)."""
        return context(bytes.fromhex(self.manifest), self.bidder, self.bid, envelope)


def sign_header(
    *,
    manifest: Manifest,
    bidder: str,
    bid: str,
    previous: str | None,
    made_with: MadeWith,
    envelopes: Sequence[EnvelopeHeader],
    key: SigningKey,
) -> Header:
    """Sign a header with the bidder's enrolled key."""
    body: dict[str, Json] = {
        "suite": SUITE,
        "opening": manifest.opening,
        "manifest": manifest.digest,
        "bidder": bidder,
        "bid": bid,
        "previous": previous,
        "made_with": made_with,
        "envelopes": [envelope.to_json() for envelope in envelopes],
    }
    return Header.parse(sign("header", body, key).to_json())


def build_submission(header: Header, outers: Mapping[str, bytes]) -> dict[str, Json]:
    """The JSON that a bidder sends; the age files follow by upload."""
    return {
        "header": header.signed.to_json(),
        "outers": {name: b64u(outer) for name, outer in outers.items()},
    }


def verify_submission(submission: object, manifest: Manifest, bidder_key: bytes | None) -> Header:
    """The header of a submission that fits `manifest` and is signed by the bidder's enrolled key.
    Needs no secret.

    Whether the deadline has passed, whose `bidder` this is and whether `previous` is the bid that
    counts now, is for the caller to compare. With `bidder_key` None any signer is accepted.
    """
    members = Members(submission, "submission", ("header", "outers"))
    header = Header.parse(members.raw("header"))
    header.signed.verify("header", bidder_key)
    check_header(header, manifest)
    outers = outers_of(submission)
    for envelope in header.envelopes:
        outer = outers.get(envelope.id)
        if (outer is None) != (envelope.outer is None):
            raise SubmissionRefused("outer", {"envelope": envelope.id})
        if outer is not None and (
            len(outer) != outer_length(manifest.count) or digest_hex(outer) != envelope.outer
        ):
            raise SubmissionRefused("outer", {"envelope": envelope.id})
    if outers.keys() - {envelope.id for envelope in header.envelopes}:
        raise SubmissionRefused("outer", {"envelope": None})
    return header


def check_header(header: Header, manifest: Manifest) -> None:
    """Return if the header names this manifest and has the shape that the manifest's policy asks
    for.
    """
    if header.opening != manifest.opening:
        raise SubmissionRefused("opening", {"expected": manifest.opening, "found": header.opening})
    if header.manifest != manifest.digest:
        raise SubmissionRefused("manifest", {"expected": manifest.digest, "found": header.manifest})
    if [envelope.id for envelope in header.envelopes] != [
        envelope.id for envelope in manifest.envelopes
    ]:
        raise SubmissionRefused("envelopes")
    for envelope in header.envelopes:
        shaped = (
            len(envelope.shares) == manifest.count
            and (envelope.outer is not None) == manifest.shared
            and (envelope.halves is not None) == (manifest.policy == "both")
        )
        if not shaped:
            raise SubmissionRefused("policy", {"envelope": envelope.id, "policy": manifest.policy})
        decode_recipient(envelope.recipient)
        if not _possible_size(envelope.size):
            raise SubmissionRefused("size", {"envelope": envelope.id, "size": envelope.size})
    # Two envelopes under one key would open together.
    if len({envelope.recipient for envelope in header.envelopes}) != len(header.envelopes):
        raise SubmissionRefused("recipient")


def outers_of(submission: object) -> dict[str, bytes]:
    """The outer layers in a submission, by envelope."""
    outers = Members(submission, "submission", ("header", "outers")).object("outers")
    members = Members(outers, "outers", tuple(outers))
    return {name: members.data(name, most=outer_length(16)) for name in outers}


def check_age_header(source: BinaryIO, envelope: EnvelopeHeader) -> AgeHeader:
    """The age header of an upload, if it has exactly one stanza and that is X25519.

    The stanza does not name its recipient, so that it is the declared one shows only at the opening
    (§8 step 6).
    """
    header = read_single_header(source)
    if header.size + 16 + TAG > envelope.size:
        raise SubmissionRefused("size", {"envelope": envelope.id, "size": envelope.size})
    return header


def _halves(value: Json) -> tuple[str, str] | None:
    if value is None:
        return None
    halves = Members(value, "halves", ("trustees", "bidder"))
    return halves.digest("trustees"), halves.digest("bidder")


def _possible_size(size: int) -> bool:
    """Whether a padded tar can have led to an age file of this size."""
    payload = size - file_size(0) + TAG
    plain = payload - TAG * -(-payload // (CHUNK + TAG))
    return plain > 0 and file_size(plain) == size and bucket(plain) == plain
