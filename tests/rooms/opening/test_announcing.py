"""The draw, announcing and confirming, signing and ending."""

import hashlib

import pytest

from crypto.encoding import b64u
from crypto.signing import sign
from rooms.ids import Digest, ObjectionId
from rooms.opening import commands as c
from rooms.opening.content import content, content_digest
from rooms.opening.drawing import commitment, drawn_value
from rooms.opening.events import ParameterDrawn
from rooms.opening.phases import Phase
from rooms.opening.state import Confirmation
from rooms.refusals import (
    AlreadyDone,
    BidNotOpened,
    BidsNotAnnounced,
    ConfirmationRunning,
    EnvelopesLeft,
    ObjectionsRunning,
    OutOfPhase,
    ParameterNotDrawn,
    RecordUnsigned,
    SeedsNotCommitted,
    UnknownObjection,
    WindowOver,
    WrongContent,
    WrongPolicy,
    WrongRow,
    WrongSeed,
)
from tests.rooms.opening.hall import Hall, signing_key
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DRAWN,
    HOST,
    MINUTE,
    OWNER,
    TERMS,
    TWO_ENVELOPES,
    WATCH,
    A,
    B,
)


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


def test_a_drawn_parameter_can_be_computed_again_from_the_revealed_seeds() -> None:
    hall = three(DRAWN).imported()
    seeds = {person: hashlib.sha256(person.encode()).digest() for person in (HOST, ACME, BOLT)}
    for person, seed in seeds.items():
        hall.order(c.CommitSeed(commitment(person, seed)), person)
    assert hall.state.phase is Phase.PARAMETERS
    with pytest.raises(ParameterNotDrawn):
        hall.order(c.StartAnnouncing(), HOST)
    for person in (BOLT, HOST):
        hall.order(c.RevealSeed(b64u(seeds[person])), person)
    (drawn,) = hall.order(c.DrawParameter(), HOST)
    assert isinstance(drawn, ParameterDrawn)
    assert (drawn.seeds, drawn.unrevealed) == ((HOST, BOLT), (ACME,))
    digest = hashlib.sha256(b"yunkai/draw-value/v1" + seeds[HOST] + seeds[BOLT]).digest()
    assert drawn.value == 100 + 50 * (int.from_bytes(digest, "big") % 9)
    assert DRAWN.draw is not None
    assert drawn.value == drawn_value(DRAWN.draw, [seeds[HOST], seeds[BOLT]])
    hall.order(c.StartAnnouncing(), HOST)


def test_nobody_commits_after_the_first_seed_is_revealed_or_reveals_another_seed() -> None:
    hall = three(DRAWN).imported()
    with pytest.raises(OutOfPhase):
        hall.order(c.DrawParameter(), HOST)
    hall.order(c.CommitSeed(commitment(HOST, bytes(32))), HOST)
    with pytest.raises(SeedsNotCommitted):
        hall.order(c.DrawParameter(), HOST)
    with pytest.raises(SeedsNotCommitted):
        hall.order(c.RevealSeed(b64u(bytes(32))), ACME)
    for wrong in (b64u(bytes(31) + b"\1"), "AA", "!"):
        with pytest.raises(WrongSeed):
            hall.order(c.RevealSeed(wrong), HOST)
    hall.order(c.RevealSeed(b64u(bytes(32))), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.CommitSeed(commitment(ACME, bytes(32))), ACME)


def test_a_seed_of_somebody_else_makes_another_commitment() -> None:
    assert commitment(ACME, bytes(32)) != commitment(BOLT, bytes(32))


def test_a_tender_without_a_draw_has_no_seeds() -> None:
    with pytest.raises(WrongPolicy):
        three().imported().order(c.CommitSeed(commitment(HOST, bytes(32))), HOST)


def test_bids_are_announced_one_by_one_or_together_and_each_once() -> None:
    hall = three().announcing()
    hall.order(c.AnnounceBids((hall.live(BOLT),)), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.AnnounceBids((hall.live(BOLT),)), HOST)
    with pytest.raises(BidsNotAnnounced):
        hall.order(c.StartConfirmation(), HOST)
    assert len(hall.order(c.AnnounceBids(), HOST)) == 2
    with pytest.raises(AlreadyDone):
        hall.order(c.AnnounceBids(), HOST)


def test_a_void_bid_is_not_announced() -> None:
    hall = three().decrypting()
    hall.release_all()
    hall.open(ACME, BOLT)
    hall.order(c.NoteVoid(hall.live(CORA), A, "malformed_bid", 7))
    hall.order(c.ImportBids(), HOST)
    hall.order(c.StartAnnouncing(), HOST)
    with pytest.raises(BidNotOpened):
        hall.order(c.AnnounceBids((hall.live(CORA),)), HOST)


def test_confirmation_waits_for_later_envelopes_and_they_for_the_announcement() -> None:
    hall = three(TWO_ENVELOPES).announcing()
    with pytest.raises(BidsNotAnnounced):
        hall.order(c.StartDecryption(B), HOST)
    hall.order(c.AnnounceBids(), HOST)
    with pytest.raises(EnvelopesLeft):
        hall.order(c.StartConfirmation(), HOST)


def test_a_bidder_confirms_the_row_that_was_announced_and_no_other() -> None:
    hall = three().confirming()
    signed = sign(
        "confirmation",
        {"opening": "bridge-7", "bidder": ACME, "bid": hall.live(ACME), "row": "ab" * 32},
        signing_key(ACME),
    ).to_json()
    with pytest.raises(WrongRow):
        hall.order(c.ConfirmBid(hall.live(ACME), signed), ACME)
    hall.order(c.ConfirmBid(hall.live(ACME)), ACME)
    with pytest.raises(AlreadyDone):
        hall.confirm(ACME)
    hall.order(c.DisputeBid(hall.live(ACME), "工期读错"), ACME)
    assert hall.state.bids[hall.live(ACME)].confirmation is Confirmation.DISPUTED


def test_after_its_window_nothing_is_confirmed_and_nobody_signs_for_somebody_else() -> None:
    hall = three().confirming()
    hall.now += 10 * MINUTE
    with pytest.raises(WindowOver):
        hall.confirm(ACME)
    with pytest.raises(WindowOver):
        hall.object_to(ACME)
    with pytest.raises(ConfirmationRunning):
        hall.order(c.StartSigning(), HOST)
    hall.tick(hall.now)
    assert hall.state.bids[hall.live(ACME)].confirmation is Confirmation.LAPSED
    hall.order(c.StartSigning(), HOST)


def test_who_has_not_confirmed_may_object_until_the_window_ends() -> None:
    hall = three().confirming()
    hall.confirm(ACME)
    hall.confirm(BOLT)
    hall.order(c.DisputeBid(hall.live(CORA), "价格有误"), CORA)
    with pytest.raises(ObjectionsRunning):
        hall.order(c.StartSigning(), HOST)


def test_an_objection_is_raised_once_and_answered_once() -> None:
    hall = three().roll()
    hall.object_to(ACME)
    with pytest.raises(AlreadyDone):
        hall.object_to(BOLT)
    answer = c.AnswerObjection(ObjectionId("o-1"), "已说明")
    hall.order(answer, OWNER)
    with pytest.raises(AlreadyDone):
        hall.order(answer, HOST)
    with pytest.raises(UnknownObjection):
        hall.order(c.AnswerObjection(ObjectionId("o-9"), "…"), HOST)


def test_the_record_is_signed_over_its_content_and_the_host_signs_before_the_end() -> None:
    hall = three().signing()
    with pytest.raises(WrongContent):
        hall.order(c.SignRecord(Digest("ab" * 32)), HOST)
    hall.sign(WATCH, ACME)
    with pytest.raises(RecordUnsigned):
        hall.order(c.EndOpening(), HOST)
    with pytest.raises(AlreadyDone):
        hall.sign(ACME)
    hall.sign(HOST)
    hall.order(c.EndOpening(), HOST)


def test_the_content_says_what_was_announced_and_said_about_it() -> None:
    hall = three().signing()
    said = content(hall.state)
    assert [bid["name"] for bid in said["bids"]] == ["甲建设集团", "乙工程公司", "丙路桥公司"]
    assert hall.state.content == content_digest(hall.state)


def test_a_record_reopened_has_to_be_signed_again() -> None:
    hall = three().ended()
    first = hall.state.content
    hall.order(c.NoteRecord(Digest("ab" * 32), 1, 1))
    with pytest.raises(OutOfPhase):
        hall.order(c.NoteRecord(Digest("ab" * 32), 1, 1))
    hall.order(
        c.Reconvene(
            "漏唱一项",
        ),
        HOST,
    )
    assert hall.state.phase is Phase.CONFIRMING
    hall.order(c.StartSigning(), HOST)
    assert hall.state.content != first
    with pytest.raises(RecordUnsigned):
        hall.order(c.EndOpening(), HOST)


def test_a_failed_opening_is_archived_with_its_record_only() -> None:
    hall = Hall().publish().roll()
    hall.order(c.FailOpening("无人投标"), HOST)
    with pytest.raises(RecordUnsigned):
        hall.order(c.ArchiveRoom(), HOST)
    hall.order(c.NoteRecord(Digest("ab" * 32), 1, 1))
    with pytest.raises(AlreadyDone):
        hall.order(c.NoteRecord(Digest("ab" * 32), 1, 1))
    hall.order(c.ArchiveRoom(), HOST)
    assert hall.state.archived
