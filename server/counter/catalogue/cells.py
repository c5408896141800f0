"""How a cell of a CSV file is written and read, whatever a spreadsheet made of it meanwhile."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

BAR = "|"
"""Between the entries of a list; `\\|` is a bar within an entry."""

_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_SLASHED_DAY = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", re.ASCII)
_SHORT_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(:00)?", re.ASCII)
_ENTRY = re.compile(r"((?:[^\\|]|\\.)*)(\||$)", re.DOTALL)
_ACTIVE = "=+-@\t'"
"""What a spreadsheet takes for the beginning of a formula, and the mark that says it is none."""

TRUE = frozenset({"1", "是", "true", "yes"})
FALSE = frozenset({"0", "否", "false", "no"})
YES, NO = "是", "否"


class BadCell(Exception):
    """The cell can't be read; `code` says why."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


Reader = Callable[[str], Any]
Writer = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a cell that is empty and not `needed` leaves the member to its default."""

    name: str
    head: str
    read: Reader
    write: Writer
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of the archive."""

    file: str
    columns: tuple[Column, ...] = field(repr=False)

    def column_of(self, head: str) -> Column | None:
        """The column whose head this is, in either language."""
        wanted = head.strip()
        for each in self.columns:
            if wanted.lower() == each.name or wanted == each.head:
                return each
        return None


def shown(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] and text[0] in _ACTIVE else text


def meant(cell: str) -> str:
    """The text of such a cell."""
    text = cell.replace("\r\n", "\n")
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in _ACTIVE else text


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell.strip()):
        raise BadCell("number")
    return int(cell)


def _boolean(cell: str) -> bool:
    word = cell.strip().lower()
    if word not in TRUE | FALSE:
        raise BadCell("yes_or_no")
    return word in TRUE


def _day(cell: str) -> str:
    """Spreadsheets rewrite 2026-01-05 as 2026/1/5."""
    match = _SLASHED_DAY.fullmatch(cell.strip())
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else cell


def _clock(cell: str) -> str:
    """Spreadsheets rewrite 09:00 as 9:00 or 9:00:00."""
    match = _SHORT_CLOCK.fullmatch(cell.strip())
    return f"{int(match[1]):02d}:{match[2]}" if match else cell


def _entries(cell: str) -> list[str]:
    found, at, text = [], 0, meant(cell)
    while at <= len(text):
        match = _ENTRY.match(text, at)
        if match is None:
            raise BadCell("list")
        found.append(re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL))
        at = match.end()
        if not match[2]:
            break
    return found


def _joined(entries: list[str]) -> str:
    return shown(BAR.join(each.replace("\\", r"\\").replace(BAR, r"\|") for each in entries))


def _one_of(words: Mapping[str, str]) -> Reader:
    codes = {**{code: code for code in words}, **{word: code for code, word in words.items()}}

    def read(cell: str) -> str:
        word = cell.strip()
        if word not in codes:
            raise BadCell("unknown", known=sorted(words))
        return codes[word]

    return read


def text(name: str, head: str, needed: bool = True) -> Column:
    """Free text, kept as it is."""
    return Column(name, head, meant, shown, needed)


def code(name: str, head: str, needed: bool = True) -> Column:
    """A code or an id: white space around it means nothing."""
    return Column(name, head, lambda cell: meant(cell).strip(), shown, needed)


def integer(name: str, head: str, needed: bool = False) -> Column:
    """A whole number."""
    return Column(name, head, _integer, str, needed)


def boolean(name: str, head: str) -> Column:
    """Yes or no."""
    return Column(name, head, _boolean, lambda value: YES if value else NO, False)


def day(name: str, head: str, needed: bool = True) -> Column:
    """A day."""
    return Column(name, head, _day, str, needed)


def clock(name: str, head: str, needed: bool = True) -> Column:
    """A time of day."""
    return Column(name, head, _clock, str, needed)


def entries(name: str, head: str, needed: bool = False) -> Column:
    """A list."""
    return Column(name, head, _entries, _joined, needed)


def one_of(name: str, head: str, words: Mapping[str, str]) -> Column:
    """A word of a closed list, given with the Chinese for each."""
    return Column(name, head, _one_of(words), lambda value: words[value])
