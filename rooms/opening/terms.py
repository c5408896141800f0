"""The terms of a tender: what an agency sets before publishing, and what the signed manifest
repeats."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rooms.ids import Digest, EnvelopeId, PersonId


class Regime(StrEnum):
    """Which body of law rules the opening (domain rule 11)."""

    TENDERING = "tendering"  # 招标投标
    PROCUREMENT = "procurement"  # 政府采购


class Policy(StrEnum):
    """Who can produce the opening key of a bid (docs/formats/seal.md, 3)."""

    TRUSTEES = "trustees"
    BIDDER = "bidder"
    EITHER = "either"
    BOTH = "both"


class Remedy(StrEnum):
    """What happens to a bid that doesn't open in its window."""

    NONE = "none"
    HOST_MAY_REOPEN_WINDOW = "reopen"  # a remedy releases a key, it never replaces a bid


class ItemKind(StrEnum):
    """How a form item's value is written and checked."""

    TEXT = "text"
    MONEY = "money"  # integer fen
    INTEGER = "integer"
    DAYS = "days"
    PERCENT = "percent"  # integer hundredths of a percent
    DATE = "date"


class Role(StrEnum):
    """What somebody is in one room."""

    HOST = "host"
    DEPUTY = "deputy"
    TENDERER = "tenderer"
    TRUSTEE = "trustee"
    SUPERVISOR = "supervisor"
    BIDDER = "bidder"
    OBSERVER = "observer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Seat:
    """A person who holds a role in the room from the start (bidders are enrolled instead)."""

    person: PersonId
    name: str
    organisation: str
    role: Role


@dataclass(frozen=True, slots=True)
class FormItem:
    """One item of the announced form. `id` "price" with kind money is the price of the record."""

    id: str
    kind: ItemKind
    label_zh: str
    label_en: str
    required: bool = True
    announced: bool = True
    unit: str = ""
    envelope: EnvelopeId | None = None  # whose form.json holds it; None: the first envelope's


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope of a bid. The first is opened at the deadline, later ones on the host's order."""

    id: EnvelopeId
    title: str
    later: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A file bidders download: kept in the blob store under its digest."""

    name: str
    size: int
    sha256: Digest


@dataclass(frozen=True, slots=True)
class Draw:
    """A parameter drawn in public by commit and reveal. Values are tenths of a permille… as `unit`
    says."""

    name: str
    low: int
    high: int
    step: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Windows:
    """Lengths of the running windows in seconds (domain.md, timers)."""

    sign_in: int = 3600
    decryption: int = 1800
    confirmation: int = 600
    objection: int = 600
    upload_grace: int = (
        600  # how long after the deadline the bytes of a header that was in time may still arrive
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything an agency decides about one opening: one lot of one project."""

    project_number: str
    project_title: str
    lot_number: str
    lot_title: str
    regime: Regime
    deadline: datetime
    policy: Policy
    threshold: int
    seats: tuple[Seat, ...]
    form: tuple[FormItem, ...]
    tenderer: str
    agency: str
    place: str = ""
    windows: Windows = Windows()
    envelopes: tuple[Envelope, ...] = (Envelope(EnvelopeId("a"), "投标文件"),)
    remedy: Remedy = Remedy.HOST_MAY_REOPEN_WINDOW
    control_price: int | None = None
    minimum_bidders: int = 3
    draw: Draw | None = None
    documents: tuple[Document, ...] = ()
    discipline: str = ""
    changes: str = ""  # of a revision: what it changes and why
    masked_from_observers: bool = False
    unattended: bool = False  # phases up to CONFIRMING advance by the clock, without a host
    max_bytes: int = 500 * 1024 * 1024  # of a bid's files, before they are sealed
    rehearsal: bool = (
        False  # 演练: windows may last seconds, and every record says that it counts for nothing
    )

    def trustees(self) -> tuple[Seat, ...]:
        """The trustees in the order of their indices."""
        return tuple(seat for seat in self.seats if seat.role is Role.TRUSTEE)

    def items(self, envelope: EnvelopeId) -> tuple[FormItem, ...]:
        """The items that the form.json of this envelope holds."""
        first = self.envelopes[0].id
        return tuple(item for item in self.form if (item.envelope or first) == envelope)
