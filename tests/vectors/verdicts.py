"""The vectors of §8: keys recovered or not, tars read or not."""

from collections.abc import Callable
from io import BytesIO

from crypto import trustee
from crypto.encoding import Json, b64u, digest_hex, jcs
from crypto.errors import BidMalformed, CryptoError
from crypto.header import EnvelopeHeader, Header, sign_header
from crypto.opening import read_bid, recover_key
from crypto.shares import Share
from crypto.signing import SigningKey, sign
from crypto.tarball import TarWriter
from tests.crypto.world import (
    World,
    chance,
    sealed,
    world,
)
from tests.vectors.bids import wraps_of
from tests.vectors.files import trimmed
from tests.vectors.parts import Vector


def opening() -> Vector:
    """Everything in `opening.json`."""
    return {"recover": _recover(), "tars": _tars()}


def _recover() -> list[Vector]:
    """Cases for `recover_key`: everything the function asks for, and a key or a refusal."""
    cases: list[Vector] = []
    for policy in ("trustees", "either", "both"):
        where = world(policy, label="vectors")
        made = sealed(where, label=f"recover/{policy}")
        header = made.bid.header
        wraps = wraps_of(where, made.bid.submission, header, "a")
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
