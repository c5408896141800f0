"""The vectors of the parts: encoding, signing, HPKE, shares, age, tar, key files."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

from crypto.agefile import AgeWriter, encrypt_with_passphrase, recipient_of
from crypto.ageheader import encode_identity
from crypto.agestream import CHUNK
from crypto.encoding import b64u, digest_hex, format_time, jcs, parse_json, parse_time, unb64u
from crypto.errors import CryptoError
from crypto.keyfile import (
    BidderKeys,
    TrusteeKeys,
    bidder_keys_text,
    parse_bidder_keys,
    read_bidder_keys,
    read_trustee_keys,
    write_bidder_keys,
    write_trustee_keys,
)
from crypto.seal import OpeningKey
from crypto.shares import (
    coefficients,
    commitment,
    context,
    deal,
    half_commitment,
    key_commitment,
    xor,
)
from crypto.signing import SealedObject, SigningKey, sign
from crypto.suite import KemKey, hpke_open, hpke_seal
from crypto.tarball import TarWriter, bucket, read_tar, tar_size
from tests.crypto.world import chance

Vector = dict[str, object]
WORK = 10


def refused(code: str, action: Callable[[], object]) -> str:
    """`code`, after seeing that `action` is refused with it."""
    try:
        action()
    except CryptoError as refusal:
        if refusal.code != code:
            raise AssertionError(f"refused as {refusal.code}, not {code}") from refusal
        return code
    raise AssertionError(f"not refused, but should be as {code}")


def encoding() -> Vector:
    values: list[object] = [
        {"b": 1, "a": [True, None, "x"], "": {}},
        {
            "€": "Euro",
            "\r": "CR",
            "דּ": "Hebrew",
            "1": "One",
            "😀": "Smile",
            "\x80": "Control",
            "ö": "O",
        },
        '\x00\x1f"\\/\b\f\n\r\t\x7f\u2028𬭎㛃䶮',
        [0, -1, 9007199254740991, -9007199254740991],
    ]
    json_refused = {
        '{"a":1,"a":2}': "json_duplicate",
        '{"a":{"b":1,"\\u0062":2}}': "json_duplicate",
        "1.0": "json_number",
        "1e3": "json_number",
        "-0": "json_number",
        "9007199254740992": "json_number",
        "NaN": "json_number",
        "01": "json",
        "[1,]": "json",
        "{'a':1}": "json",
        '"\t"': "json",
        "": "json",
        "1 2": "json",
        "\ufeff1": "json",
        '"\\ud800"': "json_text",
        "[" * 33 + "]" * 33: "json_depth",
    }
    bytes_refused = {"ff": "json_text", "22edA08022": "json_text"}
    base64_refused = ["A", "AA==", "AB", "AAAAA", "A+/A", "AA A", "AAé", "AA\n"]
    moment = datetime(2026, 11, 21, 1, 0, 0, 123999, tzinfo=UTC)
    times_refused = [
        "2026-11-21T01:00:00Z", "2026-11-21T01:00:00.0000Z", "2026-11-21T01:00:00.000+00:00",
        "2026-02-30T01:00:00.000Z", "2026-11-21 01:00:00.000Z", "2026-11-21T24:00:00.000Z",
        "2026-11-21T23:59:60.000Z", "2026-11-21t01:00:00.000z",
    ]  # fmt: skip
    return {
        "base64": [
            {"hex": data.hex(), "text": b64u(data)}
            for data in (b"", b"\0", b"\xfb\xff", b"abc", bytes(5))
        ],
        "base64_refused": [
            {"text": text, "refused": refused("base64", lambda text=text: unb64u(text))}
            for text in base64_refused
        ],
        "jcs": [
            {"value": value, "text": jcs(value).decode(), "sha256": digest_hex(jcs(value))}
            for value in values
        ],
        "json_refused": [
            *(
                {
                    "text": text,
                    "refused": refused(code, lambda text=text: parse_json(text.encode())),
                }
                for text, code in json_refused.items()
            ),
            *(
                {
                    "hex": text,
                    "refused": refused(code, lambda text=text: parse_json(bytes.fromhex(text))),
                }
                for text, code in bytes_refused.items()
            ),
        ],
        "times": [
            {
                "microseconds_since_epoch": int(moment.timestamp() * 1_000_000),
                "text": format_time(moment),
            }
        ],
        "times_refused": [
            {"text": text, "refused": refused("time", lambda text=text: parse_time(text))}
            for text in times_refused
        ],
    }


def signing() -> Vector:
    key = SigningKey.generate(chance("signer"))
    other = SigningKey.generate(chance("other"))
    signed = sign("confirmation", {"opening": "bridge-7", "bidder": "acme", "note": "𬭎"}, key)
    good = signed.to_json()
    swapped = dict(good, signature=b64u(signed.signature[32:] + signed.signature[:32]))
    altered = dict(good, body=dict(signed.body, bidder="rival"))
    other_kind = sign("withdrawal", dict(signed.body, format="yunkai/withdrawal/v1"), key).to_json()
    off_curve = dict(good, key=b64u(key.public[:-1] + bytes([key.public[-1] ^ 1])))
    compressed = dict(good, key=b64u(bytes([2]) + key.public[1:33]))
    cases: list[tuple[str, str, object]] = [
        ("signature", "an altered body", altered),
        ("signature", "r and s exchanged", swapped),
        ("signature", "r and s zero", dict(good, signature=b64u(bytes(64)))),
        ("kind", "another kind", other_kind),
        ("members", "an unknown member", dict(good, more=1)),
        ("members", "a missing member", {"body": good["body"], "key": good["key"]}),
        ("key", "a point off the curve", off_curve),
        ("value", "a compressed point", compressed),
        ("value", "a DER signature", dict(good, signature=b64u(bytes(70)))),
        ("signer", "another signer", sign("confirmation", signed.body, other).to_json()),
    ]
    return {
        "kind": "confirmation",
        "private": b64u(key.to_pkcs8()),
        "public": b64u(key.public),
        "object": good,
        "signed": signed.signed.decode(),
        "digest": signed.digest(),
        "refused": [
            {
                "why": why,
                "object": obj,
                "signer": signer and b64u(signer),
                "refused": refused(
                    code,
                    lambda obj=obj, signer=signer: SealedObject.parse(obj, "confirmation").verify(
                        "confirmation", signer
                    ),
                ),
            }
            for code, why, obj in cases
            for signer in [None if code == "key" else key.public]
        ],
    }


def hpke() -> Vector:
    key = KemKey.generate(chance("kem"))
    info, plain = b"yunkai/rehearsal/v1", bytes(range(32))
    good = hpke_seal(key.public, info, plain)
    cases = [
        ("another info", info + b"x", good),
        ("an altered ciphertext", info, good[:-1] + bytes([good[-1] ^ 1])),
        ("an altered encapsulated key", info, good[:64] + bytes([good[64] ^ 1]) + good[65:]),
        ("cut short", info, good[:80]),
        ("the point at infinity", info, bytes(65) + good[65:]),
    ]
    return {
        "private": b64u(key.to_pkcs8()),
        "public": b64u(key.public),
        "info": b64u(info),
        "plain": b64u(plain),
        "sealed": b64u(good),
        "refused": [
            {
                "why": why,
                "info": b64u(case_info),
                "sealed": b64u(sealed),
                "refused": refused("hpke", lambda i=case_info, s=sealed: hpke_open(key, i, s)),
            }
            for why, case_info, sealed in cases
        ],
    }


def shares() -> Vector:
    draw = chance("shares")
    cases = []
    for threshold, count in ((1, 1), (1, 3), (2, 3), (3, 5), (16, 16)):
        secret, manifest = draw(32), draw(32)
        ctx = context(manifest, "acme", "b-abcdefghij234567abcd", "a")
        dealt = deal(secret, ctx, threshold, count)
        half = draw(32)
        cases.append(
            {
                "threshold": threshold,
                "count": count,
                "manifest": manifest.hex(),
                "bidder": "acme",
                "bid": "b-abcdefghij234567abcd",
                "envelope": "a",
                "ctx": b64u(ctx),
                "secret": b64u(secret),
                "coefs": [b64u(coef) for coef in coefficients(secret, ctx, threshold)],
                "shares": [
                    {"index": s.index, "share": b64u(s.value), "blind": b64u(s.blind)}
                    for s in dealt
                ],
                "commitments": [commitment(ctx, share) for share in dealt],
                "kc": key_commitment(ctx, secret),
                "halves": {
                    "trustees": b64u(half),
                    "bidder": b64u(xor(secret, half)),
                    "commitments": {
                        "trustees": half_commitment(ctx, 1, half),
                        "bidder": half_commitment(ctx, 2, xor(secret, half)),
                    },
                },
            }
        )
    return {"cases": cases}


def age() -> Vector:
    """Small files; `content` says that the plaintext is this many bytes of value 0xa5."""
    draw = chance("age")
    cases = []
    for size in (0, 1, 100, CHUNK, CHUNK + 1):
        secret = draw(32)
        out = BytesIO()
        writer = AgeWriter(out, recipient_of(secret), draw)
        plain = b"\xa5" * size
        writer.write(plain)
        writer.finish()
        cases.append(
            {
                "identity": encode_identity(secret),
                "secret": b64u(secret),
                "recipient": recipient_of(secret),
                "size": size,
                "sha256_plain": digest_hex(plain),
                "sha256": digest_hex(out.getvalue()),
                "file_size": len(out.getvalue()),
                "file": b64u(out.getvalue()),
            }
        )
    sealed = encrypt_with_passphrase(b"plain\n", "correct horse 云开", WORK, draw)
    return {
        "about": "the plaintext of a case is `size` bytes 0xa5",
        "cases": cases,
        "passphrase": {
            "passphrase": "correct horse 云开",
            "plain": "plain\n",
            "file": b64u(sealed),
        },
    }


def _tar(members: dict[str, bytes]) -> bytes:
    out = BytesIO()
    writer = TarWriter(out)
    for name, content in members.items():
        writer.add(name, content)
    writer.finish()
    return out.getvalue()


def _read(data: bytes) -> None:
    for member in read_tar(BytesIO(data)):
        b"".join(member.pieces())


def trimmed(data: bytes) -> Vector:
    """A tar without its trailing zeros."""
    return {"size": len(data), "start": b64u(data.rstrip(b"\0")), "sha256": digest_hex(data)}


def _set(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def _checksum(data: bytes, at: int) -> bytes:
    """`data` with the checksum of the header at `at` made right."""
    header = bytearray(data[at : at + 512])
    header[148:156] = b" " * 8
    return _set(data, at + 148, b"%06o\0 " % sum(header))


def tar() -> Vector:
    base = {"statement.json": b"{}", "form.json": b"{}"}
    long = "n" * 95
    good = [
        base,
        base | {"files/a.txt": b"hello"},
        base | {"files/空.txt": b"", f"files/{long[:94]}": b"x" * 512, f"files/{long}": b"y" * 513},
        base | {"files/" + "云" * 60: b"z"},
        base | {"files/big.bin": b"\x01" * 70_000},
    ]
    plain = _tar(good[1])
    owner = _checksum(_set(plain, 108, b"0000001\0"), 0)
    folder = _checksum(_set(_set(plain, 2048, b"files/../a\0"), 2048 + 156, b"0"), 2048)
    link = _checksum(_set(plain, 2048 + 156, b"2"), 2048)
    bad: list[tuple[str, str, bytes]] = [
        ("tar_order", "the form before the statement", _tar(dict(reversed(base.items())))),
        ("tar_order", "no form", _tar({"statement.json": b"{}"})),
        ("tar_order", "a file beside the folder", _tar(base | {"a.txt": b"x"})),
        ("tar_name", "a folder in a name", _tar(base | {"files/a/b": b"x"})),
        ("tar_name", "a backslash in a name", _tar(base | {"files/a\\b": b"x"})),
        ("tar_name", "a line feed in a name", _tar(base | {"files/a\nb": b"x"})),
        ("tar_name", "a control character in a name", _tar(base | {"files/a\x85b": b"x"})),
        ("tar_name", "no name", _tar(base | {"files/": b"x"})),
        ("tar_name", "two points", _tar(base | {"files/..": b"x"})),
        ("tar_name", "a path upwards", folder),
        ("tar_header", "a symbolic link", link),
        ("tar_header", "another owner", owner),
        ("tar_header", "a wrong checksum", _set(plain, 108, b"0000001\0")),
        ("tar_padding", "content after the end of a member", _set(plain, 512 + 2, b"x")),
        ("tar_padding", "a byte in the padding", _set(plain, 5000, b"x")),
        ("tar_bucket", "a block too much", plain + bytes(512)),
        ("tar_bucket", "not padded", plain[:4096]),
        ("tar_truncated", "no end", plain[:3072]),
        ("tar_truncated", "cut in a member", plain[:600]),
    ]
    totals = [
        1024,
        65_536,
        65_537,
        73_728,
        73_729,
        131_072,
        131_073,
        1_000_000,
        2**20 + 1,
        500_000_000,
        2**33,
    ]
    return {
        "about": "`start` is the tar without its trailing zeros, `size` its whole size",
        "cases": [
            {
                "members": [
                    {"name": name, "content": b64u(content)} for name, content in members.items()
                ],
                "unpadded": tar_size([(name, len(content)) for name, content in members.items()]),
                **trimmed(_tar(members)),
            }
            for members in good
        ],
        "buckets": [{"total": total, "bucket": bucket(total)} for total in totals],
        "refused": [
            {"why": why, **trimmed(data), "refused": refused(code, lambda data=data: _read(data))}
            for code, why, data in bad
        ],
    }


def keyfile() -> Vector:
    draw = chance("keyfile")
    keys = BidderKeys(
        "bridge-7",
        "acme",
        (
            OpeningKey("b-abcdefghij234567abcd", "a", draw(32), half=False),
            OpeningKey("b-abcdefghij234567abcd", "b", draw(32), half=True),
        ),
    )
    text = bidder_keys_text(keys)
    passphrase = "一二三四 five"
    bidder = write_bidder_keys(keys, passphrase, WORK, draw)
    trustee = TrusteeKeys("t-1", KemKey.generate(draw), SigningKey.generate(draw))
    trustee_file = write_trustee_keys(trustee, passphrase, WORK, draw)
    lines = text.split("\n")
    bad = {
        "another first line": text.replace("v1", "v2", 1),
        "no final line feed": text[:-1],
        "carriage returns": text.replace("\n", "\r\n"),
        "the same envelope twice": text + "\n".join(lines[3:5]) + "\n",
        "a label without a key": text + lines[3] + "\n",
        "no bidder": "\n".join(lines[:2] + lines[3:]),
    }
    return {
        "passphrase": passphrase,
        "bidder": {
            "opening": keys.opening,
            "bidder": keys.bidder,
            "keys": [
                {
                    "bid": key.bid,
                    "envelope": key.envelope,
                    "secret": b64u(key.secret),
                    "identity": key.identity,
                    "half": key.half,
                }
                for key in keys.keys
            ],
            "text": text,
            "file": b64u(bidder),
        },
        "trustee": {
            "person": trustee.person,
            "kem": b64u(trustee.kem.to_pkcs8()),
            "kem_public": b64u(trustee.kem.public),
            "sign": b64u(trustee.sign.to_pkcs8()),
            "sign_public": b64u(trustee.sign.public),
            "file": b64u(trustee_file),
        },
        "refused": [
            *(
                {
                    "why": why,
                    "text": bad_text,
                    "refused": refused(
                        "key_file", lambda t=bad_text: parse_bidder_keys(t.encode())
                    ),
                }
                for why, bad_text in bad.items()
            ),
            {
                "why": "another passphrase",
                "file": b64u(bidder),
                "passphrase": "wrong",
                "refused": refused("passphrase", lambda: read_bidder_keys(bidder, "wrong")),
            },
            {
                "why": "a bidder's file as a trustee's",
                "file": b64u(bidder),
                "passphrase": passphrase,
                "as": "trustee",
                "refused": refused("json", lambda: read_trustee_keys(bidder, passphrase)),
            },
        ],
    }
