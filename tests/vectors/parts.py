"""The vectors of the parts: encoding, signing, HPKE, shares."""

from collections.abc import Callable
from datetime import UTC, datetime

from crypto.encoding import b64u, digest_hex, format_time, jcs, parse_json, parse_time, unb64u
from crypto.errors import CryptoError
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
from tests.crypto.world import chance

Vector = dict[str, object]


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
