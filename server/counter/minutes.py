"""Minutes of a session as a file, and its notices: what is drawn from a log and from what stands
beside it.

Everything that enters the drawing besides the log travels inside the PDF as `inputs.json`, so that
anybody draws the same bytes again (audit step 13). No personal data are among it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crypto.encoding import digest_hex, jcs, parse_json
from crypto.errors import CryptoError
from rooms.codec import decode, encode
from rooms.counter import minutes, notices
from rooms.counter.events import Event
from rooms.ids import Digest, RoomId
from rooms.log import Entry
from rooms.refusals import Refused
from rooms.strokes import from_svg
from server.documents.fonts import Fonts
from server.documents.render import render
from server.minutes import INPUTS, VERSION, InputsUnreadable


@dataclass(frozen=True, slots=True)
class SessionInputs:
    """What minutes of a session show besides the log: `masked` texts and `strokes` (SVG) by digest,
    `names` of halls, regions and windows by id. `retained` says how long recordings are kept."""

    room: RoomId
    head: str
    issuer: str
    verify_url: str
    verify_hint: str
    masked: Mapping[Digest, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    certificates: tuple[str, ...] = ()
    retained: str = ""
    version: str = VERSION
    strokes: Mapping[Digest, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """`inputs.json`."""
        return jcs(encode(self))

    @classmethod
    def parse(cls, data: bytes) -> "SessionInputs":
        """The inputs in `inputs.json`. Raises InputsUnreadable."""
        try:
            found: Any = parse_json(data, most=16 << 20)
            # Strokes are longer than any text in an entry may be.
            strokes = {Digest(str(k)): str(v) for k, v in found.pop("strokes").items()}
            for digest, svg in strokes.items():
                from_svg(svg.encode())
                if digest_hex(svg.encode()) != digest:
                    raise ValueError(digest)
            return replace(decode(cls, found), strokes=strokes)
        except (CryptoError, Refused, AttributeError, KeyError, TypeError, ValueError) as problem:
            raise InputsUnreadable(str(problem)) from None


def draw(entries: Sequence[Entry[Event]], inputs: SessionInputs, fonts: Fonts) -> bytes:
    """The unsigned minutes: the same arguments give the same bytes."""
    content = minutes.record(
        entries,
        minutes.Beside(
            room=inputs.room,
            head=inputs.head,
            issuer=inputs.issuer,
            masked=inputs.masked,
            strokes={digest: from_svg(svg.encode()) for digest, svg in inputs.strokes.items()},
            names=inputs.names,
            certificates=inputs.certificates,
            retained=inputs.retained,
            verify_url=inputs.verify_url,
            verify_hint=inputs.verify_hint,
        ),
    )
    return render(replace(content, attachments=((INPUTS, inputs.to_bytes()),)), fonts)


def draw_notice(notice: notices.Notice, fonts: Fonts) -> bytes:
    """An unsigned notice on its page."""
    return render(notices.record(notice), fonts)
