"""Plays every part of a session at a counter against a server: the applicant on a phone, a clerk at
each end, a supervisor who keeps the papers."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crypto.encoding import Json
from rooms.counter.evolve import evolve
from rooms.counter.forms import form_digest
from rooms.counter.state import START, State
from rooms.counter.wire import EVENTS
from server.client.api import Api
from server.rehearse import visit
from server.rehearse.cast import Member, Told, enter
from server.rehearse.plan import Party
from server.rehearse.run import PATIENCE, POLL, RehearsalFailed

NEAR = Party("near", "赵收件", "彩排收件大厅", ("clerk",))
FAR = Party("far", "周办理", "彩排办理大厅", ("clerk",))
SUPERVISOR = Party("session-supervisor", "监督人员", "彩排监督机构", ("supervisor",))


@dataclass(slots=True)
class SessionRehearsal:
    """A whole session: ticket, call, consent, identity, materials, form, decision, rating; its
    papers in `out`. `mark` keeps logins of several rehearsals apart."""

    stack: AsyncExitStack
    admin: Api
    out: Path
    told: Told
    mark: str = ""
    room: str = ""
    _people: dict[str, Member] = field(default_factory=dict)

    async def run(self) -> None:
        """The whole session. Raises ApiRefused, RehearsalFailed, OSError."""
        await self.admin.post("/api/catalogue/import", visit.catalogue())
        for party in (NEAR, FAR, SUPERVISOR):
            self._people[party.login] = await enter(self.stack, self.admin, party, self.mark)
        self.told("accounts", 1, 1)
        near, far = (self._people[each.login].api for each in (NEAR, FAR))
        await near.post(f"/api/windows/{visit.NEAR_WINDOW}/open", {})
        await far.post(f"/api/windows/{visit.FAR_WINDOW}/open", {})
        applicant = await self._come_in()
        await self._connect(near, far, applicant)
        await self._show_materials(near, far)
        await self._fill_in(near, applicant)
        await self._decide(near, far, applicant)
        await self._collect()

    async def _come_in(self) -> Api:
        """A ticket, and its holder on a phone."""
        body: dict[str, Json] = {
            "items": [visit.ITEM],
            "near_hall": visit.NEAR,
            "far_region": visit.FAR_REGION,
            "applicant": dict(visit.APPLICANT),
        }
        anyone = await self.stack.enter_async_context(Api(self.admin.base))
        ticket = await anyone.post("/api/tickets", body)
        self.room = str(ticket["room"])
        entry: dict[str, Json] = {
            "number": ticket["number"],
            "hall": visit.NEAR,
            "code": ticket["code"],
            "bearer": True,
        }
        entered = await anyone.post("/api/tickets/enter", entry)
        self.told("ticket", 1, 1)
        return await self.stack.enter_async_context(Api(self.admin.base, str(entered["token"])))

    async def _connect(self, near: Api, far: Api, applicant: Api) -> None:
        await near.post(f"/api/windows/{visit.NEAR_WINDOW}/next", {})
        if (await self._state(near)).far is None:
            await far.post(f"/api/sessions/{self.room}/take", {})
        await self._order(near, "ConnectSession", recording="彩排，不录制")
        consent = {"text": visit.consent(), "version": visit.CONSENT_VERSION}
        await self._order(applicant, "GiveConsent", **consent)
        number = visit.APPLICANT["number"]
        await self._order(near, "CaptureIdentity", method="card", kind="card", number=number)
        await self._order(far, "CheckIdentity", likeness=True, result="passed")
        self.told("identified", 1, 1)

    async def _show_materials(self, near: Api, far: Api) -> None:
        for done, material in enumerate(visit.MATERIALS, 1):
            picture = await asyncio.to_thread(visit.picture, done)
            path = f"/api/sessions/{self.room}/pages?item={visit.ITEM}&material={material}"
            await near.send_file(path, f"{material}.jpg", picture, "image/jpeg")
            verdict = {"item": visit.ITEM, "material": material, "verdict": "accepted"}
            await self._order(far, "JudgeMaterial", **verdict)
            self.told("materials", done, len(visit.MATERIALS))

    async def _fill_in(self, near: Api, applicant: Api) -> None:
        for name, value in visit.FIELDS.items():
            await self._order(near, "FillField", item=visit.ITEM, field=name, value=value)
        case = (await self._state(applicant)).cases[visit.ITEM]
        fields: list[Json] = [
            {"field": name, "value": filled.value} for name, filled in case.fields.items()
        ]
        await self._order(applicant, "ConfirmFields", item=visit.ITEM, fields=fields)
        case = (await self._state(applicant)).cases[visit.ITEM]
        signature: dict[str, Json] = {
            "item": visit.ITEM,
            "form": form_digest(case),
            "width": 800,
            "height": 400,
            "strokes": visit.touches(),
        }
        await applicant.post(f"/api/sessions/{self.room}/signature", signature)
        self.told("signed", 1, 1)

    async def _decide(self, near: Api, far: Api, applicant: Api) -> None:
        await self._order(far, "Decide", item=visit.ITEM, outcome="done")
        await self._order(near, "EndSession")
        await self._order(near, "DeliverResult", item=visit.ITEM, way="counter")
        await self._order(applicant, "RateSession", level=5)
        self.told("decided", 1, 1)

    async def _collect(self) -> None:
        """Leaves the papers: minutes, archive, root, notices."""
        supervisor, path = self._people[SUPERVISOR.login].api, f"/api/sessions/{self.room}"
        await self._until(supervisor, _recorded)
        self.told("minutes", 1, 1)
        site = await supervisor.get("/api/site")
        (self.out / "root.pem").write_text(str(site["root"]), encoding="utf-8")
        (self.out / "minutes.pdf").write_bytes(await supervisor.fetch(f"{path}/minutes.pdf"))
        await supervisor.download(f"{path}/archive.zip", self.out / "archive.zip")
        folder = self.out / "notices"
        folder.mkdir(exist_ok=True)
        for each in (await supervisor.get(f"{path}/notices"))["items"]:
            (folder / f"{each['name']}.pdf").write_bytes(await supervisor.fetch(each["href"]))
        self.told("collected", 1, 1)

    async def _order(self, api: Api, name: str, **members: Json) -> None:
        await api.post(f"/api/sessions/{self.room}/commands", {"type": name, **members})

    async def _state(self, api: Api) -> State:
        """The session as somebody in it sees it."""
        state = START
        for event in await self._events(api):
            state = evolve(state, EVENTS.decode(event))
        return state

    async def _events(self, api: Api) -> list[dict[str, Any]]:
        page = await api.get(f"/api/sessions/{self.room}/entries?limit=5000")
        return [entry["event"] for entry in page["entries"]]

    async def _until(self, api: Api, come: Callable[[Sequence[str]], bool]) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            if come([event["type"] for event in await self._events(api)]):
                return
            await asyncio.sleep(POLL)
        raise RehearsalFailed("the session's record was not made")


def _recorded(kinds: Sequence[str]) -> bool:
    """Whether there are minutes of everything, the rating included."""
    after = kinds[kinds.index("SessionRated") :] if "SessionRated" in kinds else ()
    return "RecordPublished" in after
