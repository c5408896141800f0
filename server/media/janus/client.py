"""One connection to a Janus: its WebSocket API (`janus-protocol`), one session, many handles."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from typing import Any, Literal

import aiohttp
import structlog

log = structlog.get_logger()

Body = dict[str, Any]
Jsep = dict[str, str]

ANSWERS_WITHIN = 10.0
"""Seconds after which an order counts as unanswered."""
KEEPALIVE = 15.0
"""Seconds between signs of life; Janus forgets a session after 60 seconds without one."""
HEARTBEAT = 10.0
"""Seconds between pings; one that isn't answered in half of that ends the connection. (A Janus that
dies is noticed at once: this is for one that hangs, or whose machine is gone.)"""
LONGEST = 8 << 20
ANSWERED_BY_ACK = frozenset({"keepalive", "trickle"})
"""Orders that Janus only acknowledges; it acknowledges others too and answers them later."""


class JanusGone(Exception):
    """The connection is over, or an order was not answered in time."""


class JanusRefused(Exception):
    """Janus or its plugin can't do what was ordered. `code` is theirs."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Handle:
    """A participant's place in the plugin. `hear` gets what Janus says about it unasked."""

    def __init__(self, connection: "Connection", number: int) -> None:
        self.number = number
        self.hear: Callable[[Body], None] = lambda _: None
        self._connection = connection

    async def ask(self, body: Body, jsep: Jsep | None = None) -> tuple[Body, Jsep]:
        """Gives the plugin an order; returns what it said, and its SDP if there is one. Raises
        JanusRefused, JanusGone."""
        words: Body = {"handle_id": self.number, "body": body}
        if jsep is not None:
            words["jsep"] = jsep
        answer = await self._connection.ask("message", **words)
        data: Body = answer.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise JanusRefused(data["error_code"], str(data.get("error", "")))
        return data, answer.get("jsep", {})

    async def end_candidates(self) -> None:
        """Says that there will be no more of the other side's candidates."""
        await self._connection.ask("trickle", handle_id=self.number, candidate={"completed": True})

    async def detach(self) -> None:
        """Ends the handle and its connection; nothing happens if it is over."""
        self.hear = lambda _: None
        self._connection.forget(self)
        with contextlib.suppress(JanusRefused, JanusGone):
            await self._connection.ask("detach", handle_id=self.number)


class Connection:
    """A session with a Janus. `lost` is called once, when it ended without `close`."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        socket: "aiohttp.ClientWebSocketResponse[Literal[True]]",
        secret: str,
        plugin: str,
    ) -> None:
        self.lost: Callable[[], None] = lambda: None
        self.is_over = False
        self._http = http
        self._socket = socket
        self._secret = secret
        self._plugin = plugin
        self.session = 0
        self._numbers = itertools.count(1)
        self._asked: dict[str, asyncio.Future[Body]] = {}
        self._acknowledged: set[str] = set()
        self._handles: dict[int, Handle] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, url: str, secret: str, plugin: str, within: float = 5.0) -> "Connection":
        """Connects and begins a session. Raises JanusGone, JanusRefused."""
        http = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(within):
                socket = await http.ws_connect(
                    url, protocols=("janus-protocol",), heartbeat=HEARTBEAT, max_msg_size=LONGEST
                )
                connection = cls(http, socket, secret, plugin)
                connection._tasks.append(asyncio.ensure_future(connection._listen()))
                made = await connection.ask("create")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            await http.close()
            raise JanusGone(str(error)) from error
        except BaseException:
            await http.close()
            raise
        connection.session = made["data"]["id"]
        connection._tasks.append(asyncio.ensure_future(connection._keep_alive()))
        return connection

    @property
    def own_address(self) -> str:
        """The address of this machine that the node sees."""
        return str(self._socket.get_extra_info("sockname", ("127.0.0.1", 0))[0])

    @property
    def node_address(self) -> str:
        """The node's address as this machine sees it."""
        return str(self._socket.get_extra_info("peername", ("127.0.0.1", 0))[0])

    async def attach(self) -> Handle:
        """A new handle in the plugin."""
        made = await self.ask("attach", plugin=self._plugin)
        handle = Handle(self, made["data"]["id"])
        self._handles[handle.number] = handle
        return handle

    def forget(self, handle: Handle) -> None:
        """Tells it nothing more."""
        self._handles.pop(handle.number, None)

    async def ask(self, order: str, **words: object) -> Body:
        """Gives Janus an order and waits until it is done. Raises JanusRefused, JanusGone."""
        if self.is_over:
            raise JanusGone("the connection is over")
        transaction = str(next(self._numbers))
        message: Body = {"janus": order, "transaction": transaction, **words}
        if self.session:
            message["session_id"] = self.session
        if self._secret:
            message["apisecret"] = self._secret
        answer: asyncio.Future[Body] = asyncio.get_running_loop().create_future()
        self._asked[transaction] = answer
        if order in ANSWERED_BY_ACK:
            self._acknowledged.add(transaction)
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self._socket.send_json(message)
                said = await answer
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            raise JanusGone(f"no answer to {order}") from error
        finally:
            del self._asked[transaction]
            self._acknowledged.discard(transaction)
        if said["janus"] == "error":
            error_said = said.get("error", {})
            raise JanusRefused(error_said.get("code", 0), str(error_said.get("reason", "")))
        return said

    async def close(self) -> None:
        """Hangs up: Janus ends everything of this session."""
        self.lost = lambda: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._over()
        await self._socket.close()
        await self._http.close()

    async def _listen(self) -> None:
        try:
            async for frame in self._socket:
                if frame.type != aiohttp.WSMsgType.TEXT:
                    break
                try:
                    self._hear(frame.json())
                except Exception:
                    log.exception("janus_message_failed")
        finally:
            self._over()

    def _hear(self, message: Body) -> None:
        transaction = message.get("transaction", "")
        if message.get("janus") == "ack" and transaction not in self._acknowledged:
            return
        data = message.get("plugindata", {}).get("data", {})
        answer = self._asked.get(transaction)
        # An offer that follows from an order comes under the order's number, before its answer.
        if answer is not None and data.get("videoroom") != "updated":
            if not answer.done():
                answer.set_result(message)
        elif (handle := self._handles.get(message.get("sender", 0))) is not None:
            handle.hear(message)

    async def _keep_alive(self) -> None:
        while not self.is_over:
            await asyncio.sleep(KEEPALIVE)
            try:
                await self.ask("keepalive")
            except (JanusGone, JanusRefused):
                await self._socket.close()
                return

    def _over(self) -> None:
        if self.is_over:
            return
        self.is_over = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(JanusGone("the connection is over"))
        self._handles.clear()
        self.lost()
