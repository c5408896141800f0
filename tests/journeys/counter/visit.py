"""A session played over HTTP up to the moment that a journey is about."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from crypto.encoding import Json
from rooms.counter.evolve import evolve
from rooms.counter.forms import form_digest
from rooms.counter.state import START, Case, State
from rooms.counter.wire import EVENTS
from server.client.api import Api
from server.rehearse import visit
from tests.journeys.counter.matter import ITEM, NAME, NEAR, NUMBER, PHONE, REASON, offer
from tests.journeys.person import SOON
from tests.journeys.site import Account, Site

FORM: dict[str, str | int] = {
    "applicant_name": NAME,
    "id_number": NUMBER,
    "reason": REASON,
    "event_date": "2026-10-31",
    "months_paid": 96,
    "balance": 1_234_567,
}


@dataclass(slots=True)
class Counter:
    """Two halls with a window each, whose clerks have come to work."""

    site: Site
    near: Account = field(init=False)
    far: Account = field(init=False)
    by_near: Api = field(init=False)
    by_far: Api = field(init=False)

    async def opens(self) -> None:
        """The catalogue is there, the clerks are at their windows."""
        await offer(self.site)
        self.near = await self.site.account("clerk", "赵敏", "便民服务中心")
        self.far = await self.site.account("clerk", "周强", "社会保险事业局")
        self.by_near = await self.site.as_program(self.near)
        self.by_far = await self.site.as_program(self.far)
        await self.by_near.post(f"/api/windows/{visit.NEAR_WINDOW}/open", {})
        await self.by_far.post(f"/api/windows/{visit.FAR_WINDOW}/open", {})

    async def ticket(self) -> "Session":
        """Somebody comes in."""
        body: dict[str, Json] = {
            "items": [ITEM],
            "near_hall": NEAR,
            "applicant": {"name": NAME, "number": NUMBER, "phone": PHONE},
        }
        taken = await (await self.site.api()).post("/api/tickets", body)
        return await self.of(str(taken["number"]), str(taken["code"]))

    async def of(self, number: str, code: str) -> "Session":
        """The session of a ticket that somebody took."""
        entry: dict[str, Json] = {"number": number, "hall": NEAR, "code": code, "bearer": True}
        entered = await (await self.site.api()).post("/api/tickets/enter", entry)
        by_applicant = await self.site.api(str(entered["token"]))
        return Session(self, str(entered["room"]), number, code, by_applicant)


@dataclass(slots=True)
class Session:
    """One session; each step is what its people would do on their pages."""

    counter: Counter
    room: str
    number: str
    code: str
    by_applicant: Api

    @property
    def path(self) -> str:
        """Its address in the interface."""
        return f"/api/sessions/{self.room}"

    @property
    def door(self) -> str:
        """The page that the QR code of the ticket opens."""
        return "/ticket#" + urlencode({"hall": NEAR, "number": self.number, "code": self.code})

    async def order(self, api: Api, name: str, **members: Json) -> None:
        """An order of one of its people."""
        await api.post(f"{self.path}/commands", {"type": name, **members})

    async def is_called(self) -> None:
        """To the near window, and the far one is there."""
        await self.counter.by_near.post(f"/api/windows/{visit.NEAR_WINDOW}/next", {})
        if (await self.state()).far is None:
            await self.counter.by_far.post(f"{self.path}/take", {})

    async def is_connected(self) -> None:
        """The call is through, nothing is recorded."""
        await self.is_called()
        await self.order(self.counter.by_near, "ConnectSession", recording="录制设备检修")

    async def is_identified(self, *, reuse: bool = False) -> None:
        """With consent, and the document compared."""
        await self.is_connected()
        consent: dict[str, Json] = {"text": visit.consent(), "version": visit.CONSENT_VERSION}
        await self.order(self.by_applicant, "GiveConsent", **consent, reuse=reuse)
        shown: dict[str, Json] = {"method": "card", "kind": "card", "number": NUMBER}
        await self.order(self.counter.by_near, "CaptureIdentity", **shown)
        await self.order(self.counter.by_far, "CheckIdentity", likeness=True, result="passed")

    async def has_page(self, material: str, number: int) -> None:
        """A page is under the near camera."""
        path = f"{self.path}/pages?item={ITEM}&material={material}"
        picture = visit.picture(number)
        await self.counter.by_near.send_file(path, f"{material}.jpg", picture, "image/jpeg")

    async def has_materials(self) -> None:
        """All of the checklist, accepted."""
        for number, material in enumerate(("id-card", "bank-card"), 1):
            await self.has_page(material, number)
            judged: dict[str, Json] = {"item": ITEM, "material": material, "verdict": "accepted"}
            await self.order(self.counter.by_far, "JudgeMaterial", **judged)

    async def is_filled_in(self) -> None:
        """Every field written, none confirmed."""
        for name, value in FORM.items():
            filled: dict[str, Json] = {"item": ITEM, "field": name, "value": value}
            await self.order(self.counter.by_near, "FillField", **filled)

    async def is_signed(self) -> None:
        """The whole form confirmed and signed."""
        await self.is_filled_in()
        fields: list[Json] = [
            {"field": name, "value": filled.value}
            for name, filled in (await self.case()).fields.items()
        ]
        await self.order(self.by_applicant, "ConfirmFields", item=ITEM, fields=fields)
        await self.signs()

    async def signs(self) -> None:
        """The applicant draws a name under the form as it is."""
        signature: dict[str, Json] = {
            "item": ITEM,
            "form": form_digest(await self.case()),
            "width": 800,
            "height": 400,
            "strokes": visit.touches(),
        }
        await self.by_applicant.post(f"{self.path}/signature", signature)

    async def is_decided(self) -> None:
        """From the checklist to the decision."""
        await self.has_materials()
        await self.is_signed()
        await self.order(self.counter.by_far, "Decide", item=ITEM, outcome="done")

    async def ends(self) -> None:
        """The near clerk ends the call."""
        await self.order(self.counter.by_near, "EndSession")

    # --- what came of it -----------------------------------------------------------------------

    async def events(self) -> list[dict[str, Any]]:
        """The session's log as the near clerk sees it."""
        page = await self.counter.by_near.get(f"{self.path}/entries?limit=5000")
        return [entry["event"] for entry in page["entries"]]

    async def count(self, kind: str) -> int:
        """How often something stands in the log."""
        return sum(event["type"] == kind for event in await self.events())

    async def state(self) -> State:
        """The log, folded."""
        state = START
        for event in await self.events():
            state = evolve(state, EVENTS.decode(event))
        return state

    async def case(self) -> Case:
        """Its only item."""
        return (await self.state()).cases[ITEM]

    async def minutes(self, folder: Path) -> Path:
        """The record, once it is made."""
        await recorded(self.counter.by_near, self.room, "SessionEnded")
        file = folder / f"{self.room}.pdf"
        file.write_bytes(await self.counter.by_near.fetch(f"{self.path}/minutes.pdf"))
        return file


async def recorded(api: Api, room: str, last: str) -> None:
    """Waits for the record that has everything up to the last entry of this kind."""
    end = asyncio.get_running_loop().time() + SOON / 1000
    while True:
        page = await api.get(f"/api/sessions/{room}/entries?limit=5000")
        kinds = [entry["event"]["type"] for entry in page["entries"]]
        if last in kinds and "RecordPublished" in kinds[len(kinds) - kinds[::-1].index(last) :]:
            return
        assert asyncio.get_running_loop().time() < end, f"no record after {last}: {kinds}"
        await asyncio.sleep(0.2)
