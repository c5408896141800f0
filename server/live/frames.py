"""Sending one message to many sockets at the price of one.

Engine.IO keeps a queue and a writing task a socket; handing the same encoded frame to each
transport costs a fraction of that. This reaches into python-engineio and aiohttp (both pinned;
`tests/server/live` is the contract).
"""

import struct
from types import MethodType
from typing import Any

import socketio
from aiohttp import web
from engineio.async_drivers import aiohttp as engineio_aiohttp
from socketio.packet import Packet

MOST_BUFFERED = 4 * 1024 * 1024
"""Bytes waiting for one client; a slower one is dropped and asks again when it is back."""


def frame(text: str) -> bytes:
    """An unmasked, unfragmented text frame (RFC 6455, 5.2)."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + data
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + data
    return struct.pack("!BBQ", 0x81, 127, size) + data


def event_frame(name: str, data: str) -> bytes:
    """The frame of a Socket.IO event whose one argument is JSON text already."""
    return frame(f'42["{name}",{data}]')


class Json(str):
    """JSON text that goes into an acknowledgement as it is."""

    __slots__ = ()


class _EncodedJson:
    """The json module of our packets: lets `Json` through."""

    @staticmethod
    def dumps(data: Any, **options: Any) -> str:
        if isinstance(data, list) and len(data) == 1 and isinstance(data[0], Json):
            return f"[{data[0]}]"
        return str(Packet.json.dumps(data, **options))

    @staticmethod
    def loads(text: str) -> Any:
        return Packet.json.loads(text)


class GatewayPacket(Packet):  # type: ignore[misc]  # python-socketio has no types
    """A Socket.IO packet that may hold encoded JSON."""

    json = _EncodedJson


class Wire(engineio_aiohttp.WebSocket):  # type: ignore[misc]  # python-engineio has no types
    """A websocket without compression, whose packets are written at once.

    Engine.IO's own queue would let a frame written here overtake one that is waiting there, so
    once the handshake is out everything goes this way.
    """

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self._engine = handler.__self__
        self._engine.wire = self
        self._waiting = self._engine.queue.qsize()  # the handshake's first packet
        self._engine.send = MethodType(_send_now, self._engine)

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request = environ["aiohttp.request"]
        self._sock = web.WebSocketResponse(
            max_msg_size=self.server.max_http_buffer_size, compress=False
        )
        await self._sock.prepare(request)
        self._transport = request.transport
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def send(self, message: str | bytes) -> None:
        """Called by Engine.IO's writing task."""
        await super().send(message)
        self._waiting -= 1

    async def queue(self, packet: Any) -> None:
        """Leaves a packet to Engine.IO's writing task."""
        self._waiting += 1
        await self._engine.queue.put(packet)

    @property
    def free(self) -> bool:
        """Whether nothing waits in the queue, so that a frame written now overtakes nothing."""
        return bool(self._waiting == 0)

    def write(self, data: bytes) -> bool:
        """Hands a frame to the transport. False when the client is gone or was dropped for being
        slow."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._sock.closed:
            return False
        if transport.get_write_buffer_size() > MOST_BUFFERED:
            transport.abort()
            return False
        transport.write(data)
        return True


async def _send_now(engine: Any, packet: Any) -> None:
    """In place of AsyncSocket.send."""
    if not await engine.check_ping_timeout():
        return
    encoded = packet.encode()
    wire: Wire = engine.wire
    if wire.free and isinstance(encoded, str):
        wire.write(frame(encoded))
    else:
        await wire.queue(packet)


def make_server(**options: Any) -> socketio.AsyncServer:
    """A Socket.IO server for websockets only, uncompressed, with the fast way out."""
    server = socketio.AsyncServer(
        async_mode="aiohttp",
        transports=["websocket"],
        serializer=GatewayPacket,
        http_compression=False,
        **options,
    )
    server.eio._async = {**server.eio._async, "websocket": Wire}
    return server
