"""The call of a session with a real engine and real peers: who is seen where, what is recorded."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aioice.ice
import pytest

from rooms.ids import PersonId
from rooms.recording import RecordingStop
from server.client.api import Api, ApiRefused
from server.media.plane import Feed, Kind, Slot
from tests.server.counter.visit import Visit, visiting
from tests.server.media.hall import LONG, OverHttp
from tests.server.media.peers import Publisher, Viewer
from tests.server.site import RunningServer, until


@pytest.fixture(autouse=True)
def on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Peers of the tests speak from the loopback."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A waiting ticket."""
    async with visiting(running_server) as made:
        yield made


async def test_three_parties_see_each_other_and_nothing_is_recorded_before_consent(
    visit: Visit,
) -> None:
    parties: dict[Slot, tuple[Api, PersonId, int]] = {
        Slot.STAGE: (visit.as_applicant, visit.applicant, 60),
        Slot.SUPERVISOR: (visit.as_near, PersonId(visit.near), 120),
        Slot.HALL: (visit.as_far, PersonId(visit.far), 190),
    }
    await visit.call()
    async with AsyncExitStack() as stack:
        for api, person, brightness in parties.values():
            feed, way = Feed(person, Kind.CAMERA), _way(visit, api)
            sender = Publisher(way, visit.room, feed, brightness)
            stack.push_async_callback(sender.close)
            await sender.publish()
        viewer = Viewer(_way(visit, visit.as_applicant), visit.room)
        stack.push_async_callback(viewer.close)
        await viewer.subscribe()
        for slot, (_, _, brightness) in parties.items():
            await until(lambda slot=slot, shown=brightness: viewer.slots[slot].shows(shown), LONG)
        assert not (await visit.state()).recordings
        await visit.consent()
        senders = {str(person) for _, person, _ in parties.values()}

        async def all_recorded() -> bool:
            return {each.person for each in (await visit.state()).running()} == senders

        await until(all_recorded, LONG)
        await visit.order(visit.as_near, "EndSession", reason="申请人改日再来")

        async def all_over() -> bool:
            return not any((await visit.state()).running())

        await until(all_over, LONG)
        ended = {each.ended for each in (await visit.state()).recordings.values()}
        # With the call everybody stops sending.
        assert ended <= {RecordingStop.LEFT, RecordingStop.STOPPED}
        with pytest.raises(ApiRefused) as refused:
            await visit.as_far.post(f"{visit.path}/media/tokens", {"kind": "camera"})
        assert refused.value.code == "may_not_send"
    supervisor = await visit.server.account("supervisor")
    async with visit.server.logged_in(supervisor) as api:
        listed = (await api.get(f"{visit.path}/recordings"))["recordings"]
    assert {each["person"] for each in listed} == senders
    with pytest.raises(ApiRefused):
        await visit.as_near.get(f"{visit.path}/recordings")


def _way(visit: Visit, api: Api) -> Any:
    """One person's way to the engine."""
    return OverHttp(visit, api)  # type: ignore[arg-type]  # it needs a path and a server
