"""How bytes, digests, times and JSON are written (`docs/formats/seal.md` §1)."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

import rfc8785

from crypto.errors import EncodingError

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None
"""What strict JSON can hold; there are no fractions in any format."""

Random = Callable[[int], bytes]
"""Where randomness comes from: a function like `os.urandom`."""

LARGEST_INTEGER = 2**53 - 1
DEEPEST = 32
MEBIBYTE = 1 << 20

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z", re.ASCII)


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: object) -> bytes:
    """The bytes of `text`; only the one canonical spelling is taken, so that no byte of a text
    escapes a signature.
    """
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise EncodingError("base64")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise EncodingError("base64")
    return data


def digest_hex(data: bytes) -> str:
    """SHA-256 in lowercase hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def lp(data: bytes | str) -> bytes:
    """`data` behind its length in four bytes, big-endian; text as UTF-8."""
    raw = data.encode() if isinstance(data, str) else data
    return len(raw).to_bytes(4, "big") + raw


def u8(number: int) -> bytes:
    """One byte."""
    return number.to_bytes(1, "big")


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC, milliseconds rounded down, so that a late moment never looks punctual."""
    if moment.tzinfo is None:
        raise EncodingError("time")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: object) -> datetime:
    """The aware UTC moment written exactly as `format_time` writes it."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise EncodingError("time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise EncodingError("time") from None


def jcs(value: object) -> bytes:
    """Canonical JSON (RFC 8785) of a value that strict JSON can hold."""
    check_json(value)
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # checked on the line above


def parse_json(data: bytes, most: int = MEBIBYTE) -> Json:
    """The value of a strict JSON text of at most `most` bytes.

    Refuses duplicate members, fractions, exponents, negative zero, integers over 2^53 - 1, lone
    surrogates, a byte order mark and nesting deeper than 32.
    """
    if len(data) > most:
        raise EncodingError("json_size", {"most": most})
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise EncodingError("json_text") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except RecursionError:
        raise EncodingError("json_depth", {"most": DEEPEST}) from None
    except ValueError:
        raise EncodingError("json") from None
    return check_json(value)


def check_json(value: object, depth: int = 0) -> Json:
    """`value` itself if strict JSON can hold it; for values that came through a lenient parser."""
    match value:
        case None | bool():
            pass
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise EncodingError("json_number")
        case str():
            _check_text(value)
        case list() | dict() if depth >= DEEPEST:
            raise EncodingError("json_depth", {"most": DEEPEST})
        case list():
            for item in value:
                check_json(item, depth + 1)
        case dict():
            for name, item in value.items():
                if not isinstance(name, str):
                    raise EncodingError("json")
                _check_text(name)
                check_json(item, depth + 1)
        case float():
            raise EncodingError("json_number")
        case _:
            raise EncodingError("json")
    return value


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise EncodingError("json_text") from None


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EncodingError("json_duplicate")
    return members


def _integer(literal: str) -> int:
    # The length is looked at first: converting a million digits takes quadratic time.
    if len(literal) > 17 or literal == "-0":
        raise EncodingError("json_number")
    return int(literal)


def _no_number(literal: str) -> NoReturn:
    raise EncodingError("json_number")
