"""One person's side of a session at a counter over HTTP (docs/counter.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crypto.encoding import Json
from rooms.counter.evolve import evolve
from rooms.counter.forms import form_digest
from rooms.counter.state import START, State
from rooms.counter.wire import EVENTS
from server.client.api import Api

PAD = (800, 400)
"""Width and height of the pad that signatures are drawn on."""


@dataclass(frozen=True, slots=True)
class SessionClient:
    """A session as somebody in it acts there. Everything raises ApiRefused and ClientError."""

    api: Api
    room: str

    @property
    def path(self) -> str:
        """Where the session is in the interface."""
        return f"/api/sessions/{self.room}"

    async def order(self, name: str, **members: Json) -> None:
        """Orders something."""
        await self.api.post(f"{self.path}/commands", {"type": name, **members})

    async def events(self) -> list[dict[str, Any]]:
        """Everything so far that this person sees."""
        page = await self.api.get(f"{self.path}/entries?limit=5000")
        return [entry["event"] for entry in page["entries"]]

    async def state(self) -> State:
        """The session as this person sees it."""
        state = START
        for event in await self.events():
            state = evolve(state, EVENTS.decode(event))
        return state

    async def show(self, item: str, material: str, picture: bytes) -> None:
        """A page of a material, as JPEG."""
        path = f"{self.path}/pages?item={item}&material={material}"
        await self.api.send_file(path, f"{material}.jpg", picture, "image/jpeg")

    async def confirm(self, item: str) -> None:
        """Finds right what stands in a form and was not confirmed before."""
        case = (await self.state()).cases[item]
        fields: list[Json] = [
            {"field": name, "value": case.fields[name].value} for name in case.unconfirmed()
        ]
        await self.order("ConfirmFields", item=item, fields=fields)

    async def sign(self, item: str, strokes: Sequence[Json]) -> None:
        """Signs a form as it stands."""
        case = (await self.state()).cases[item]
        signature: dict[str, Json] = {
            "item": item,
            "form": form_digest(case),
            "width": PAD[0],
            "height": PAD[1],
            "strokes": list(strokes),
        }
        await self.api.post(f"{self.path}/signature", signature)
