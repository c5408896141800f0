"""Rows from plain JSON, with everything that is wrong with them told at once."""

from collections.abc import Hashable, Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from rooms.codec import decode
from rooms.problems import Problem
from rooms.refusals import MalformedCommand


def gather(form: type[Any], data: object, path: str, problems: list[Problem]) -> Any:
    """The dataclass that `data` says, or None when something in it is wrong.

    What is wrong is added to `problems`; unlike `rooms.codec.decode` it goes on after the first.
    """
    if not isinstance(data, dict):
        problems.append(Problem(path, "type"))
        return None
    before = len(problems)
    hints = _hints(cast(Hashable, form))
    problems.extend(Problem(f"{path}.{name[:64]}", "unknown") for name in data if name not in hints)
    found: dict[str, Any] = {}
    for each in fields(form):
        here = f"{path}.{each.name}"
        if each.name in data:
            found[each.name] = _member(hints[each.name], data[each.name], here, problems)
        elif not _optional(each):
            problems.append(Problem(here, "missing"))
    return form(**found) if len(problems) == before else None


def _member(form: Any, data: object, path: str, problems: list[Problem]) -> Any:
    if is_dataclass(form) and isinstance(form, type):
        return gather(form, data, path, problems)
    inner = _rows_of(form)
    if inner is not None and isinstance(data, list):
        return tuple(_each(inner, data, path, problems))
    try:
        return decode(form, data, path)
    except MalformedCommand as refusal:
        problems.append(Problem(str(refusal.params["path"]), str(refusal.params["problem"])))
        return None


def _each(form: type, data: list[object], path: str, problems: list[Problem]) -> Iterator[Any]:
    for at, row in enumerate(data):
        yield gather(form, row, f"{path}[{at}]", problems)


@cache
def _rows_of(form: Any) -> type | None:
    if get_origin(form) is not tuple:
        return None
    inner = get_args(form)[0]
    return inner if isinstance(inner, type) and is_dataclass(inner) else None


@cache
def _hints(form: Hashable) -> dict[str, Any]:
    return get_type_hints(form)


def _optional(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING
