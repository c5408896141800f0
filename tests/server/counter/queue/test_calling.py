"""Calling tickets to windows: who comes next, who does not come, who decides on the far side."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.client.api import Api, ApiRefused
from server.counter.queue.windows import AWAY
from tests.server.counter.queue.hall import (
    FAR,
    HOUSING,
    MEDICAL,
    NEAR,
    PENSION,
    TEN,
    Halls,
    catalogue,
    halls,
    resident,
)
from tests.server.site import serving, until


async def next_at(clerk: Api, window: str = "xishan-1") -> str:
    room: str = (await clerk.post(f"/api/windows/{window}/next", {}))["room"]
    return room


async def desk(clerk: Api) -> dict[str, Any]:
    shown: dict[str, Any] = await clerk.get("/api/desk")
    return shown


async def order(clerk: Api, room: str, name: str, **fields: Any) -> Any:
    return await clerk.post(f"/api/sessions/{room}/commands", {"type": name, **fields})


async def test_the_first_who_came_is_called_first_and_shown_at_the_window(site: Halls) -> None:
    near, _ = await site.both_open()
    first, second = await site.ticket(), await site.ticket()
    assert await next_at(near) == first["room"]
    display = await site.display()
    assert [(each["number"], each["window"]) for each in display["called"]] == [
        (first["number"], "xishan-1")
    ]
    assert display["waiting"] == [second["number"]]
    assert "张" not in str(display)


async def test_who_is_served_first_by_law_goes_first_and_a_booked_time_before_all(
    site: Halls,
) -> None:
    near, _ = await site.both_open()
    booked = await site.booking("2026-11-23T02:20:00.000Z")
    walked_in, old = await site.ticket(), await site.ticket(priority="elderly")
    await site.anyone.post(f"/api/bookings/{booked['room']}/arrive", {"code": booked["code"]})
    shown = [each["number"] for each in (await desk(near))["waiting"]]
    assert shown == [old["number"], walked_in["number"], booked["number"]]
    site.clock.to(TEN + timedelta(minutes=20))
    shown = [each["number"] for each in (await desk(near))["waiting"]]
    assert shown == [booked["number"], old["number"], walked_in["number"]]


async def test_nobody_waits_means_nobody_is_called(site: Halls) -> None:
    near, _ = await site.both_open()
    with pytest.raises(ApiRefused) as refused:
        await next_at(near)
    assert (refused.value.status, refused.value.code) == (409, "no_ticket_waiting")


async def test_a_clerk_with_somebody_at_the_window_calls_nobody_else(site: Halls) -> None:
    near, _ = await site.both_open()
    first = await site.ticket()
    await site.ticket()
    await next_at(near)
    with pytest.raises(ApiRefused) as refused:
        await next_at(near)
    assert (refused.value.code, refused.value.params) == ("window_busy", {"room": first["room"]})


async def test_a_ticket_waits_while_no_far_clerk_is_there_for_it(site: Halls) -> None:
    near = await site.at("xishan-1")
    pension, housing = await site.ticket(PENSION), await site.ticket(HOUSING)
    with pytest.raises(ApiRefused):
        await next_at(near)
    await site.at("qixingguan-2")
    assert await next_at(near) == pension["room"]
    assert [each["fits"] for each in (await desk(near))["waiting"]] == [True]
    assert (await desk(near))["waiting"][0]["number"] == housing["number"]


async def test_a_window_calls_only_what_its_skills_cover(site: Halls) -> None:
    social = await site.at("xishan-3")
    await site.at("qixingguan-3")
    housing, medical = await site.ticket(HOUSING), await site.ticket(MEDICAL)
    assert await next_at(social, "xishan-3") == medical["room"]
    with pytest.raises(ApiRefused) as refused:
        await social.post("/api/windows/xishan-3/call", {"room": housing["room"]})
    assert refused.value.code == "window_busy"


async def test_the_only_far_clerk_is_given_the_session(site: Halls) -> None:
    near, far = await site.both_open()
    ticket = await site.ticket()
    await next_at(near)
    (mine,) = (await desk(far))["mine"]
    assert (mine["room"], mine["side"], mine["phase"]) == (ticket["room"], "far", "called")
    assert (await desk(far))["requests"] == []


async def test_of_several_far_clerks_the_first_who_takes_it_has_it(site: Halls) -> None:
    near = await site.at("xishan-1")
    one, other = await site.at("qixingguan-1"), await site.at("qixingguan-2")
    ticket = await site.ticket()
    await next_at(near)
    for each in (one, other):
        assert [asked["room"] for asked in (await desk(each))["requests"]] == [ticket["room"]]
    path = f"/api/sessions/{ticket['room']}/take"
    results = await asyncio.gather(one.post(path, {}), other.post(path, {}), return_exceptions=True)
    refused = [each for each in results if isinstance(each, ApiRefused)]
    assert [each.code for each in refused] == ["seat_taken"]
    assert [(await desk(each))["requests"] for each in (one, other)] == [[], []]
    sides = [(await desk(each))["mine"] for each in (one, other)]
    assert sorted(len(each) for each in sides) == [0, 1]


async def test_a_clerk_of_another_hall_takes_nothing(site: Halls) -> None:
    near = await site.at("xishan-1")
    await site.at("qixingguan-1")
    await site.at("qixingguan-2")
    ticket = await site.ticket()
    await next_at(near)
    with pytest.raises(ApiRefused) as refused:
        await near.post(f"/api/sessions/{ticket['room']}/take", {})
    assert refused.value.code == "not_served_here"


async def test_an_invited_department_finds_the_session_on_its_own_desk(site: Halls) -> None:
    near, far = await site.both_open()
    person = await site.server.account("clerk", name="吴审", organisation="医疗保障局")
    department = await site.stack.enter_async_context(site.server.logged_in(person))
    ticket = await site.ticket()
    room = await next_at(near)
    await order(near, room, "ConnectSession", recording="录制设备检修")
    await order(await site.entered(ticket), room, "GiveConsent", text="c" * 64, version="2026-11")
    card = {"method": "card", "kind": "card", "number": resident(int(ticket["number"][1:]))}
    await order(near, room, "CaptureIdentity", **card)
    await order(far, room, "CheckIdentity", likeness=True, result="passed")
    assert (await desk(department))["mine"] == []
    await order(far, room, "InviteDepartment", person=person, item=PENSION)
    assert [each["room"] for each in (await desk(department))["mine"]] == [room]


async def test_many_windows_calling_at_once_call_everybody_once(site: Halls) -> None:
    await site.at("qixingguan-1")
    clerks = [(await site.at(window), window) for window in ("xishan-1", "xishan-2", "xishan-3")]
    tickets = [await site.ticket() for _ in range(3)]
    called = await asyncio.gather(*(next_at(clerk, window) for clerk, window in clerks))
    assert sorted(called) == sorted(each["room"] for each in tickets)


async def test_who_does_not_come_is_recalled_twice_then_missed_and_may_come_back(
    site: Halls,
) -> None:
    near, _ = await site.both_open()
    tickets = [await site.ticket() for _ in range(5)]
    room = await next_at(near)
    await order(near, room, "RecallTicket")
    await order(near, room, "RecallTicket")
    assert (await site.display())["called"][0]["times"] == 3
    with pytest.raises(ApiRefused) as refused:
        await order(near, room, "RecallTicket")
    assert refused.value.code == "called_enough"
    site.clock.on(181)
    await until(lambda: _missed(site, tickets[0]), 60)
    phone = await site.entered(tickets[0])
    await phone.post(f"/api/sessions/{room}/requeue", {})
    numbers = [each["number"] for each in tickets]
    assert (await site.display())["waiting"] == [*numbers[1:4], numbers[0], numbers[4]]
    mine = await phone.get("/api/tickets/mine")
    assert (mine["phase"], mine["ahead"]) == ("waiting", 3)


async def _missed(site: Halls, ticket: dict[str, Any]) -> bool:
    return bool((await site.display())["missed"] == [ticket["number"]])


async def test_the_clerk_who_called_puts_a_missed_ticket_back(site: Halls) -> None:
    near, _ = await site.both_open()
    ticket = await site.ticket()
    room = await next_at(near)
    site.clock.on(181)
    await until(lambda: _missed(site, ticket), 60)
    assert [each["room"] for each in (await desk(near))["missed"]] == [room]
    await near.post(f"/api/sessions/{room}/requeue", {})
    assert (await site.display())["waiting"] == [ticket["number"]]
    assert await next_at(near) == room


async def test_a_ticket_put_back_in_the_room_itself_goes_behind_the_others_too(
    site: Halls,
) -> None:
    near, _ = await site.both_open()
    first, second = await site.ticket(), await site.ticket()
    room = await next_at(near)
    site.clock.on(181)
    await until(lambda: _missed(site, first), 60)
    await order(await site.entered(first), room, "RequeueTicket")
    assert (await site.display())["waiting"] == [second["number"], first["number"]]


async def test_a_session_says_what_the_windows_of_its_halls_are_called(site: Halls) -> None:
    near, _ = await site.both_open()
    await site.ticket()
    told = await near.get(f"/api/sessions/{await next_at(near)}")
    of_both = [each for each in catalogue()["windows"] if each["hall"] in (NEAR, FAR)]
    assert told["windows"] == {each["id"]: each["name"] for each in of_both}


async def test_two_clerks_never_sit_at_one_window(site: Halls) -> None:
    await site.at("xishan-1", "王收")
    with pytest.raises(ApiRefused) as refused:
        await site.at("xishan-1", "赵接")
    assert (refused.value.status, refused.value.code) == (409, "window_taken")


async def test_a_clerk_who_moves_leaves_the_old_window(site: Halls) -> None:
    await site.at("xishan-1", "王收")
    await site.at("xishan-2", "王收")
    await site.at("xishan-1", "赵接")
    assert (await site.display())["windows"] == 2


async def test_a_clerk_who_goes_away_closes_the_window_and_nobody_is_lost(site: Halls) -> None:
    near, _ = await site.both_open()
    ticket = await site.ticket()
    site.clock.on(AWAY.total_seconds() + 1)
    await site.server.parts.queue.sweep()
    assert (await site.display())["windows"] == 0
    assert (await site.display())["minutes"] is None
    assert (await desk(near))["window"] is None
    again, _ = await site.both_open()
    assert await next_at(again) == ticket["room"]


async def test_nobody_calls_from_a_window_of_somebody_else(site: Halls) -> None:
    await site.both_open()
    other = await site.clerk("赵接")
    await site.ticket()
    with pytest.raises(ApiRefused) as refused:
        await next_at(other)
    assert (refused.value.status, refused.value.code) == (403, "window_not_open")


async def test_only_clerks_open_windows(site: Halls) -> None:
    ticket = await site.ticket()
    phone = await site.entered(ticket)
    with pytest.raises(ApiRefused) as refused:
        await phone.post("/api/windows/xishan-1/open", {})
    assert refused.value.status == 403


def _in_line(queue: dict[str, Any]) -> dict[str, Any]:
    """A hall's queue without its instants."""
    called = [{**each, "lapses_at": ""} for each in queue["called"]]
    return {**queue, "now": "", "called": called}


async def test_a_restart_keeps_the_line_and_the_windows(tmp_path: Path) -> None:
    async with halls(tmp_path / "data") as site:
        near, _ = await site.both_open()
        tickets = [await site.ticket() for _ in range(3)]
        await site.ticket(priority="disabled")
        await next_at(near)
        before, token, clock = await site.display(), near.token, site.clock
    assert tickets
    async with serving(tmp_path / "data", clock) as server, Api(server.url, token) as near:
        after = await near.get(f"/api/halls/{NEAR}/queue")
        assert _in_line(after) == _in_line(before)
        for then, now in zip(before["called"], after["called"], strict=True):
            assert now["lapses_at"] >= then["lapses_at"], "a call gets the time of the gap back"
        assert (await desk(near))["window"]["window"] == "xishan-1"
