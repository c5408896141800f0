"""The manifest: what a tender is, who holds its keys, and what every bid is bound to (§2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, cast, get_args

from crypto.encoding import Json, b64u, format_time
from crypto.errors import ManifestError
from crypto.shape import Members
from crypto.shares import MOST_TRUSTEES
from crypto.signing import SealedObject, SigningKey, sign
from crypto.suite import POINT, SUITE, load_point

Policy = Literal["trustees", "bidder", "either", "both"]
POLICIES: tuple[Policy, ...] = get_args(Policy)
MOST_ENVELOPES = 8
LARGEST_MANIFEST = 1 << 20

_MEMBERS = (
    "format", "suite", "opening", "version", "previous", "terms", "deadline", "policy", "threshold",
    "trustees", "gate", "log", "envelopes", "offline_page",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A trustee's card: who it is and its KEM point, signed by the trustee's own signing key."""

    person: str
    name: str
    key: bytes
    created: datetime
    signed: SealedObject

    @classmethod
    def parse(cls, obj: object) -> Self:
        """A card whose signature holds. That its KEM key is really held, a rehearsal shows (§7)."""
        signed = SealedObject.parse(obj, "trustee").verify("trustee")
        body = Members(signed.body, "trustee", ("format", "person", "name", "key", "created"))
        key = body.data("key", POINT)
        load_point(key)
        return cls(
            body.identifier("person"), body.text("name", 200), key, body.time("created"), signed
        )


def make_card(
    *, person: str, name: str, kem: bytes, created: datetime, key: SigningKey
) -> SealedObject:
    """A card for the holder of the KEM point `kem`."""
    body: dict[str, Json] = {
        "person": person,
        "name": name,
        "key": b64u(kem),
        "created": format_time(created),
    }
    return sign("trustee", body, key)


@dataclass(frozen=True, slots=True)
class Trustee:
    """A holder of one share; `index` counts from 1."""

    index: int
    person: str
    name: str
    key: bytes
    card: Card


@dataclass(frozen=True, slots=True)
class Envelope:
    """A part of every bid that opens at its own time."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """Whose log the room's is: its C2SP origin and the 32-byte Ed25519 public key of its heads."""

    origin: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest whose signature held and that does not contradict itself. `digest` is `mh` in
    hexadecimal.
    """

    opening: str
    version: int
    previous: str | None
    terms: dict[str, Json]
    deadline: datetime
    policy: Policy
    threshold: int
    trustees: tuple[Trustee, ...]
    gate: bytes
    log: LogIdentity
    envelopes: tuple[Envelope, ...]
    offline_page: str | None
    signed: SealedObject
    digest: str

    @classmethod
    def parse(cls, obj: object, platform: bytes | None = None) -> Self:
        """The manifest in parsed JSON, signed by the platform's key if that is given."""
        signed = SealedObject.parse(obj, "manifest").verify("manifest", platform)
        body = Members(signed.body, "manifest", _MEMBERS)
        if body.integer("suite") != SUITE:
            raise ManifestError("suite", {"suite": body.integer("suite")})
        gate = body.data("gate", POINT)
        load_point(gate)
        manifest = cls(
            opening=body.identifier("opening"),
            version=body.integer("version", 1),
            previous=body.digest_or_none("previous"),
            terms=body.object("terms"),
            deadline=body.time("deadline"),
            policy=cast(Policy, body.one_of("policy", *POLICIES)),
            threshold=body.integer("threshold", 0, MOST_TRUSTEES),
            trustees=tuple(_trustee(item) for item in body.items("trustees", MOST_TRUSTEES)),
            gate=gate,
            log=_log(body.raw("log")),
            envelopes=tuple(_envelope(item) for item in body.items("envelopes", MOST_ENVELOPES)),
            offline_page=body.digest_or_none("offline_page"),
            signed=signed,
            digest=signed.digest(),
        )
        _check(manifest)
        return manifest

    @property
    def count(self) -> int:
        """n, the number of trustees."""
        return len(self.trustees)

    @property
    def shared(self) -> bool:
        """Whether trustees hold shares, which is so in every policy but `bidder`."""
        return self.policy != "bidder"

    def trustee(self, person: str) -> Trustee | None:
        """The trustee who is this person, if any."""
        return next((trustee for trustee in self.trustees if trustee.person == person), None)


def build_manifest(
    *,
    opening: str,
    version: int,
    previous: str | None,
    terms: dict[str, Json],
    deadline: datetime,
    policy: Policy,
    threshold: int,
    cards: Sequence[SealedObject],
    gate: bytes,
    log: LogIdentity,
    envelopes: Sequence[Envelope],
    offline_page: str | None,
    key: SigningKey,
) -> Manifest:
    """Sign a manifest with the platform's key; the trustees' indices are their cards' order."""
    parsed = [Card.parse(card.to_json()) for card in cards]
    body: dict[str, Json] = {
        "suite": SUITE,
        "opening": opening,
        "version": version,
        "previous": previous,
        "terms": terms,
        "deadline": format_time(deadline),
        "policy": policy,
        "threshold": threshold,
        "trustees": [
            {
                "index": index,
                "person": card.person,
                "name": card.name,
                "key": b64u(card.key),
                "card": card.signed.to_json(),
            }
            for index, card in enumerate(parsed, start=1)
        ],
        "gate": b64u(gate),
        "log": {"origin": log.origin, "key": b64u(log.key)},
        "envelopes": [{"id": envelope.id, "title": envelope.title} for envelope in envelopes],
        "offline_page": offline_page,
    }
    return Manifest.parse(sign("manifest", body, key).to_json(), key.public)


def _trustee(item: Json) -> Trustee:
    entry = Members(item, "trustees", ("index", "person", "name", "key", "card"))
    card = Card.parse(entry.object("card"))
    trustee = Trustee(
        index=entry.integer("index", 1, MOST_TRUSTEES),
        person=entry.identifier("person"),
        name=entry.text("name", 200),
        key=entry.data("key", POINT),
        card=card,
    )
    if (trustee.person, trustee.name, trustee.key) != (card.person, card.name, card.key):
        raise ManifestError("trustee_card", {"person": trustee.person})
    return trustee


def _log(item: Json) -> LogIdentity:
    log = Members(item, "log", ("origin", "key"))
    return LogIdentity(log.text("origin", 300), log.data("key", 32))


def _envelope(item: Json) -> Envelope:
    envelope = Members(item, "envelopes", ("id", "title"))
    return Envelope(envelope.identifier("id"), envelope.text("title", 200))


def _check(manifest: Manifest) -> None:
    if (manifest.version == 1) != (manifest.previous is None):
        raise ManifestError("manifest_version", {"version": manifest.version})
    least = 1 if manifest.shared else 0
    most = MOST_TRUSTEES if manifest.shared else 0
    if not least <= manifest.threshold <= manifest.count <= most:
        raise ManifestError("threshold", {"threshold": manifest.threshold, "count": manifest.count})
    if [trustee.index for trustee in manifest.trustees] != list(range(1, manifest.count + 1)):
        raise ManifestError("trustee_index")
    if not manifest.envelopes:
        raise ManifestError("envelopes")
    _distinct("trustee_duplicate", [trustee.person for trustee in manifest.trustees])
    # One holder of two keys would count twice towards the threshold; the gate's key must not be a
    # trustee's either.
    _distinct("trustee_duplicate", [manifest.gate, *(trustee.key for trustee in manifest.trustees)])
    _distinct("trustee_duplicate", [trustee.card.signed.key for trustee in manifest.trustees])
    _distinct("envelopes", [envelope.id for envelope in manifest.envelopes])


def _distinct(code: str, values: Sequence[str] | Sequence[bytes]) -> None:
    if len(set(values)) != len(values):
        raise ManifestError(code)
