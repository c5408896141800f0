"""Files that tests bring in, changed in one place."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from server.counter.catalogue.csvfile import read_csv
from server.counter.catalogue.csvwriting import write_csv
from server.counter.catalogue.jsonfile import read_json, write_json
from server.counter.catalogue.source import CatalogueRefused, Source, understood
from server.counter.catalogue.tables import Tables

Told = list[tuple[str, int, str, str]]
"""File, line, field and code of each error."""


def document(tables: Tables) -> dict[str, Any]:
    """A catalogue as plain JSON, to be changed."""
    found: dict[str, Any] = json.loads(write_json(tables))
    return found


def as_source(changed: object) -> Source:
    """A document with one value a line, so that lines tell."""
    return read_json(json.dumps(changed, ensure_ascii=False, indent=1).encode())


def sheets(tables: Tables) -> dict[str, str]:
    """The CSV files of a catalogue as text, without their mark."""
    with zipfile.ZipFile(io.BytesIO(write_csv(tables))) as archive:
        return {
            name: archive.read(name).decode("utf-8-sig").replace("\r\n", "\n")
            for name in archive.namelist()
        }


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def told(source: Source, old: Tables) -> Told:
    """What is wrong with a source."""
    try:
        understood(source, old)
    except CatalogueRefused as refused:
        errors: Any = refused.params["errors"]
        return [(each["file"], each["line"], each["field"], each["code"]) for each in errors]
    return []


def told_of_sheets(files: Mapping[str, str | bytes], old: Tables) -> Told:
    """What is wrong with CSV files."""
    return told(read_csv(packed(files)), old)


def replaced(files: Mapping[str, str], name: str, old: str, new: str) -> dict[str, str]:
    """The files with a piece of one of them replaced, where it comes first."""
    assert old in files[name], f"{name} has no {old}"
    return {**files, name: files[name].replace(old, new, 1)}


def with_line(files: Mapping[str, str], name: str, line: str) -> dict[str, str]:
    """The files with one more line in one of them."""
    return {**files, name: f"{files[name]}{line}\n"}


def line_of(files: Mapping[str, str], name: str, text: str) -> int:
    """The line in which a text comes first."""
    return files[name][: files[name].index(text)].count("\n") + 1
