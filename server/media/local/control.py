"""The line between the server and an engine: JSON objects, one a line; one with a `size` is
followed by so many bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from rooms.ids import PersonId, RecordingId, RoomId
from server.errors import Problem
from server.media import errors
from server.media.plane import (
    EngineEvent,
    Feed,
    FeedJoined,
    FeedLeft,
    Kind,
    Recorded,
    ViewerLeft,
)

LONGEST = 1 << 20
"""Bytes of a line at most: far more than any SDP."""
Message = dict[str, Any]


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[Message, bytes]]:
    """What the other side says, until it hangs up."""
    while True:
        try:
            line = await reader.readline()
            if not line.endswith(b"\n"):
                return
            message: Message = json.loads(line)
            blob = await reader.readexactly(message["size"]) if "size" in message else b""
        except (OSError, asyncio.IncompleteReadError):
            return
        yield message, blob


def say(writer: asyncio.StreamWriter, message: Mapping[str, object], blob: bytes = b"") -> None:
    """Says something; nothing happens when nobody listens any more."""
    if writer.is_closing():
        return
    if blob:
        message = {**message, "size": len(blob)}
    writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n" + blob)


def feed_to_text(feed: Feed | None) -> str | None:
    """A feed as it is written in a message."""
    return None if feed is None else str(feed)


def feed_of(text: str) -> Feed:
    """A feed from a message."""
    person, _, kind = text.rpartition(":")
    return Feed(PersonId(person), Kind(kind))


def event_to_message(event: EngineEvent) -> Message:
    """An event as a message."""
    match event:
        case FeedJoined(room, feed, resource) | FeedLeft(room, feed, resource):
            name = "joined" if isinstance(event, FeedJoined) else "left"
            return {"event": name, "room": room, "feed": str(feed), "resource": resource}
        case ViewerLeft(room, resource):
            return {"event": "viewer_left", "room": room, "resource": resource}
        case Recorded(room, recording, size, sha256, ended):
            return {
                "event": "recorded",
                "room": room,
                "recording": recording,
                "bytes": size,
                "sha256": sha256,
                "ended": ended,
            }
        case _:
            raise ValueError(f"an engine doesn't tell {event}")


def event_of(message: Message) -> EngineEvent:
    """An event from a message."""
    room = RoomId(message["room"])
    match message["event"]:
        case "joined":
            return FeedJoined(room, feed_of(message["feed"]), message["resource"])
        case "left":
            return FeedLeft(room, feed_of(message["feed"]), message["resource"])
        case "viewer_left":
            return ViewerLeft(room, message["resource"])
        case "recorded":
            return Recorded(
                room,
                RecordingId(message["recording"]),
                message["bytes"],
                message["sha256"],
                message["ended"],
            )
        case other:
            raise ValueError(f"no engine tells {other}")


_REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], Problem]] = {
    "BadOffer": lambda params: errors.BadOffer(params["reason"]),
    "BadAnswer": lambda params: errors.BadAnswer(params["reason"]),
    "CodecNotOffered": lambda params: errors.CodecNotOffered(params["offered"]),
    "FeedTaken": lambda _: errors.FeedTaken(),
    "NoSuchMediaRoom": lambda _: errors.NoSuchMediaRoom(),
    "NoSuchFeed": lambda _: errors.NoSuchFeed(),
    "NoSuchResource": lambda _: errors.NoSuchResource(),
}


def refusal_to_message(problem: Problem) -> Message:
    """A refusal as a message."""
    return {"refused": type(problem).__name__, "params": dict(problem.params)}


def refusal_of(message: Message) -> Problem:
    """A refusal from a message."""
    made = _REFUSALS.get(message["refused"])
    return errors.MediaAway() if made is None else made(message["params"])
