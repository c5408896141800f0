"""Between dataclasses and plain JSON, strictly.

Works over frozen dataclasses, `StrEnum`, `tuple[X, ...]`, `Mapping[K, V]`, aware `datetime`, `X |
None`, `str | int`, the ids of `rooms.ids` and unions of dataclasses told apart by a member
`"type"`. Reading refuses unknown, missing and mistyped members with `MalformedCommand`, whose
`path` points at the culprit (`terms.seats[2].name`). Members with a default may be absent.
`decode(encode(x)) == x` holds for everything that can be encoded.
"""

import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Generic, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from crypto.encoding import DEEPEST, LARGEST_INTEGER, format_time, parse_time
from crypto.errors import EncodingError
from rooms import ids
from rooms.refusals import MalformedCommand

T = TypeVar("T")
Json = dict[str, Any]
_Reader = Callable[[object, str], object]

MOST_TEXT = 20_000
"""Characters in one text; the rooms set narrower limits for what people write."""
MOST_ITEMS = 20_000

_IDENTIFIER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PATTERNS: dict[object, re.Pattern[str]] = {
    ids.RoomId: _IDENTIFIER,
    ids.PersonId: _IDENTIFIER,
    ids.BidId: _IDENTIFIER,
    ids.EnvelopeId: _IDENTIFIER,
    ids.ObjectionId: _IDENTIFIER,
    ids.RecordingId: _IDENTIFIER,
    ids.PageId: _IDENTIFIER,
    ids.Digest: _DIGEST,
}


def floor(moment: datetime) -> datetime:
    """The instant in UTC, rounded down to the millisecond that JSON can hold."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def encode(value: object) -> Any:
    """Plain JSON of a value, without a `"type"` at its top."""
    match value:
        case None | bool() | int():
            return value
        case StrEnum():
            return value.value
        case str():
            return value
        case datetime():
            if value.tzinfo is None or value != floor(value):
                raise ValueError("only aware instants of whole milliseconds can be encoded")
            return format_time(value)
        case tuple() | list():
            return [encode(item) for item in value]
        case Mapping():
            return {str(key): encode(item) for key, item in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {name: encode(getattr(value, name)) for name in _names(type(value))}
        case _:
            raise TypeError(f"{type(value).__name__} cannot be encoded")


def decode(form: type[T], data: object, path: str = "") -> T:
    """The value of `form` in plain JSON; `MalformedCommand` if it is not one."""
    return cast(T, _reader(cast(Hashable, form))(data, path))


class Tagged(Generic[T]):
    """The codec of a union of dataclasses, told apart by `"type"`."""

    def __init__(self, union: object) -> None:
        self.members: dict[str, type[T]] = {each.__name__: each for each in get_args(union)}

    def encode(self, value: T) -> Json:
        """`{"type": NAME, …}`."""
        name = type(value).__name__
        if self.members.get(name) is not type(value):
            raise TypeError(f"{name} is not in this union")
        return {"type": name, **encode(value)}

    def decode(self, data: object, path: str = "") -> T:
        """The value that `encode` wrote."""
        if not isinstance(data, dict):
            raise _wrong(path, "type")
        members = dict(data)
        name = members.pop("type", None)
        if not isinstance(name, str) or name not in self.members:
            raise _wrong(_join(path, "type"), "unknown")
        return decode(self.members[name], members, path)


def _wrong(path: str, problem: str) -> MalformedCommand:
    return MalformedCommand(path=path, problem=problem)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _names(form: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(form))


@cache
def _reader(form: Any) -> _Reader:
    if isinstance(form, NewType):
        return _matching(_PATTERNS[form])
    origin = get_origin(form)
    if origin in (Union, types.UnionType):
        return _either(get_args(form))
    if origin is tuple:
        return _sequence(_reader(get_args(form)[0]))
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(form)
        return _mapping(_reader(key), _reader(item))
    if form is object:
        return _plain
    if isinstance(form, type):
        if issubclass(form, StrEnum):
            return _choice(form)
        if is_dataclass(form):
            return _dataclass(form)
        if form in _SIMPLE:
            return _SIMPLE[form]
    raise TypeError(f"{form} has no codec")


def _text(data: object, path: str) -> str:
    if not isinstance(data, str):
        raise _wrong(path, "type")
    if len(data) > MOST_TEXT:
        raise _wrong(path, "too_long")
    try:
        data.encode()
    except UnicodeEncodeError:
        raise _wrong(path, "text") from None
    return data


def _integer(data: object, path: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise _wrong(path, "type")
    if abs(data) > LARGEST_INTEGER:
        raise _wrong(path, "range")
    return data


def _boolean(data: object, path: str) -> bool:
    if not isinstance(data, bool):
        raise _wrong(path, "type")
    return data


def _instant(data: object, path: str) -> datetime:
    if not isinstance(data, str):
        raise _wrong(path, "type")
    try:
        return parse_time(data)
    except EncodingError:
        raise _wrong(path, "time") from None


def _nothing(data: object, path: str) -> None:
    if data is not None:
        raise _wrong(path, "type")


_SIMPLE: dict[type, _Reader] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    datetime: _instant,
    type(None): _nothing,
}


def _plain(data: object, path: str, depth: int = 0) -> object:
    """JSON of any shape: the bodies of signed objects, which the cryptography reads itself."""
    match data:
        case None | bool():
            return data
        case int():
            return _integer(data, path)
        case str():
            return _text(data, path)
        case list() | dict() if depth >= DEEPEST:
            raise _wrong(path, "depth")
        case list() | dict() if len(data) > MOST_ITEMS:
            raise _wrong(path, "too_long")
        case list():
            return [_plain(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(data)]
        case dict():
            return {
                _text(key, path): _plain(item, _join(path, str(key)[:64]), depth + 1)
                for key, item in data.items()
            }
        case _:
            raise _wrong(path, "type")


def _matching(pattern: re.Pattern[str]) -> _Reader:
    def read(data: object, path: str) -> str:
        if not isinstance(data, str):
            raise _wrong(path, "type")
        if not pattern.fullmatch(data):
            raise _wrong(path, "pattern")
        return data

    return read


def _choice(form: type[StrEnum]) -> _Reader:
    def read(data: object, path: str) -> StrEnum:
        if not isinstance(data, str):
            raise _wrong(path, "type")
        try:
            return form(data)
        except ValueError:
            raise _wrong(path, "unknown") from None

    return read


def _either(forms: tuple[Any, ...]) -> _Reader:
    readers = [_reader(form) for form in forms]

    def read(data: object, path: str) -> object:
        for reader in readers[:-1]:
            try:
                return reader(data, path)
            except MalformedCommand as refusal:
                # A wrong type means "try the next form"; anything else is a mistake inside the
                # right one.
                if refusal.params != {"path": path, "problem": "type"}:
                    raise
        return readers[-1](data, path)

    # None goes first: that a value may be absent must never hide what is wrong with it.
    readers.sort(key=lambda reader: reader is not _nothing)
    return read


def _sequence(item: _Reader) -> _Reader:
    def read(data: object, path: str) -> tuple[object, ...]:
        if not isinstance(data, list):
            raise _wrong(path, "type")
        if len(data) > MOST_ITEMS:
            raise _wrong(path, "too_long")
        return tuple(item(each, f"{path}[{at}]") for at, each in enumerate(data))

    return read


def _mapping(key: _Reader, item: _Reader) -> _Reader:
    def read(data: object, path: str) -> dict[object, object]:
        if not isinstance(data, dict):
            raise _wrong(path, "type")
        if len(data) > MOST_ITEMS:
            raise _wrong(path, "too_long")
        return {
            key(name, _join(path, "*")): item(each, _join(path, str(name)[:64]))
            for name, each in data.items()
        }

    return read


def _dataclass(form: type) -> _Reader:
    hints = get_type_hints(form)
    readers = {name: _reader(hints[name]) for name in _names(form)}
    required = [
        each.name
        for each in fields(form)
        if each.default is MISSING and each.default_factory is MISSING
    ]

    def read(data: object, path: str) -> object:
        if not isinstance(data, dict):
            raise _wrong(path, "type")
        for name in data:
            if name not in readers:
                raise _wrong(_join(path, str(name)[:64]), "unknown")
        for name in required:
            if name not in data:
                raise _wrong(_join(path, name), "missing")
        return form(**{name: readers[name](each, _join(path, name)) for name, each in data.items()})

    return read
