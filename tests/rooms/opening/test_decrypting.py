"""Shares, keys and what became of sealed bids."""

from dataclasses import replace

import pytest

from crypto.signing import sign
from rooms.ids import BidId, EnvelopeId
from rooms.opening import commands as c
from rooms.opening.events import BidderKeyRefused, BidVoid, Fault, ReleaseRefused, Window
from rooms.opening.evidence import attribute, timeline
from rooms.opening.machine import due, next_instant
from rooms.opening.phases import Phase
from rooms.opening.terms import Policy
from rooms.refusals import (
    AlreadyDone,
    BadShare,
    BidNotPending,
    BidOfAnother,
    BidsPending,
    EnoughBidders,
    FaultProven,
    FaultUnruled,
    FormUnfit,
    GateNotOpened,
    NothingToOpen,
    OutOfRange,
    ReleaseIncomplete,
    RemedyNotAllowed,
    SealRefused,
    TrusteeClockWrong,
    UnknownBid,
    UnknownEnvelope,
    WindowOver,
    WrongHead,
    WrongKey,
    WrongOpeningKey,
    WrongPolicy,
)
from tests.rooms.opening.hall import (
    ACME,
    BIDDER_ALONE,
    BOLT,
    CORA,
    DEADLINE,
    HOST,
    MINUTE,
    TERMS,
    TRUSTEES,
    A,
    B,
    Hall,
    signing_key,
)

EITHER = replace(TERMS, policy=Policy.EITHER)
BOTH = replace(TERMS, policy=Policy.BOTH)
T1, T2, T3 = TRUSTEES
END = DEADLINE + 30 * MINUTE


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


# --- the gate and the trustees ---


def test_a_trustee_waits_for_the_gate() -> None:
    hall = three().roll()
    hall.order(c.StartDecryption(A), HOST)
    with pytest.raises(GateNotOpened):
        hall.order(hall.release(T1), T1)
    with pytest.raises(UnknownBid):
        hall.order(c.NoteGate(A, {}))


def test_a_gate_opens_once() -> None:
    hall = three().decrypting()
    with pytest.raises(AlreadyDone):
        hall.open_gate()


def test_an_outer_layer_sealed_wrongly_voids_the_bid_by_its_bidders_fault() -> None:
    hall = three().roll()
    hall.order(c.StartDecryption(A), HOST)
    wraps = {bid.id: "ab" * 32 for bid in hall.state.counted_bids()}
    wraps[hall.live(BOLT)] = None  # type: ignore[assignment]  # the outer layer did not open
    hall.order(c.NoteGate(A, wraps))  # type: ignore[arg-type]  # digests
    assert hall.state.bids[hall.live(BOLT)].fault is Fault.BIDDER


@pytest.mark.parametrize("minutes", [-1, 6])
def test_a_trustee_whose_clock_is_wrong_is_refused(minutes: int) -> None:
    hall = three().decrypting()
    with pytest.raises(TrusteeClockWrong):
        hall.order(hall.release(T1, clock=DEADLINE + minutes * MINUTE), T1)
    (refused,) = hall.happened(ReleaseRefused)
    assert refused == ReleaseRefused(T1, "trustee_clock_wrong")


def test_a_release_over_another_head_is_refused() -> None:
    hall = three().decrypting()
    other = three().decrypting()
    with pytest.raises(WrongHead):
        hall.order(hall.release(T1, head=other.head()), T1)


def test_a_release_under_another_key_or_name_is_refused() -> None:
    hall = three().decrypting()
    with pytest.raises(WrongKey):
        hall.order(hall.release(T1, key="stolen"), T1)
    with pytest.raises(WrongKey):
        hall.order(hall.release(T1), T2)


def test_a_release_that_is_no_release_is_refused() -> None:
    hall = three().decrypting()
    with pytest.raises(SealRefused):
        hall.order(c.ReleaseShares(A, {"body": {}}, hall.head()), T1)


def test_a_bad_share_is_refused_with_its_bid_and_kept_as_evidence() -> None:
    hall = three().decrypting()
    order = hall.release(T1)
    spoilt = spoil(hall, order, hall.live(BOLT))
    with pytest.raises(BadShare) as refused:
        hall.order(spoilt, T1)
    assert refused.value.params == {"bid": hall.live(BOLT)}
    assert hall.happened(ReleaseRefused) == [ReleaseRefused(T1, "bad_share")]
    hall.order(order, T1)


def spoil(hall: Hall, order: c.ReleaseShares, bid: BidId) -> c.ReleaseShares:
    """The same release, honestly signed, over a share that is not the committed one."""
    body = dict(order.release["body"])  # type: ignore[call-overload]  # a JSON object
    body["shares"] = [
        {**share, "blind": share["share"]} if share["bid"] == bid else share
        for share in body["shares"]
    ]
    body.pop("format")
    return replace(order, release=sign("release", body, signing_key(T1)).to_json())


def test_a_release_speaks_about_every_sealed_bid() -> None:
    hall = three().decrypting()
    with pytest.raises(ReleaseIncomplete) as refused:
        hall.order(hall.release(T1, bids=[hall.live(ACME)]), T1)
    assert len(refused.value.params["bids"]) == 2  # type: ignore[arg-type]  # a list


def test_a_trustee_releases_once() -> None:
    hall = three().decrypting()
    hall.release_all(T1)
    with pytest.raises(AlreadyDone):
        hall.release_all(T1)


def test_a_trustee_with_the_wrong_key_reports_problems_and_may_come_again() -> None:
    hall = three().decrypting()
    hall.order(hall.release(T1, kem="lost"), T1)
    assert hall.state.bids[hall.live(ACME)].parts[A].problems == {1: "unwrap"}
    hall.release_all(T1)
    assert hall.state.bids[hall.live(ACME)].parts[A].problems == {}


def test_any_two_of_three_trustees_open_every_bid() -> None:
    hall = three().decrypting()
    hall.release_all(T3)
    assert due(hall.state, hall.now) == []
    hall.release_all(T1)
    assert [each.bid for each in due(hall.state, hall.now)] == list(hall.state.counted)
    hall.open()


# --- bidders' keys ---


def test_a_key_that_is_not_the_sealed_one_is_refused_and_remembered() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    for _ in range(25):
        with pytest.raises(WrongOpeningKey):
            hall.order(replace(hall.key_order(ACME), key="AAAA"), ACME)
    assert len(hall.happened(BidderKeyRefused)) == 20
    hall.give_key(ACME)
    with pytest.raises(AlreadyDone):
        hall.give_key(ACME)


def test_nobody_releases_the_key_of_another_bid() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    with pytest.raises(BidOfAnother):
        hall.order(hall.key_order(ACME), BOLT)


def test_where_trustees_open_there_is_no_bidders_key() -> None:
    hall = three().decrypting()
    with pytest.raises(WrongPolicy):
        hall.give_key(ACME)


def test_where_bidders_open_there_is_no_gate() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    with pytest.raises(WrongPolicy):
        hall.order(c.NoteGate(A, {}))


def test_a_key_after_the_window_is_late() -> None:
    hall = three(BIDDER_ALONE).decrypting()
    with pytest.raises(WindowOver):
        hall.give_key(ACME, at=END)


def test_either_way_opens_a_bid() -> None:
    hall = three(EITHER).decrypting()
    hall.give_key(ACME)
    hall.open(ACME)
    hall.release_all()
    hall.open()
    hall.order(c.ImportBids(), HOST)
    assert all(bid.parts[A].opened for bid in hall.state.counted_bids())


def test_both_halves_are_needed_where_the_policy_says_so() -> None:
    hall = three(BOTH).decrypting()
    hall.release_all()
    assert due(hall.state, hall.now) == []
    for person in (ACME, BOLT, CORA):
        hall.give_key(person)
    hall.open()
    hall.order(c.ImportBids(), HOST)


# --- what opened ---


def test_the_worker_cannot_open_a_bid_with_another_key_or_another_form() -> None:
    hall = three().decrypting()
    hall.release_all()
    right = hall.opened(hall.live(ACME))
    with pytest.raises(WrongOpeningKey):
        hall.order(replace(right, key=hall.opened(hall.live(BOLT)).key))
    with pytest.raises(FormUnfit) as refused:
        hall.order(replace(right, form={"price": "one"}))
    assert refused.value.params == {"item": "price", "problem": "type"}
    hall.order(right)
    with pytest.raises(BidNotPending):
        hall.order(right)


def test_bids_are_imported_when_all_have_a_final_state() -> None:
    hall = three().decrypting()
    with pytest.raises(BidsPending) as refused:
        hall.order(c.ImportBids(), HOST)
    assert refused.value.params["count"] == 3


def test_envelopes_are_unlocked_in_their_order() -> None:
    hall = three().roll()
    for wrong in (B, EnvelopeId("z")):
        with pytest.raises(UnknownEnvelope):
            hall.order(c.StartDecryption(wrong), HOST)


def test_with_no_bid_at_all_an_opening_can_only_fail() -> None:
    hall = Hall().publish().roll()
    with pytest.raises(NothingToOpen):
        hall.order(c.ContinueOpening("试试"), HOST)
    hall.order(c.FailOpening("无人投标"), HOST)
    assert hall.state.phase is Phase.FAILED


def test_where_enough_bid_there_is_nothing_to_decide() -> None:
    hall = three().roll()
    with pytest.raises(EnoughBidders):
        hall.order(c.ContinueOpening("…"), HOST)
    with pytest.raises(EnoughBidders):
        three().imported().order(c.ContinueOpening("…"), HOST)


# --- whose fault ---


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
    hall.order(c.StartOpening(), HOST)
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
