"""The fourteen rules of the domain, as far as they concern the pure core.

Rules 1, 4, 12, 13 and 14 have their other half in the server: uploads, receipts, traces, retention.
"""

from dataclasses import replace

import pytest

from crypto.encoding import jcs
from rooms.ids import PersonId
from rooms.log import personal_digest, to_bytes
from rooms.opening import commands as c
from rooms.opening.events import BidAnnounced, BiddingClosed, BidOpened, BidReceived, Fault
from rooms.opening.phases import Phase
from rooms.opening.state import Confirmation
from rooms.opening.terms import Regime, Remedy
from rooms.opening.visibility import project
from rooms.opening.wire import COMMANDS, EVENTS
from rooms.refusals import (
    AbsentAcceptsResult,
    DeadlinePassed,
    FewerThanMinimum,
    MalformedCommand,
    NotEnrolled,
    ObjectionOpen,
    OutOfPhase,
    RemedyNotAllowed,
    SealRefused,
    UnknownPerson,
    WrongOpeningKey,
)
from tests.rooms.opening.hall import Hall, submission
from tests.rooms.opening.tender import (
    ACME,
    BIDDER_ALONE,
    BOLT,
    CORA,
    DEADLINE,
    DUNE,
    HOST,
    MINUTE,
    MOMENT,
    TERMS,
    TRUSTEES,
    UNRECORDED,
    WATCH,
    A,
)

LAST_MOMENT = DEADLINE - MOMENT
AUDIENCES = ("staff", "trustee", "bidder:acme", "bidder:bolt", "observer")


def stream(hall: Hall, audience: str) -> list[dict[str, object]]:
    """What one audience has seen, projected entry by entry as they happened."""
    replay, seen = Hall(), []
    for entry in hall.entries:
        shown = project(replay.state, entry, audience)
        if shown is not None:
            seen.append(shown)
        replay.now = entry.at
        replay.record([entry.event], entry.by)
    return seen


def test_rule_1_what_is_not_sealed_is_refused() -> None:
    hall = Hall().publish()
    hall.accept(ACME)
    with pytest.raises(SealRefused):
        hall.order(c.SubmitBid({"body": {"price": 1}}, {}), ACME)
    sealed = hall.seal(ACME)
    with pytest.raises(SealRefused) as refused:
        hall.order(replace(submission(sealed), outers={}), ACME)
    assert refused.value.params["reason"] == "outer"


def test_rule_2_until_the_deadline_a_bid_may_be_amended_and_withdrawn() -> None:
    hall = Hall().publish().with_bids(ACME)
    first = hall.live(ACME)
    hall.now = LAST_MOMENT
    second = hall.bid(ACME)
    assert hall.live(ACME) == second != first
    hall.withdraw(ACME, LAST_MOMENT)
    hall.close()
    assert hall.state.counted == {}


def test_rule_2_at_the_deadline_a_bid_may_neither_come_nor_go() -> None:
    hall = Hall().publish().with_bids(ACME)
    late = hall.seal(ACME, previous=hall.state.bids[hall.live(ACME)].digest)
    with pytest.raises(DeadlinePassed):
        hall.submit(ACME, late, DEADLINE)
    with pytest.raises(DeadlinePassed):
        hall.withdraw(ACME, DEADLINE)


def test_rule_2_nothing_can_be_opened_before_the_close() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    for command, by in (
        (c.StartOpening(UNRECORDED), HOST),
        (c.StartDecryption(A), HOST),
        (hall.key_order(ACME), ACME),
    ):
        with pytest.raises((OutOfPhase, NotEnrolled)):
            hall.order(command, by)
    assert not any(isinstance(entry.event, BidOpened) for entry in hall.entries)


def test_rule_3_before_the_deadline_no_stream_says_that_anybody_bids() -> None:
    busy, quiet = Hall().publish(), Hall().publish()
    busy.with_bids(ACME, BOLT, CORA)
    busy.withdraw(CORA)
    for audience in AUDIENCES:
        assert stream(busy, audience) == stream(quiet, audience)


def test_rule_3_no_answer_to_the_host_differs_with_the_bidders() -> None:
    busy, quiet = Hall().publish().with_bids(ACME), Hall().publish()
    for command in (
        c.NoteDeposit(ACME, "paid"),
        c.PostChat("您好", ACME),
        c.RuleFault(PersonId("b-x"), Fault.BIDDER, "…"),  # type: ignore[arg-type]  # any id
        c.PublishRoll(),
    ):
        answers = []
        for hall in (busy, quiet):
            with pytest.raises((OutOfPhase, UnknownPerson)) as refused:
                hall.order(command, HOST)
            answers.append((refused.value.code, refused.value.params))
        assert answers[0] == answers[1]


def test_rule_3_the_close_is_streamed_without_its_lists() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).close()
    for audience in AUDIENCES:
        assert stream(hall, audience)[-1]["event"] == {
            "type": "BiddingClosed",
            "deadline": "2026-11-21T01:00:00.000Z",
        }


def test_rule_4_a_bid_is_recorded_with_the_instant_and_digest_of_its_receipt() -> None:
    hall = Hall().publish()
    hall.accept(ACME)
    sealed = hall.seal(ACME)
    (received,) = hall.order(submission(sealed), ACME, LAST_MOMENT)
    assert isinstance(received, BidReceived)
    assert (received.received_at, received.header_digest) == (LAST_MOMENT, sealed.header.digest)


def test_rule_5_the_opening_begins_at_the_deadline_itself() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    assert hall.tick(LAST_MOMENT) == []
    (closed,) = hall.tick(DEADLINE)
    assert isinstance(closed, BiddingClosed)
    assert closed.deadline == DEADLINE
    hall.order(c.StartOpening(UNRECORDED), HOST, DEADLINE)
    assert hall.state.phase is Phase.OPENING


def test_rule_6_name_price_and_announced_items_of_every_bid_are_shown_to_all() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).confirming()
    for audience in AUDIENCES:
        rows = [each["event"]["row"] for each in stream(hall, audience) if is_announced(each)]  # type: ignore[index]  # JSON
        assert rows == [
            {"price": 900_000_00, "duration": 180, "lead": "王小𬭎"},
            {"price": 950_000_00, "duration": 180, "lead": "王小𬭎"},
            {"price": 1_000_000_01, "duration": 180, "lead": "王小𬭎"},
        ]
    roll = next(each["event"] for each in stream(hall, "bidder:acme") if has_bids(each))
    assert [bid["name"] for bid in roll["bids"]] == ["甲建设集团", "乙工程公司", "丙路桥公司"]  # type: ignore[index]  # JSON


def is_announced(shown: dict[str, object]) -> bool:
    return shown["event"]["type"] == BidAnnounced.__name__  # type: ignore[index]  # JSON


def has_bids(shown: dict[str, object]) -> bool:
    return shown["event"]["type"] == "RollPublished"  # type: ignore[index]  # JSON


def test_rule_7_a_bid_whose_bidder_sent_no_key_counts_as_revoked_and_the_others_go_on() -> None:
    hall = Hall(BIDDER_ALONE).publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.give_key(ACME)
    hall.give_key(BOLT)
    hall.open(ACME, BOLT)
    hall.tick(DEADLINE + 30 * MINUTE)
    assert hall.state.bids[hall.live(CORA)].fault is Fault.BIDDER
    hall.order(c.ImportBids(), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    assert len(hall.order(c.AnnounceBids(), HOST)) == 2


def test_rule_7_a_bid_that_missed_its_trustees_counts_as_withdrawn() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.release_all(TRUSTEES[0])
    hall.tick(DEADLINE + 30 * MINUTE)
    assert {bid.fault for bid in hall.state.counted_bids()} == {Fault.PLATFORM}


def test_rule_7_a_remedy_opens_the_window_again_for_the_sealed_key_only() -> None:
    hall = Hall(BIDDER_ALONE).publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.tick(DEADLINE + 30 * MINUTE)
    hall.order(c.GrantRemedy(hall.live(CORA), 10, "网络故障"), HOST)
    forged = replace(hall.key_order(CORA), key=hall.key_order(ACME).key)
    with pytest.raises(WrongOpeningKey):
        hall.order(forged, CORA)
    hall.give_key(CORA)
    hall.open(CORA)
    hall.order(c.ImportBids(), HOST)
    assert hall.state.bids[hall.live(CORA)].fault is None


def test_rule_7_a_tender_without_a_remedy_grants_none() -> None:
    terms = replace(BIDDER_ALONE, remedy=Remedy.NONE)
    hall = Hall(terms).publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.tick(DEADLINE + 30 * MINUTE)
    with pytest.raises(RemedyNotAllowed):
        hall.order(c.GrantRemedy(hall.live(CORA), 10, "网络故障"), HOST)


def test_rule_8_under_three_bidders_nothing_is_opened_until_the_host_decides() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT).roll()
    with pytest.raises(FewerThanMinimum) as refused:
        hall.order(c.StartDecryption(A), HOST)
    assert refused.value.params == {"count": 2, "minimum": 3}
    hall.order(c.ContinueOpening("二次招标，经批准继续"), HOST)
    hall.order(c.StartDecryption(A), HOST)
    assert hall.state.phase is Phase.DECRYPTING


def test_rule_8_three_of_which_one_fails_by_its_own_fault_still_count_as_three() -> None:
    hall = Hall(BIDDER_ALONE).publish().with_bids(ACME, BOLT, CORA).decrypting()
    for person in (ACME, BOLT):
        hall.give_key(person)
    hall.open(ACME, BOLT)
    hall.tick(DEADLINE + 30 * MINUTE)
    hall.order(c.ImportBids(), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    assert hall.state.phase is Phase.ANNOUNCING


def test_rule_8_when_the_platform_spoils_one_of_three_the_host_is_asked_again() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.release_all()
    hall.open(ACME, BOLT)
    hall.order(c.NoteVoid(hall.live(CORA), A, "wrong_bytes", 6))
    hall.order(c.ImportBids(), HOST)
    with pytest.raises(FewerThanMinimum):
        hall.order(c.StartAnnouncing(), HOST)
    hall.order(c.ContinueOpening("其余两家继续"), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    assert hall.state.phase is Phase.ANNOUNCING


def test_rule_8_or_the_host_fails_the_opening_there() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.release_all()
    hall.open(ACME, BOLT)
    hall.order(c.NoteVoid(hall.live(CORA), A, "wrong_bytes", 6))
    hall.order(c.ImportBids(), HOST)
    hall.order(c.FailOpening("有效投标不足三家"), HOST)
    assert hall.state.phase is Phase.FAILED


def test_rule_9_an_objection_is_answered_on_the_spot_before_the_opening_can_end() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).confirming()
    hall.object_to(BOLT)
    hall.confirm_all()
    with pytest.raises(ObjectionOpen):
        hall.order(c.StartSigning(), HOST)
    hall.order(c.AnswerObjection(next(iter(hall.state.objections)), "已核对，唱标无误"), HOST)
    hall.order(c.StartSigning(), HOST)
    assert hall.state.phase is Phase.SIGNING


def test_rule_10_no_order_of_the_host_excludes_a_bid() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).confirming()
    over = hall.state.bids[hall.live(CORA)]
    assert over.over_limit
    assert over.fault is None
    assert list(hall.state.counted) == [hall.live(each) for each in (ACME, BOLT, CORA)]
    verdicts = {"reject", "exclude", "invalid", "disqualif"}
    for command in c.PersonCommand.__args__:
        assert not any(word in command.__name__.lower() for word in verdicts)


def test_rule_11_under_procurement_who_is_absent_accepts_the_result() -> None:
    hall = Hall(replace(TERMS, regime=Regime.PROCUREMENT)).publish().with_bids(ACME, BOLT)
    hall.bid(CORA)
    hall.confirming()
    with pytest.raises(AbsentAcceptsResult):
        hall.object_to(CORA)
    hall.tick(hall.now + 10 * MINUTE)
    said = [bid.confirmation for bid in hall.state.counted_bids()]
    assert said == [Confirmation.LAPSED, Confirmation.LAPSED, Confirmation.DEEMED]


def test_rule_11_under_tendering_the_absent_may_object_and_are_only_late() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    hall.bid(CORA)
    hall.confirming()
    hall.object_to(CORA)
    hall.tick(hall.now + 10 * MINUTE)
    assert hall.state.bids[hall.live(CORA)].confirmation is Confirmation.LAPSED


def test_rule_12_every_entry_names_its_instant_and_its_author() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    assert all(entry.by and entry.at.tzinfo for entry in hall.entries)
    assert {entry.by for entry in hall.entries} >= {HOST, ACME, WATCH, TRUSTEES[0], "system"}
    assert [entry.seq for entry in hall.entries] == list(range(1, len(hall.entries) + 1))


def test_rule_12_a_changed_entry_is_not_the_same_entry() -> None:
    hall = Hall().publish().with_bids(ACME)
    entry = hall.entries[-1]
    assert to_bytes(entry, EVENTS) != to_bytes(replace(entry, by=DUNE), EVENTS)


def test_rule_13_a_room_is_archived_only_with_its_record() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    with pytest.raises(OutOfPhase):
        hall.order(c.ArchiveRoom(), HOST)


def test_rule_14_of_a_representative_the_log_keeps_a_salted_digest_and_nothing_else() -> None:
    person = {"name": "周代表", "id_number": "110101199003070000", "phone": "13800000000"}
    digest = personal_digest(person, bytes(16))
    hall = Hall().publish()
    hall.accept(ACME)
    hall.order(c.SignIn(digest), ACME)
    line = to_bytes(hall.entries[-1], EVENTS)
    assert digest.encode() in line
    assert not any(jcs(text)[1:-1] in line for text in person.values())
    assert personal_digest(person, bytes(15) + b"\1") != digest


def test_rule_14_a_sign_in_with_anything_but_a_digest_is_refused() -> None:
    with pytest.raises(MalformedCommand) as refused:
        COMMANDS.decode({"type": "SignIn", "representative": "周代表"})
    assert refused.value.params["path"] == "representative"
