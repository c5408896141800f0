"""What every refusal has, and the groups that the server maps to HTTP statuses."""

from collections.abc import Iterator
from typing import ClassVar, Self


class Refused(Exception):
    """An order that is not carried out. Never raised itself: only its subclasses with a `code`
    are."""

    code: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: dict[str, object] = params
        self.evidence: tuple[object, ...] = ()

    def recording(self, *events: object) -> Self:
        """The same refusal, whose events are to be appended before it is answered."""
        self.evidence = events
        return self

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({given})" if given else self.code


def codes(base: type[Refused] = Refused) -> Iterator[tuple[str, type[Refused]]]:
    """Every refusal's code with its class."""
    for each in base.__subclasses__():
        if each.code:
            yield each.code, each
        yield from codes(each)


class Unreadable(Refused):
    """The order is not one of the protocol's (400)."""


class Forbidden(Refused):
    """Somebody else may do it, this person may not (403)."""


class Missing(Refused):
    """It speaks of something that is not there (404)."""


class OutOfStep(Refused):
    """Right order, wrong moment (409)."""


class TooLarge(Refused):
    """More than is allowed (413)."""


class Unacceptable(Refused):
    """Right order, right moment, wrong content (422)."""
