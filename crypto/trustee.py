"""What a trustee does: rehearse, and at the opening release its shares (§6 `release`, §7)."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, cast

from crypto.checkpoint import LARGEST_CHECKPOINT, Checkpoint, parse_checkpoint, verify_checkpoint
from crypto.encoding import Json, Random, b64u, format_time, lp
from crypto.errors import ReleaseRefused, ShareError
from crypto.header import Header
from crypto.manifest import Card, Manifest, Trustee, make_card
from crypto.shape import Members
from crypto.shares import MOST_TRUSTEES, SECRET, Share, commitment
from crypto.signing import SealedObject, SigningKey, sign
from crypto.suite import KemKey, hpke_open, hpke_seal
from crypto.wraps import WRAP, unwrap

__all__ = [
    "Card",
    "Problem",
    "Release",
    "ReleasedShare",
    "Wrapped",
    "accepted_shares",
    "answer_rehearsal",
    "build_release",
    "check_closing",
    "check_rehearsal",
    "make_card",
    "rehearse",
    "unwrap",
    "verify_release",
]

Problem = Literal["unwrap", "commitment"]
MOST_SHARES = 20_000
LARGEST_RELEASE = 16 << 20

_RELEASE = ("format", "opening", "manifest", "trustee", "index", "checkpoint", "clock", "shares")
_SHARE = ("bid", "envelope", "share", "blind", "problem")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrap that the gate gave out, with the header of the bid it belongs to."""

    header: Header
    envelope: str
    wrap: bytes


@dataclass(frozen=True, slots=True)
class ReleasedShare:
    """One share in a release, or the reason why there is none."""

    bid: str
    envelope: str
    share: Share | None
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Release:
    """A trustee's release, parsed; `verify_release` says whether it holds."""

    opening: str
    manifest: str
    trustee: str
    index: int
    checkpoint: str
    clock: datetime
    shares: tuple[ReleasedShare, ...]
    signed: SealedObject
    by_envelope: Mapping[tuple[str, str], ReleasedShare]
    """The same shares by bid and envelope."""

    @classmethod
    def parse(cls, obj: object) -> Self:
        """The release in parsed JSON, whose signature by its own key holds."""
        signed = SealedObject.parse(obj, "release").verify("release")
        body = Members(signed.body, "release", _RELEASE)
        index = body.integer("index", 1, MOST_TRUSTEES)
        shares = tuple(_released(item, index) for item in body.items("shares", MOST_SHARES))
        by_envelope = {(share.bid, share.envelope): share for share in shares}
        if len(by_envelope) != len(shares):
            raise ReleaseRefused("release_duplicate")
        return cls(
            opening=body.identifier("opening"),
            manifest=body.digest("manifest"),
            trustee=body.identifier("trustee"),
            index=index,
            checkpoint=body.block("checkpoint", LARGEST_CHECKPOINT),
            clock=body.time("clock"),
            shares=shares,
            signed=signed,
            by_envelope=by_envelope,
        )


def check_closing(
    *, manifest: Manifest, checkpoint: str, log_name: str, clock: datetime
) -> Checkpoint:
    """The closing head, if the room's log signed it and the trustee's own clock has reached the
    deadline.

    A trustee's client does this before it unwraps anything. That each bid is under the head is for
    `merkle.verify_inclusion` to show.
    """
    if clock < manifest.deadline:
        raise ReleaseRefused(
            "clock", {"deadline": format_time(manifest.deadline), "clock": format_time(clock)}
        )
    return verify_checkpoint(checkpoint, log_name, manifest.log.key, manifest.log.origin)


def build_release(
    *,
    manifest: Manifest,
    person: str,
    kem: KemKey,
    key: SigningKey,
    checkpoint: str,
    clock: datetime,
    wrapped: Iterable[Wrapped],
) -> SealedObject:
    """Unwrap every share, compare it with its commitment, and sign the whole together with the
    closing head.
    """
    trustee = _trustee(manifest, person)
    shares = [_release_one(trustee.index, kem, item) for item in wrapped]
    body: dict[str, Json] = {
        "opening": manifest.opening,
        "manifest": manifest.digest,
        "trustee": person,
        "index": trustee.index,
        "checkpoint": checkpoint,
        "clock": format_time(clock),
        "shares": [_share_json(share) for share in shares],
    }
    return sign("release", body, key)


def verify_release(obj: object, *, manifest: Manifest, closing: Checkpoint) -> Release:
    """The release in parsed JSON, if a trustee of this manifest signed it over the closing head.

    Whether its shares match is `accepted_shares`; a share that does not is the trustee's problem
    and no reason to refuse the others.
    """
    release = Release.parse(obj)
    trustee = _trustee(manifest, release.trustee)
    release.signed.verify("release", trustee.card.signed.key)
    if (release.opening, release.manifest) != (manifest.opening, manifest.digest):
        raise ReleaseRefused("manifest", {"expected": manifest.digest, "found": release.manifest})
    if release.index != trustee.index:
        raise ReleaseRefused("trustee_index", {"person": release.trustee})
    if parse_checkpoint(release.checkpoint) != closing:
        raise ReleaseRefused("release_checkpoint", {"person": release.trustee})
    if release.clock < manifest.deadline:
        raise ReleaseRefused(
            "clock",
            {"deadline": format_time(manifest.deadline), "clock": format_time(release.clock)},
        )
    return release


def accepted_shares(
    releases: Sequence[Release], header: Header, envelope: str
) -> tuple[list[Share], dict[str, Problem]]:
    """The shares of one envelope that match their commitments, and each other trustee's problem (§8
    step 3).
    """
    sealed, ctx = header.envelope(envelope), header.context(envelope)
    shares: list[Share] = []
    problems: dict[str, Problem] = {}
    for release in releases:
        released = release.by_envelope.get((header.bid, envelope))
        if released is None:
            continue
        share = released.share
        if share is None:
            problems[release.trustee] = released.problem or "unwrap"
        elif (
            share.index <= len(sealed.shares)
            and commitment(ctx, share) == sealed.shares[share.index - 1]
        ):
            shares.append(share)
        else:
            problems[release.trustee] = "commitment"
    return shares, problems


def rehearse(
    *, opening: str, person: str, kem: bytes, random: Random = os.urandom
) -> tuple[bytes, bytes]:
    """A challenge for the holder of the KEM point `kem`: the sealed bytes to send, and the nonce to
    expect.
    """
    nonce = random(32)
    return hpke_seal(kem, _rehearsal_info(opening, person), nonce), nonce


def answer_rehearsal(
    challenge: bytes, *, opening: str, person: str, kem: KemKey, key: SigningKey
) -> SealedObject:
    """The trustee's answer to a challenge."""
    nonce = hpke_open(kem, _rehearsal_info(opening, person), challenge)
    return sign("rehearsal", {"opening": opening, "trustee": person, "nonce": b64u(nonce)}, key)


def check_rehearsal(obj: object, *, opening: str, card: Card, nonce: bytes) -> SealedObject:
    """The answer in parsed JSON, if the holder of the card's two keys gave it to this challenge."""
    signed = SealedObject.parse(obj, "rehearsal").verify("rehearsal", card.signed.key)
    body = Members(signed.body, "rehearsal", ("format", "opening", "trustee", "nonce"))
    found = (body.identifier("opening"), body.identifier("trustee"), body.data("nonce", 32))
    if found != (opening, card.person, nonce):
        raise ReleaseRefused("rehearsal", {"person": card.person})
    return signed


def _rehearsal_info(opening: str, person: str) -> bytes:
    return b"yunkai/rehearsal/v1" + lp(opening) + lp(person)


def _trustee(manifest: Manifest, person: str) -> Trustee:
    trustee = manifest.trustee(person)
    if trustee is None:
        raise ReleaseRefused("trustee", {"person": person})
    return trustee


def _release_one(index: int, kem: KemKey, item: Wrapped) -> ReleasedShare:
    bid, sealed = item.header.bid, item.header.envelope(item.envelope)
    ctx = item.header.context(item.envelope)
    try:
        if len(item.wrap) != WRAP:
            raise ShareError("hpke")
        share = unwrap(kem, ctx, index, item.wrap)
    except ShareError:
        return ReleasedShare(bid, item.envelope, None, "unwrap")
    if index > len(sealed.shares) or commitment(ctx, share) != sealed.shares[index - 1]:
        return ReleasedShare(bid, item.envelope, None, "commitment")
    return ReleasedShare(bid, item.envelope, share, None)


def _share_json(released: ReleasedShare) -> dict[str, Json]:
    share = released.share
    return {
        "bid": released.bid,
        "envelope": released.envelope,
        "share": None if share is None else b64u(share.value),
        "blind": None if share is None else b64u(share.blind),
        "problem": released.problem,
    }


def _released(item: Json, index: int) -> ReleasedShare:
    entry = Members(item, "shares", _SHARE)
    value, blind = entry.data_or_none("share", SECRET), entry.data_or_none("blind", SECRET)
    problem: Problem | None = None
    if entry.raw("problem") is not None:
        problem = cast(Problem, entry.one_of("problem", "unwrap", "commitment"))
    share = Share(index, value, blind) if value is not None and blind is not None else None
    whole = share is not None and problem is None
    absent = value is None and blind is None and problem is not None
    if not whole and not absent:
        raise entry.wrong("share")
    return ReleasedShare(entry.bid(), entry.identifier("envelope"), share, problem)
