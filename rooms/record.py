"""A finished record (开标记录表, 办理记录, 投标回执) as content, independent of its layout.

`rooms/*/minutes.py` folds a log into a `Record`; `server/documents/render.py` draws it. Every text
is final: already in the record's language, with money, times and digests formatted. An empty text
is drawn as a dash, so that nothing can be filled in later. Line feeds inside a text are kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, assert_never

from rooms.strokes import Strokes

Kind = Literal["opening", "session", "receipt", "notice"]
Language = Literal["zh", "en"]
Align = Literal["start", "center", "end"]
Orientation = Literal["portrait", "landscape"]


@dataclass(frozen=True, slots=True)
class Field:
    """A label with its value, drawn as two cells side by side; a `wide` one takes a whole line."""

    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    `weight` is its share of the table's width. A `numeric` column (money, counts, times) is never
    broken inside a figure and is aligned to the end unless `align` says otherwise.
    """

    label: str
    weight: float = 1.0
    align: Align | None = None
    numeric: bool = False

    @property
    def alignment(self) -> Align:
        """Where the cells of the column are aligned."""
        if self.align is not None:
            return self.align
        return "end" if self.numeric else "start"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header that is repeated on every page; `empty` is said in place of rows when
    there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    empty: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"table {self.title!r}: {len(row)} cells under {len(self.columns)} columns"
                )


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels and values in `across` pairs a line."""

    title: str
    fields: tuple[Field, ...]
    across: int = 2


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Running text, a paragraph a line; `large` where it is what the paper is about."""

    title: str
    lines: tuple[str, ...]
    large: bool = False


@dataclass(frozen=True, slots=True)
class Handwritten:
    """What somebody wrote by hand: `label` says who and when, `told` is read aloud in its place."""

    label: str
    told: str
    strokes: Strokes


@dataclass(frozen=True, slots=True)
class Handwriting:
    """Signatures by hand, drawn as lines beside their labels."""

    title: str
    pieces: tuple[Handwritten, ...]


Section = Table | Fields | Paragraphs | Handwriting


@dataclass(frozen=True, slots=True)
class SignatureSlot:
    """A place where a person may sign the PDF later; `field_name` (ASCII) is unique in the
    record."""

    field_name: str
    role_label: str
    person: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a record says.

    `sections` come in reading order, annexes included. `log` is the record's evidence (canonical
    JSON lines of the room's entries; for a receipt the signed receipt itself) and travels inside
    the PDF as the file `log_name`; `head` is the signed checkpoint over it (C2SP text), attached as
    `head.txt` when there is one. `issued_at` is the date under the seal and the only clock of the
    document. `attachments` are further files, by ASCII name.
    """

    kind: Kind
    title: str
    number: str
    issued_at: datetime
    issuer: str
    header: tuple[Field, ...]
    sections: tuple[Section, ...]
    log: bytes
    head: str = ""
    subtitle: str = ""
    language: Language = "zh"
    signatures: tuple[SignatureSlot, ...] = ()
    verify_url: str = ""
    verify_hint: str = ""
    log_name: str = "log.jsonl"
    orientation: Orientation = "landscape"
    issued_on: str = ""
    attachments: tuple[tuple[str, bytes], ...] = ()

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise ValueError("issued_at has no time zone")
        names = [slot.field_name for slot in self.signatures]
        if len(set(names)) != len(names) or {SEAL_FIELD, ARCHIVE_FIELD} & set(names):
            raise ValueError("names of signature fields repeat")

    @property
    def log_digest(self) -> str:
        """SHA-256 of `log` in hex: printed in the footer, so that the attached file can be compared
        with it."""
        return hashlib.sha256(self.log).hexdigest()

    def texts(self) -> list[str]:
        """Every text the record shows, in reading order: what fonts must be able to draw."""
        shown = [
            self.title,
            self.subtitle,
            self.number,
            self.issuer,
            self.issued_on,
            self.verify_url,
            self.verify_hint,
        ]
        shown += _of_fields(self.header)
        for section in self.sections:
            shown.append(section.title)
            match section:
                case Table(columns=columns, rows=rows, note=note, empty=empty):
                    shown += [column.label for column in columns]
                    shown += [cell for row in rows for cell in row]
                    shown += [note, empty]
                case Fields(fields=fields):
                    shown += _of_fields(fields)
                case Paragraphs(lines=lines):
                    shown += lines
                case Handwriting(pieces=pieces):
                    shown += [text for each in pieces for text in (each.label, each.told)]
                case _:
                    assert_never(section)
        for slot in self.signatures:
            shown += [slot.role_label, slot.person]
        return shown


SEAL_FIELD = "seal"
"""The signature field of the platform's seal; no slot of a person may have this name."""
ARCHIVE_FIELD = "archive"
"""The name of the field that holds a record's last time stamp."""


def _of_fields(fields: tuple[Field, ...]) -> list[str]:
    return [text for each in fields for text in (each.label, each.value)]
