"""What a session's record needs beyond the state: when things happened and by whom, and what is
only said, not kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from rooms.counter import events as e
from rooms.counter.events import Event
from rooms.counter.evolve import evolve
from rooms.counter.kinds import Role
from rooms.counter.state import START, State
from rooms.counter.wording import ROLES
from rooms.ids import SYSTEM, PageId, PersonId, RecordingId
from rooms.log import Entry

When = tuple[datetime, PersonId]


@dataclass(slots=True)
class History:
    """A log, read once from end to end; `state` is what it folds to.

    Keys are items, with a material or a field where both name a thing.
    """

    entries: list[Entry[Event]] = field(default_factory=list)
    state: State = START
    ticket: datetime | None = None
    called: datetime | None = None
    connected: datetime | None = None
    consented: When | None = None
    ended: datetime | None = None
    rated: datetime | None = None
    captured: dict[PageId, When] = field(default_factory=dict)
    screenshots: list[When] = field(default_factory=list)
    judged: dict[tuple[str, str], When] = field(default_factory=dict)
    confirmed: dict[tuple[str, str], When] = field(default_factory=dict)
    signed: dict[str, When] = field(default_factory=dict)
    opinions: dict[tuple[str, PersonId], datetime] = field(default_factory=dict)
    paid: dict[tuple[str, str], datetime] = field(default_factory=dict)
    decided: dict[str, When] = field(default_factory=dict)
    completed: dict[str, datetime] = field(default_factory=dict)
    delivered: dict[str, datetime] = field(default_factory=dict)
    recorded: dict[RecordingId, tuple[datetime, datetime | None]] = field(default_factory=dict)

    def of(self, *kinds: type[Event]) -> list[Entry[Event]]:
        """The entries with these events, in their order."""
        return [entry for entry in self.entries if isinstance(entry.event, kinds)]

    def name(self, person: PersonId) -> str:
        """Who somebody is: a name for those on duty, a role for the applicant and the system."""
        state = self.state
        if person == SYSTEM:
            return ROLES[Role.SYSTEM]
        if state.about is not None and person == state.applicant:
            return ROLES[Role.APPLICANT]
        known = state.known.get(person)
        return known.name if known else person

    def by_hand(self, by: PersonId, on_behalf: PersonId | None) -> str:
        """Who acted: the applicant, or somebody on the applicant's word."""
        if on_behalf is None:
            return self.name(by)
        agent = self.state.agent
        how = "代办" if agent is not None and agent.person == on_behalf else "依办事人口头确认"
        return f"{self.name(on_behalf)}（{how}）"


def read(entries: Iterable[Entry[Event]]) -> History:
    """The history of a log."""
    history = History()
    for entry in entries:
        history.entries.append(entry)
        history.state = evolve(history.state, entry.event)
        _note(history, entry)
    return history


def _note(history: History, entry: Entry[Event]) -> None:
    when = (entry.at, entry.by)
    match entry.event:
        case e.TicketIssued():
            history.ticket = entry.at
        case e.TicketCalled():
            history.called = entry.at
        case e.SessionConnected():
            history.connected = entry.at
        case e.ConsentGiven():
            history.consented = when
        case e.ConsentRefused() | e.SessionEnded():
            history.ended = entry.at
        case e.MaterialCaptured(page=page) | e.PageReplaced(page=page):
            history.captured[page] = when
        case e.ScreenshotTaken():
            history.screenshots.append(when)
        case e.MaterialJudged(item=item, material=material):
            history.judged[item, material] = when
        case e.FieldsConfirmed(item=item, fields=fields):
            for each in fields:
                history.confirmed[item, each.field] = when
        case e.FormSigned(item=item):
            history.signed[item] = when
        case e.OpinionGiven(item=item, person=person):
            history.opinions[item, person] = entry.at
        case e.FeePaid(item=item, fee=fee):
            history.paid[item, fee] = entry.at
        case e.OutcomeDecided(item=item):
            history.decided[item] = when
        case e.ItemCompleted(item=item):
            history.completed[item] = entry.at
        case e.ResultDelivered(item=item):
            history.delivered[item] = entry.at
        case e.SessionRated():
            history.rated = entry.at
        case e.RecordingStarted(recording=recording):
            history.recorded[recording] = entry.at, None
        case e.RecordingEnded(recording=recording):
            history.recorded[recording] = history.recorded[recording][0], entry.at
        case _:
            pass
