"""Whatever is ordered, in whatever order: the log replays, phases are legal, secrets stay."""

from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crypto.encoding import jcs, parse_json
from rooms.audit import Report
from rooms.ids import SYSTEM, BidId, Digest, ObjectionId, PersonId, RecordingId
from rooms.log import from_bytes, to_bytes
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.audit.events import check_event
from rooms.opening.drawing import commitment
from rooms.opening.events import ChatMode, Fault, FeedKind, Mark, RecordingStop, Window
from rooms.opening.evolve import evolve
from rooms.opening.floor import may_speak
from rooms.opening.machine import due, next_instant
from rooms.opening.minutes import record
from rooms.opening.phases import NEXT, Phase
from rooms.opening.state import START, State
from rooms.opening.terms import Terms
from rooms.opening.visibility import project
from rooms.opening.wire import EVENTS
from rooms.refusals import Refused
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BIDDER_ALONE,
    BOLT,
    CORA,
    DEADLINE,
    DEPUTY,
    DRAWN,
    HOST,
    OWNER,
    QUICK,
    TERMS,
    TRUSTEES,
    TWO_ENVELOPES,
    UNATTENDED,
    UNRECORDED,
    WATCH,
)

BIDDERS = (ACME, BOLT, CORA)
KINDS = (TERMS, BIDDER_ALONE, TWO_ENVELOPES, UNATTENDED, DRAWN, QUICK)
PEOPLE = (*BIDDERS, HOST, DEPUTY, WATCH, OWNER, *TRUSTEES, SYSTEM, PersonId("stranger"))
REASON = "因故"
SEED = bytes(32)

HIDDEN = (
    e.TenderAccepted,
    e.BidReceived,
    e.BidStored,
    e.BidBytesRefused,
    e.BidWithdrawn,
    e.BidderSignedIn,
)
AUDIENCES = ("staff", "trustee", "bidder:acme", "observer")


class Opening(RuleBasedStateMachine):
    """Orders in any order, most of them at the wrong moment, some of them by the wrong person."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall()
        self.replayed: State = START
        self.seen = 0
        self.findings = Report()

    @initialize(
        terms=st.sampled_from(KINDS),
        bidders=st.sampled_from([(ACME, BOLT, CORA), (ACME, BOLT), (CORA,), ()]),
        all_stored=st.booleans(),
        steps=st.integers(0, 14),
    )
    def published(
        self, terms: Terms, bidders: tuple[PersonId, ...], all_stored: bool, steps: int
    ) -> None:
        self.hall.publish(terms)
        for person in bidders:
            self.hall.bid(person, stored=all_stored or person != CORA)
        self.the_opening_goes_on(steps)

    def attempt(self, command: c.Command, by: PersonId) -> None:
        with suppress(Refused):
            self.hall.order(command, by)

    # --- time ---

    @rule(seconds=st.sampled_from([0, 1, 59, 600, 1800]))
    def time_passes(self, seconds: int) -> None:
        self.hall.now += timedelta(seconds=seconds)
        self.attempt(c.Tick(), SYSTEM)

    @rule()
    def the_deadline_comes(self) -> None:
        self.hall.now = max(self.hall.now, DEADLINE)
        self.attempt(c.Tick(), SYSTEM)

    @rule()
    def time_passes_to_whatever_is_due_next(self) -> None:
        instant = next_instant(self.hall.state)
        if instant is not None:
            self.hall.now = max(self.hall.now, instant)
            before = len(self.hall.entries)
            self.attempt(c.Tick(), SYSTEM)
            assert len(self.hall.entries) > before, "a tick that was due did nothing"

    @rule(seconds=st.integers(0, 900))
    def the_service_was_away(self, seconds: int) -> None:
        back = self.hall.now
        self.attempt(c.NoteInterruption(back - timedelta(seconds=seconds), back), SYSTEM)

    # --- orders ---

    @rule(person=st.sampled_from(BIDDERS), stored=st.booleans())
    def somebody_bids(self, person: PersonId, stored: bool) -> None:
        with suppress(Refused):
            self.hall.bid(person, stored=stored)

    @rule(person=st.sampled_from(BIDDERS))
    def somebody_withdraws_or_signs_in(self, person: PersonId) -> None:
        bidder = self.hall.state.bidders.get(person)
        if bidder is not None:
            with suppress(Refused):
                self.hall.sign_in(person)
            if bidder.live is not None:
                with suppress(Refused):
                    self.hall.withdraw(person)

    @rule(bid=st.integers(0, 5), code=st.sampled_from([None, "digest_mismatch", "disk_full"]))
    def bytes_arrive(self, bid: int, code: str | None) -> None:
        known = list(self.hall.state.bids.values())
        if known:
            found = known[bid % len(known)]
            for envelope, part in found.parts.items():
                self.attempt(c.NoteBytes(found.id, envelope, part.header.size, code), SYSTEM)

    @rule(steps=st.integers(1, 3))
    def the_opening_goes_on(self, steps: int) -> None:
        """Everybody does what is expected next, as far as anything is."""
        for _ in range(steps):
            self.step()

    def step(self) -> None:
        hall, before = self.hall, len(self.hall.entries)
        if hall.state.phase is Phase.RECEIVING:
            self.the_deadline_comes()
            return
        by = hall.state.host or HOST
        for command in self.expected():
            self.attempt(command, by)
            if len(hall.entries) > before:
                return
        self.the_worker_works(spoilt=False)
        for person in TRUSTEES[:2]:
            self.a_trustee_releases(person, lost=False)
        for bidder in BIDDERS:
            self.a_bidder_gives_its_key(bidder, wrong=False)
        self.the_worker_works(spoilt=False)
        for bid in list(hall.state.counted_bids()):
            self.attempt(c.ConfirmBid(bid.id), bid.bidder)
        if len(hall.entries) == before:
            self.the_engine_is_gone()
        if len(hall.entries) == before:
            self.time_passes(600)

    def expected(self) -> list[c.Command]:
        """What the host may have to order next, one of which is right."""
        state = self.hall.state
        left = [each.id for each in state.terms.envelopes][len(state.imported) :]
        draws: list[c.Command] = []
        if state.terms.draw and state.drawing.value is None:
            draws = [
                c.CommitSeed(commitment(HOST, SEED)),
                c.RevealSeed("A" * 43),
                c.DrawParameter(),
            ]
        return [
            c.StartOpening(UNRECORDED),
            c.PublishRoll(),
            c.ContinueOpening(REASON),
            *draws,
            *(c.StartDecryption(each) for each in left[:1]),
            c.ImportBids(),
            c.StartAnnouncing(),
            c.AnnounceBids(),
            c.StartConfirmation(),
            *(c.AnswerObjection(each, REASON) for each in state.objections),
            c.StartSigning(),
            c.SignRecord(state.content or Digest("0" * 64)),
            c.EndOpening(),
        ]

    @rule(person=st.sampled_from(TRUSTEES), lost=st.booleans())
    def a_trustee_releases(self, person: PersonId, lost: bool) -> None:
        state = self.hall.state
        if state.phase is Phase.DECRYPTING and state.envelope and state.envelope in state.gates:
            with suppress(Refused):
                kem = "lost" if lost else None
                self.hall.order(self.hall.release(person, state.envelope, kem=kem), person)

    @rule(person=st.sampled_from(BIDDERS), wrong=st.booleans())
    def a_bidder_gives_its_key(self, person: PersonId, wrong: bool) -> None:
        state = self.hall.state
        if state.phase is Phase.DECRYPTING and state.envelope and state.counted_of(person):
            order = self.hall.key_order(person, state.envelope)
            key = "AAAA" if wrong else order.key
            self.attempt(c.ReleaseKey(order.bid, order.envelope, key), person)

    @rule(spoilt=st.booleans())
    def the_worker_works(self, spoilt: bool) -> None:
        for work in due(self.hall.state, self.hall.now):
            if work.work == "gate" and work.envelope:
                self.hall.open_gate(work.envelope)
            elif work.work == "open" and work.bid and work.envelope:
                if spoilt:
                    self.hall.order(c.NoteVoid(work.bid, work.envelope, "wrong_bytes", 6))
                else:
                    self.hall.order(self.hall.opened(work.bid, work.envelope))
            elif work.work == "minutes":
                self.hall.order(c.NoteRecord(Digest("ab" * 32), 1, len(self.hall.entries)))
            elif work.work == "preserve" and self.hall.state.record:
                size = self.hall.state.revisions[-1].size
                last = c.NotePreserved(self.hall.state.record, Digest("ef" * 32), size + 1)
                self.hall.order(last)

    @rule(seed=st.integers(0, 2**32), count=st.integers(1, 15))
    def anybody_orders_anything(self, seed: int, count: int) -> None:
        # A seed, for hypothesis itself draws small and equal values too often to get anywhere.
        chance = Random(seed)
        for _ in range(count):
            by = chance.choice([self.hall.state.host or HOST, *PEOPLE])
            self.attempt(chance.choice(self.anything(by, chance.randrange(6))), by)
            if chance.random() < 0.2:
                self.attempt(c.ResumeOpening(), self.hall.state.host or HOST)

    def anything(self, by: PersonId, number: int) -> list[c.Command]:
        person, objection = PEOPLE[number], ObjectionId(f"o-{number % 2}")
        bids = list(self.hall.state.bids) or [BidId("b-aaaaaaaaaaaaaaaaaaaa")]
        chosen = bids[number % len(bids)]
        return [
            c.StartOpening("无录像"),
            c.PublishRoll(),
            c.FailOpening(REASON),
            c.RuleFault(chosen, Fault.BIDDER, REASON),
            c.RuleFault(chosen, Fault.PLATFORM, REASON),
            c.GrantRemedy(chosen, 10, REASON),
            c.ImportBids(),
            c.CommitSeed(commitment(by, SEED)),
            c.RevealSeed("A" * 43),
            c.DrawParameter(),
            c.AnnounceBids((chosen,)),
            c.ConfirmBid(chosen),
            c.DisputeBid(chosen, REASON),
            c.RaiseObjection(REASON, objection),
            c.AnswerObjection(objection, REASON),
            c.StartSigning(),
            c.SignRecord(self.hall.state.content or Digest("0" * 64)),
            c.ArchiveRoom(),
            c.SignMinutes(
                ("host-1", "supervisor-1")[number % 2],
                Digest("cd" * 32),
                self.hall.state.record or Digest("0" * 64),
                Digest("ef" * 32),
                2 + number,
            ),
            c.PauseOpening(REASON),
            c.ResumeOpening(),
            c.ExtendWindow(Window.DECRYPTION, 10, REASON),
            c.ExtendWindow(Window.OBJECTION, 10, REASON),
            c.Reconvene(REASON),
            c.IssueWarning(REASON),
            c.TakeOver(),
            c.NoteDeposit(person, "paid"),
            c.PostChat(REASON, person),
            c.SetChatMode(ChatMode.MUTED),
            c.RequestFloor(),
            c.WithdrawFloor(),
            c.GrantFloor(person),
            c.TakeFloor(),
            c.MutePerson(person, number % 2 == 0),
        ]

    @rule(number=st.integers(0, 3), size=st.integers(0, 99), person=st.sampled_from(PEOPLE))
    def the_engine_records(self, number: int, size: int, person: PersonId) -> None:
        recording, digest = RecordingId(f"r-{number}"), Digest("cd" * 32)
        kind = list(FeedKind)[number % len(FeedKind)]
        self.attempt(c.NoteRecording(recording, person, kind), SYSTEM)
        self.attempt(c.MarkRecordings((Mark(recording, size, digest),)), SYSTEM)
        if size % 3 == 0:
            stop = list(RecordingStop)[number % len(RecordingStop)]
            self.attempt(c.NoteRecordingEnd(recording, size, digest, stop), SYSTEM)

    @rule()
    def the_engine_is_gone(self) -> None:
        for each in list(self.hall.state.running()):
            end = c.NoteRecordingEnd(each.id, each.size, each.sha256, RecordingStop.ENGINE)
            self.attempt(end, SYSTEM)

    @rule()
    def the_deputy_resumes(self) -> None:
        self.attempt(c.ResumeOpening(), self.hall.state.host or HOST)

    # --- what always holds ---

    @invariant()
    def every_new_entry_holds(self) -> None:
        for entry in self.hall.entries[self.seen :]:
            data = to_bytes(entry, EVENTS)
            assert from_bytes(data, EVENTS) == entry
            assert jcs(parse_json(data)) == data
            assert (self.replayed.phase, type(entry.event)) in NEXT
            shown = [project(self.replayed, entry, audience) for audience in AUDIENCES]
            if isinstance(entry.event, HIDDEN) and not self.replayed.rolled:
                assert shown == [None] * len(AUDIENCES), "a stream tells who bids"
            check_event(self.replayed, entry, self.findings, "log.jsonl")
            self.replayed = evolve(self.replayed, entry.event)
        self.seen = len(self.hall.entries)

    @invariant()
    def the_replay_is_the_state(self) -> None:
        assert self.replayed == self.hall.state

    @invariant()
    def nothing_is_readable_before_the_close(self) -> None:
        state = self.hall.state
        if state.phase in (Phase.DRAFT, Phase.RECEIVING, Phase.CLOSED):
            assert not state.gates
            assert not any(p.opened or p.key for b in state.bids.values() for p in b.parts.values())

    @invariant()
    def every_bid_that_counts_arrived_in_time_and_is_its_bidders_only_one(self) -> None:
        counted = list(self.hall.state.counted.values())
        assert all(each.received_at < DEADLINE for each in counted)
        assert len({each.bidder for each in counted}) == len(counted)

    @invariant()
    def an_import_leaves_no_bid_open(self) -> None:
        state = self.hall.state
        for envelope in state.imported:
            assert all(bid.parts[envelope].final for bid in state.in_play(envelope))

    @invariant()
    def nobody_speaks_or_is_recorded_who_may_not_be_known(self) -> None:
        state = self.hall.state
        heard = {*state.hands, *([state.floor] if state.floor else []), *state.muted}
        heard |= {each.person for each in state.recordings.values()}
        assert all(may_speak(state, person) for person in heard)

    @invariant()
    def the_record_is_made_when_no_recording_runs(self) -> None:
        state = self.hall.state
        if state.record is not None:
            assert not any(state.running())

    @invariant()
    def the_audit_finds_nothing_in_what_was_recorded(self) -> None:
        assert self.findings.ok, self.findings.findings

    @invariant()
    def nothing_ends_with_an_open_question(self) -> None:
        state = self.hall.state
        if state.phase in (Phase.ENDED, Phase.PUBLISHED, Phase.ARCHIVED):
            assert all(each.answer for each in state.objections.values())
            assert all(bid.fault is not Fault.UNKNOWN for bid in state.counted_bids())

    def teardown(self) -> None:
        if self.hall.state.published:
            found = record(self.hall.entries, head="", issuer="云开")
            assert found.log.count(b"\n") == len(self.hall.entries)


Opening.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestOpening = Opening.TestCase


@pytest.mark.parametrize("seed", range(30))
def test_a_random_walk_keeps_all_invariants(seed: int) -> None:
    """Deeper than hypothesis gets by itself: expected steps, with anything in between."""
    chance = Random(seed)
    walk = Opening()
    bidders = chance.choice([BIDDERS, BIDDERS, BIDDERS[:2], ()])
    walk.published(KINDS[seed % len(KINDS)], bidders, chance.random() < 0.7, 0)
    for _ in range(chance.randrange(10, 50)):
        match chance.randrange(12):
            case 0 | 1 | 2:
                walk.the_opening_goes_on(1)
            case 3 | 4 | 5:
                walk.anybody_orders_anything(chance.randrange(2**32), 3)
            case 6:
                walk.somebody_bids(chance.choice(BIDDERS), chance.random() < 0.5)
                if chance.random() < 0.3:
                    walk.somebody_withdraws_or_signs_in(chance.choice(BIDDERS))
            case 7:
                walk.a_trustee_releases(chance.choice(TRUSTEES), chance.random() < 0.5)
            case 8:
                walk.a_bidder_gives_its_key(chance.choice(BIDDERS), chance.random() < 0.5)
            case 9:
                walk.the_worker_works(chance.random() < 0.2)
            case 10:
                code = chance.choice([None, "digest_mismatch", "disk_full"])
                walk.bytes_arrive(chance.randrange(6), code)
            case 11:
                recorded, size = chance.choice(PEOPLE), chance.randrange(100)
                walk.the_engine_records(chance.randrange(4), size, recorded)
                walk.time_passes(chance.choice([0, 60, 600, 1800]))
                walk.the_service_was_away(chance.randrange(300))
        if chance.random() < 0.1:
            walk.time_passes_to_whatever_is_due_next()
        if chance.random() < 0.01:
            walk.attempt(c.TerminateOpening(REASON), walk.hall.state.host or HOST)
        walk.every_new_entry_holds()
        walk.the_replay_is_the_state()
        walk.nothing_is_readable_before_the_close()
        walk.every_bid_that_counts_arrived_in_time_and_is_its_bidders_only_one()
        walk.an_import_leaves_no_bid_open()
        walk.nothing_ends_with_an_open_question()
        walk.nobody_speaks_or_is_recorded_who_may_not_be_known()
        walk.the_record_is_made_when_no_recording_runs()
        walk.the_audit_finds_nothing_in_what_was_recorded()
    walk.teardown()
