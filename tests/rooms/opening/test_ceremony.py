"""Whole openings, read as transcripts."""

from datetime import timedelta

from rooms.ids import Digest
from rooms.log import fold, from_bytes, to_bytes
from rooms.opening import commands as c
from rooms.opening.events import Event
from rooms.opening.machine import START, due, evolve, next_instant
from rooms.opening.phases import Phase
from rooms.opening.state import Confirmation
from rooms.opening.wire import EVENTS
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BIDDER_ALONE,
    BOLT,
    CORA,
    DEADLINE,
    HOST,
    TWO_ENVELOPES,
    UNATTENDED,
    UNRECORDED,
    WATCH,
    A,
    B,
)


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_an_opening_under_trustees_from_the_draft_to_the_archive() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    assert next_instant(hall.state) == DEADLINE
    assert names(hall.tick(DEADLINE)) == ["BiddingClosed"]
    assert names(hall.order(c.StartOpening(UNRECORDED), HOST)) == ["OpeningStarted"]
    assert names(hall.order(c.PublishRoll(), HOST)) == ["RollPublished"]
    assert names(hall.order(c.StartDecryption(A), HOST)) == ["DecryptionStarted"]
    assert [str(each) for each in due(hall.state, hall.now)] == ["gate:a"]
    hall.open_gate()
    assert due(hall.state, hall.now) == []
    hall.release_all()
    assert {each.work for each in due(hall.state, hall.now)} == {"open"}
    hall.open()
    assert names(hall.order(c.ImportBids(), HOST)) == ["BidsImported"]
    hall.order(c.StartAnnouncing(), HOST)
    assert names(hall.order(c.AnnounceBids(), HOST)) == ["BidAnnounced"] * 3
    hall.order(c.StartConfirmation(), HOST)
    hall.confirm_all()
    hall.order(c.StartSigning(), HOST)
    hall.sign(HOST, WATCH, ACME)
    hall.order(c.EndOpening(), HOST)
    assert [str(each) for each in due(hall.state, hall.now)] == ["minutes"]
    hall.order(c.NoteRecord(Digest("ab" * 32), 65_000, len(hall.entries)))
    hall.order(c.ArchiveRoom(), HOST)
    assert hall.state.phase is Phase.ARCHIVED
    assert [hall.state.bids[hall.live(each)].over_limit for each in (ACME, BOLT, CORA)] == [
        False,
        False,
        True,
    ]


def test_the_bytes_of_a_whole_log_fold_to_the_same_state() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    lines = [to_bytes(entry, EVENTS) for entry in hall.entries]
    entries = [from_bytes(line, EVENTS) for line in lines]
    assert entries == hall.entries
    assert fold(evolve, START, entries) == hall.state


def test_bidders_open_their_own_bids_where_there_are_no_trustees() -> None:
    hall = Hall(BIDDER_ALONE).publish().with_bids(ACME, BOLT, CORA).decrypting()
    for person in (ACME, BOLT, CORA):
        hall.give_key(person)
    hall.open()
    hall.order(c.ImportBids(), HOST)
    assert all(bid.parts[A].opened for bid in hall.state.counted_bids())


def test_a_later_envelope_opens_after_the_first_was_announced() -> None:
    hall = Hall(TWO_ENVELOPES).publish().with_bids(ACME, BOLT, CORA).announcing()
    hall.order(c.AnnounceBids(), HOST)
    hall.decrypting(B)
    hall.release_all(envelope=B)
    hall.open(envelope=B)
    hall.order(c.ImportBids(), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    hall.order(c.AnnounceBids(), HOST)
    hall.order(c.StartConfirmation(), HOST)
    assert hall.state.imported == (A, B)


def test_an_unattended_opening_advances_by_the_clock_and_its_workers() -> None:
    hall = Hall(UNATTENDED).publish().with_bids(ACME, BOLT, CORA)
    assert names(hall.tick(DEADLINE)) == [
        "BiddingClosed",
        "OpeningStarted",
        "RollPublished",
        "DecryptionStarted",
    ]
    hall.open_gate()
    hall.release_all()
    hall.open()
    assert hall.state.phase is Phase.CONFIRMING
    hall.tick(hall.now + timedelta(minutes=10))
    assert {bid.confirmation for bid in hall.state.counted_bids()} == {Confirmation.LAPSED}
    hall.order(c.StartSigning(), HOST)


def test_an_unattended_opening_waits_for_its_host_under_the_minimum() -> None:
    hall = Hall(UNATTENDED).publish().with_bids(ACME, BOLT)
    hall.tick(DEADLINE)
    assert hall.state.phase is Phase.ROLL_PUBLISHED
    assert names(hall.order(c.ContinueOpening("二次招标"), HOST)) == [
        "OpeningContinued",
        "DecryptionStarted",
    ]
