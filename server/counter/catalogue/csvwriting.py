"""Writing a catalogue as a ZIP archive of CSV files.

They are UTF-8 with a byte order mark, without which spreadsheets take them for something else.
"""

import csv
import io
import zipfile
from collections.abc import Iterator

from rooms.counter.terms import Item
from server.counter.catalogue.cells import Column, Sheet
from server.counter.catalogue.sheets import PARTS, SHEETS
from server.counter.catalogue.tables import Tables

_MOMENT = (1980, 1, 1, 0, 0, 0)
_MARK = b"\xef\xbb\xbf"

Row = dict[str, object]


def write_csv(tables: Tables) -> bytes:
    """The archive of a catalogue. The same tables give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet, rows in _sheets(tables):
            written = io.StringIO(newline="")
            writer = csv.writer(written, lineterminator="\r\n")
            writer.writerow(column.head for column in sheet.columns)
            writer.writerows(
                [_cell(column, row[column.name]) for column in sheet.columns] for row in rows
            )
            info = zipfile.ZipInfo(sheet.file, _MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, _MARK + written.getvalue().encode())
    return packed.getvalue()


def _cell(column: Column, value: object) -> str:
    return "" if value is None else column.write(value)


def _sheets(tables: Tables) -> Iterator[tuple[Sheet, list[Row]]]:
    for name, sheet in SHEETS.items():
        rows = getattr(tables, name)
        if name == "items":
            yield sheet, [_members(each.item, sheet, valid_from=each.valid_from) for each in rows]
        else:
            yield sheet, [_members(each, sheet) for each in rows]
    for name, sheet in PARTS.items():
        yield sheet, [row for each in tables.items for row in _parts(each.item, name, sheet)]


def _members(row: object, sheet: Sheet, **given: object) -> Row:
    return {
        each.name: given[each.name] if each.name in given else getattr(row, each.name)
        for each in sheet.columns
    }


def _parts(item: Item, name: str, sheet: Sheet) -> Iterator[Row]:
    whose = {"item": item.code, "version": item.version}
    if name != "rules":
        for each in getattr(item, name):
            yield _members(each, sheet, **whose)
        return
    for rule in item.rules:
        for condition in rule.all:
            yield {
                **whose,
                "name": rule.name,
                "outcome": rule.outcome,
                "field": condition.field,
                "op": condition.op,
                "value": str(condition.value),
            }
