"""Publishing, the draw, announcing, signing and what may happen at any time."""

import hashlib
from dataclasses import replace

import pytest

from crypto.encoding import b64u
from crypto.signing import sign
from rooms.ids import BidId, Digest, ObjectionId, PersonId
from rooms.opening import commands as c
from rooms.opening.content import content, content_digest
from rooms.opening.drawing import commitment, drawn_value
from rooms.opening.events import ChatMode, ParameterDrawn, Window
from rooms.opening.phases import Phase
from rooms.opening.state import Confirmation
from rooms.opening.terms import Policy, Role, Seat
from rooms.refusals import (
    AlreadyDone,
    BidNotOpened,
    BidsNotAnnounced,
    ChatBetweenBidders,
    ChatClosed,
    ConfirmationRunning,
    DeadlinePassed,
    EnvelopesLeft,
    ManifestMismatch,
    NotActingHost,
    NotEnrolled,
    NotPaused,
    ObjectionsRunning,
    OutOfPhase,
    OutOfRange,
    ParameterNotDrawn,
    Paused,
    RecordUnsigned,
    RehearsalFailed,
    SealingTermsFrozen,
    SeedsNotCommitted,
    TermsUnacceptable,
    TextMissing,
    TextTooLong,
    TrusteeNotReady,
    UnknownObjection,
    UnknownPerson,
    WindowOver,
    WrongContent,
    WrongKey,
    WrongPolicy,
    WrongRole,
    WrongRow,
    WrongSeed,
)
from tests.rooms.opening.hall import (
    ACME,
    BOLT,
    CORA,
    DEADLINE,
    DEPUTY,
    DRAWN,
    DUNE,
    HOST,
    MINUTE,
    OWNER,
    SEATS,
    TERMS,
    TRUSTEES,
    TWO_ENVELOPES,
    WATCH,
    A,
    B,
    Hall,
    card,
    signing_key,
)


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


# --- publishing ---


def test_whoever_drafts_a_tender_is_its_host() -> None:
    with pytest.raises(WrongRole):
        Hall().order(c.DraftTender(TERMS), WATCH)
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    handed_over = (replace(SEATS[0], person=PersonId("other")), *SEATS[1:])
    with pytest.raises(WrongRole):
        hall.order(c.DraftTender(replace(TERMS, seats=handed_over)), HOST)


def test_a_tender_is_published_when_every_trustee_gave_its_card() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    for person in TRUSTEES[:2]:
        hall.order(c.GiveTrusteeCard(card(person, f"受托人{person[-1]}").to_json()), person)
    with pytest.raises(TrusteeNotReady) as refused:
        hall.order(c.PublishTender(TERMS, {}), HOST)
    assert refused.value.params == {"trustees": ["trustee-3"]}


def test_a_trustee_gives_its_own_card_and_not_after_publishing() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    with pytest.raises(WrongKey):
        hall.order(c.GiveTrusteeCard(card(TRUSTEES[0], "受托人1").to_json()), TRUSTEES[1])
    hall.publish()
    with pytest.raises(SealingTermsFrozen):
        hall.order(c.GiveTrusteeCard(card(TRUSTEES[0], "受托人1").to_json()), TRUSTEES[0])


def test_the_manifest_says_what_the_terms_say() -> None:
    hall = Hall().publish()
    other = hall.manifest(replace(TERMS, control_price=None)).signed.to_json()
    with pytest.raises(ManifestMismatch) as refused:
        hall.order(c.PublishTender(TERMS, other), HOST)
    assert refused.value.params == {"field": "terms"}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("policy", {"policy": Policy.EITHER}),
        ("threshold", {"threshold": 1}),
        ("envelopes", {"envelopes": TWO_ENVELOPES.envelopes}),
        ("trustees", {"seats": SEATS[:-1]}),
    ],
)
def test_what_bids_are_sealed_under_is_frozen_once_published(
    field: str, change: dict[str, object]
) -> None:
    hall = Hall().publish()
    with pytest.raises(SealingTermsFrozen) as refused:
        hall.order(c.DraftTender(replace(TERMS, **change)), HOST)  # type: ignore[arg-type]  # fields of Terms
    assert refused.value.params == {"field": field}


def test_a_tender_is_neither_published_nor_revised_from_its_deadline_on() -> None:
    hall = Hall()
    hall.order(c.DraftTender(TERMS), HOST)
    with pytest.raises(TermsUnacceptable):
        hall.order(c.PublishTender(TERMS, {}), HOST, DEADLINE)
    published = Hall().publish()
    with pytest.raises(DeadlinePassed):
        published.order(c.PublishTender(TERMS, {}), HOST, DEADLINE)


def test_a_trustee_proves_in_a_rehearsal_that_it_holds_its_key() -> None:
    hall, person = Hall().publish(), TRUSTEES[0]
    nonce = bytes(range(32))
    digest = Digest(hashlib.sha256(nonce).hexdigest())
    said = {"opening": "bridge-7", "trustee": person, "nonce": b64u(nonce)}
    for wrong in ({"nonce": b64u(bytes(32))}, {"trustee": "trustee-2"}, {"opening": "bridge-8"}):
        answer = sign("rehearsal", {**said, **wrong}, signing_key(person)).to_json()
        with pytest.raises(RehearsalFailed):
            hall.order(c.AnswerRehearsal(answer, digest), person)
    answer = sign("rehearsal", said, signing_key(person)).to_json()
    hall.order(c.AnswerRehearsal(answer, digest), person)
    assert hall.state.rehearsed == {person}


# --- the draw ---


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


# --- announcing and confirming ---


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


# --- signing and ending ---


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


# --- at any time ---


def test_a_pause_freezes_the_windows_and_almost_every_order() -> None:
    hall = three().decrypting()
    until = hall.state.decryption_until
    assert until is not None
    hall.order(c.PauseOpening("设备故障"), HOST)
    with pytest.raises(Paused):
        hall.release_all(TRUSTEES[0])
    with pytest.raises(Paused):
        hall.order(c.PauseOpening("再来"), HOST)
    assert hall.tick(until + 60 * MINUTE) == []
    hall.order(c.ResumeOpening(), HOST, until + 60 * MINUTE)
    assert hall.state.decryption_until == until + 60 * MINUTE + (until - DEADLINE)
    with pytest.raises(NotPaused):
        hall.order(c.ResumeOpening(), HOST)
    hall.release_all(TRUSTEES[0])


def test_a_pause_freezes_remedies_too() -> None:
    hall = three().decrypting()
    hall.tick(DEADLINE + 30 * MINUTE)
    bid = hall.live(ACME)
    hall.order(c.GrantRemedy(bid, 10, "受托人迟到"), HOST)
    hall.order(c.PauseOpening("设备故障"), HOST)
    hall.order(c.ResumeOpening(), HOST, DEADLINE + 50 * MINUTE)
    assert hall.state.remedies[bid] == DEADLINE + 60 * MINUTE


def test_windows_are_extended_with_a_reason_while_they_run() -> None:
    hall = three().confirming()
    until = hall.state.confirmation_until
    assert until is not None
    with pytest.raises(OutOfRange):
        hall.order(c.ExtendWindow(Window.CONFIRMATION, 0, "…"), HOST)
    with pytest.raises(TextMissing):
        hall.order(c.ExtendWindow(Window.CONFIRMATION, 5, ""), HOST)
    hall.order(c.ExtendWindow(Window.CONFIRMATION, 5, "网络拥堵"), HOST)
    assert hall.state.confirmation_until == until + 5 * MINUTE
    with pytest.raises(WindowOver):
        hall.order(c.ExtendWindow(Window.DECRYPTION, 5, "…"), HOST)


def test_the_deputy_takes_over_and_the_host_comes_back() -> None:
    hall = three().close()
    with pytest.raises(NotActingHost) as refused:
        hall.order(c.StartOpening(), DEPUTY)
    assert refused.value.params == {"host": HOST}
    hall.order(c.TakeOver(), DEPUTY)
    hall.order(c.StartOpening(), DEPUTY)
    with pytest.raises(NotActingHost):
        hall.order(c.PublishRoll(), HOST)
    hall.order(c.TakeOver(), HOST)
    hall.order(c.PublishRoll(), HOST)


def test_a_supervisor_warns_in_every_phase_and_gives_no_other_orders() -> None:
    hall = three()
    hall.order(c.IssueWarning("请遵守纪律"), WATCH)
    hall.ended()
    hall.order(c.IssueWarning("请补充说明"), WATCH)
    with pytest.raises(WrongRole):
        hall.order(c.TerminateOpening("…"), WATCH)


def test_a_deposit_is_noted_after_the_roll_and_only_for_who_bids() -> None:
    hall = three().roll()
    hall.order(c.NoteDeposit(ACME, "guarantee"), HOST)
    assert hall.state.bidders[ACME].deposit == "guarantee"
    with pytest.raises(UnknownPerson):
        hall.order(c.NoteDeposit(DUNE, "paid"), HOST)
    with pytest.raises(TextMissing):
        hall.order(c.NoteDeposit(ACME, "maybe"), HOST)


def test_chat_is_open_muted_or_closed() -> None:
    hall = three()
    with pytest.raises(OutOfPhase):
        hall.order(c.PostChat("我投标了"), ACME)
    hall.roll()
    hall.order(c.PostChat("收到"), ACME)
    hall.order(c.SetChatMode(ChatMode.MUTED), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.SetChatMode(ChatMode.MUTED), HOST)
    with pytest.raises(ChatClosed):
        hall.order(c.PostChat("在吗"), ACME)
    hall.order(c.PostChat("请稍候"), HOST)
    hall.order(c.SetChatMode(ChatMode.CLOSED), HOST)
    with pytest.raises(ChatClosed):
        hall.order(c.PostChat("…"), HOST)


def test_private_words_go_to_people_in_the_room_and_never_between_bidders() -> None:
    hall = three().roll()
    hall.order(c.PostChat("请问", HOST), ACME)
    hall.order(c.PostChat("请看", ACME), HOST)
    with pytest.raises(ChatBetweenBidders):
        hall.order(c.PostChat("一起吧", BOLT), ACME)
    with pytest.raises(UnknownPerson):
        hall.order(c.PostChat("您好", DUNE), HOST)
    with pytest.raises(TextTooLong):
        hall.order(c.PostChat("长" * 2001), HOST)


def test_who_withdrew_takes_no_part() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA, DUNE)
    hall.withdraw(DUNE)
    hall.roll()
    with pytest.raises(NotEnrolled):
        hall.object_to(DUNE)
    with pytest.raises(NotEnrolled):
        hall.order(c.PostChat("我也在"), DUNE)


def test_a_person_may_hold_two_seats() -> None:
    seats = (*SEATS, Seat(OWNER, "赵业主", "市交通局", Role.TRUSTEE))
    hall = three(replace(TERMS, seats=seats, threshold=3)).decrypting()
    hall.release_all(*TRUSTEES[:2], OWNER)
    hall.open()


def test_a_stranger_gives_no_orders() -> None:
    hall = three().roll()
    stranger = PersonId("stranger")
    with pytest.raises(WrongRole):
        hall.order(c.PauseOpening("…"), stranger)
    with pytest.raises(NotEnrolled):
        hall.order(c.ConfirmBid(BidId("b-x")), stranger)
    with pytest.raises(WrongRole):
        hall.order(c.Tick(), HOST)
