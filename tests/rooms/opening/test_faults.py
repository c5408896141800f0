"""Whose fault it is that a bid stayed sealed, and the remedy."""

from dataclasses import replace

import pytest

from rooms.opening import commands as c
from rooms.opening.events import BidVoid, Fault, Window
from rooms.opening.evidence import attribute, timeline
from rooms.opening.machine import next_instant
from rooms.opening.phases import Phase
from rooms.opening.terms import Policy
from rooms.refusals import (
    BidNotPending,
    FaultProven,
    FaultUnruled,
    OutOfRange,
    RemedyNotAllowed,
    WrongOpeningKey,
)
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BIDDER_ALONE,
    BOLT,
    CORA,
    DEADLINE,
    HOST,
    MINUTE,
    TERMS,
    TRUSTEES,
    UNRECORDED,
    A,
)

EITHER = replace(TERMS, policy=Policy.EITHER)
BOTH = replace(TERMS, policy=Policy.BOTH)
T1, T2, T3 = TRUSTEES
END = DEADLINE + 30 * MINUTE


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


def test_bytes_that_never_came_void_the_bid_when_decryption_begins_after_the_grace() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    hall.bid(CORA, stored=False)
    hall.roll()
    events = hall.order(c.StartDecryption(A), HOST, DEADLINE + 10 * MINUTE)
    assert events[1:] == [BidVoid(hall.live(CORA), A, "bytes_missing", 6, Fault.BIDDER)]


def test_bytes_that_never_came_void_the_bid_when_the_grace_ends_in_the_window() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    hall.bid(CORA, stored=False)
    hall.decrypting()
    assert next_instant(hall.state) == DEADLINE + 10 * MINUTE
    assert len(hall.tick(DEADLINE + 10 * MINUTE)) == 1


@pytest.mark.parametrize(
    ("code", "fault"), [("disk_full", Fault.PLATFORM), ("digest_mismatch", Fault.BIDDER)]
)
def test_why_bytes_were_refused_says_whose_fault_it_is(code: str, fault: Fault) -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    bid = hall.bid(CORA, stored=False)
    hall.order(c.NoteBytes(bid, A, 0, code))
    hall.decrypting().tick(DEADLINE + 10 * MINUTE)
    assert hall.state.bids[bid].fault is fault


def test_an_interruption_while_bytes_were_due_leaves_the_fault_to_the_host() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    bid = hall.bid(CORA, stored=False)
    hall.close()
    hall.order(
        c.NoteInterruption(DEADLINE + MINUTE, DEADLINE + 3 * MINUTE), at=DEADLINE + 3 * MINUTE
    )
    assert hall.state.upload_until == DEADLINE + 12 * MINUTE
    hall.order(c.StartOpening(UNRECORDED), HOST)
    hall.order(c.PublishRoll(), HOST)
    hall.order(c.StartDecryption(A), HOST, DEADLINE + 12 * MINUTE)
    assert hall.state.bids[bid].fault is Fault.UNKNOWN
    assert attribute(hall.state, hall.state.bids[bid]).because == ("service_interrupted",)


FAULTS = {
    "trustees stayed away": (TERMS, [], Fault.PLATFORM, "trustees_absent"),
    "the bidder did nothing": (BIDDER_ALONE, [], Fault.BIDDER, "no_key_offered"),
    "the bidder came with a wrong key": (
        BIDDER_ALONE,
        ["wrong"],
        Fault.BIDDER,
        "wrong_key_offered",
    ),
    "nobody came though either could": (EITHER, [], Fault.UNKNOWN, "both_ways_missed"),
    "either: a wrong key was offered": (EITHER, ["wrong"], Fault.BIDDER, "wrong_key_offered"),
    "both: the bidder's half is missing": (BOTH, ["trustees"], Fault.BIDDER, "no_key_offered"),
    "both: the trustees' half is missing": (BOTH, ["key"], Fault.PLATFORM, "trustees_absent"),
    "both: nobody came": (BOTH, [], Fault.UNKNOWN, "both_ways_missed"),
    "trustees report problems": (TERMS, ["problems"], Fault.UNKNOWN, "trustees_report_problems"),
}


@pytest.mark.parametrize(("terms", "did", "fault", "because"), FAULTS.values(), ids=FAULTS.keys())
def test_the_evidence_says_whose_fault_a_missing_key_is(
    terms: object, did: list[str], fault: Fault, because: str
) -> None:
    hall = three(terms).decrypting()
    if "wrong" in did:
        with pytest.raises(WrongOpeningKey):
            hall.order(replace(hall.key_order(ACME), key="AAAA"), ACME)
    if "key" in did:
        hall.give_key(ACME)
    if "trustees" in did:
        hall.release_all()
    if "problems" in did:
        for person in (T1, T2):
            hall.order(hall.release(person, kem="lost"), person)
    hall.tick(END)
    bid = hall.state.bids[hall.live(ACME)]
    assert bid.fault is fault
    assert because in attribute(hall.state, bid).because


def test_a_bid_that_can_be_opened_is_not_voided_when_the_window_ends() -> None:
    hall = three().decrypting()
    hall.release_all()
    assert hall.tick(END) == []
    hall.open()


def test_an_unknown_fault_is_ruled_by_the_host_before_the_end_and_a_proven_one_is_not() -> None:
    hall = three(EITHER).decrypting()
    hall.give_key(ACME)
    hall.give_key(BOLT)
    hall.open(ACME, BOLT)
    hall.tick(END)
    hall.order(c.ImportBids(), HOST)
    hall.order(c.ContinueOpening("继续"), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    hall.order(c.AnnounceBids(), HOST)
    hall.order(c.StartConfirmation(), HOST)
    for person in (ACME, BOLT):
        hall.confirm(person)
    hall.now += 11 * MINUTE
    with pytest.raises(FaultUnruled):
        hall.order(c.StartSigning(), HOST)
    with pytest.raises(OutOfRange):
        hall.order(c.RuleFault(hall.live(CORA), Fault.UNKNOWN, "不清楚"), HOST)
    hall.order(c.RuleFault(hall.live(CORA), Fault.BIDDER, "投标人承认未到场"), HOST)
    hall.order(c.StartSigning(), HOST)


def test_a_proven_fault_is_not_ruled_on() -> None:
    hall = three().decrypting()
    hall.tick(END)
    with pytest.raises(FaultProven):
        hall.order(c.RuleFault(hall.live(CORA), Fault.BIDDER, "…"), HOST)


def test_a_fault_is_ruled_only_where_a_bid_is_void() -> None:
    hall = three().imported()
    with pytest.raises(BidNotPending):
        hall.order(c.RuleFault(hall.live(CORA), Fault.BIDDER, "…"), HOST)


def test_a_remedy_lapses_like_a_window() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    hall.tick(END)
    bid = hall.live(CORA)
    hall.order(c.GrantRemedy(bid, 10, "网络故障"), HOST)
    assert next_instant(hall.state) == END + 10 * MINUTE
    hall.tick(END + 10 * MINUTE)
    assert hall.state.bids[bid].fault is Fault.BIDDER


def test_a_remedy_may_be_granted_after_the_import_and_imports_again() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    for person in (ACME, BOLT):
        hall.give_key(person)
    hall.open(ACME, BOLT)
    hall.tick(END)
    hall.order(c.ImportBids(), HOST)
    hall.order(c.GrantRemedy(hall.live(CORA), 10, "网络故障"), HOST)
    assert hall.state.phase is Phase.DECRYPTING
    hall.give_key(CORA)
    hall.open(CORA)
    hall.order(c.ImportBids(), HOST)
    assert hall.state.imported == (A,)


def test_no_remedy_helps_a_bid_whose_key_is_not_what_is_missing() -> None:
    hall = three().decrypting()
    hall.order(c.NoteVoid(hall.live(ACME), A, "key_mismatch", 5))
    with pytest.raises(RemedyNotAllowed):
        hall.order(c.GrantRemedy(hall.live(ACME), 10, "…"), HOST)


def test_the_timeline_of_a_bid_tells_its_story_and_no_other_bids() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    hall.give_key(ACME)
    with pytest.raises(WrongOpeningKey):
        hall.order(replace(hall.key_order(CORA), key="AAAA"), CORA)
    hall.tick(END)
    story = timeline(hall.entries, hall.live(CORA))
    assert [moment.what for moment in story] == [
        "TenderAccepted",
        "BidReceived",
        "BidStored",
        "BidderSignedIn",
        "BiddingClosed",
        "DecryptionStarted",
        "BidderKeyRefused",
        "BidVoid",
    ]
    assert [hall.entries[moment.entry - 1].at for moment in story] == [each.at for each in story]


def test_an_interruption_gives_the_decryption_window_its_time_back() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    hall.order(
        c.NoteInterruption(DEADLINE + MINUTE, DEADLINE + 6 * MINUTE), at=DEADLINE + 6 * MINUTE
    )
    assert hall.state.decryption_until == END + 5 * MINUTE
    hall.order(c.NoteInterruption(DEADLINE + 2 * MINUTE, DEADLINE + 6 * MINUTE))
    assert hall.state.decryption_until == END + 5 * MINUTE
    hall.order(c.ExtendWindow(Window.DECRYPTION, 10, "网络拥堵"), HOST)
    assert hall.state.decryption_until == END + 15 * MINUTE
