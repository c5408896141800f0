"""A hall over HTTP: people of a tender who send by WHIP and look as browsers do."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession

from rooms.ids import PersonId, RoomId
from rooms.opening.state import State
from server.client.api import Api
from server.media.plane import Feed, Kind, Published, Section, Slot, Subscription
from tests.server.media.peers import Publisher, Viewer
from tests.server.site import RunningServer, serving, until
from tests.server.tender import Tender, published

LONG = 60.0
"""Seconds that anything may take on a busy machine."""


class OverHttp:
    """One person's way to the engine, as far as peers need it."""

    def __init__(self, tender: Tender, api: Api) -> None:
        self.tender, self.api = tender, api
        self.token = ""
        self.location = ""

    async def get_token(self, kind: Kind) -> dict[str, Any]:
        """A token to send with."""
        path = f"{self.tender.path}/media/tokens"
        made: dict[str, Any] = await self.api.post(path, {"kind": kind.value})
        self.token = made["token"]
        return made

    async def whip(
        self, method: str, url: str, body: bytes = b"", token: str | None = None, **headers: str
    ) -> ClientResponse:
        """A request of a WHIP client, which has no login."""
        given = {"Authorization": f"Bearer {self.token if token is None else token}"}
        given |= {"Content-Type": "application/sdp"} | headers
        async with (
            ClientSession() as session,
            session.request(method, url, data=body, headers=given) as answer,
        ):
            await answer.read()
            return answer

    async def publish(self, room: RoomId, feed: Feed, offer: str) -> Published:
        """Sends as a page does: a token, then WHIP."""
        made = await self.get_token(feed.kind)
        answer = await self.whip("POST", made["url"], offer.encode())
        assert answer.status == 201, await answer.text()
        assert answer.content_type == "application/sdp"
        self.location = self.tender.server.url + answer.headers["Location"]
        return Published(answer.headers["Location"], await answer.text())

    async def stop(self) -> int:
        """Ends what was sent."""
        return (await self.whip("DELETE", self.location)).status

    async def subscribe(self, room: RoomId, viewer: str) -> Subscription:
        """Asks for an offer."""
        made = await self.api.post(f"{self.tender.path}/media/viewers", {})
        sections = [Section(Slot(s["slot"]), s["audio"], s["video"]) for s in made["sections"]]
        return Subscription(made["viewer"], made["offer"], tuple(sections))

    async def accept(self, room: RoomId, resource: str, answer: str) -> None:
        """Answers it."""
        await self.api.post(f"{self.tender.path}/media/viewers/{resource}", {"answer": answer})


@dataclass(slots=True)
class TestHall:
    """A tender whose people send and see."""

    tender: Tender
    stack: AsyncExitStack

    __test__ = False

    @property
    def server(self) -> RunningServer:
        return self.tender.server

    @property
    def room(self) -> RoomId:
        return RoomId(self.tender.room)

    def kill_engine(self) -> None:
        """Ends the engine's process as hard as can be."""
        plane: Any = self.server.parts.hall._plane
        os.kill(plane.pids()[0], signal.SIGKILL)

    async def state(self) -> State:
        """What the room is now."""
        return (await self.server.parts.desk.room(self.room)).state

    async def media(self, api: Api) -> dict[str, Any]:
        """What somebody is told of live media."""
        answer: dict[str, Any] = await api.get(f"{self.tender.path}/media")
        return answer

    async def sends(
        self, api: Api, kind: Kind = Kind.CAMERA, brightness: int = 120
    ) -> tuple[Publisher, OverHttp]:
        """Somebody sends from now on."""
        way = OverHttp(self.tender, api)
        feed = Feed(PersonId(await who(api)), kind)
        sender = Publisher(way, self.room, feed, brightness)  # type: ignore[arg-type]  # what peers need of a plane
        self.stack.push_async_callback(sender.close)
        await sender.publish()
        return sender, way

    async def sees(self, api: Api) -> Viewer:
        """Somebody sees and hears all slots from now on."""
        viewer = Viewer(OverHttp(self.tender, api), self.room)  # type: ignore[arg-type]  # what peers need of a plane
        self.stack.push_async_callback(viewer.close)
        await viewer.subscribe()
        return viewer

    async def slot(self, slot: Slot) -> str | None:
        """The feed in a slot, as the host is told."""
        found = (await self.media(self.tender.host))["slots"][slot.value]
        return found and str(found["feed"])

    async def until_in(self, slot: Slot, feed: str | None) -> None:
        """Waits for a feed to be in a slot."""

        async def there() -> bool:
            return await self.slot(slot) == feed

        await until(there, LONG)

    async def until_recorded(self, person: str, bytes_: int = 1) -> str:
        """Waits for a recording of this person with so many bytes in its file: its name."""

        async def found() -> str:
            for each in (await self.state()).running():
                file = self.server.parts.ledger.file(self.room, each.id)
                if each.person == person and file.is_file() and file.stat().st_size >= bytes_:
                    return each.id
            return ""

        return str(await until(found, LONG))

    async def start(self) -> None:
        """From the deadline to the roll, recorded as far as the host's camera is."""
        await self.tender.close()
        running = any((await self.state()).running())
        said = "confirmed" if running else "无录像设备"
        await self.tender.host.command(self.room, "StartOpening", recording=said)
        await self.tender.host.command(self.room, "PublishRoll")


async def who(api: Api) -> str:
    """The person of a session."""
    return str((await api.get("/api/me"))["person"])


@asynccontextmanager
async def open_hall(
    folder: Path, cameras: AsyncExitStack | None = None, **given: Any
) -> AsyncIterator[TestHall]:
    """A hall of a tender that bidders open, on a server with its own engine. `cameras` ends what
    people send, if not before the server."""
    async with AsyncExitStack() as stack:
        settings = {"media_addresses": "127.0.0.1"} | given
        masked = settings.pop("masked_from_observers", False)
        server = await stack.enter_async_context(serving(folder / "data", **settings))
        tender = await published(
            server, stack, folder / "bids", policy="bidder", masked_from_observers=masked
        )
        yield TestHall(tender, cameras or stack)
