"""A visit for tests: a session whose orders are given one after another, and a clock that the test
turns. Orders go through `decide` exactly as the desk sends them; every event becomes an entry."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crypto.encoding import b64u
from rooms.counter import commands as c
from rooms.counter.commands import Command
from rooms.counter.events import Event
from rooms.counter.forms import field_row, form_digest
from rooms.counter.kinds import (
    FieldValue,
    IdentityMethod,
    IdentityResult,
    Matter,
    Revealed,
    Role,
    Side,
    Source,
    Verdict,
    Way,
)
from rooms.counter.machine import START, State, decide, evolve
from rooms.counter.state import Case
from rooms.counter.terms import Outcome, Value
from rooms.ids import SYSTEM, Digest, PageId, PersonId
from rooms.log import Entry, personal_digest
from tests.rooms.counter.matter import (
    APPLICANT,
    DAY,
    FAR,
    MATTER,
    NAMES,
    NEAR,
    NOW,
    PENSION,
    digest,
    picture,
)

CONFIRMED = "confirmed"
CONSENT = digest("告知书")
SALT = bytes(16)


@dataclass
class Visit:
    """A session; `state` is what its entries fold to. `written` are the values in its forms."""

    matter: Matter = MATTER
    now: datetime = NOW
    state: State = START
    entries: list[Entry[Event]] = field(default_factory=list)
    written: dict[tuple[str, str], Value] = field(default_factory=dict)
    fills: int = 0

    # --- orders ---

    def order(
        self, command: Command, by: PersonId = SYSTEM, at: datetime | None = None
    ) -> list[Event]:
        """Gives an order as the desk does."""
        self.now = at or self.now
        events = decide(self.state, command, by=by, now=self.now)
        self.record(events, by)
        return events

    def record(self, events: Sequence[Event], by: PersonId) -> None:
        for event in events:
            seq = len(self.entries) + 1
            salt = hashlib.sha256(str(seq).encode()).digest()[:16]
            self.entries.append(Entry(seq, self.now, by, event, salt))
            self.state = evolve(self.state, event)

    def tick(self, at: datetime) -> list[Event]:
        return self.order(c.Tick(), at=at)

    def happened(self, kind: type[Event]) -> list[Event]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    @property
    def phase(self) -> str:
        return self.state.phase.value

    def case(self, item: str = PENSION.code) -> Case:
        return self.state.cases[item]

    # --- coming in ---

    def booked(self) -> "Visit":
        self.order(c.BookSession(self.matter, self.now + DAY, self.now + DAY * 2))
        return self

    def waiting(self) -> "Visit":
        self.order(c.IssueTicket("A012", self.matter.near_hall, matter=self.matter))
        return self

    def called(self, by: PersonId = NEAR, window: str = "3") -> "Visit":
        if not self.state.number:
            self.waiting()
        self.order(c.CallTicket(window, NAMES[by]), by)
        return self

    def routed(self, by: PersonId = FAR) -> None:
        self.order(c.AssignFar(by, NAMES[by], "12", self.matter.far_region), by)

    def hand_over(self, side: Side, to: PersonId, window: str = "5") -> "Visit":
        """Offered by whoever has the side, and taken."""
        seat = self.state.near if side is Side.NEAR else self.state.far
        assert seat is not None
        self.order(c.OfferHandOver(side, to, NAMES[to], window, "交接班"), seat.person)
        self.order(c.TakeOver(side, window), to)
        return self

    def connecting(self, recording: str = CONFIRMED) -> "Visit":
        self.called()
        self.routed()
        self.order(c.ConnectSession(recording), NEAR)
        return self

    def consented(self, *, reuse: bool = False, recording: str = CONFIRMED) -> "Visit":
        self.connecting(recording)
        self.order(c.GiveConsent(CONSENT, "2026-1", reuse), APPLICANT)
        return self

    def show(self, method: IdentityMethod = IdentityMethod.CARD, valid: bool = True) -> None:
        shown = c.CaptureIdentity(method, valid, "3101**********1234", digest("card"))
        self.order(shown, NEAR)

    def identified(self, *, reuse: bool = False) -> "Visit":
        if self.state.consent is None:
            self.consented(reuse=reuse)
        self.show()
        self.order(c.CheckIdentity(True, IdentityResult.PASSED), FAR)
        return self

    # --- working ---

    def capture(
        self,
        page: str,
        material: str = "card",
        by: PersonId = NEAR,
        item: str = PENSION.code,
        source: Source = Source.CAMERA,
        pages: int = 1,
    ) -> None:
        shot = picture(page, pages)
        self.order(c.CaptureMaterial(PageId(page), item, material, shot, source), by)

    def judge(
        self, material: str, verdict: Verdict = Verdict.ACCEPTED, remark: str = ""
    ) -> list[Event]:
        return self.order(c.JudgeMaterial(PENSION.code, material, verdict, remark), FAR)

    def materials(self) -> "Visit":
        """Identified, and the whole checklist captured and accepted."""
        self.identified()
        for page, material in (("p-1", "card"), ("p-2", "bank")):
            self.capture(page, material)
            self.judge(material)
        return self

    def salt(self, number: int) -> bytes:
        return hashlib.sha256(f"salt {number}".encode()).digest()[:16]

    def fill(self, name: str, value: Value, by: PersonId = NEAR, item: str = PENSION.code) -> None:
        """As the desk does: the log gets the salted digest."""
        self.fills += 1
        salted = personal_digest(field_row(item, name, value), self.salt(self.fills))
        self.order(c.FillField(item, name, salted), by)
        self.written[item, name] = value

    def revealed(self, item: str = PENSION.code) -> tuple[Revealed, ...]:
        """What the desk reveals to the machine: the values with their salts."""
        found = []
        for name, filled in self.case(item).fields.items():
            value = self.written[item, name]
            row = field_row(item, name, value)
            for number in range(1, self.fills + 1):
                if personal_digest(row, self.salt(number)) == filled.value:
                    found.append(Revealed(name, value, b64u(self.salt(number))))
                    break
        return tuple(found)

    def filling(self, amount: int = 2_000_000) -> "Visit":
        if not self.state.pages:
            self.materials()
        self.fill("name", "李桂英")
        self.fill("amount", amount)
        return self

    def shown(self, item: str = PENSION.code) -> tuple[FieldValue, ...]:
        return tuple(FieldValue(name, each.value) for name, each in self.case(item).fields.items())

    def confirm(self, by: PersonId = APPLICANT, item: str = PENSION.code) -> list[Event]:
        return self.order(c.ConfirmFields(item, self.shown(item)), by)

    def signing(self, amount: int = 2_000_000) -> "Visit":
        self.filling(amount)
        self.confirm()
        return self

    def sign(self, by: PersonId = APPLICANT, item: str = PENSION.code) -> list[Event]:
        form: Digest = form_digest(self.case(item))
        return self.order(c.SignForm(item, form, digest("strokes")), by)

    def signed(self, amount: int = 2_000_000) -> "Visit":
        self.signing(amount)
        self.sign()
        return self

    # --- deciding ---

    def decide(self, outcome: Outcome, item: str = PENSION.code, **how: object) -> list[Event]:
        """As the desk does: with the promised time of what is accepted, and the values revealed."""
        if outcome is Outcome.ACCEPTED:
            how = {"promised_at": self.now + 10 * DAY} | how
        how = {"values": self.revealed(item)} | how
        return self.order(c.Decide(item, outcome, **how), FAR)  # type: ignore[arg-type]  # passed on

    def decided(self, outcome: Outcome = Outcome.ACCEPTED) -> "Visit":
        self.signed(50_000 if outcome is Outcome.DONE else 2_000_000)
        self.decide(outcome)
        return self

    def end(self, reason: str = "") -> "Visit":
        self.order(c.EndSession(reason), NEAR)
        return self

    def processing(self) -> "Visit":
        return self.decided().end()

    def completed(self) -> "Visit":
        self.processing()
        self.order(c.CompleteItem(PENSION.code), FAR)
        return self

    def delivered(self) -> "Visit":
        self.completed()
        self.order(c.DeliverResult(PENSION.code, Way.ELECTRONIC), FAR)
        return self

    def admit(self, person: PersonId, role: Role) -> None:
        self.order(c.AdmitPerson(person, NAMES[person], role))

    def minutes(self) -> None:
        self.order(c.NoteRecord(digest(f"minutes {self.state.issues}"), 1, len(self.entries)))
