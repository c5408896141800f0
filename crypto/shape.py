"""Reading the members of a JSON object strictly: every member known, none missing, each of its one
type.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard

from crypto.encoding import LARGEST_INTEGER, Json, parse_time, unb64u
from crypto.errors import EncodingError

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_IDENTIFIER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_BID = re.compile(r"b-[a-z2-7]{20}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Members:
    """The members of one object, taken by name and type.

    `where` is the object's place in words of the format; it goes into the parameters of every
    refusal.
    """

    def __init__(self, value: object, where: str, names: Sequence[str]) -> None:
        if not isinstance(value, dict):
            raise EncodingError("value", {"where": where})
        missing = sorted(set(names) - value.keys())
        unknown = sorted(str(name) for name in value.keys() - set(names))
        if missing or unknown:
            raise EncodingError(
                "members", {"where": where, "missing": missing, "unknown": unknown[:8]}
            )
        self._value: dict[str, Json] = value
        self._where = where

    def wrong(self, name: str) -> EncodingError:
        """The refusal of the member `name`."""
        return EncodingError("value", {"where": f"{self._where}.{name}"})

    def raw(self, name: str) -> Json:
        return self._value[name]

    def text(self, name: str, most: int = 1000) -> str:
        """One line of text, 1 to `most` characters, no control characters."""
        value = self._value[name]
        if not isinstance(value, str) or not 1 <= len(value) <= most or _CONTROL.search(value):
            raise self.wrong(name)
        return value

    def block(self, name: str, most: int = 10_000) -> str:
        """Text that may have several lines."""
        value = self._value[name]
        if not isinstance(value, str) or not 1 <= len(value) <= most:
            raise self.wrong(name)
        return value

    def one_of(self, name: str, *allowed: str) -> str:
        value = self._value[name]
        if not isinstance(value, str) or value not in allowed:
            raise self.wrong(name)
        return value

    def integer(self, name: str, least: int = 0, most: int = LARGEST_INTEGER) -> int:
        value = self._value[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name)
        return value

    def identifier(self, name: str) -> str:
        """An id: `[a-z0-9-]{1,64}`."""
        return self._matching(name, _IDENTIFIER)

    def bid(self, name: str = "bid") -> str:
        """A bid's id: `b-` and 20 characters of `[a-z2-7]`."""
        return self._matching(name, _BID)

    def digest(self, name: str) -> str:
        """A SHA-256 in lowercase hexadecimal."""
        return self._matching(name, _DIGEST)

    def digest_or_none(self, name: str) -> str | None:
        return None if self._value[name] is None else self.digest(name)

    def digests(self, name: str) -> tuple[str, ...]:
        values = self._value[name]
        if not isinstance(values, list) or not all(is_digest(value) for value in values):
            raise self.wrong(name)
        return tuple(str(value) for value in values)

    def data(self, name: str, length: int | None = None, most: int = 1 << 20) -> bytes:
        """Bytes in base64url, of exactly `length` if one is given."""
        value = self._value[name]
        if not isinstance(value, str) or len(value) > most * 4 // 3 + 4:
            raise self.wrong(name)
        try:
            data = unb64u(value)
        except EncodingError:
            raise self.wrong(name) from None
        if len(data) > most or (length is not None and len(data) != length):
            raise self.wrong(name)
        return data

    def data_or_none(self, name: str, length: int | None = None) -> bytes | None:
        return None if self._value[name] is None else self.data(name, length)

    def time(self, name: str) -> datetime:
        value = self._value[name]
        try:
            return parse_time(value)
        except EncodingError:
            raise self.wrong(name) from None

    def object(self, name: str) -> dict[str, Json]:
        value = self._value[name]
        if not isinstance(value, dict):
            raise self.wrong(name)
        return value

    def items(self, name: str, most: int) -> list[Json]:
        value = self._value[name]
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(name)
        return value

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._value[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(name)
        return value


def is_digest(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def is_identifier(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def is_bid(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _BID.fullmatch(value) is not None
