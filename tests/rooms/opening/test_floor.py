import pytest

from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.refusals import (
    AlreadyDone,
    NotActingHost,
    NotEnrolled,
    OutOfPhase,
    UnknownPerson,
    WrongRole,
)
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DEPUTY,
    DUNE,
    HOST,
    NAMES,
    TRUSTEES,
    UNRECORDED,
    WATCH,
)


@pytest.fixture
def hall() -> Hall:
    return Hall().publish().with_bids(ACME, BOLT, CORA).roll()


def test_the_floor_is_asked_for_given_and_given_back(hall: Hall) -> None:
    assert hall.order(c.RequestFloor(), BOLT) == [e.FloorRequested(BOLT)]
    hall.order(c.RequestFloor(), ACME)
    assert hall.state.hands == (BOLT, ACME)
    assert hall.order(c.GrantFloor(ACME), HOST) == [e.FloorGranted(ACME)]
    assert (hall.state.floor, hall.state.hands) == (ACME, (BOLT,))
    assert hall.order(c.WithdrawFloor(), ACME) == [e.FloorWithdrawn(ACME)]
    assert (hall.state.floor, hall.state.hands) == (None, (BOLT,))
    hall.order(c.WithdrawFloor(), BOLT)
    assert hall.state.hands == ()


def test_at_most_one_has_the_floor_and_giving_it_takes_it_from_who_had_it(hall: Hall) -> None:
    hall.order(c.GrantFloor(ACME), HOST)
    hall.order(c.GrantFloor(TRUSTEES[0]), HOST)
    assert hall.state.floor == TRUSTEES[0]
    assert hall.order(c.TakeFloor(), HOST) == [e.FloorTaken(TRUSTEES[0])]
    assert hall.state.floor is None


def test_asking_twice_giving_twice_and_taking_from_nobody_are_refused(hall: Hall) -> None:
    with pytest.raises(AlreadyDone):
        hall.order(c.TakeFloor(), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.WithdrawFloor(), ACME)
    hall.order(c.RequestFloor(), ACME)
    with pytest.raises(AlreadyDone):
        hall.order(c.RequestFloor(), ACME)
    hall.order(c.GrantFloor(ACME), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.GrantFloor(ACME), HOST)
    with pytest.raises(AlreadyDone):
        hall.order(c.RequestFloor(), ACME)


def test_before_the_roll_no_hand_tells_who_bids() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).close()
    hall.order(c.StartOpening(UNRECORDED), HOST)
    with pytest.raises(OutOfPhase):
        hall.order(c.RequestFloor(), ACME)
    with pytest.raises(UnknownPerson):
        hall.order(c.GrantFloor(ACME), HOST)
    with pytest.raises(UnknownPerson):
        hall.order(c.MutePerson(ACME, True), HOST)
    hall.order(c.RequestFloor(), WATCH)
    assert hall.state.hands == (WATCH,)


def test_who_withdrew_its_bid_does_not_speak() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA, DUNE)
    hall.withdraw(DUNE)
    hall.roll()
    with pytest.raises(NotEnrolled):
        hall.order(c.RequestFloor(), DUNE)
    with pytest.raises(UnknownPerson):
        hall.order(c.GrantFloor(DUNE), HOST)


def test_only_the_acting_host_gives_the_floor_but_a_deputy_may_ask_for_it(hall: Hall) -> None:
    hall.order(c.RequestFloor(), DEPUTY)
    for by, refusal in ((DEPUTY, NotActingHost), (ACME, WrongRole), (WATCH, WrongRole)):
        with pytest.raises(refusal):
            hall.order(c.GrantFloor(ACME), by)
        with pytest.raises(refusal):
            hall.order(c.MutePerson(ACME, False), by)


def test_a_muted_person_is_heard_again_when_the_host_says_so(hall: Hall) -> None:
    assert hall.order(c.MutePerson(ACME, True), HOST) == [e.SoundMuted(ACME, True)]
    assert hall.state.muted == {ACME}
    with pytest.raises(AlreadyDone):
        hall.order(c.MutePerson(ACME, True), HOST)
    with pytest.raises(WrongRole):
        hall.order(c.MutePerson(ACME, False), ACME)
    hall.order(c.MutePerson(ACME, False), HOST)
    assert hall.state.muted == frozenset()


def test_the_floor_is_given_during_a_pause_too(hall: Hall) -> None:
    hall.order(c.PauseOpening("核对设备"), HOST)
    hall.order(c.RequestFloor(), ACME)
    hall.order(c.GrantFloor(ACME), HOST)
    assert hall.state.floor == ACME


def test_the_floor_ends_with_the_opening(hall: Hall) -> None:
    hall.order(c.RequestFloor(), BOLT)
    hall.order(c.GrantFloor(ACME), HOST)
    hall.order(c.FailOpening("投标人不足"), HOST)
    assert (hall.state.floor, hall.state.hands) == (None, ())
    with pytest.raises(OutOfPhase):
        hall.order(c.RequestFloor(), CORA)


def test_who_spoke_is_in_the_record(hall: Hall) -> None:
    from rooms.opening.minutes import record

    hall.order(c.GrantFloor(ACME), HOST)
    hall.order(c.MutePerson(ACME, True), HOST)
    hall.order(c.TakeFloor(), HOST)
    written = repr(record(hall.entries, head="", issuer="云开").sections)
    for words in ("给予发言", "收回发言", "关闭声音"):
        assert words in written
    assert NAMES[ACME] in written
