"""Whatever is ordered, in whatever order: the log replays, phases are legal, consent is first."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crypto.encoding import jcs, parse_json
from rooms.audit import Report
from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.audit.events import check_event
from rooms.counter.evolve import evolve
from rooms.counter.forms import form_digest
from rooms.counter.kinds import (
    FieldValue,
    IdentityMethod,
    IdentityResult,
    Matter,
    Missing,
    Role,
    Seen,
    Side,
    Source,
    Stance,
    Verdict,
    Way,
)
from rooms.counter.machine import due, next_instant
from rooms.counter.minutes import Beside, record
from rooms.counter.phases import BEFORE, NEXT, Phase
from rooms.counter.rights import RIGHTS, roles_of
from rooms.counter.state import START, State
from rooms.counter.terms import Outcome
from rooms.counter.visibility import (
    NOBODY,
    SUPERVISOR,
    applicant_audience,
    project,
    staff_audience,
)
from rooms.counter.wire import EVENTS
from rooms.ids import SYSTEM, PageId, PersonId, RecordingId, RoomId
from rooms.log import from_bytes, to_bytes
from rooms.recording import FeedKind, Mark, RecordingStop
from rooms.refusals import Refused
from tests.rooms.counter.matter import (
    ADDRESS,
    AGENT,
    APPLICANT,
    BARE,
    BUNDLE,
    BY_AGENT,
    DAY,
    FAR,
    LAND,
    MANAGER,
    MATTER,
    NAMES,
    NEAR,
    OTHER_FAR,
    OTHER_NEAR,
    PENSION,
    SECOND_VISIT,
    STRANGER,
    TAX,
    WATCH,
    digest,
    picture,
)
from tests.rooms.counter.visit import CONFIRMED, CONSENT, Visit

KINDS = (MATTER, BUNDLE, BY_AGENT, SECOND_VISIT, BARE)
CLERKS = (NEAR, OTHER_NEAR, FAR, OTHER_FAR)
PEOPLE = (*CLERKS, APPLICANT, AGENT, TAX, LAND, WATCH, MANAGER, SYSTEM, STRANGER)
ITEMS = (PENSION.code, ADDRESS.code)
FIELDS = ("name", "amount", "remark")
MATERIALS = ("card", "bank", "proof", "form")
REASON = "因故"
SECRET = "李桂英不可入账"
AUDIENCES = (SUPERVISOR, staff_audience(FAR), applicant_audience(APPLICANT), NOBODY)
CAPTURED = (
    e.IdentityCaptured,
    e.IdentityChecked,
    e.MaterialCaptured,
    e.FieldFilled,
    e.FormSigned,
    e.RecordingStarted,
)


class Session(RuleBasedStateMachine):
    """Orders in any order, most of them at the wrong moment, some of them by the wrong person."""

    def __init__(self) -> None:
        super().__init__()
        self.visit = Visit()
        self.replayed: State = START
        self.seen = 0
        self.findings = Report()

    @initialize(matter=st.sampled_from(KINDS), booked=st.booleans(), steps=st.integers(0, 25))
    def begun(self, matter: Matter, booked: bool, steps: int) -> None:
        self.visit = Visit(matter=matter)
        if booked:
            self.visit.booked()
        else:
            self.visit.waiting()
        for person, role in ((WATCH, Role.SUPERVISOR), (MANAGER, Role.MANAGER)):
            self.visit.admit(person, role)
        self.the_session_goes_on(steps)

    @property
    def state(self) -> State:
        return self.visit.state

    def attempt(self, command: c.Command, by: PersonId = SYSTEM) -> None:
        with suppress(Refused):
            self.visit.order(command, by)

    # --- time ---

    @rule(seconds=st.sampled_from([0, 1, 60, 180, 86_400, 900_000]))
    def time_passes(self, seconds: int) -> None:
        self.visit.now += timedelta(seconds=seconds)
        self.attempt(c.Tick())

    @rule()
    def time_passes_to_whatever_is_due_next(self) -> None:
        instant = next_instant(self.state)
        if instant is not None:
            self.visit.now = max(self.visit.now, instant)
            assert [str(each) for each in due(self.state, self.visit.now)][:1] == ["tick"]
            before = len(self.visit.entries)
            self.attempt(c.Tick())
            assert len(self.visit.entries) > before, "a tick that was due did nothing"
            left = next_instant(self.state)
            assert left is None or left > self.visit.now, "a tick left something behind"

    @rule(seconds=st.integers(0, 900))
    def the_service_was_away(self, seconds: int) -> None:
        back = self.visit.now
        self.attempt(c.NoteInterruption(back - timedelta(seconds=seconds), back))

    # --- what is expected ---

    @rule(steps=st.integers(1, 4))
    def the_session_goes_on(self, steps: int) -> None:
        """Everybody does what is expected next, as far as anything is."""
        for _ in range(steps):
            before = len(self.visit.entries)
            for command, by in self.expected():
                self.attempt(command, by)
                if len(self.visit.entries) > before:
                    break
            else:
                if any(each.work == "minutes" for each in due(self.state, self.visit.now)):
                    self.visit.minutes()

    def clerk(self, side: Side) -> PersonId:
        seat = self.state.near if side is Side.NEAR else self.state.far
        return seat.person if seat else {Side.NEAR: NEAR, Side.FAR: FAR}[side]

    def expected(self) -> list[tuple[c.Command, PersonId]]:
        near, far, state = self.clerk(Side.NEAR), self.clerk(Side.FAR), self.state
        steps: list[tuple[c.Command, PersonId]] = [
            (c.IssueTicket("A012", "浦东"), SYSTEM),
            (c.RequeueTicket(), near),
            (c.CallTicket("3", NAMES[NEAR]), NEAR),
        ]
        if state.far is None:
            steps.append((c.AssignFar(FAR, NAMES[FAR], "12", "340123"), FAR))
        steps += [
            (c.ConnectSession(CONFIRMED), near),
            (c.GiveConsent(CONSENT, "1", True), APPLICANT),
        ]
        if state.phase is Phase.CONSENTED and (state.identity is None or state.identity.result):
            shown = c.CaptureIdentity(IdentityMethod.CARD, True, "3101****", digest("card"))
            steps.append((shown, near))
        steps.append((c.CheckIdentity(True, IdentityResult.PASSED), far))
        for case in state.undecided():
            item = case.item.code
            for material in case.lacking():
                count = len(state.pages)
                page = c.CaptureMaterial(
                    PageId(f"x-{count}"), item, material, picture(f"x-{count}"), Source.CAMERA
                )
                accept = c.JudgeMaterial(item, material, Verdict.ACCEPTED)
                steps += [(accept, far), (page, near)]
            steps += [(self.filled(item, name, near), near) for name in case.unfilled()]
            if case.unconfirmed():
                steps.append((c.ConfirmFields(item, self.visit.shown(item)), APPLICANT))
            if case.item.fields and case.signature is None:
                steps.append((c.SignForm(item, form_digest(case), digest("strokes")), APPLICANT))
            steps.append((self.decision(item, Outcome.ACCEPTED), far))
        steps += [(c.EndSession(), near)]
        steps += [(c.CompleteItem(case.item.code), far) for case in state.cases.values()]
        steps += [
            (c.DeliverResult(case.item.code, Way.COUNTER), near) for case in state.cases.values()
        ]
        return [*steps, (c.AnswerRating(REASON), MANAGER)]

    def filled(self, item: str, name: str, by: PersonId) -> c.FillField:
        """What the desk makes of a value: its salted digest. Salts are counted up."""
        value = 2_000_000 if name == "amount" else SECRET
        spy = Visit(matter=self.visit.matter, state=self.state, fills=self.visit.fills)
        self.visit.fills += 1
        self.visit.written[item, name] = value
        with suppress(Refused):
            spy.fill(name, value, by, item)
        for entry in spy.entries:
            if isinstance(entry.event, e.FieldFilled):
                return c.FillField(item, name, entry.event.value)
        return c.FillField(item, name, digest("not possible now"))

    def decision(self, item: str, outcome: Outcome) -> c.Decide:
        return c.Decide(
            item,
            outcome,
            reason=REASON,
            remedy=REASON,
            missing=(Missing("", REASON),),
            until=self.visit.now + DAY,
            promised_at=self.visit.now + 10 * DAY,
            values=self.visit.revealed(item) if item in self.state.cases else (),
            untold=REASON,
        )

    # --- what is not ---

    @rule(seed=st.integers(0, 2**32), count=st.integers(1, 15))
    def anybody_orders_anything(self, seed: int, count: int) -> None:
        # A seed, for hypothesis itself draws small and equal values too often to get anywhere.
        chance = Random(seed)
        for _ in range(count):
            by = chance.choice(PEOPLE)
            command = chance.choice(self.anything(by, chance))
            allowed = [
                each for each in PEOPLE if roles_of(self.state, each) & RIGHTS[type(command)]
            ]
            if allowed and chance.random() < 0.9:
                by = chance.choice(allowed)
            self.attempt(command, by)

    def anything(self, by: PersonId, chance: Random) -> list[c.Command]:
        item, material = chance.choice(ITEMS), chance.choice(MATERIALS)
        field, person = chance.choice(FIELDS), chance.choice(PEOPLE)
        name = NAMES.get(person, "某人")
        pages = [*self.state.pages, PageId("p-none")]
        page, number = chance.choice(pages), chance.randrange(1_000)
        case = self.state.cases.get(item)
        present = list(case.pages.get(material, ())) if case else []
        chance.shuffle(present)
        outcome = chance.choice(list(Outcome))
        side = chance.choice(list(Side))
        return [
            c.CancelSession(REASON) if chance.random() < 0.05 else c.RecallTicket(),
            c.RecallTicket(),
            c.RequeueTicket(),
            c.CallTicket("4", NAMES.get(by, "某人")),
            c.AssignFar(person, name, "13", "340123"),
            c.OfferHandOver(side, person, name, "5", REASON),
            c.TakeOver(side, "5"),
            c.EndHandOverOffer(side),
            c.HandOver(side, person, name, REASON),
            c.ConnectSession(chance.choice([CONFIRMED, REASON])),
            c.GiveConsent(CONSENT, "1"),
            c.RefuseConsent() if chance.random() < 0.1 else c.AllowReuse(),
            c.AllowReuse(),
            c.CaptureIdentity(chance.choice(list(IdentityMethod)), number % 2 == 0, "3101****"),
            c.CheckIdentity(number % 2 == 0, chance.choice(list(IdentityResult))),
            c.CaptureMaterial(
                PageId(f"p-{number}"),
                item,
                material,
                picture(f"p-{number % 7}", 1 + number % 2),
                chance.choice(list(Source)),
                RoomId("s-1"),
            ),
            c.RetakePage(PageId(f"p-{number}"), page, picture(f"r-{number}"), Source.PHONE),
            c.OrderPages(item, material, tuple(present)),
            c.RemovePage(page, REASON),
            c.JudgeMaterial(item, material, chance.choice(list(Verdict)), REASON),
            c.TakeScreenshot(picture(f"s-{number % 40}"), chance.choice(list(Seen))),
            self.filled(item, field, by),
            c.FillField(item, field, None),
            c.ConfirmFields(item, self.visit.shown(item) if case else ()),
            c.ConfirmFields(item, (FieldValue(field, digest("guess")),)),
            c.SignForm(item, form_digest(case) if case else digest("x"), digest("strokes")),
            c.InviteDepartment(person, name, "联审", item),
            c.GiveOpinion(item, chance.choice(list(Stance)), REASON),
            c.NoteFee(item, "copy", 500, "sandbox-1"),
            c.NotePayment(item, "copy", 500 + number % 2, "sandbox-1"),
            self.decision(item, outcome),
            c.Decide(item, outcome),
            c.EndSession(REASON if chance.random() < 0.1 else ""),
            c.BeginStep(item, REASON),
            c.CompleteItem(item),
            c.DeliverResult(item, chance.choice(list(Way))),
            c.RateSession(1 + number % 5, digest("words"), self.visit.now + DAY),
            c.AnswerRating(REASON),
            c.PostChat(REASON, person if number % 2 else None),
            c.IssueWarning(REASON),
            c.NotePresence(person, number % 2 == 0),
            c.AdmitPerson(person, name, Role.SUPERVISOR),
            c.ArchiveRoom() if chance.random() < 0.1 else c.BeginStep(item, REASON),
        ]

    @rule(number=st.integers(0, 3), size=st.integers(0, 99), person=st.sampled_from(PEOPLE))
    def the_engine_records(self, number: int, size: int, person: PersonId) -> None:
        recording = RecordingId(f"r-{number}")
        kind = list(FeedKind)[number % len(FeedKind)]
        self.attempt(c.NoteRecording(recording, person, kind))
        self.attempt(c.MarkRecordings((Mark(recording, size, digest("r")),)))
        if size % 3 == 0:
            stop = list(RecordingStop)[number % len(RecordingStop)]
            self.attempt(c.NoteRecordingEnd(recording, size, digest("r"), stop))

    @rule()
    def the_engine_is_gone(self) -> None:
        for each in list(self.state.running()):
            end = c.NoteRecordingEnd(each.id, each.size, each.sha256, RecordingStop.ENGINE)
            self.attempt(end)

    @rule()
    def the_printer_prints(self) -> None:
        if any(each.work == "minutes" for each in due(self.state, self.visit.now)):
            self.visit.minutes()

    # --- what always holds ---

    @invariant()
    def every_new_entry_holds(self) -> None:
        for entry in self.visit.entries[self.seen :]:
            data = to_bytes(entry, EVENTS)
            assert from_bytes(data, EVENTS) == entry
            assert jcs(parse_json(data)) == data
            assert SECRET.encode() not in data, "personal data is in the log"
            before = self.replayed
            assert (before.phase, type(entry.event)) in NEXT
            shown = [project(before, entry, audience) for audience in AUDIENCES]
            assert shown[0] is not None
            assert shown[-1] is None, "a stranger sees something"
            if isinstance(entry.event, CAPTURED):
                assert before.consent is not None, "captured without consent"
            if entry.by != SYSTEM and isinstance(entry.event, e.OutcomeDecided):
                assert Role.FAR in roles_of(before, entry.by)
            check_event(before, entry, self.findings, "log.jsonl")
            self.replayed = evolve(before, entry.event)
            assert self.replayed.phase in NEXT[before.phase, type(entry.event)]
        self.seen = len(self.visit.entries)

    @invariant()
    def the_replay_is_the_state(self) -> None:
        assert self.replayed == self.state

    @invariant()
    def the_audit_finds_nothing_in_what_was_recorded(self) -> None:
        assert self.findings.ok, self.findings.findings

    @invariant()
    def materials_and_forms_come_after_the_identity(self) -> None:
        state = self.state
        touched = bool(state.pages) or any(case.fields for case in state.cases.values())
        if touched or any(case.decision for case in state.cases.values()):
            assert state.identity is not None
            assert state.identity.result is IdentityResult.PASSED

    @invariant()
    def a_signature_is_over_the_form_as_it_is(self) -> None:
        for case in self.state.cases.values():
            if case.signature is not None:
                assert case.confirmed()
                assert case.signature.form == form_digest(case)

    @invariant()
    def what_was_granted_was_complete(self) -> None:
        for case in self.state.cases.values():
            granted = (Outcome.ACCEPTED, Outcome.DONE)
            if case.decision is not None and case.decision.outcome in granted:
                assert not case.lacking()
                assert case.confirmed()
                assert case.signature is not None or not case.item.fields

    @invariant()
    def items_stay_as_they_were(self) -> None:
        assert tuple(each.item for each in self.state.cases.values()) == self.visit.matter.items

    @invariant()
    def pages_are_in_one_place_or_removed(self) -> None:
        laid = Counter(
            page
            for case in self.state.cases.values()
            for pages in case.pages.values()
            for page in pages
        )
        assert set(laid.values()) <= {1}
        assert set(laid) == {page.id for page in self.state.pages.values() if not page.removed}

    @invariant()
    def things_that_happen_once_happened_once(self) -> None:
        events = [entry.event for entry in self.visit.entries]
        kinds = Counter(type(event) for event in events)
        for once in (e.ConsentGiven, e.SessionConnected, e.SessionEnded, e.SessionRated):
            assert kinds[once] <= 1
        decided = Counter(event.item for event in events if isinstance(event, e.OutcomeDecided))
        assert all(count == 1 for count in decided.values())
        assert kinds[e.TicketRequeued] <= 2

    @invariant()
    def the_phase_says_what_is_left_to_do(self) -> None:
        state = self.state
        if state.phase in BEFORE:
            assert state.consent is None
        if state.phase is Phase.DECIDED and not state.over:
            assert state.decided()
        processing = any(case.processing for case in state.cases.values())
        if state.over:
            assert (state.phase is Phase.PROCESSING) == processing
            assert not state.absent

    @invariant()
    def minutes_are_made_when_no_recording_runs(self) -> None:
        if self.state.record is not None:
            assert self.state.over
            assert not any(self.state.running())

    @invariant()
    def nobody_serves_their_own_matter(self) -> None:
        for seat in (self.state.near, self.state.far):
            assert seat is None or seat.person not in (APPLICANT, SYSTEM)

    def teardown(self) -> None:
        if self.visit.entries:
            found = record(self.visit.entries, Beside(RoomId("s-1"), head="", issuer="云开"))
            assert found.log.count(b"\n") == len(self.visit.entries)


Session.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestSession = Session.TestCase


@pytest.mark.parametrize("seed", range(50))
def test_a_random_walk_keeps_all_invariants(seed: int) -> None:
    """Deeper than hypothesis gets by itself: expected steps, with anything in between."""
    chance = Random(seed)
    walk = Session()
    walk.begun(KINDS[seed % len(KINDS)], chance.random() < 0.3, chance.choice([0, 4, 9, 20]))
    for _ in range(chance.randrange(20, 100)):
        match chance.randrange(12):
            case 0 | 1:
                walk.the_session_goes_on(1)
            case 2 | 3 | 4 | 5 | 6 | 7 | 8:
                walk.anybody_orders_anything(chance.randrange(2**32), 5)
            case 9:
                walk.the_engine_records(
                    chance.randrange(4), chance.randrange(99), chance.choice(PEOPLE)
                )
            case 10:
                walk.the_engine_is_gone()
                walk.the_printer_prints()
            case _:
                walk.time_passes(chance.choice([0, 1, 60, 170, 180]))
                walk.the_service_was_away(chance.randrange(300))
        if chance.random() < 0.1:
            walk.time_passes_to_whatever_is_due_next()
        walk.every_new_entry_holds()
        walk.the_replay_is_the_state()
        walk.the_audit_finds_nothing_in_what_was_recorded()
        walk.materials_and_forms_come_after_the_identity()
        walk.a_signature_is_over_the_form_as_it_is()
        walk.what_was_granted_was_complete()
        walk.items_stay_as_they_were()
        walk.pages_are_in_one_place_or_removed()
        walk.things_that_happen_once_happened_once()
        walk.the_phase_says_what_is_left_to_do()
        walk.minutes_are_made_when_no_recording_runs()
        walk.nobody_serves_their_own_matter()
    walk.teardown()


def test_left_alone_every_kind_of_session_comes_to_its_end() -> None:
    for matter in KINDS:
        walk = Session()
        walk.begun(matter, booked=False, steps=60)
        assert walk.state.phase is Phase.DELIVERED
        walk.attempt(c.ArchiveRoom())
        assert walk.state.phase is Phase.ARCHIVED
        walk.every_new_entry_holds()
