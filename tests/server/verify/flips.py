"""Where members of archives are damaged."""

import random
from collections.abc import Iterator


def flipped(whole: bytes, at: int, bit: int = 1) -> bytes:
    touched = bytearray(whole)
    touched[at] ^= bit
    return bytes(touched)


def in_blocks(size: int, block: int, kind: str) -> Iterator[tuple[int, int]]:
    """A place in each block of a member, the last one too, and a bit of it."""
    chance = random.Random(kind)
    for start in range(0, size, block):
        yield chance.randrange(start, min(start + block, size)), 1 << chance.randrange(8)
