"""Coming in with a ticket: numbers, codes, who may, when it is over."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from server.client.api import ApiRefused
from tests.server.counter.queue.hall import (
    FAR,
    HOUSING,
    NEAR,
    PENSION,
    TEN,
    Halls,
    catalogue,
    halls,
    wanted,
)


async def test_tickets_have_a_letter_and_run_on(site: Halls) -> None:
    numbers = [(await site.ticket())["number"] for _ in range(3)]
    assert numbers == ["B001", "B002", "B003"]


async def test_no_two_of_many_at_once_get_the_same_number(site: Halls) -> None:
    taken = await asyncio.gather(*(site.ticket() for _ in range(30)))
    assert len({each["number"] for each in taken}) == 30


async def test_the_ticket_says_how_many_wait_before(site: Halls) -> None:
    await site.both_open()
    first, second = await site.ticket(), await site.ticket()
    assert (first["waiting"], second["waiting"]) == (0, 1)
    assert (first["minutes"], second["minutes"]) == (0, 15)


async def test_number_and_code_let_the_applicant_into_the_one_session(site: Halls) -> None:
    ticket = await site.ticket()
    phone = await site.entered(ticket)
    me = await phone.get("/api/me")
    assert (me["roles"], me["room"]) == (["guest"], ticket["room"])
    mine = await phone.get("/api/tickets/mine")
    assert (mine["number"], mine["phase"], mine["ahead"]) == (ticket["number"], "waiting", 0)


async def test_a_second_phone_comes_in_as_the_same_person(site: Halls) -> None:
    ticket = await site.ticket()
    one, other = await site.entered(ticket), await site.entered(ticket)
    assert (await one.get("/api/me"))["person"] == (await other.get("/api/me"))["person"]


async def test_wrong_codes_are_slowed_down(site: Halls) -> None:
    ticket = await site.ticket()
    wrong = f"{(int(ticket['code']) + 1) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(ApiRefused) as refused:
            await site.entered({**ticket, "code": wrong})
        assert (refused.value.status, refused.value.code) == (403, "wrong_code")
    with pytest.raises(ApiRefused) as refused:
        await site.entered(ticket)
    assert refused.value.status == 429
    site.clock.on(61)
    await site.entered(ticket)


async def test_a_number_that_does_not_exist_is_told_like_a_wrong_code(site: Halls) -> None:
    with pytest.raises(ApiRefused) as refused:
        await site.entered({"number": "A999", "code": "123456", "room": ""})
    assert refused.value.code == "wrong_code"


async def test_a_ticket_of_yesterday_says_so(site: Halls) -> None:
    ticket = await site.ticket()
    site.clock.to(TEN + timedelta(days=1))
    with pytest.raises(ApiRefused) as refused:
        await site.entered(ticket)
    assert (refused.value.status, refused.value.code) == (409, "ticket_expired")


async def test_a_ticket_nobody_called_is_taken_back_at_night(site: Halls) -> None:
    ticket = await site.ticket()
    site.clock.to(TEN + timedelta(days=1))
    await site.server.parts.queue.sweep()
    with pytest.raises(ApiRefused) as refused:
        await site.entered(ticket)
    assert refused.value.code == "ticket_over"
    assert (await site.display())["total"] == 0


async def test_the_same_person_gets_no_second_ticket_for_the_same_item(site: Halls) -> None:
    await site.ticket(PENSION, person=7)
    with pytest.raises(ApiRefused) as refused:
        await site.ticket(PENSION, HOUSING, person=7)
    assert (refused.value.status, refused.value.code) == (409, "ticket_doubled")
    assert refused.value.params == {"item": PENSION}
    await site.ticket(HOUSING, person=7)
    await site.ticket(PENSION, person=8)


async def test_of_two_at_once_one_gets_the_ticket(site: Halls) -> None:
    both = [site.ticket(PENSION, person=9) for _ in range(2)]
    results = await asyncio.gather(*both, return_exceptions=True)
    refused = [each for each in results if isinstance(each, ApiRefused)]
    assert [each.code for each in refused] == ["ticket_doubled"]
    assert (await site.display())["total"] == 1


async def test_who_takes_a_ticket_back_can_take_another(site: Halls) -> None:
    ticket = await site.ticket(PENSION, person=7)
    path = f"/api/bookings/{ticket['room']}/cancel"
    await site.anyone.post(path, {"code": ticket["code"], "reason": "改天再来"})
    assert (await site.display())["total"] == 0
    await site.ticket(PENSION, person=7)


async def test_a_ticket_asked_for_twice_by_one_key_is_the_same_ticket(site: Halls) -> None:
    body = wanted()

    async def ask() -> tuple[str, str]:
        async with site.server.session() as browser:
            headers = {"Idempotency-Key": "phone-1"}
            async with browser.post("/api/tickets", json=body, headers=headers) as answer:
                made = await answer.json()
                assert answer.status in (200, 201), made
                return made["number"], made["code"]

    at_once = await asyncio.gather(ask(), ask())
    later = await ask()
    assert {*at_once, later} == {later}
    assert (await site.display())["total"] == 1


async def test_a_wrong_check_digit_is_refused(site: Halls) -> None:
    body = wanted()
    number = body["applicant"]["number"]
    body["applicant"]["number"] = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(ApiRefused) as refused:
        await site.anyone.post("/api/tickets", body)
    assert (refused.value.status, refused.value.code) == (422, "identity_number_wrong")
    assert refused.value.params == {"problem": "id_number_check_digit"}


async def test_an_unknown_item_and_one_nobody_agreed_on_are_refused(site: Halls) -> None:
    with pytest.raises(ApiRefused) as refused:
        await site.ticket("520502-dog-licence")
    assert refused.value.code == "unknown_item"
    with pytest.raises(ApiRefused) as refused:
        await site.ticket("530112-id-card")
    assert refused.value.code == "not_served"


async def test_before_the_hall_opens_there_are_no_tickets(site: Halls) -> None:
    site.clock.to(TEN - timedelta(hours=2))
    with pytest.raises(ApiRefused) as refused:
        await site.ticket()
    assert (refused.value.code, refused.value.params) == ("hall_closed", {"hall": NEAR})


async def test_a_holiday_on_the_far_side_alone_is_said_before_anybody_waits(
    tmp_path: Path,
) -> None:
    document = catalogue()
    day = {"region": "520500", "day": "2026-11-23", "kind": "closed", "name": "彝族年"}
    document["days"].append({**day, "as_weekday": 1, "opens": "00:00", "closes": "24:00"})
    async with halls(tmp_path / "data", document=document) as site:
        with pytest.raises(ApiRefused) as refused:
            await site.ticket()
        assert (refused.value.code, refused.value.params) == ("far_closed", {"hall": FAR})
        path = f"/api/slots?item={PENSION}&near={NEAR}&far=520502&day="
        assert (await site.anyone.get(path + "2026-11-23"))["slots"] == []
        assert (await site.anyone.get(path + "2026-11-24"))["slots"] != []


async def test_an_agent_comes_in_for_an_applicant_with_recorded_authority(site: Halls) -> None:
    agent = {
        "name": "赵代",
        "organisation": "碧鸡街道帮办点",
        "kind": "service",
        "letter": "ab" * 32,
    }
    ticket = await site.ticket(agent=agent)
    phone = await site.entered(ticket, agent=True)
    me = await phone.get("/api/me")
    state = (await site.server.parts.desk.room(ticket["room"])).state
    assert state.agent.person == me["person"] != state.applicant
    kept = await site.server.parts.people.of_room(ticket["room"])
    assert kept[state.agent.authority]["value"]["letter"] == "ab" * 32


async def test_what_an_applicant_says_of_themselves_is_not_in_the_log(site: Halls) -> None:
    body = wanted()
    ticket = await site.anyone.post("/api/tickets", body)
    log = await site.server.parts.log.entries_after(ticket["room"], 0)
    for secret in (*body["applicant"].values(), ticket["code"]):
        assert not any(secret in line for line in log)
    kept = await site.server.parts.people.of_room(ticket["room"])
    assert [each["value"]["name"] for each in kept.values()] == ["张三"]


async def test_numbers_are_not_repeated_on_another_day_by_another_hall(site: Halls) -> None:
    first = await site.ticket()
    site.clock.to(TEN + timedelta(days=1))
    second = await site.ticket()
    assert first["number"] == second["number"] == "B001"
    await site.entered(second)
