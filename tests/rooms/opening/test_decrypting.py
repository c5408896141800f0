"""Shares, keys and what became of sealed bids."""

from dataclasses import replace

import pytest

from crypto.signing import sign
from rooms.ids import BidId, EnvelopeId
from rooms.opening import commands as c
from rooms.opening.events import BidderKeyRefused, Fault, ReleaseRefused
from rooms.opening.machine import due
from rooms.opening.phases import Phase
from rooms.opening.terms import Policy
from rooms.refusals import (
    AlreadyDone,
    BadShare,
    BidNotPending,
    BidOfAnother,
    BidsPending,
    EnoughBidders,
    FormUnfit,
    GateNotOpened,
    NothingToOpen,
    ReleaseIncomplete,
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
from tests.rooms.opening.hall import Hall, signing_key
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
    A,
    B,
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
