"""The vectors of the files: age, tar, key files."""

from io import BytesIO

from crypto.agefile import AgeWriter, encrypt_with_passphrase, recipient_of
from crypto.ageheader import encode_identity
from crypto.agestream import CHUNK
from crypto.encoding import b64u, digest_hex
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
from crypto.signing import SigningKey
from crypto.suite import KemKey
from crypto.tarball import TarWriter, bucket, read_tar, tar_size
from tests.crypto.world import chance
from tests.vectors.parts import Vector, refused

WORK = 10


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
