"""The vectors of whole bids: sealed under each policy, submissions refused, verdicts of §8."""

import copy
from collections.abc import Callable
from io import BytesIO

from crypto import gate, trustee
from crypto.acts import accept, confirm, withdraw
from crypto.agefile import open_age
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.encoding import Json, b64u, digest_hex, jcs
from crypto.errors import BidMalformed, CryptoError
from crypto.header import EnvelopeHeader, Header, check_age_header, sign_header
from crypto.manifest import Manifest, Policy
from crypto.opening import read_bid, recover_key
from crypto.receipt import build_receipt
from crypto.seal import outers_of, verify_submission
from crypto.shares import Share
from crypto.signing import SealedObject, SigningKey, sign
from crypto.tarball import TarWriter
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
from tests.vectors.parts import Vector, refused, trimmed

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


def opening() -> Vector:
    """Verdicts of §8: keys recovered or not, tars read or not."""
    return {"recover": _recover(), "tars": _tars()}


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
        wraps = _wraps(where, made.bid.submission, header, name)
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


def _wraps(where: World, submission: object, header: Header, name: str) -> tuple[bytes, ...]:
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
    wraps = _wraps(where, made.bid.submission, header, "a")
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


def _recover() -> list[Vector]:
    """Cases for `recover_key`: everything the function asks for, and a key or a refusal."""
    cases: list[Vector] = []
    for policy in ("trustees", "either", "both"):
        where = world(policy, label="vectors")
        made = sealed(where, label=f"recover/{policy}")
        header = made.bid.header
        wraps = _wraps(where, made.bid.submission, header, "a")
        shares = [
            trustee.unwrap(kem, header.context("a"), place, wraps[place - 1])
            for place, (kem, _) in enumerate(where.trustees, start=1)
        ]
        mine = made.bid.keys[0].secret
        needed = mine if policy == "both" else None
        bad = Share(1, bytes(32), shares[0].blind)
        bent = _resealed(where, header, shares=("0" * 64, *header.envelope("a").shares[1:]))
        other_key = _resealed(where, header, kc="0" * 64)
        cases += [
            _case(where, header, "the first two shares", shares[:2], needed),
            _case(where, header, "the last two shares", shares[1:], needed),
            _case(
                where, header, "a share that does not match is ignored", [bad, *shares[1:]], needed
            ),
            _case(where, header, "too few shares", [bad, shares[1]], None, "no_key"),
            _case(where, header, "nobody", [], None, "no_key"),
            _case(where, header, "another bidder's key", shares, bytes(32), "wrong_key"),
            _case(
                where,
                bent,
                "a commitment that the dealing does not give",
                shares[1:],
                needed,
                "malformed_shares",
                4,
            ),
            _case(
                where,
                other_key,
                "a key that is not the committed one",
                shares,
                needed,
                "key_mismatch",
                5,
            ),
        ]
        if policy == "either":
            cases += [
                _case(where, header, "the bidder's key alone", [], mine),
                _case(
                    where,
                    bent,
                    "the bidder's key, but dealt wrongly",
                    [],
                    mine,
                    "malformed_shares",
                    4,
                ),
            ]
        if policy == "both":
            cases += [_case(where, header, "the bidder's half alone", [], mine, "no_key")]
    where = world("bidder", label="vectors")
    made = sealed(where, label="recover/bidder")
    cases += [
        _case(where, made.bid.header, "the bidder's key", [], made.bid.keys[0].secret),
        _case(where, made.bid.header, "no key", [], None, "no_key"),
    ]
    return cases


def _resealed(where: World, header: Header, **change: object) -> Header:
    envelope = header.envelopes[0]
    values = {name: getattr(envelope, name) for name in EnvelopeHeader.__slots__}
    return sign_header(
        manifest=where.manifest,
        bidder=header.bidder,
        bid=header.bid,
        previous=None,
        made_with="command",
        envelopes=[EnvelopeHeader(**{**values, **change})],
        key=where.bidder,
    )


def _case(
    where: World,
    header: Header,
    why: str,
    shares: list[Share],
    secret: bytes | None,
    code: str | None = None,
    step: int | None = None,
) -> Vector:
    vector: Vector = {
        "why": why,
        "policy": where.manifest.policy,
        "manifest": where.manifest.signed.to_json(),
        "header": header.signed.to_json(),
        "envelope": "a",
        "shares": [
            {"index": s.index, "share": b64u(s.value), "blind": b64u(s.blind)} for s in shares
        ],
        "bidder_secret": None if secret is None else b64u(secret),
    }

    def recover() -> bytes:
        return recover_key(
            manifest=where.manifest,
            header=header,
            envelope="a",
            shares=shares,
            bidder_secret=secret,
        )

    if code is None:
        return vector | {"key": b64u(recover())}
    return vector | _verdict(code, step, recover)


def _verdict(code: str, step: int | None, action: Callable[[], object]) -> Vector:
    try:
        action()
    except CryptoError as refusal:
        found = (refusal.code, refusal.step if isinstance(refusal, BidMalformed) else None)
    else:
        found = ("opened", None)
    assert found == (code, step), f"{found}, not {code}"
    return {"refused": code} if step is None else {"refused": code, "step": step}


def _tars() -> Vector:
    where = world("either", label="vectors")
    header = sealed(where, label="bid/either").bid.header
    form = jcs({"price": 100})
    content = b"hello"
    body: dict[str, Json] = {
        "opening": header.opening,
        "manifest": header.manifest,
        "bidder": header.bidder,
        "bid": header.bid,
        "envelope": "a",
        "form": digest_hex(form),
        "files": [{"name": "a.txt", "size": 5, "sha256": digest_hex(content)}],
    }

    def tar(
        *,
        key: SigningKey = where.bidder,
        form_bytes: bytes = form,
        contents: dict[str, bytes] | None = None,
        statement: bytes | None = None,
        **change: Json,
    ) -> bytes:
        out = BytesIO()
        writer = TarWriter(out)
        signed = jcs(sign("statement", {**body, **change}, key).to_json())
        writer.add("statement.json", signed if statement is None else statement)
        writer.add("form.json", form_bytes)
        for name, data in ({"a.txt": content} if contents is None else contents).items():
            writer.add(f"files/{name}", data)
        writer.finish()
        return out.getvalue()

    def with_form(text: str) -> bytes:
        return tar(form_bytes=text.encode(), form=digest_hex(text.encode()))

    def listed(*names: str) -> bytes:
        entry = {"size": 5, "sha256": digest_hex(content)}
        return tar(files=[{"name": name, **entry} for name in names])

    spaced = jcs(sign("statement", body, where.bidder).to_json()).replace(b'","', b'", "', 1)
    cases: list[tuple[str, int, str, bytes]] = [
        ("signer", 7, "signed by another", tar(key=SigningKey.generate(chance("rival")))),
        ("statement_names", 7, "another bidder's", tar(bidder="rival")),
        ("statement_names", 7, "another bid's", tar(bid="b-" + "a" * 20)),
        ("statement_names", 7, "another envelope's", tar(envelope="b")),
        ("statement_names", 7, "another manifest's", tar(manifest="0" * 64)),
        ("statement", 7, "not canonical", tar(statement=spaced)),
        ("json", 7, "not JSON", tar(statement=b"x")),
        ("members", 7, "an unknown member", tar(more=1)),
        ("tar_name", 7, "a path in the list", listed("../x")),
        ("form_digest", 8, "another form", tar(form_bytes=jcs({"price": 99}))),
        ("file_digest", 8, "another content", tar(contents={"a.txt": b"HELLO"})),
        ("file_digest", 8, "another size", tar(contents={"a.txt": b"hello!"})),
        ("file_list", 8, "a file missing", tar(contents={})),
        ("file_list", 8, "a file too many", tar(contents={"a.txt": content, "b.txt": b""})),
        ("file_list", 8, "listed twice", listed("a.txt", "a.txt")),
        ("tar_duplicate", 7, "twice in the tar", _doubled(tar())),
        ("form", 8, "a form that is a list", with_form("[]")),
        ("form", 8, "a form with a yes", with_form('{"a":true}')),
        ("form", 8, "a form that is not canonical", with_form('{"b":1,"a":2}')),
        ("json_number", 8, "a fraction of a fen", with_form('{"price":1.5}')),
        ("tar_padding", 8, "a byte in the padding", tar()[:-1] + b"x"),
        ("tar_bucket", 8, "padded too far", tar() + bytes(512)),
    ]
    return {
        "about": "tars of envelope a of a bid under this header; `start` is without its last zeros",
        "manifest": where.manifest.signed.to_json(),
        "header": header.signed.to_json(),
        "good": trimmed(tar()),
        "refused": [
            {
                "why": why,
                **trimmed(data),
                **_verdict(
                    code, step, lambda d=data: read_bid(BytesIO(d), header=header, envelope="a")
                ),
            }
            for code, step, why, data in cases
        ],
    }


def _doubled(tar: bytes) -> bytes:
    """The tar with its last member, a header and a block of content, written twice."""
    end = len(tar.rstrip(b"\0")) // 512 * 512 + 512
    return (tar[:end] + tar[end - 1024 : end]).ljust(len(tar), b"\0")
