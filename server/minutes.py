"""Minutes as a file: what is drawn from a log and from what stands beside it.

Everything that enters the drawing besides the log travels inside the PDF as `inputs.json`, so that
anybody draws the same bytes again (audit step 13).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any

from crypto.encoding import jcs, parse_json
from crypto.errors import CryptoError
from rooms.codec import decode, encode
from rooms.ids import Digest
from rooms.log import Entry
from rooms.opening.events import Event
from rooms.opening.minutes import record
from rooms.refusals import Refused
from server.documents.fonts import Fonts
from server.documents.render import render

INPUTS = "inputs.json"
VERSION = metadata.version("yunkai")


class InputsUnreadable(ValueError):
    """The inputs inside a PDF are not those of minutes."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What minutes show besides the log. `people` are names of representatives by salted digest.

    `version` is the program's that drew them: another one may lay the same content out otherwise.
    """

    head: str
    closing_head: str
    issuer: str
    verify_url: str
    verify_hint: str
    people: dict[Digest, str] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    version: str = VERSION

    def to_bytes(self) -> bytes:
        """`inputs.json`."""
        return jcs(encode(self))

    @classmethod
    def parse(cls, data: bytes) -> "Inputs":
        """The inputs in `inputs.json`. Raises InputsUnreadable."""
        try:
            found: Any = parse_json(data, most=16 << 20)
            people = {Digest(str(k)): str(v) for k, v in found.pop("people").items()}
            return replace(decode(_Plain, found).inputs(), people=people)
        except (CryptoError, Refused, AttributeError, KeyError, ValueError) as problem:
            raise InputsUnreadable(str(problem)) from None


@dataclass(frozen=True, slots=True)
class _Plain:
    head: str
    closing_head: str
    issuer: str
    verify_url: str
    verify_hint: str
    certificates: tuple[str, ...]
    version: str

    def inputs(self) -> Inputs:
        return Inputs(
            self.head,
            self.closing_head,
            self.issuer,
            self.verify_url,
            self.verify_hint,
            certificates=self.certificates,
            version=self.version,
        )


def draw(entries: Sequence[Entry[Event]], inputs: Inputs, fonts: Fonts) -> bytes:
    """The unsigned minutes: the same arguments give the same bytes. Takes a while for many bids."""
    content = record(
        entries,
        head=inputs.head,
        closing_head=inputs.closing_head,
        issuer=inputs.issuer,
        people=inputs.people,
        certificates=inputs.certificates,
        verify_url=inputs.verify_url,
        verify_hint=inputs.verify_hint,
    )
    return render(replace(content, attachments=((INPUTS, inputs.to_bytes()),)), fonts)
