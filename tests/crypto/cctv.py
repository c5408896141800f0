"""The age authors' test vectors, from the npm package `cctv-age` (C2SP/CCTV)."""

import base64
import re
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "web" / "node_modules" / "cctv-age" / "index.js"
_ENTRY = re.compile(r"""["']?(\w+)["']?\s*[:=]\s*(?:/\*.*?\*/\s*)?__toBinary\("([^"]*)"\)""")


@dataclass(frozen=True, slots=True)
class Vector:
    """One file with what is expected of it; `payload` is the SHA-256 of what may be given out."""

    name: str
    expect: str
    payload: str | None
    identities: tuple[str, ...]
    passphrases: tuple[str, ...]
    armored: bool
    hybrid: bool
    file: bytes


@cache
def every() -> tuple[Vector, ...]:
    """All of them."""
    source = PACKAGE.read_text(encoding="utf-8")
    return tuple(_parse(name, base64.b64decode(text)) for name, text in _ENTRY.findall(source))


def vectors(kind: str) -> list[Vector]:
    """The `plain`, `armored` or `hybrid` ones."""
    return [vector for vector in every() if _kind(vector) == kind]


def _kind(vector: Vector) -> str:
    if vector.armored:
        return "armored"
    return "hybrid" if vector.hybrid else "plain"


def _parse(name: str, data: bytes) -> Vector:
    head, _, file = data.partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().split("\n"):
        label, _, value = line.partition(": ")
        fields.setdefault(label, []).append(value)
    if fields.get("compressed") == ["zlib"]:
        file = zlib.decompress(file)
    identities = tuple(fields.get("identity", ()))
    return Vector(
        name.removesuffix("_default"),
        fields["expect"][0],
        fields.get("payload", [None])[0],
        tuple(identity for identity in identities if identity.startswith("AGE-SECRET-KEY-1")),
        tuple(fields.get("passphrase", ())),
        armored="armored" in fields,
        hybrid=any(not identity.startswith("AGE-SECRET-KEY-1") for identity in identities),
        file=file,
    )
