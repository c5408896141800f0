"""A room's figures, from the nodes' admin API (`janus-admin-protocol`)."""

import asyncio
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
import structlog

from server.media.janus.node import Node
from server.media.janus.publication import Publication
from server.media.janus.room import Room
from server.media.janus.viewing import Viewing
from server.media.plane import LegStats, RoomStats

log = structlog.get_logger()

WITHIN = 3.0
Leg = Publication | Viewing
Info = dict[str, Any]


async def figures(room: Room, secret: str) -> RoomStats:
    """Asks each node about the legs that it has. A node whose admin API doesn't answer leaves its
    legs with noughts."""
    legs: dict[Node, list[Leg]] = {}
    everybody: list[Leg] = [*room.feeds.values(), *room.viewers.values()]
    for leg in everybody:
        legs.setdefault(leg.node, []).append(leg)
    asked = await asyncio.gather(*(_ask(node, of, secret) for node, of in legs.items()))
    known = {resource: info for one in asked for resource, info in one.items()}
    return RoomStats(
        feeds=tuple(
            _leg(each.resource, str(each.feed), known.get(each.resource, {}), "in", "lost")
            for each in room.feeds.values()
        ),
        viewers=tuple(
            _leg(each.resource, each.viewer, known.get(each.resource, {}), "out", "lost-by-remote")
            for each in room.viewers.values()
        ),
    )


async def _ask(node: Node, legs: list[Leg], secret: str) -> dict[str, Info]:
    known: dict[str, Info] = {}
    connection = node.connection
    if connection is None:
        return known
    try:
        async with (
            asyncio.timeout(WITHIN),
            aiohttp.ClientSession() as http,
            http.ws_connect(_admin(node.url), protocols=("janus-admin-protocol",)) as socket,
        ):
            for leg in legs:
                if leg.handle is None:
                    continue
                await socket.send_json(
                    {
                        "janus": "handle_info",
                        "transaction": leg.resource,
                        "admin_secret": secret,
                        "session_id": connection.session,
                        "handle_id": leg.handle.number,
                    }
                )
                answer = await socket.receive_json()
                known[leg.resource] = answer.get("info", {})
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError, ValueError) as error:
        log.warning("janus_figures_failed", node=node.name, error=str(error))
    return known


def _admin(url: str) -> str:
    """The admin API is on the port after the API's."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    default = 443 if parts.scheme == "wss" else 80
    return urlunsplit((parts.scheme, f"{host}:{(parts.port or default) + 1}", parts.path, "", ""))


def _leg(resource: str, who: str, info: Info, way: str, loss: str) -> LegStats:
    packets = lost = octets = 0
    for section in info.get("webrtc", {}).get("media", {}).values():
        counted = section.get("stats", {}).get(way, {})
        packets += counted.get("packets", 0)
        octets += counted.get("bytes_lastsec", 0)
        lost += section.get("rtcp", {}).get("main", {}).get(loss, 0)
    return LegStats(resource, who, packets, lost, octets * 8)
