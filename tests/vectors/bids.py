"""The vectors of whole bids: sealed under each policy, submissions refused, verdicts of §8."""

import copy
from io import BytesIO

from crypto import gate, trustee
from crypto.acts import accept, confirm, withdraw
from crypto.agefile import open_age
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.encoding import Json, b64u
from crypto.header import EnvelopeHeader, Header, check_age_header
from crypto.manifest import Manifest, Policy
from crypto.opening import recover_key
from crypto.receipt import build_receipt
from crypto.seal import outers_of, verify_submission
from crypto.shares import Share
from crypto.signing import SealedObject, SigningKey, sign
from tests.crypto.world import (
    CREATED,
    DEADLINE,
    FILES,
    FORM,
    SITE,
    Made,
    World,
    chance,
    sealed,
    world,
)
from tests.vectors.files import trimmed
from tests.vectors.parts import Vector, refused

POLICIES: tuple[Policy, ...] = ("trustees", "bidder", "either", "both")


def seal() -> Vector:
    """One sealed bid per policy, with every private key, and submissions that must be refused."""
    return {
        "bids": [_bid(policy) for policy in POLICIES],
        "objects": _objects(),
        "manifest_refused": _manifest_refused(),
        "submission_refused": _submission_refused(),
        "age_header_refused": _age_header_refused(),
    }


def _bid(policy: Policy) -> Vector:
    where = world(policy, envelopes=("a", "b") if policy == "both" else ("a",), label="vectors")
    made = sealed(
        where, label=f"bid/{policy}", files=FILES if policy == "either" else {"a.txt": b"a"}
    )
    header = made.bid.header
    return {
        "policy": policy,
        "manifest": where.manifest.signed.to_json(),
        "digest": where.manifest.digest,
        "keys": _keys(where),
        "bidder": header.bidder,
        "bid": header.bid,
        "submission": made.bid.submission,
        "header_digest": header.digest,
        "form": FORM,
        "files": [
            {"name": name, "content": b64u(content)}
            for name, content in (FILES if policy == "either" else {"a.txt": b"a"}).items()
        ],
        "envelopes": [_envelope(where, made, sealed_as) for sealed_as in header.envelopes],
    }


def _keys(where: World) -> Vector:
    return {
        "platform": b64u(where.platform.to_pkcs8()),
        "gate": b64u(where.gate.to_pkcs8()),
        "log": b64u(where.log.to_pkcs8()),
        "bidder": b64u(where.bidder.to_pkcs8()),
        "bidder_public": b64u(where.bidder.public),
        "trustees": [
            {"kem": b64u(kem.to_pkcs8()), "sign": b64u(key.to_pkcs8())}
            for kem, key in where.trustees
        ],
    }


def _envelope(where: World, made: Made, sealed_as: EnvelopeHeader) -> Vector:
    header = made.bid.header
    name = sealed_as.id
    key = next(key for key in made.bid.keys if key.envelope == name)
    vector: Vector = {
        "id": name,
        "ctx": b64u(header.context(name)),
        "bidder_secret": b64u(key.secret),
        "half": key.half,
        "age": b64u(made.ages[name]),
    }
    shares: list[Share] = []
    if where.manifest.shared:
        wraps = wraps_of(where, made.bid.submission, header, name)
        release = _release(where, header, name, wraps, 0)
        second = _release(where, header, name, wraps, 2)
        shares = [
            share
            for item in (release, second)
            for share in trustee.accepted_shares(
                [trustee.Release.parse(item.to_json())], header, name
            )[0]
        ]
        vector |= {
            "wraps": [b64u(wrap) for wrap in wraps],
            "shares": [
                {"index": share.index, "share": b64u(share.value), "blind": b64u(share.blind)}
                for share in shares
            ],
        }
    opened = recover_key(
        manifest=where.manifest,
        header=header,
        envelope=name,
        shares=shares,
        bidder_secret=key.secret if where.manifest.policy in ("both", "bidder") else None,
    )
    tar = _plain(made.ages[name], opened)
    vector |= {"key": b64u(opened), "tar": trimmed(tar)}
    return vector


def wraps_of(where: World, submission: object, header: Header, name: str) -> tuple[bytes, ...]:
    return gate.open_outer(
        key=where.gate,
        manifest=where.manifest,
        header=header,
        envelope=name,
        outer=outers_of(submission)[name],
    )


def _release(
    where: World, header: Header, name: str, wraps: tuple[bytes, ...], place: int
) -> SealedObject:
    kem, key = where.trustees[place]
    return trustee.build_release(
        manifest=where.manifest,
        person=f"t-{place + 1}",
        kem=kem,
        key=key,
        checkpoint=_closing(where),
        clock=DEADLINE,
        wrapped=[trustee.Wrapped(header, name, wraps[place])],
    )


def _closing(where: World) -> str:
    head = Checkpoint(where.manifest.log.origin, 9, bytes(range(32)))
    return sign_checkpoint(head, SITE, where.log)


def _plain(age: bytes, key: bytes) -> bytes:
    reader = open_age(BytesIO(age), key)
    plain = bytearray()
    while piece := reader.read(1 << 20):
        plain += piece
    return bytes(plain)


def _objects() -> list[Vector]:
    where = world("either", label="vectors")
    made = sealed(where, label="bid/either")
    header = made.bid.header
    wraps = wraps_of(where, made.bid.submission, header, "a")
    release = _release(where, header, "a", wraps, 0)
    broken = _release(where, header, "a", (bytes(145), *wraps[1:]), 0)
    named = {"opening": "bridge-7", "bidder": "acme", "key": where.bidder}
    challenge, nonce = trustee.rehearse(
        opening="bridge-7", person="t-1", kem=where.trustees[0][0].public, random=chance("nonce")
    )
    rehearsal = trustee.answer_rehearsal(
        challenge,
        opening="bridge-7",
        person="t-1",
        kem=where.trustees[0][0],
        key=where.trustees[0][1],
    )
    receipt = build_receipt(
        opening="bridge-7",
        manifest=where.manifest.digest,
        bidder="acme",
        bid=header.bid,
        header=header.digest,
        action="submit",
        received_at=CREATED,
        key=where.platform,
    )
    row: dict[str, Json] = {"name": "阿克梅", "price": 1_234_567_800}
    objects = {
        "acceptance": accept(manifest=where.manifest.digest, name="阿克梅", **named),
        "withdrawal": withdraw(bid=header.bid, previous=header.digest, **named),
        "confirmation": confirm(bid=header.bid, row=row, **named),
        "receipt": receipt,
        "release": release,
        "rehearsal": rehearsal,
    }
    return [
        *(
            {"kind": kind, "object": signed.to_json(), "digest": signed.digest()}
            for kind, signed in objects.items()
        ),
        {"kind": "release", "object": broken.to_json(), "digest": broken.digest()},
        {"kind": "rehearsal challenge", "challenge": b64u(challenge), "nonce": b64u(nonce)},
    ]


def _manifest_refused() -> list[Vector]:
    where = world("either", label="vectors")
    body = where.manifest.signed.body
    trustees = body["trustees"]
    assert isinstance(trustees, list)
    first = trustees[0]
    assert isinstance(first, dict)
    changes: list[tuple[str, str, dict[str, Json]]] = [
        ("suite", "another suite", {"suite": 2}),
        ("threshold", "more than all", {"threshold": 4}),
        ("threshold", "nobody needed", {"threshold": 0}),
        ("threshold", "trustees where there are none", {"policy": "bidder"}),
        ("trustee_index", "indices out of order", {"trustees": trustees[::-1]}),
        ("trustee_duplicate", "a trustee twice", {"trustees": [first, dict(first, index=2)]}),
        (
            "trustee_card",
            "another's card",
            {"trustees": [dict(first, name="别人")], "threshold": 1},
        ),
        ("trustee_duplicate", "a trustee's key as the gate's", {"gate": first["key"]}),
        ("manifest_version", "a second version that replaces none", {"version": 2}),
        ("envelopes", "no envelope", {"envelopes": []}),
        ("members", "an unknown member", {"more": 1}),
        ("value", "an unknown policy", {"policy": "anybody"}),
    ]
    return [
        {
            "why": why,
            "object": (obj := sign("manifest", {**body, **change}, where.platform).to_json()),
            "refused": refused(code, lambda obj=obj: Manifest.parse(obj)),
        }
        for code, why, change in changes
    ]


def _submission_refused() -> list[Vector]:
    where = world("either", label="vectors")
    made = sealed(where, label="bid/either")
    good = made.bid.submission
    body = made.bid.header.signed.body
    envelopes = body["envelopes"]
    assert isinstance(envelopes, list)
    envelope = envelopes[0]
    assert isinstance(envelope, dict)
    shares = envelope["shares"]
    assert isinstance(shares, list)

    def resigned(key: SigningKey = where.bidder, **change: Json) -> dict[str, Json]:
        return dict(good, header=sign("header", {**body, **change}, key).to_json())

    def altered(**change: Json) -> dict[str, Json]:
        return resigned(envelopes=[{**envelope, **change}])

    outer = outers_of(good)["a"]
    tampered = copy.deepcopy(good)
    header = tampered["header"]
    assert isinstance(header, dict)
    header["body"] = dict(body, bid="b-" + "a" * 20)
    other_outer = outer[:-1] + bytes([outer[-1] ^ 1])
    cases: list[tuple[str, str, Json]] = [
        ("signer", "signed by another", resigned(SigningKey.generate(chance("rival")))),
        ("signature", "altered after signing", tampered),
        ("opening", "another opening", resigned(opening="bridge-8")),
        ("manifest", "another manifest", resigned(manifest="0" * 64)),
        ("suite", "another suite", resigned(suite=2)),
        ("envelopes", "an envelope missing", resigned(envelopes=[])),
        ("envelopes", "an envelope twice", resigned(envelopes=[envelope, envelope])),
        ("policy", "a commitment missing", altered(shares=shares[:2])),
        (
            "policy",
            "halves where the policy knows none",
            altered(halves={"trustees": "0" * 64, "bidder": "1" * 64}),
        ),
        ("policy", "no outer layer", altered(outer=None)),
        ("outer", "another outer layer", dict(good, outers={"a": b64u(other_outer)})),
        ("outer", "the outer layer missing", dict(good, outers={})),
        (
            "outer",
            "an outer layer too many",
            dict(good, outers={"a": b64u(outer), "b": b64u(outer)}),
        ),
        ("bech32", "a recipient with a wrong checksum", altered(recipient="age1" + "q" * 58)),
        ("size", "a size that no bucket gives", altered(size=65_737)),
        ("value", "a bid id that is none", resigned(bid="b-1")),
        ("value", "an unknown tool", resigned(made_with="fax")),
        ("members", "an unknown member", dict(good, more=1)),
    ]
    return [
        {
            "why": why,
            "policy": "either",
            "submission": submission,
            "refused": refused(
                code,
                lambda s=submission: verify_submission(s, where.manifest, where.bidder.public),
            ),
        }
        for code, why, submission in cases
    ]


def _age_header_refused() -> list[Vector]:
    where = world("either", label="vectors")
    made = sealed(where, label="bid/either")
    envelope = made.bid.header.envelope("a")
    head = made.ages["a"][:168]
    stanza, mac = head[22:120], head[120:]
    version = head[:22]
    cases = [
        ("age_stanzas", "a second stanza", version + stanza + stanza + mac),
        ("age_stanzas", "a grease stanza", version + stanza + b"-> x-grease a\nAAAA\n" + mac),
        ("age_stanzas", "another scheme", version + stanza.replace(b"X25519", b"x25519") + mac),
        ("age_header", "no stanza", version + mac),
        ("age_header", "another version", version.replace(b"v1", b"v2") + stanza + mac),
        ("age_header", "carriage returns", head.replace(b"\n", b"\r\n")),
        ("age_header", "cut short", head[:100]),
        ("age_header", "not sealed at all", b"%PDF-1.7\n" + bytes(200)),
        ("age_armor", "armored", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"),
    ]
    return [
        {
            "why": why,
            "head": b64u(data),
            "refused": refused(code, lambda d=data: check_age_header(BytesIO(d), envelope)),
        }
        for code, why, data in cases
    ]
