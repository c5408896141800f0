"""Bech32 (BIP 173) without its length limit, as age v1 writes recipients and identities."""

from collections.abc import Iterable
from functools import reduce
from operator import xor

from crypto.errors import AgeError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_REMAINDERS = tuple(
    reduce(xor, (each for bit, each in enumerate(_GENERATORS) if top >> bit & 1), 0)
    for top in range(32)
)
_CHECKSUM = 6


def encode(prefix: str, data: bytes) -> str:
    """Lowercase bech32 of `data`."""
    values = _regroup(data, 8, 5, pad=True)
    expanded = _expand(prefix)
    check = _polymod([*expanded, *values, *([0] * _CHECKSUM)]) ^ 1
    values += [(check >> 5 * (5 - position)) & 31 for position in range(_CHECKSUM)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values)


def decode(prefix: str, text: str) -> bytes:
    """The data in `text`, all of one case, if its prefix is `prefix` and its checksum is right."""
    if text not in (text.lower(), text.upper()) or not text.isascii():
        raise AgeError("bech32")
    head, separator, tail = text.lower().rpartition("1")
    if (
        not separator
        or head != prefix
        or len(tail) < _CHECKSUM
        or any(char not in _ALPHABET for char in tail)
    ):
        raise AgeError("bech32")
    values = [_ALPHABET.index(char) for char in tail]
    if _polymod([*_expand(prefix), *values]) != 1:
        raise AgeError("bech32")
    return bytes(_regroup(values[:-_CHECKSUM], 5, 8, pad=False))


def _expand(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _REMAINDERS[check >> 25]
    return check


def _regroup(values: Iterable[int], old: int, new: int, *, pad: bool) -> list[int]:
    gathered, bits, result = 0, 0, []
    for value in values:
        gathered = gathered << old | value
        bits += old
        while bits >= new:
            bits -= new
            result.append(gathered >> bits & ((1 << new) - 1))
        gathered &= (1 << bits) - 1
    if pad:
        if bits:
            result.append(gathered << (new - bits) & ((1 << new) - 1))
    elif bits >= old or gathered:
        raise AgeError("bech32")
    return result
