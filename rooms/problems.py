"""What is wrong with something that was written: every culprit by its path."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rooms.refusals import Refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One member that cannot stand."""

    path: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def attempt(path: str, check: Callable[[str, str], str], text: str) -> Iterator[Problem]:
    """The problem that `check` has with this text, if any."""
    try:
        check(text, path)
    except Refused as refusal:
        params = {name: value for name, value in refusal.params.items() if name != "field"}
        yield Problem(path, refusal.code, params)


def repeated(path: str, values: Iterable[str]) -> Iterator[Problem]:
    """A problem if two of the values are the same."""
    found = list(values)
    if len(set(found)) != len(found):
        yield Problem(path, "repeated")


def named(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Problems as refusals carry them."""
    return [{"path": each.path, "code": each.code, **each.params} for each in problems]
