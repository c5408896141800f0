"""Make the vectors again: `python -m tests.vectors.make` in the top folder gives the same bytes.

A case that must be refused names the code in `refused` and, where §8 has one, the step in `step`.
`docs/formats/vectors.md` says what the members of each file are.
"""

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec

from tests.crypto import hpke_by_hand
from tests.crypto.world import chance
from tests.vectors import bids, files, log, parts, verdicts

HERE = Path(__file__).parent


def _ephemeral_keys() -> Callable[[bytes, bytes, bytes], bytes]:
    draw = chance("hpke")

    def seal(public: bytes, info: bytes, plain: bytes) -> bytes:
        scalar = int.from_bytes(draw(31), "big")
        return hpke_by_hand.seal(ec.derive_private_key(scalar, ec.SECP256R1()), public, info, plain)

    return seal


def make() -> dict[str, object]:
    """Every vector file by name."""
    seal = _ephemeral_keys()
    with (
        patch("crypto.wraps.hpke_seal", seal),
        patch("crypto.trustee.hpke_seal", seal),
        patch("tests.vectors.parts.hpke_seal", seal),
    ):
        return {
            "encoding": parts.encoding(),
            "signing": parts.signing(),
            "hpke": parts.hpke(),
            "shares": parts.shares(),
            "age": files.age(),
            "tar": files.tar(),
            "keyfile": files.keyfile(),
            "log": log.log(),
            "seal": bids.seal(),
            "opening": verdicts.opening(),
        }


def write() -> None:
    """Write every file."""
    for name, content in make().items():
        text = json.dumps(content, ensure_ascii=False, indent=1)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
