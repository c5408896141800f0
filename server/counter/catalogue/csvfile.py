"""Reading a catalogue from a ZIP archive of CSV files (RFC 4180), as spreadsheets write them.

Files are UTF-8 with or without a byte order mark, or GB18030.
"""

import csv
import io
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from rooms.counter.terms import FieldKind
from rooms.problems import Problem
from server.counter.catalogue.cells import BadCell, Column, Sheet
from server.counter.catalogue.sheets import PARTS, SHEETS
from server.counter.catalogue.source import MOST_ROWS, Fault, Source
from server.errors import TooLarge, Unreadable

MOST_UNPACKED = 64 << 20
"""Bytes that the files of an archive may have together."""
MOST_FILES = 50
_PIECE = 1 << 20
_MARK = b"\xef\xbb\xbf"
_NUMERIC = frozenset({FieldKind.NUMBER, FieldKind.MONEY})

Key = tuple[str, int]
Row = dict[str, object]


def read_csv(data: bytes) -> Source:
    """What an archive says. Raises Unreadable when it is none, TooLarge when it swells."""
    reading = _Reading()
    for name, content in _unpacked(data):
        reading.file(name, content)
    return reading.source()


def read_single(name: str, content: bytes) -> Source:
    """What one of the files says by itself."""
    reading = _Reading()
    reading.file(name, content)
    return reading.source()


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if _counts(each)]
            if len(entries) > MOST_FILES:
                raise Unreadable("broken_zip", {"problem": "too_many_files", "most": MOST_FILES})
            for each in entries:
                pieces = []
                with archive.open(each) as packed:
                    # What the archive says about sizes is not believed: only what comes out counts.
                    while piece := packed.read(_PIECE):
                        left -= len(piece)
                        if left < 0:
                            raise TooLarge(MOST_UNPACKED)
                        pieces.append(piece)
                yield PurePosixPath(each.filename).name, b"".join(pieces)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as problem:
        raise Unreadable("broken_zip", {"problem": "format"}) from problem
    except (RuntimeError, NotImplementedError) as problem:
        raise Unreadable("broken_zip", {"problem": "encrypted_or_unknown"}) from problem


def _counts(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what one system adds to every archive, are passed over."""
    return not entry.is_dir() and not entry.filename.startswith("__MACOSX/")


@dataclass(slots=True)
class _Reading:
    """The rows of the files that were read so far."""

    faults: list[Fault] = field(default_factory=list)
    rows: dict[str, list[tuple[int, Row]]] = field(default_factory=dict)

    def file(self, name: str, content: bytes) -> None:
        """Adds a file's rows to those of its table."""
        found = next(
            ((table, each) for table, each in _ALL.items() if each.file == name.lower()), None
        )
        if found is None:
            self.faults.append(Fault(name[:64], 1, "", "unknown_file"))
            return
        table, sheet = found
        if table in self.rows:
            self.faults.append(Fault(sheet.file, 1, "", "repeated"))
            return
        self.rows[table] = []
        text = self._decoded(sheet.file, content)
        if text is not None:
            self._table(table, sheet, text)

    def _decoded(self, file: str, content: bytes) -> str | None:
        try:
            return content.removeprefix(_MARK).decode()
        except UnicodeDecodeError as problem:
            line = content.count(b"\n", 0, problem.start) + 1
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            self.faults.append(Fault(file, line, "", "encoding"))
            return None

    def _table(self, table: str, sheet: Sheet, text: str) -> None:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        before = 0
        columns: list[Column | None] = []
        try:
            for cells in lines:
                line, before = before + 1, lines.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if not columns:
                    columns = self._head(sheet, line, cells)
                    if not columns:
                        return
                    continue
                if len(self.rows[table]) >= MOST_ROWS:
                    self._fault(sheet, line, "", "too_many_rows", most=MOST_ROWS)
                    return
                self.rows[table].append((line, self._row(sheet, line, columns, cells)))
        except csv.Error:
            self._fault(sheet, before + 1, "", "csv")

    def _head(self, sheet: Sheet, line: int, cells: list[str]) -> list[Column | None]:
        before = len(self.faults)
        columns = [sheet.column_of(cell) if cell.strip() else None for cell in cells]
        seen: set[str] = set()
        for cell, column in zip(cells, columns, strict=True):
            if column is None:
                if cell.strip():
                    self._fault(sheet, line, cell.strip()[:64], "unknown_column")
            elif column.name in seen:
                self._fault(sheet, line, column.name, "repeated")
            else:
                seen.add(column.name)
        for column in sheet.columns:
            if column.needed and column.name not in seen:
                self._fault(sheet, line, column.name, "missing_column")
        return columns if len(self.faults) == before else []

    def _row(self, sheet: Sheet, line: int, columns: list[Column | None], cells: list[str]) -> Row:
        """The members of a row; one that can't be read is None, and among the faults."""
        row: Row = {}
        if any(cell.strip() for cell in cells[len(columns) :]):
            self._fault(sheet, line, "", "too_many_cells", most=len(columns))
        for column, cell in zip(columns, cells, strict=False):
            if column is None:
                if cell.strip():
                    self._fault(sheet, line, "", "cell_without_column")
                continue
            if not cell:
                continue
            try:
                row[column.name] = column.read(cell)
            except BadCell as problem:
                row[column.name] = None
                self._fault(sheet, line, column.name, problem.code, **problem.params)
        for column in sheet.columns:
            if column.needed and column.name not in row:
                row[column.name] = None
                self._fault(sheet, line, column.name, "missing")
        return row

    def _fault(self, sheet: Sheet, line: int, column: str, code: str, **params: object) -> None:
        self.faults.append(Fault(sheet.file, line, column, code, params))

    def source(self) -> Source:
        """Everything that was read, the parts put into their items."""
        places: dict[str, tuple[str, int]] = {}
        tables: dict[str, list[object]] = {}
        for table in SHEETS:
            if table != "items":
                tables[table] = _numbered(table, self.rows.get(table, []), places)
        tables["items"] = self._items(places)
        return Source(tables, lambda problems: _located(problems, places), self.faults)

    def _items(self, places: dict[str, tuple[str, int]]) -> list[object]:
        found: list[object] = []
        parts = {name: self._by_item(name) for name in PARTS}
        broken: set[object] = set()
        for line, row in self.rows.get("items", []):
            key = (row.get("code"), row.get("version"))
            if None in row.values():
                broken.add(row.get("code"))
                continue
            valid_from = row.pop("valid_from")
            path = f"items[{len(found)}]"
            places[path] = SHEETS["items"].file, line
            item = dict(row)
            for name, by_item in parts.items():
                rows = by_item.pop(key, [])
                if name == "rules":
                    item[name] = _rules(rows, item, f"{path}.item.{name}", places)
                else:
                    item[name] = _numbered(f"{path}.item.{name}", rows, places, PARTS[name].file)
            found.append({"valid_from": valid_from, "item": item})
        for name, by_item in parts.items():
            for key, rows in by_item.items():
                if key[0] not in broken:
                    for line, _ in rows:
                        self._fault(
                            PARTS[name], line, "item", "unknown_item", item=str(key[0])[:64]
                        )
        return found

    def _by_item(self, name: str) -> dict[tuple[object, object], list[tuple[int, Row]]]:
        found: dict[tuple[object, object], list[tuple[int, Row]]] = defaultdict(list)
        for line, row in self.rows.get(name, []):
            if None not in row.values():
                found[row.pop("item"), row.pop("version")].append((line, row))
        return found


def _numbered(
    path: str,
    rows: list[tuple[int, Row]],
    places: dict[str, tuple[str, int]],
    file: str | None = None,
) -> list[object]:
    """The rows without a fault; where each of them stands goes into `places`."""
    found: list[object] = []
    for line, row in rows:
        if None not in row.values():
            places[f"{path}[{len(found)}]"] = file or SHEETS[path].file, line
            found.append(row)
    return found


def _rules(
    rows: list[tuple[int, Row]], item: Row, path: str, places: dict[str, tuple[str, int]]
) -> list[object]:
    """Rules from their conditions: rows with the same name are one rule."""
    fields = item.get("fields")
    kinds = {each["name"]: each["kind"] for each in fields} if isinstance(fields, list) else {}
    found: dict[object, dict[str, object]] = {}
    conditions: dict[object, list[object]] = defaultdict(list)
    numbers: dict[object, int] = {}
    for line, row in rows:
        name = row["name"]
        if name not in found:
            places[f"{path}[{len(found)}]"] = PARTS["rules"].file, line
            numbers[name] = len(found)
            found[name] = {"name": name, "outcome": row["outcome"], "all": conditions[name]}
        at = f"{path}[{numbers[name]}].all[{len(conditions[name])}]"
        places[at] = PARTS["rules"].file, line
        value = row["value"]
        if kinds.get(row["field"]) in _NUMERIC and isinstance(value, str):
            value = int(value) if value.isascii() and value.isdigit() else value
        conditions[name].append({"field": row["field"], "op": row["op"], "value": value})
    return list(found.values())


def _located(problems: list[Problem], places: Mapping[str, tuple[str, int]]) -> list[Fault]:
    found = []
    for each in problems:
        path, rest = each.path, ""
        while path and path not in places:
            cut = max(path.rfind("."), path.rfind("["))
            path, rest = (path[:cut], path[cut:] + rest) if cut > 0 else ("", each.path)
        file, line = places.get(path, (f"{each.path.partition('[')[0]}.csv", 1))
        column = rest.lstrip(".").removeprefix("item.").partition("[")[0]
        found.append(Fault(file, line, column, each.code, each.params))
    return found


_ALL: dict[str, Sheet] = {**SHEETS, **PARTS}
