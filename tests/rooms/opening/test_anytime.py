"""What may happen at any time: pauses, windows, hosts, warnings, words."""

from dataclasses import replace

import pytest

from rooms.ids import BidId, PersonId
from rooms.opening import commands as c
from rooms.opening.events import ChatMode, Window
from rooms.opening.terms import Role, Seat
from rooms.refusals import (
    AlreadyDone,
    ChatBetweenBidders,
    ChatClosed,
    NotActingHost,
    NotEnrolled,
    NotPaused,
    OutOfPhase,
    OutOfRange,
    Paused,
    TextMissing,
    TextTooLong,
    UnknownPerson,
    WindowOver,
    WrongRole,
)
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DEADLINE,
    DEPUTY,
    DUNE,
    HOST,
    MINUTE,
    OWNER,
    SEATS,
    TERMS,
    TRUSTEES,
    UNRECORDED,
    WATCH,
)


def three(terms: object = TERMS) -> Hall:
    return Hall(terms).publish().with_bids(ACME, BOLT, CORA)  # type: ignore[arg-type]  # Terms


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
        hall.order(c.StartOpening(UNRECORDED), DEPUTY)
    assert refused.value.params == {"host": HOST}
    hall.order(c.TakeOver(), DEPUTY)
    hall.order(c.StartOpening(UNRECORDED), DEPUTY)
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
