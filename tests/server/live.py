"""A Socket.IO client that remembers what it was told."""

import asyncio
from typing import Any, Self

import socketio

from server.client.api import Api
from tests.server.site import RunningServer

EVENTS = ("entries", "presence", "beat", "mine", "progress", "media", "pointer")


class Client:
    """A connected client. `got` answers the data of every event of a name, in order."""

    def __init__(self, server: RunningServer, api: Api) -> None:
        self._url = server.url
        self._token = api.token
        self._heard: dict[str, list[Any]] = {name: [] for name in EVENTS}
        self.socket = socketio.AsyncClient(reconnection=False, websocket_extra_options={})
        for name in EVENTS:
            self.socket.on(name, self._heard[name].append)

    async def __aenter__(self) -> Self:
        await self.socket.connect(
            self._url,
            socketio_path="live",
            transports=["websocket"],
            auth={"token": self._token},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.disconnect()
        await asyncio.sleep(0)

    async def join(self, room: str, after: int = 0) -> Any:
        """Joins a room: what the server answers."""
        return await self.socket.call("join", {"room": room, "after": after}, timeout=30)

    def got(self, name: str) -> list[Any]:
        """What was told so far."""
        return self._heard[name]

    def entries(self) -> list[dict[str, Any]]:
        """Every entry told after joining."""
        return [entry for each in self.got("entries") for entry in each["entries"]]
