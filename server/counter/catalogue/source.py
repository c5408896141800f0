"""What a file that is brought in says, and where in it each thing is said."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rooms.problems import Problem
from server.counter.catalogue.check import REFERENCES, check
from server.counter.catalogue.decoding import gather
from server.counter.catalogue.tables import ROWS, Tables
from server.errors import Invalid

MOST_BYTES = 16 << 20
"""Of a file that is brought in."""
MOST_ROWS = 50_000
"""Of one table."""
MOST_TOLD = 200
"""Errors that are told at once."""

_ROW = re.compile(r"(\w+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in one line; `field` is a column, or a path in a JSON document."""

    file: str
    line: int
    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Source:
    """Rows as plain JSON; how to find the lines of paths such as `items[3].item.materials[0].name`;
    and what was wrong before there were rows: lines in `faults` have none."""

    tables: dict[str, list[object]]
    locate: Callable[[list[Problem]], list[Fault]]
    faults: list[Fault] = dataclasses.field(default_factory=list)


class CatalogueRefused(Invalid):
    """The file has `errors`, of which the first 200 are told in the order of their lines, and
    `total` in all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        ordered = sorted(faults, key=lambda each: (each.file, each.line, each.field, each.code))
        told = [dataclasses.asdict(each) for each in ordered[:MOST_TOLD]]
        super().__init__("catalogue_refused", {"errors": told, "total": len(ordered)})


def understood(source: Source, old: Tables) -> Tables:
    """The rows of a source that can stand beside those that are there. Raises CatalogueRefused."""
    problems: list[Problem] = []
    rows: dict[str, tuple[object, ...]] = {}
    places: dict[str, list[int]] = {}
    for name, form in ROWS.items():
        given = source.tables.get(name, [])
        if len(given) > MOST_ROWS:
            problems.append(Problem(name, "too_many_rows", {"most": MOST_ROWS}))
            continue
        read = [gather(form, row, f"{name}[{at}]", problems) for at, row in enumerate(given)]
        places[name] = [at for at, row in enumerate(read) if row is not None]
        rows[name] = tuple(row for row in read if row is not None)
    tables = Tables(**rows)  # type: ignore[arg-type]  # each row was made by its table's form
    whole = not problems and not source.faults
    for each in check(tables, old):
        # While rows are missing because they can't be read, what others say about them is no error.
        if whole or each.code not in REFERENCES:
            problems.append(Problem(_as_given(each.path, places), each.code, each.params))
    if problems or source.faults:
        raise CatalogueRefused([*source.faults, *source.locate(problems)])
    return tables


def _as_given(path: str, places: Mapping[str, list[int]]) -> str:
    """The path with the number that its row has in the file."""
    row = _ROW.match(path)
    if row is None:
        return path
    return f"{row[1]}[{places[row[1]][int(row[2])]}]{path[row.end() :]}"
