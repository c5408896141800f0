"""The catalogue as one JSON document, `{"format": "yunkai/catalogue/v1", TABLE: [ROW, …], …}`."""

import json
import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import fields
from itertools import accumulate
from json.decoder import scanstring  # type: ignore[attr-defined]  # has no type in typeshed

from crypto.encoding import parse_json
from crypto.errors import EncodingError
from rooms.codec import encode
from rooms.problems import Problem
from server.counter.catalogue.source import MOST_BYTES, Fault, Source
from server.counter.catalogue.tables import ROWS, Tables

FORMAT = "yunkai/catalogue/v1"
FILE = "catalogue.json"
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"[^\s,\]}]+")
_STEP = re.compile(r"\.?[^.\[\]]+$|\[\d+\]$")


def write_json(tables: Tables) -> bytes:
    """The document of a catalogue. The same tables give the same bytes."""
    document = {"format": FORMAT} | {
        each.name: encode(getattr(tables, each.name)) for each in fields(Tables)
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def read_json(data: bytes) -> Source:
    """What a document says; what is wrong with it as a whole is among the errors."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        document = parse_json(data, MOST_BYTES)
    except EncodingError as problem:
        return _broken(_first_broken_line(data), problem.code)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return _broken(1, "format")
    tables: dict[str, list[object]] = {}
    problems: list[Problem] = []
    for name, rows in document.items():
        if name == "format":
            continue
        if name not in ROWS:
            problems.append(Problem(name[:64], "unknown"))
        elif not isinstance(rows, list):
            problems.append(Problem(name, "type"))
        else:
            tables[name] = list(rows)
    text = data.decode()
    return Source(tables, lambda found: _located(text, found), _located(text, problems))


def _broken(line: int, code: str) -> Source:
    return Source({}, lambda _: [], [Fault(FILE, line, "", code)])


def _first_broken_line(data: bytes) -> int:
    try:
        json.loads(data.decode())
    except json.JSONDecodeError as problem:
        return problem.lineno
    except UnicodeDecodeError as problem:
        return data.count(b"\n", 0, problem.start) + 1
    except (ValueError, RecursionError):
        return 1
    return 1  # JSON, but not of the strict kind


def _located(text: str, problems: list[Problem]) -> list[Fault]:
    if not problems:
        return []
    wanted = {path for each in problems for path in _upwards(each.path)}
    at = _Positions(text, wanted).found
    ends = list(accumulate(len(line) for line in text.splitlines(keepends=True)))
    found = []
    for each in problems:
        offset = next((at[path] for path in _upwards(each.path) if path in at), 0)
        found.append(Fault(FILE, bisect_right(ends, offset) + 1, each.path, each.code, each.params))
    return found


def _upwards(path: str) -> list[str]:
    """The path and everything that it is in: `a[0].b`, `a[0]`, `a`."""
    found = []
    while path:
        found.append(path)
        path = _STEP.sub("", path)
    return found


class _Positions:
    """Where in a JSON text that is known to be right the wanted values begin."""

    def __init__(self, text: str, wanted: Collection[str]) -> None:
        self.found: dict[str, int] = {}
        self._text = text
        self._wanted = wanted
        self._value(0, "")

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _value(self, at: int, path: str) -> int:
        at = self._skip(at)
        if path in self._wanted:
            self.found[path] = at
        match self._text[at]:
            case "{":
                return self._members(at + 1, path)
            case "[":
                return self._elements(at + 1, path)
            case '"':
                return int(scanstring(self._text, at + 1)[1])
            case _:
                plain = _PLAIN.match(self._text, at)
                return plain.end() if plain else at + 1

    def _members(self, at: int, path: str) -> int:
        at = self._skip(at)
        while self._text[at] != "}":
            begins = at
            name, at = scanstring(self._text, at + 1)
            inner = f"{path}.{name}" if path else str(name)
            at = self._value(self._skip(at) + 1, inner)
            if inner in self._wanted:
                self.found[inner] = begins  # the line of the name, not of the value
            at = self._skip(at)
            if self._text[at] == ",":
                at = self._skip(at + 1)
        return at + 1

    def _elements(self, at: int, path: str) -> int:
        at, number = self._skip(at), 0
        while self._text[at] != "]":
            at = self._skip(self._value(at, f"{path}[{number}]"))
            number += 1
            if self._text[at] == ",":
                at = self._skip(at + 1)
        return at + 1
