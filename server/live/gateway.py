"""The Socket.IO gateway: join and replay, entries, presence, beats, the clock (docs/http.md, live).

Each room has groups of connections that see the same stream. One task a room writes to all of
them, so entries arrive in order; whoever is too slow is dropped and goes on by number when it is
back.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from json import dumps
from typing import Any

import structlog
from aiohttp import web
from socketio.exceptions import ConnectionRefusedError as Unwelcome

from crypto.encoding import Json, format_time
from rooms.ids import PersonId, RoomId
from rooms.log import Entry
from server.clock import Clock
from server.desk import Desk
from server.errors import NotFound, Problem
from server.live.frames import Json as EncodedJson
from server.live.frames import Wire, event_frame, make_server
from server.live.presence import Presence
from server.machine import Guest
from server.room import AnyRoom
from server.store.accounts import Account, Accounts
from server.views.views import Views

PATH = "live"
YIELD_EVERY = 200
"""Sockets written to before others get a turn."""
PRESENCE_SECONDS = 0.3
"""Changes of presence within this time are told together."""
MOST_MESSAGE = 64 * 1024
"""Bytes of one message from a client."""

_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Connection:
    """One socket and whose it is."""

    sid: str
    token: str
    account: Account
    wire: Wire
    joined: dict[RoomId, str] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """Connections that see the same stream of a room, and the number they have been sent up to."""

    sent: int
    connections: set[Connection] = field(default_factory=set)


class Gateway:
    """Everything live. Sockets only read; orders go over HTTP."""

    def __init__(
        self,
        desk: Desk,
        views: Views,
        accounts: Accounts,
        presence: Presence,
        clock: Clock,
        beat: float,
    ) -> None:
        self._desk = desk
        self._views = views
        self._accounts = accounts
        self._presence = presence
        self._clock = clock
        self._beat = beat
        self._connections: dict[str, Connection] = {}
        self._groups: dict[RoomId, dict[str, Group]] = {}
        self._pumping: dict[RoomId, bool] = {}
        self._moved: set[RoomId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.gone: list[Callable[[str], object]] = []
        """Whoever keeps something of a connection hears here that it is over."""
        self.server = make_server(
            max_http_buffer_size=MOST_MESSAGE,
            ping_interval=10,
            ping_timeout=20,
            cors_allowed_origins=None,
        )
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("join", self._join)
        self.server.on("leave", self._leave)
        self.server.on("clock", self._tell_clock)

    def attach(self, app: web.Application) -> None:
        """Adds the gateway's route."""
        self.server.attach(app, PATH)

    def start(self) -> None:
        """Starts beats and presence."""
        self._keep(asyncio.create_task(self._beat_for_ever(), name="beats"))
        self._keep(asyncio.create_task(self._presence_for_ever(), name="presence"))

    async def close(self) -> None:
        """Closes every socket."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.server.shutdown()

    def moved(self, room: RoomId) -> None:
        """Presence of a room changed; told soon."""
        self._moved.add(room)

    def told(self, room: AnyRoom, entries: Sequence[Entry[object]]) -> None:
        """New entries are durable: wakes the room's writer."""
        self._pump(room)
        groups = self._groups.get(room.id)
        if not groups:
            return
        machine, events = room.machine, [entry.event for entry in entries]
        if any(map(machine.reseats, events)):
            self._recheck(room)
        if any(map(machine.reveals, events)):
            self.moved(room.id)
        for person in {whose for each in events if (whose := machine.whose(room.state, each))}:
            self.tell_mine(room.id, person)

    def tell_mine(self, room: RoomId, person: PersonId) -> None:
        """What a person has in a room changed."""
        frame = event_frame("mine", dumps({"room": room}))
        for connection in self._in(room):
            if connection.account.person == person:
                connection.wire.write(frame)

    def tell_progress(self, room: RoomId, what: str, done: int, total: int) -> None:
        """How far long work is: `what` is "opening", "minutes" or "archive"."""
        frame = event_frame(
            "progress", dumps({"room": room, "what": what, "done": done, "total": total})
        )
        for connection in self._in(room):
            connection.wire.write(frame)

    def tell_media(self, room: RoomId, seen_by: Callable[[PersonId, str], str]) -> None:
        """What is sent and seen in a room changed; `seen_by` gives the JSON that a person of an
        audience is told."""
        for connection in self._in(room):
            text = seen_by(connection.account.person, connection.joined[room])
            connection.wire.write(event_frame("media", text))

    def joined(self, sid: str, room: RoomId) -> Connection | None:
        """The connection, if it is in this room."""
        connection = self._connections.get(sid)
        return connection if connection is not None and room in connection.joined else None

    def tell_others(self, room: RoomId, sid: str, frame: bytes) -> None:
        """The frame for everybody in a room but the one connection it comes from."""
        for connection in self._in(room):
            if connection.sid != sid:
                connection.wire.write(frame)

    def people(self, room: RoomId) -> Sequence[tuple[Guest, bool]]:
        """Who is in a room, with whether they are connected now."""
        return self._presence.people(room)

    async def who(self, environ: dict[str, Any], auth: object) -> Account | None:
        """Whose a socket is, by what it was opened with."""
        token = token_of(environ, auth)
        return await self._accounts.who(token) if token else None

    async def logged_out(self, token: str) -> None:
        """Closes the sockets of a session that ended."""
        for connection in [each for each in self._connections.values() if each.token == token]:
            await self.server.disconnect(connection.sid)

    # --- from clients
    # ------------------------------------------------------------------------------

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        token = token_of(environ, auth)
        account = await self._accounts.who(token) if token else None
        if token is None or account is None:
            raise Unwelcome("no_login")
        engine = self.server.eio._get_socket(self.server.manager.eio_sid_from_sid(sid, "/"))
        self._connections[sid] = Connection(sid, token, account, engine.wire)

    async def _disconnect(self, sid: str, reason: str = "") -> None:
        connection = self._connections.pop(sid, None)
        if connection is None:
            return
        for forget in self.gone:
            forget(sid)
        for room in list(connection.joined):
            self._remove(connection, room, on_purpose=reason == "client disconnect")

    async def _join(self, sid: str, asked: object = None) -> object:
        connection = self._connections.get(sid)
        if connection is None or not isinstance(asked, dict):
            return _refusal("bad_join")
        name, after = asked.get("room"), asked.get("after", 0)
        if not isinstance(name, str) or not isinstance(after, int) or not 0 <= after < 2**53:
            return _refusal("bad_join")
        account = await self._accounts.who(connection.token)
        if account is None:
            return _refusal("no_login")
        try:
            room = await self._desk.refresh(RoomId(name))
            looking = self._views.viewer(room, account)
        except Problem as problem:
            return _refusal(problem.code)
        if sid not in self._connections:
            return _refusal("gone")
        # Nothing is awaited from here on: what is in the answer and what the writer sends later
        # meet exactly.
        if room.id not in connection.joined:
            role = looking.role or room.machine.newcomer
            self._presence.came(room.id, Guest(looking.person, looking.name, role))
            connection.joined[room.id] = looking.audience
        streams = self._views.streams(room)
        groups = self._groups.setdefault(room.id, {})
        group = groups.setdefault(looking.audience, Group(streams.size(looking.audience)))
        group.connections.add(connection)
        texts = ",".join(streams.texts(looking.audience, after, max(0, group.sent - after)))
        now, people = format_time(self._clock()), dumps(self._people(room, looking.audience))
        return EncodedJson(
            f'{{"n":{group.sent},"now":"{now}","people":{people},"entries":[{texts}]}}'
        )

    async def _leave(self, sid: str, asked: object = None) -> None:
        connection = self._connections.get(sid)
        if connection is not None and isinstance(asked, dict):
            name = asked.get("room")
            if isinstance(name, str) and RoomId(name) in connection.joined:
                self._remove(connection, RoomId(name), on_purpose=True)

    async def _tell_clock(self, sid: str, asked: object = None) -> Json:
        return {"now": format_time(self._clock())}

    # --- to clients
    # --------------------------------------------------------------------------------

    def _pump(self, room: AnyRoom) -> None:
        """Starts the room's writer, or has it look once more."""
        if not self._groups.get(room.id):
            return
        if room.id in self._pumping:
            self._pumping[room.id] = True
            return
        self._pumping[room.id] = False
        self._keep(asyncio.create_task(self._write(room.id), name=f"pump {room.id}"))

    async def _write(self, name: RoomId) -> None:
        again = True
        try:
            while again:
                self._pumping[name] = False
                room = await self._desk.room(name)
                streams = self._views.streams(room)
                written = 0
                for audience, group in list(self._groups.get(name, {}).items()):
                    texts = streams.texts(audience, group.sent)
                    if not texts:
                        continue
                    group.sent += len(texts)
                    frame = event_frame(
                        "entries", f'{{"room":"{name}","entries":[{",".join(texts)}]}}'
                    )
                    for connection in list(group.connections):
                        connection.wire.write(frame)
                        written += 1
                        if written % YIELD_EVERY == 0:
                            await asyncio.sleep(0)
                again = self._pumping[name]
        except NotFound:
            return
        finally:
            self._pumping.pop(name, None)

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._beat)
            for name in list(self._groups):
                try:
                    room = await self._desk.refresh(name)
                except Problem as problem:
                    _log.warning("beat_failed", room=name, code=problem.code)
                    continue
                self._pump(room)
                self._write_beat(room)

    def _write_beat(self, room: AnyRoom) -> None:
        now = format_time(self._clock())
        for group in self._groups.get(room.id, {}).values():
            frame = event_frame("beat", dumps({"room": room.id, "n": group.sent, "now": now}))
            for connection in group.connections:
                connection.wire.write(frame)

    async def _presence_for_ever(self) -> None:
        while True:
            await asyncio.sleep(PRESENCE_SECONDS)
            self._presence.sweep()
            moved, self._moved = self._moved, set()
            for name in moved & self._groups.keys():
                try:
                    self._write_presence(await self._desk.room(name))
                except Problem as problem:
                    _log.warning("presence_failed", room=name, code=problem.code)

    def _write_presence(self, room: AnyRoom) -> None:
        for audience, group in self._groups.get(room.id, {}).items():
            people = self._people(room, audience)
            frame = event_frame("presence", dumps({"room": room.id, "people": people}))
            for connection in group.connections:
                connection.wire.write(frame)

    def _people(self, room: AnyRoom, audience: str) -> list[Json]:
        return self._views.people(room, audience, self._presence.people(room.id))

    def _recheck(self, room: AnyRoom) -> None:
        """Whoever sees another stream now has to join anew."""
        for connection in self._in(room.id):
            try:
                audience = self._views.viewer(room, connection.account).audience
            except NotFound:
                audience = ""
            if audience != connection.joined[room.id]:
                self._keep(asyncio.create_task(self.server.disconnect(connection.sid)))

    def _in(self, room: RoomId) -> list[Connection]:
        groups = self._groups.get(room, {})
        return [connection for group in groups.values() for connection in group.connections]

    def _remove(self, connection: Connection, room: RoomId, on_purpose: bool) -> None:
        audience = connection.joined.pop(room)
        groups = self._groups[room]
        groups[audience].connections.discard(connection)
        if not groups[audience].connections:
            del groups[audience]
        if not groups:
            del self._groups[room]
        self._presence.left(room, connection.account.person, on_purpose)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def token_of(environ: dict[str, Any], auth: object) -> str | None:
    """The session's token that a socket was opened with."""
    if isinstance(auth, dict) and isinstance(auth.get("token"), str):
        return str(auth["token"])
    scheme, _, bearer = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return str(bearer)
    morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get("yunkai")
    return morsel.value if morsel else None


def _refusal(code: str) -> Json:
    return {"error": {"code": code, "params": {}}}
