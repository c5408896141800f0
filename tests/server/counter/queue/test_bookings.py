"""Booked times: what is free, the calendar file, arriving, taking it back."""

import asyncio
from datetime import timedelta

import pytest

from server.client.api import ApiRefused
from tests.server.counter.queue.hall import HOUSING, NEAR, PENSION, TEN, Halls
from tests.server.site import until

TWO = "2026-11-23T06:00:00.000Z"
"""Two o'clock in the afternoon of the same day."""
TOMORROW = "2026-11-24T02:00:00.000Z"


async def _left(site: Halls, starts_at: str) -> tuple[int, int]:
    path = f"/api/slots?item={PENSION}&near={NEAR}&far=520502&day={starts_at[:10]}"
    slots = (await site.anyone.get(path))["slots"]
    (slot,) = [each for each in slots if each["starts_at"] == starts_at]
    return slot["near_left"], slot["far_left"]


async def test_a_booking_takes_a_place_at_both_sites(site: Halls) -> None:
    near, far = await _left(site, TWO)
    await site.booking(TWO)
    assert await _left(site, TWO) == (near - 1, far - 1)


async def test_a_full_time_is_refused_even_to_many_at_once(site: Halls) -> None:
    places = min(await _left(site, TWO))
    asked = [site.booking(TWO) for _ in range(places + 3)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in results if isinstance(each, ApiRefused)]
    assert [(each.status, each.code) for each in refused] == [(409, "slot_full")] * 3
    assert min(await _left(site, TWO)) == 0


async def test_who_was_refused_a_full_time_books_another(site: Halls) -> None:
    for _ in range(min(await _left(site, TWO))):
        await site.booking(TWO)
    with pytest.raises(ApiRefused):
        await site.booking(TWO, person=5)
    assert (await site.booking(TOMORROW, person=5))["starts_at"] == TOMORROW


async def test_the_same_person_books_an_item_once(site: Halls) -> None:
    await site.booking(TWO, PENSION, person=5)
    with pytest.raises(ApiRefused) as refused:
        await site.booking(TOMORROW, PENSION, person=5)
    assert (refused.value.code, refused.value.params) == ("ticket_doubled", {"item": PENSION})
    with pytest.raises(ApiRefused):
        await site.ticket(PENSION, person=5)
    await site.booking(TOMORROW, HOUSING, person=5)


async def test_a_booking_taken_back_frees_its_place(site: Halls) -> None:
    before = await _left(site, TWO)
    made = await site.booking(TWO, person=5)
    path = f"/api/bookings/{made['room']}/cancel"
    with pytest.raises(ApiRefused) as refused:
        await site.anyone.post(path, {"code": None})
    assert refused.value.code == "wrong_code"
    await site.anyone.post(path, {"code": made["code"]})
    assert await _left(site, TWO) == before
    await site.booking(TWO, person=5)


async def test_a_time_nobody_is_there_cannot_be_booked(site: Halls) -> None:
    for closed in ("2026-11-23T04:30:00.000Z", "2026-11-23T06:01:00.000Z"):
        with pytest.raises(ApiRefused) as refused:
            await site.booking(closed)
        assert (refused.value.status, refused.value.code) == (422, "slot_closed")


async def test_a_day_on_which_one_hall_is_closed_cannot_be_booked(site: Halls) -> None:
    site.clock.to(TEN + timedelta(days=31))
    with pytest.raises(ApiRefused) as refused:
        await site.booking("2026-12-28T02:00:00.000Z")
    assert refused.value.code == "slot_closed"
    await site.booking("2026-12-29T02:00:00.000Z")


async def test_a_past_time_cannot_be_booked(site: Halls) -> None:
    with pytest.raises(ApiRefused) as refused:
        await site.booking("2026-11-23T01:00:00.000Z")
    assert refused.value.code == "slot_closed"


async def test_the_calendar_file_is_for_whoever_has_the_code(site: Halls) -> None:
    made = await site.booking(TWO)
    lines = (await site.anyone.fetch(made["ics"])).decode().split("\r\n")
    assert "DTSTART:20261123T060000Z" in lines
    assert "DTEND:20261123T062000Z" in lines
    wrong = f"/api/bookings/{made['room']}.ics?code=000000"
    with pytest.raises(ApiRefused) as refused:
        await site.anyone.fetch(wrong)
    assert refused.value.status == 403


async def test_who_arrives_waits_and_is_called_by_the_booked_number(site: Halls) -> None:
    near, _ = await site.both_open()
    made = await site.booking("2026-11-23T02:20:00.000Z")
    assert (await site.display())["total"] == 0
    arrived = await site.anyone.post(f"/api/bookings/{made['room']}/arrive", {"code": made["code"]})
    assert arrived["number"] == made["number"]
    assert (await site.display())["waiting"] == [made["number"]]
    called = await near.post("/api/windows/xishan-1/next", {})
    assert called["room"] == made["room"]


async def test_a_clerk_of_the_hall_notes_an_arrival_without_the_code(site: Halls) -> None:
    near, far = await site.both_open()
    made = await site.booking("2026-11-23T02:20:00.000Z")
    (expected,) = (await near.get("/api/desk"))["expected"]
    assert expected["room"] == made["room"]
    path = f"/api/bookings/{made['room']}/arrive"
    with pytest.raises(ApiRefused) as refused:
        await far.post(path, {})
    assert refused.value.status == 403
    await near.post(path, {})
    assert (await near.get("/api/desk"))["expected"] == []


async def test_nobody_arrives_a_day_early_or_twice(site: Halls) -> None:
    tomorrow = await site.booking(TOMORROW)
    with pytest.raises(ApiRefused) as refused:
        await site.anyone.post(
            f"/api/bookings/{tomorrow['room']}/arrive", {"code": tomorrow["code"]}
        )
    assert refused.value.code == "booking_not_today"
    today = await site.booking(TWO)
    path = f"/api/bookings/{today['room']}/arrive"
    await site.anyone.post(path, {"code": today["code"]})
    with pytest.raises(ApiRefused) as refused:
        await site.anyone.post(path, {"code": today["code"]})
    assert refused.value.code == "already_done"


async def test_a_booking_nobody_came_for_lapses_and_the_person_may_come_again(
    site: Halls,
) -> None:
    made = await site.booking("2026-11-23T02:20:00.000Z", person=5)
    site.clock.to(TEN + timedelta(minutes=41))
    queue = site.server.parts.queue

    async def lapsed() -> bool:
        return (await queue.arrivals.standing(made["room"])).phase == "cancelled"

    await until(lapsed, 60)

    async def free() -> bool:
        try:
            await site.ticket(person=5)
        except ApiRefused:
            return False
        return True

    await until(free, 60)
