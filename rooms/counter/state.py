"""What a session is after its entries so far: immutable, and nothing in it that the log does not
hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rooms.counter.kinds import (
    Agent,
    IdentityMethod,
    IdentityResult,
    Interruption,
    Matter,
    Missing,
    Origin,
    Picture,
    Priority,
    Role,
    Seen,
    Side,
    Source,
    Stance,
    Verdict,
    Way,
)
from rooms.counter.phases import Phase
from rooms.counter.terms import Item, MaterialKind, Outcome
from rooms.facts import Revision
from rooms.ids import Digest, PageId, PersonId, RecordingId
from rooms.recording import Recording


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who sits at one of the two windows."""

    person: PersonId
    name: str
    window: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A side that its clerk wants to hand over, and to whom."""

    to: PersonId
    name: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who has, or had, a role here: clerks who handed over, departments, listeners."""

    name: str
    roles: frozenset[Role]
    department: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    text: Digest
    version: str
    by_hand_of: PersonId | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What was captured last, and what came of it; `result` is None until the far clerk checked."""

    method: IdentityMethod
    number_valid: bool
    masked: str
    document: Digest | None
    likeness: bool = False
    result: IdentityResult | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A captured page. `removed` ones stay listed; `replaced_by` is the page in its place."""

    id: PageId
    item: str
    material: str
    picture: Picture
    source: Source
    removed: bool = False
    replaced_by: PageId | None = None


@dataclass(frozen=True, slots=True)
class Screenshot:
    picture: Picture
    of: Seen
    note: str


@dataclass(frozen=True, slots=True)
class Judged:
    verdict: Verdict
    remark: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in a field."""

    value: Digest
    origin: Origin
    confirmed: bool = False
    by_hand_of: PersonId | None = None  # who confirmed it on the applicant's word


@dataclass(frozen=True, slots=True)
class Signature:
    form: Digest
    strokes: Digest
    by_hand_of: PersonId | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """An invited department's; `opinion` is None until it is given."""

    person: PersonId
    name: str
    department: str
    opinion: Stance | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    amount: int
    reference: str
    paid: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """As `OutcomeDecided`; `reminded` and `escalated` once the clock did its part."""

    outcome: Outcome
    reason: str
    remedy: str
    missing: tuple[Missing, ...]
    until: datetime | None
    promised_at: datetime | None
    remind_at: datetime | None
    by_rule: str | None
    overrides: bool
    untold: str
    reminded: bool = False
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    step: str
    note: str


@dataclass(frozen=True, slots=True)
class Delivery:
    way: Way
    tracking: str


@dataclass(frozen=True, slots=True)
class Case:
    """One item of the session and what became of it. `pages` hold, by material, the present pages
    in their order."""

    item: Item
    pages: Mapping[str, tuple[PageId, ...]] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    fields: Mapping[str, Filled] = field(default_factory=dict)
    signature: Signature | None = None
    opinions: Mapping[PersonId, Opinion] = field(default_factory=dict)
    fees: Mapping[str, Payment] = field(default_factory=dict)
    decision: Decision | None = None
    steps: tuple[Step, ...] = ()
    completed: bool = False
    delivery: Delivery | None = None

    @property
    def processing(self) -> bool:
        """Accepted, and not completed yet."""
        accepted = self.decision is not None and self.decision.outcome is Outcome.ACCEPTED
        return accepted and not self.completed

    @property
    def finished(self) -> bool:
        """There is a result to deliver: done on the spot, or completed."""
        done = self.decision is not None and self.decision.outcome is Outcome.DONE
        return done or self.completed

    def unfilled(self) -> tuple[str, ...]:
        """The required fields in which nothing stands."""
        return self.item.unfilled(frozenset(self.fields))

    def unconfirmed(self) -> tuple[str, ...]:
        """The filled fields that the applicant has not confirmed."""
        return tuple(name for name, filled in self.fields.items() if not filled.confirmed)

    def confirmed(self) -> bool:
        """Whether the form is complete and every field of it confirmed."""
        return not self.unfilled() and not self.unconfirmed()

    def lacking(self) -> tuple[str, ...]:
        """The required materials that are neither accepted nor waived."""
        fine = (Verdict.ACCEPTED, Verdict.WAIVED)
        judged = {material for material, each in self.judged.items() if each.verdict in fine}
        # The form that is filled in and signed here need not be put under the camera as well.
        forms = {each.id for each in self.item.materials if each.kind is MaterialKind.FORM}
        return self.item.missing(frozenset(judged | (forms if self.item.fields else set())))


@dataclass(frozen=True, slots=True)
class Rating:
    level: int
    words: Digest | None
    answer_by: datetime | None
    answer: str | None = None
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A session. `START` is the one before its first entry."""

    phase: Phase = Phase.NEW
    about: Matter | None = None
    starts_at: datetime | None = None  # of a booking
    ends_at: datetime | None = None
    number: str = ""  # of the ticket
    hall: str = ""
    priority: Priority = Priority.NONE
    near: Clerk | None = None
    far: Clerk | None = None
    offers: Mapping[Side, Offer] = field(default_factory=dict)  # of hand-overs, not taken yet
    known: Mapping[PersonId, Known] = field(default_factory=dict)
    times: int = 0  # the ticket was called to this window
    lapses_at: datetime | None = None
    lapses: int = 0
    requeued: int = 0
    requeued_by_applicant: bool = False
    recording: str = ""
    consent: Consent | None = None
    reuse: bool = False
    identity: Identity | None = None
    cases: Mapping[str, Case] = field(default_factory=dict)
    pages: Mapping[PageId, Page] = field(default_factory=dict)
    screenshots: tuple[Screenshot, ...] = ()
    absent: Mapping[PersonId, datetime] = field(default_factory=dict)
    over: bool = False  # the call was ended, or never came about
    outcome: str = ""  # the reason of a cancellation, or of an end before everything was decided
    rating: Rating | None = None
    invite_at: datetime | None = None  # when the applicant is asked again for a rating
    interruptions: tuple[Interruption, ...] = ()
    recordings: Mapping[RecordingId, Recording] = field(default_factory=dict)
    record: Digest | None = None  # the newest minutes
    revisions: tuple[Revision, ...] = ()  # of the newest minutes
    issues: int = 0  # how often minutes were made
    stale: bool = False  # something the minutes tell has changed since they were made
    archived: bool = False
    erased: bool = False  # the personal data were

    @property
    def matter(self) -> Matter:
        """What the session is about."""
        if self.about is None:
            raise LookupError("the session has no entry yet")
        return self.about

    @property
    def applicant(self) -> PersonId:
        return self.matter.person

    @property
    def agent(self) -> Agent | None:
        return self.matter.agent

    def running(self) -> Iterator[Recording]:
        """The recordings that are not over."""
        return (each for each in self.recordings.values() if each.ended is None)

    def undecided(self) -> Iterator[Case]:
        """The items without an outcome."""
        return (case for case in self.cases.values() if case.decision is None)

    def decided(self) -> bool:
        """Whether every item has its outcome."""
        return not any(True for _ in self.undecided())

    def pictures(self) -> Iterator[Picture]:
        """Every picture that the log names: pages, those removed included, and screenshots."""
        yield from (page.picture for page in self.pages.values())
        yield from (each.picture for each in self.screenshots)

    def present(self, item: str, material: str) -> tuple[Page, ...]:
        """The pages of a material that were not removed, in their order."""
        return tuple(self.pages[page] for page in self.cases[item].pages.get(material, ()))


START = State()
