"""Who is seen where in a session."""

from dataclasses import replace

import pytest

from rooms.counter.kinds import Role
from rooms.counter.phases import Phase
from rooms.counter.state import Clerk, Known, State
from rooms.ids import PersonId
from server.counter.casting import cast, may_send
from server.media.plane import Feed, Kind, Slot
from tests.rooms.counter.matter import MATTER

NEAR, FAR = PersonId("p-near"), PersonId("p-far")
WATCH, OTHER = PersonId("p-watch"), PersonId("p-department")


@pytest.fixture
def state() -> State:
    """A call that is on."""
    return State(
        phase=Phase.CONNECTING,
        about=MATTER,
        near=Clerk(NEAR, "赵敏", "w-1"),
        far=Clerk(FAR, "周强", "w-9"),
        known={
            NEAR: Known("赵敏", frozenset({Role.NEAR})),
            FAR: Known("周强", frozenset({Role.FAR})),
            WATCH: Known("陈述", frozenset({Role.SUPERVISOR})),
            OTHER: Known("吴联", frozenset({Role.DEPARTMENT}), "医疗保障局"),
        },
    )


def camera(person: PersonId) -> Feed:
    return Feed(person, Kind.CAMERA)


def test_three_parties_have_a_place_each(state: State) -> None:
    feeds = [camera(FAR), camera(NEAR), camera(state.applicant), camera(OTHER)]
    shown = cast(state, feeds)
    assert shown == {
        Slot.STAGE: camera(state.applicant),
        Slot.SUPERVISOR: camera(NEAR),
        Slot.HALL: camera(FAR),
        Slot.FLOOR: camera(OTHER),
        Slot.SCREEN: None,
    }


def test_an_applicant_without_a_camera_is_seen_by_the_windows_own(state: State) -> None:
    window = Feed(NEAR, Kind.HALL)
    assert cast(state, [window, camera(NEAR)])[Slot.STAGE] == window
    both = [window, camera(state.applicant)]
    assert cast(state, both)[Slot.STAGE] == camera(state.applicant)


def test_listeners_are_neither_seen_nor_heard(state: State) -> None:
    assert not may_send(state, WATCH, Kind.CAMERA)
    assert camera(WATCH) not in cast(state, [camera(WATCH)]).values()


def test_only_clerks_show_their_screens(state: State) -> None:
    assert may_send(state, NEAR, Kind.SCREEN)
    assert may_send(state, FAR, Kind.SCREEN)
    assert not may_send(state, state.applicant, Kind.SCREEN)


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.CALLED, Phase.PROCESSING])
def test_nothing_is_sent_outside_the_call(state: State, phase: Phase) -> None:
    assert not may_send(replace(state, phase=phase), NEAR, Kind.CAMERA)


def test_nothing_is_sent_once_the_call_is_over(state: State) -> None:
    over = replace(state, phase=Phase.DECIDED, over=True)
    assert not may_send(over, FAR, Kind.CAMERA)


def test_whoever_handed_the_window_over_is_gone_from_the_screen(state: State) -> None:
    successor = PersonId("p-next")
    after = replace(state, far=Clerk(successor, "钱接", "w-9"))
    assert cast(after, [camera(FAR)])[Slot.HALL] is None
    assert cast(after, [camera(FAR), camera(successor)])[Slot.HALL] == camera(successor)
