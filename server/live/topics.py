"""Telling halls and desks to look again (docs/http.md, live): the name of a topic and a number,
never what changed nor for whom.

Who watches a hall needs no login, for the display on its wall has nobody to log in; a clerk's desk
is told to that clerk alone. Whoever misses a message asks again after a while.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from crypto.encoding import Json
from rooms.ids import PersonId
from server.store.accounts import Account

NAMESPACE = "/queue"
PAUSE_SECONDS = 0.05
"""Changes of a topic within this time after it was told are told together."""
MOST_TOPICS = 20
"""What one connection may watch."""

_HALL = re.compile(r"^hall:[a-z0-9-]{1,64}$")

Who = Callable[[dict[str, Any], object], Awaitable[Account | None]]
"""Whose a connection is; None for nobody's, or for a login that is over."""


@dataclass(slots=True, eq=False)
class _Watcher:
    person: PersonId | None
    topics: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Topic:
    n: int = 0
    told_at: float = 0.0
    waiting: bool = False


def hall_topic(hall: str) -> str:
    """What the display of a hall watches."""
    return f"hall:{hall}"


def desk_topic(person: PersonId) -> str:
    """What a clerk's desk watches."""
    return f"desk:{person}"


class Topics:
    """The sockets that watch halls and desks."""

    def __init__(self, server: Any, who: Who) -> None:
        self._server = server
        self._who = who
        self._watchers: dict[str, _Watcher] = {}
        self._watched: Counter[str] = Counter()
        self._topics: dict[str, _Topic] = {}
        self._telling: set[asyncio.Task[None]] = set()
        for name, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            ("watch", self._watch),
            ("unwatch", self._unwatch),
        ):
            server.on(name, handler, namespace=NAMESPACE)

    def changed(self, topic: str) -> None:
        """Whoever watches this should look again."""
        if not self._watched[topic]:
            return
        found = self._topics.setdefault(topic, _Topic())
        found.n += 1
        if not found.waiting:
            found.waiting = True
            task = asyncio.create_task(self._tell(topic, found))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def halls(self) -> set[str]:
        """The halls that are being watched now."""
        return {topic.removeprefix("hall:") for topic in self._watched if _HALL.match(topic)}

    def at_desks(self) -> set[PersonId]:
        """Whose desks are being watched now: the clerks who are there."""
        return {
            each.person
            for each in self._watchers.values()
            if each.person is not None and desk_topic(each.person) in each.topics
        }

    async def close(self) -> None:
        """Tells nothing any more."""
        for task in list(self._telling):
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    async def _tell(self, topic: str, found: _Topic) -> None:
        loop = asyncio.get_running_loop()
        if (wait := found.told_at + PAUSE_SECONDS - loop.time()) > 0:
            await asyncio.sleep(wait)
        found.waiting, found.told_at = False, loop.time()
        data = {"topic": topic, "n": found.n}
        await self._server.emit("again", data, to=topic, namespace=NAMESPACE)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        account = await self._who(environ, auth)
        self._watchers[sid] = _Watcher(account.person if account else None)

    async def _disconnect(self, sid: str, reason: str = "") -> None:
        watcher = self._watchers.pop(sid, None)
        for topic in watcher.topics if watcher else ():
            self._forget(topic)

    async def _watch(self, sid: str, asked: object = None) -> Json:
        watcher, topic = self._watchers.get(sid), _topic(asked)
        if watcher is None or topic is None:
            return _refusal("bad_topic")
        own = watcher.person is not None and topic == desk_topic(watcher.person)
        if not own and not _HALL.match(topic):
            return _refusal("not_found")
        if topic not in watcher.topics:
            if len(watcher.topics) >= MOST_TOPICS:
                return _refusal("too_many_topics")
            watcher.topics.add(topic)
            self._watched[topic] += 1
            await self._server.enter_room(sid, topic, namespace=NAMESPACE)
        return {"topic": topic, "n": self._topics.setdefault(topic, _Topic()).n}

    async def _unwatch(self, sid: str, asked: object = None) -> None:
        watcher, topic = self._watchers.get(sid), _topic(asked)
        if watcher is not None and topic in watcher.topics:
            watcher.topics.discard(topic)
            self._forget(topic)
            await self._server.leave_room(sid, topic, namespace=NAMESPACE)

    def _forget(self, topic: str) -> None:
        self._watched[topic] -= 1
        if not self._watched[topic]:
            del self._watched[topic]
            # Names nobody watches any more must not fill the memory.
            self._topics.pop(topic, None)


def _topic(asked: object) -> str | None:
    topic = asked.get("topic") if isinstance(asked, dict) else None
    return topic if isinstance(topic, str) else None


def _refusal(code: str) -> Json:
    return {"error": {"code": code, "params": {}}}
