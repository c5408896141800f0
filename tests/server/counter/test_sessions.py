"""A session over HTTP and the socket, as its people's browsers use it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from rooms.counter import commands as c
from rooms.counter.forms import form_digest
from rooms.counter.kinds import Side
from rooms.counter.phases import Phase
from rooms.ids import Digest, PersonId
from server.client.api import Api, ApiRefused
from tests.server.counter.visit import APPLICANT, PENSION, Visit, visiting
from tests.server.live import Client
from tests.server.site import RunningServer, serving, until

PATIENCE = 60.0


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A waiting ticket."""
    async with visiting(running_server) as made:
        yield made


async def test_applicant_and_both_clerks_follow_a_session_by_their_streams(visit: Visit) -> None:
    async with AsyncExitStack() as stack:
        applicant = await stack.enter_async_context(Client(visit.server, visit.as_applicant))
        joined = await applicant.join(visit.room)
        assert [each["event"]["type"] for each in joined["entries"]] == ["TicketIssued"]
        await visit.call()
        clerks = [
            await stack.enter_async_context(Client(visit.server, api))
            for api in (visit.as_near, visit.as_far)
        ]
        for clerk in clerks:
            answer = await clerk.join(visit.room)
            assert [each["n"] for each in answer["entries"]] == [1, 2, 3, 4]
        await visit.consent()
        for each in (applicant, *clerks):
            heard = await until(
                lambda each=each: [
                    entry for entry in each.entries() if entry["event"]["type"] == "ConsentGiven"
                ],
                PATIENCE,
            )
            assert heard[0]["by"] == {"person": visit.applicant, "name": "", "role": "applicant"}


async def test_personal_data_are_for_the_applicant_and_the_two_windows(visit: Visit) -> None:
    await visit.call()
    await visit.consent()
    await visit.identify()
    await visit.order(
        visit.as_near, "FillField", item=PENSION.code, field="account", value="6222020200012345678"
    )
    for api in (visit.as_applicant, visit.as_near, visit.as_far):
        values = list((await api.get(f"{visit.path}/personal")).values())
        assert APPLICANT in values
        assert {
            "item": PENSION.code,
            "field": "account",
            "value": "6222020200012345678",
        } in values
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        assert await api.get(f"{visit.path}/personal") == {}
        page = await api.get(f"{visit.path}/entries")
    assert "李秀兰" not in str(page)
    assert "6222020200012345678" not in str(page)
    assert APPLICANT["number"] not in str(page)


async def test_the_near_window_sees_no_personal_data_once_the_call_is_over(visit: Visit) -> None:
    await visit.call()
    await visit.consent()
    await visit.order(visit.as_near, "EndSession", reason="申请人改日再来")
    assert await visit.as_near.get(f"{visit.path}/personal") == {}
    assert APPLICANT in (await visit.as_applicant.get(f"{visit.path}/personal")).values()


async def test_nobody_else_knows_that_there_is_a_session(visit: Visit) -> None:
    stranger = await visit.server.account("clerk")
    bidder = await visit.server.account("bidder")
    for person in (stranger, bidder):
        async with visit.server.logged_in(person) as api:
            assert await _status(api, visit.path) == (404, "no_such_room")
            assert (await api.get("/api/sessions?when=today"))["total"] == 0


async def test_a_session_is_no_opening(visit: Visit) -> None:
    assert (await _status(visit.as_near, f"/api/openings/{visit.room}"))[0] == 404
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        assert (await api.get("/api/openings?when=today"))["items"] == []
        listed = (await api.get("/api/sessions?when=today"))["items"]
    assert [(each["id"], each["number"], each["role"]) for each in listed] == [
        (visit.room, "A012", "supervisor")
    ]
    assert listed[0]["items"] == [
        {"code": PENSION.code, "name": PENSION.name, "name_en": PENSION.name_en}
    ]


async def test_an_order_with_a_route_of_its_own_is_refused_here(visit: Visit) -> None:
    await visit.call()
    with pytest.raises(ApiRefused) as refused:
        await visit.order(visit.as_near, "CallTicket", window="w-1", clerk_name="赵敏")
    assert refused.value.code == "malformed_command"
    assert refused.value.params == {"path": "type", "problem": "elsewhere"}


async def test_what_was_said_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as first, visiting(first) as visit:
        await visit.call()
        await visit.consent()
        await visit.identify()
        before = await visit.as_near.get(f"{visit.path}/entries")
        tokens = [api.token for api in (visit.as_near, visit.as_far)]
    async with serving(data) as again, AsyncExitStack() as stack:
        near, far = [
            await stack.enter_async_context(again.with_token(token)) for token in tokens if token
        ]
        after = await near.get(f"{visit.path}/entries")
        assert after["entries"][: before["n"]] == before["entries"]
        made = await far.post(
            f"{visit.path}/commands",
            {
                "type": "JudgeMaterial",
                "item": PENSION.code,
                "material": "id-card",
                "verdict": "waived",
                "remark": "已有电子证照",
            },
        )
        assert made["entries"][-1]["event"]["type"] == "MaterialJudged"


async def test_who_does_not_come_back_in_time_is_noted_and_noted_again_when_back(
    visit: Visit,
) -> None:
    await visit.call()
    await visit.consent()
    far = Client(visit.server, visit.as_far)
    async with far:
        await far.join(visit.room)
    await until(lambda: _absent(visit, visit.far, True), PATIENCE)
    async with Client(visit.server, visit.as_far) as again:
        await again.join(visit.room)
        await until(lambda: _absent(visit, visit.far, False), PATIENCE)
    page = await visit.as_near.get(f"{visit.path}/entries")
    kinds = [entry["event"]["type"] for entry in page["entries"]]
    assert kinds[-2:] == ["SeatLeft", "SeatReturned"]


async def test_a_clerk_who_does_not_come_back_after_a_restart_is_noted(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with serving(data) as first, visiting(first) as visit:
        await visit.call()
        token, room, far = visit.as_near.token, visit.room, visit.far
    async with (
        serving(data) as again,
        again.with_token(str(token)) as near,
        Client(again, near) as socket,
    ):
        await socket.join(room)

        async def left() -> list[str]:
            page = await near.get(f"/api/sessions/{room}/entries")
            events = [entry["event"] for entry in page["entries"]]
            return [each["person"] for each in events if each["type"] == "SeatLeft"]

        assert await until(left, PATIENCE) == [far]


async def test_a_supervisor_who_enters_is_in_the_record(visit: Visit) -> None:
    await visit.call()
    supervisor = await visit.server.account("supervisor", name="陈述")
    async with visit.server.logged_in(supervisor) as api, Client(visit.server, api) as client:
        answer = await client.join(visit.room)
        assert answer["n"] == 4
        await until(
            lambda: [
                each for each in client.entries() if each["event"]["type"] == "PersonAdmitted"
            ],
            PATIENCE,
        )
        await visit.order(api, "IssueWarning", text="请核对账号")


async def test_what_is_confirmed_decides_by_rule(visit: Visit) -> None:
    await visit.call()
    await visit.consent()
    await visit.identify()
    for name, value in (("account", "6222020200012345678"), ("amount", 380_000)):
        await visit.order(visit.as_near, "FillField", item=PENSION.code, field=name, value=value)
    case = (await visit.state()).cases[PENSION.code]
    fields = [{"field": name, "value": each.value} for name, each in case.fields.items()]
    await visit.order(visit.as_applicant, "ConfirmFields", item=PENSION.code, fields=fields)
    await visit.order(
        visit.as_far,
        "JudgeMaterial",
        item=PENSION.code,
        material="id-card",
        verdict="waived",
        remark="已有电子证照",
    )
    state = await visit.state()
    assert state.phase is Phase.SIGNING
    form = form_digest(state.cases[PENSION.code])
    await visit.by_desk(c.SignForm(PENSION.code, form, Digest("5" * 64)), visit.applicant)
    # 380,000 fen are under the rule's limit: otherwise than the rule only with a reason.
    with pytest.raises(ApiRefused):
        await visit.order(visit.as_far, "Decide", item=PENSION.code, outcome="accepted")
    await visit.order(
        visit.as_far, "Decide", item=PENSION.code, outcome="accepted", reason="需复核工龄"
    )
    decision = (await visit.state()).cases[PENSION.code].decision
    assert decision is not None
    assert (decision.overrides, decision.by_rule) == (True, "小额即办")
    assert decision.promised_at is not None


async def test_an_applicant_rates_and_the_words_are_for_who_answers(visit: Visit) -> None:
    await visit.call()
    await visit.consent()
    await visit.order(visit.as_near, "EndSession", reason="申请人改日再来")
    await visit.order(visit.as_applicant, "RateSession", level=1, words="等了两个小时")
    manager = await visit.server.account("manager")
    async with visit.server.logged_in(manager) as api:
        assert list((await api.get(f"{visit.path}/personal")).values()) == [
            {"words": "等了两个小时"}
        ]
        assert "等了两个小时" not in str(await api.get(f"{visit.path}/entries"))
    rating = (await visit.state()).rating
    assert rating is not None
    assert rating.answer_by is not None


async def _absent(visit: Visit, person: str, absent: bool) -> bool:
    return (person in (await visit.state()).absent) is absent


async def _status(api: Api, path: str) -> tuple[int, str]:
    with pytest.raises(ApiRefused) as refused:
        await api.get(path)
    return refused.value.status, refused.value.code


async def test_a_window_is_handed_over_and_whoever_gave_it_is_out(visit: Visit) -> None:
    await visit.call()
    await visit.consent()
    successor = await visit.server.account("clerk", name="钱接", organisation="社会保险局")
    clerks = await visit.as_far.get("/api/accounts?role=clerk")
    assert successor in [each["person"] for each in clerks]
    async with Client(visit.server, visit.as_far) as socket:
        await socket.join(visit.room)
        await visit.by_desk(
            c.OfferHandOver(Side.FAR, PersonId(successor), "钱接", "w-9", "交接班"), visit.far
        )
        assert socket.socket.connected
        await visit.by_desk(c.TakeOver(Side.FAR, "w-9"), successor)
        await until(lambda: not socket.socket.connected, PATIENCE)
    assert await _status(visit.as_far, visit.path) == (404, "no_such_room")
    async with visit.server.logged_in(successor) as api:
        assert (await api.get(visit.path))["my"]["role"] == "far"
        wrong = {"method": "card", "kind": "card", "number": "110105194912310020"}
        await visit.order(visit.as_near, "CaptureIdentity", **wrong)
        with pytest.raises(ApiRefused) as refused:
            await visit.order(api, "CheckIdentity", likeness=True, result="passed")
        assert refused.value.code == "identity_unproven"


async def test_a_clerk_is_told_of_clerks_and_of_nobody_else(visit: Visit) -> None:
    with pytest.raises(ApiRefused) as refused:
        await visit.as_near.get("/api/accounts")
    assert refused.value.status == 403


async def test_pictures_are_sent_while_the_call_is_on_and_by_nobody_who_listens(
    visit: Visit,
) -> None:
    async def token(api: Api, kind: str) -> int:
        try:
            await api.post(f"{visit.path}/media/tokens", {"kind": kind})
        except ApiRefused as refused:
            return refused.status
        return 201

    assert await token(visit.as_applicant, "camera") == 403
    await visit.call()
    for api in (visit.as_applicant, visit.as_near, visit.as_far):
        assert await token(api, "camera") == 201
    assert await token(visit.as_far, "screen") == 201
    assert await token(visit.as_applicant, "screen") == 403
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        assert await token(api, "camera") == 403
        state = await api.get(f"{visit.path}/media")
        assert set(state["slots"]) == {"stage", "supervisor", "floor", "screen", "hall"}
