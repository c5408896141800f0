"""Handing a session over to a colleague, and nobody being asked for two sessions at once."""

from typing import Any

import pytest

from rooms.counter import commands as c
from rooms.ids import PersonId, RoomId
from server.client.api import Api, ApiRefused
from server.desk import THE_SYSTEM
from tests.server.counter.queue.hall import Halls


async def desk(clerk: Api) -> dict[str, Any]:
    shown: dict[str, Any] = await clerk.get("/api/desk")
    return shown


async def rooms(clerk: Api, name: str) -> list[str]:
    """The sessions in one of the lists on a clerk's desk."""
    return [each["room"] for each in (await desk(clerk))[name]]


async def called(site: Halls, near: Api, window: str = "xishan-1") -> str:
    """Somebody takes a ticket and is called to this window."""
    await site.ticket()
    room: str = (await near.post(f"/api/windows/{window}/next", {}))["room"]
    return room


async def connected(site: Halls, near: Api, window: str = "xishan-1") -> str:
    room = await called(site, near, window)
    order = {"type": "ConnectSession", "recording": "confirmed"}
    await near.post(f"/api/sessions/{room}/commands", order)
    return room


async def refused(clerk: Api, path: str, body: dict[str, Any]) -> str:
    """The code with which an order is refused."""
    with pytest.raises(ApiRefused) as refusal:
        await clerk.post(path, body)
    return refusal.value.code


async def test_what_is_offered_is_on_the_colleagues_desk_and_theirs_once_taken(
    site: Halls,
) -> None:
    near, _ = await site.both_open()
    other = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    path = f"/api/sessions/{room}/hand-over"
    [colleague] = (await near.get(path))["items"]
    assert (colleague["window"], colleague["name"], colleague["busy"]) == (
        "xishan-2",
        "赵接",
        False,
    )
    await near.post(path, {"to": "xishan-2", "reason": "设备故障"})
    assert await rooms(near, "mine") == [room]
    [offer] = (await desk(other))["offers"]
    assert (offer["room"], offer["offered_by"], offer["reason"], offer["side"]) == (
        room,
        "王收",
        "设备故障",
        "near",
    )
    await other.post(f"{path}/take", {})
    assert (await rooms(other, "offers"), await rooms(other, "mine")) == ([], [room])
    assert await rooms(near, "mine") == []
    assert (await site.display())["serving"][0]["window"] == "xishan-2"
    told = [each["event"] for each in (await other.get(f"/api/sessions/{room}/entries"))["entries"]]
    assert [each["type"] for each in told[-2:]] == ["HandOverOffered", "HandedOver"]
    assert told[-1]["reason"] == "设备故障"


async def test_a_far_clerk_hands_over_too(site: Halls) -> None:
    near, far = await site.both_open()
    room = await connected(site, near)
    other = await site.at("qixingguan-2", "钱接")
    path = f"/api/sessions/{room}/hand-over"
    await far.post(path, {"to": "qixingguan-2", "reason": "交接班"})
    await other.post(f"{path}/take", {})
    assert [each["side"] for each in (await desk(other))["mine"]] == ["far"]


async def test_only_an_open_window_of_the_same_hall_that_serves_it_is_offered_a_session(
    site: Halls,
) -> None:
    near, far = await site.both_open()
    room = await connected(site, near)
    path = f"/api/sessions/{room}/hand-over"
    assert (await near.get(path))["items"] == []
    assert await refused(near, path, {"to": "xishan-3", "reason": "x"}) == "window_closed"
    assert await refused(near, path, {"to": "qixingguan-1", "reason": "x"}) == "not_served_here"
    stranger = await site.at("xishan-2", "赵接")
    assert await refused(stranger, path, {"to": "xishan-2", "reason": "x"}) == "wrong_role"
    assert await refused(stranger, f"{path}/take", {}) == "no_offer"
    assert await refused(far, f"{path}/end", {}) == "no_offer"


async def test_an_offer_is_declined_or_withdrawn(site: Halls) -> None:
    near, _ = await site.both_open()
    other = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    path = f"/api/sessions/{room}/hand-over"
    for clerk in (other, near):
        await near.post(path, {"to": "xishan-2", "reason": "交接班"})
        await clerk.post(f"{path}/end", {})
        assert await rooms(other, "offers") == []
        assert await refused(other, f"{path}/take", {}) == "no_offer"
    assert await rooms(near, "mine") == [room]


async def test_whoever_got_up_meanwhile_takes_nothing(site: Halls) -> None:
    near, _ = await site.both_open()
    other = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    path = f"/api/sessions/{room}/hand-over"
    await near.post(path, {"to": "xishan-2", "reason": "交接班"})
    await other.post("/api/windows/xishan-2/close", {})
    assert await refused(other, f"{path}/take", {}) == "window_not_open"


# --- one session at a time ---


async def test_who_is_in_a_session_is_not_offered_another_one(site: Halls) -> None:
    near, far = await site.both_open()
    second = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    assert await rooms(far, "mine") == [room]
    other = await called(site, second, "xishan-2")
    assert (await rooms(far, "mine"), await rooms(far, "requests")) == ([room], [])
    assert await refused(far, f"/api/sessions/{other}/take", {}) == "clerk_busy"
    path = f"/api/sessions/{room}/hand-over"
    assert [each["busy"] for each in (await near.get(path))["items"]] == [True]
    assert await refused(near, path, {"to": "xishan-2", "reason": "x"}) == "clerk_busy"


async def test_once_the_session_is_over_the_next_one_is_offered(site: Halls) -> None:
    near, far = await site.both_open()
    second = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    other = await called(site, second, "xishan-2")
    order = {"type": "EndSession", "reason": "办事人有事"}
    await far.post(f"/api/sessions/{room}/commands", order)
    assert await rooms(far, "requests") == [other]
    await far.post(f"/api/sessions/{other}/take", {})
    assert await rooms(far, "mine") == [other]


async def test_while_the_near_window_is_cut_off_the_far_clerk_helps_others(site: Halls) -> None:
    near, far = await site.both_open()
    second = await site.at("xishan-2", "赵接")
    room = await connected(site, near)
    other = await called(site, second, "xishan-2")
    state = (await site.server.parts.desk.room(RoomId(room))).state
    gone = c.NotePresence(PersonId(state.near.person), here=False)  # type: ignore[attr-defined]
    await site.server.parts.desk.order(RoomId(room), gone, THE_SYSTEM)
    assert await rooms(far, "requests") == [other]


async def test_of_several_far_clerks_only_those_who_are_free_are_asked(site: Halls) -> None:
    near, far = await site.both_open()
    second = await site.at("xishan-2", "赵接")
    await connected(site, near)
    free = await site.at("qixingguan-2", "钱办")
    other = await called(site, second, "xishan-2")
    assert (await rooms(free, "requests"), await rooms(far, "requests")) == ([other], [])


async def test_who_decides_elsewhere_calls_nobody_meanwhile(site: Halls) -> None:
    near, far = await site.both_open()
    room = await connected(site, near)
    assert await refused(far, "/api/windows/qixingguan-1/next", {}) == "window_busy"
    await far.post(f"/api/sessions/{room}/commands", {"type": "EndSession", "reason": "x"})
    assert await refused(far, "/api/windows/qixingguan-1/next", {}) == "no_ticket_waiting"
