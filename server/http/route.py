"""What a line of a route table says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
JSON = "application/json"
BYTES = "application/octet-stream"
TEXT = "text/plain"
FORM = "multipart/form-data"

ROOM = "{room:[a-z0-9-]{1,64}}"


@dataclass(frozen=True, slots=True)
class Route:
    """A route; `takes` is the type of its JSON body or its media type, `gives` likewise."""

    method: str
    path: str
    handler: Handler
    gives: type[BaseModel] | str | None = None
    takes: type[BaseModel] | str | None = None
    status: int = 200
    query: tuple[str, ...] = ()
