"""Plays every part of a session at a counter against a server: the applicant on a phone, a clerk at
each end, a supervisor who keeps the papers."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from crypto.encoding import Json
from server.client.api import Api
from server.client.session import SessionClient
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
    papers in `out`. `cast` are the near clerk, the far one, the supervisor; `mark` keeps logins of
    several rehearsals apart."""

    stack: AsyncExitStack
    admin: Api
    out: Path
    told: Told
    mark: str = ""
    place: visit.Place = visit.REHEARSAL
    cast: tuple[Party, Party, Party] = (NEAR, FAR, SUPERVISOR)
    room: str = ""
    _people: list[Member] = field(default_factory=list)

    async def run(self) -> None:
        """The whole session, in halls of its own. Raises ApiRefused, RehearsalFailed, OSError."""
        await self.admin.post("/api/catalogue/import", visit.catalogue())
        await self.gather()
        await self.play()

    async def gather(self) -> None:
        """Everybody with an account, the clerks at their windows. Raises ApiRefused."""
        for party in self.cast:
            self._people.append(await enter(self.stack, self.admin, party, self.mark))
        self.told("accounts", 1, 1)
        near, far, _ = self._apis()
        await near.post(f"/api/windows/{self.place.near_window}/open", {})
        await far.post(f"/api/windows/{self.place.far_window}/open", {})

    async def play(self, level: int = 5, words: str = "") -> None:
        """One session from the ticket to its papers, rated like this; may be done again.

        Raises ApiRefused, RehearsalFailed, OSError.
        """
        near, far, supervisor = self._apis()
        applicant = await self._come_in()
        await self._connect(near, far, applicant)
        await self._show_materials(near, far)
        await self._fill_in(near, applicant)
        await self._decide(near, far)
        await self._at(applicant).order("RateSession", level=level, words=words)
        self.told("decided", 1, 1)
        await self._collect(supervisor)

    async def leave(self) -> None:
        """The clerks go home. Raises ApiRefused."""
        near, far, _ = self._apis()
        await far.post(f"/api/windows/{self.place.far_window}/close", {})
        await near.post(f"/api/windows/{self.place.near_window}/close", {})

    async def _come_in(self) -> Api:
        """A ticket, and its holder on a phone."""
        body: dict[str, Json] = {
            "items": [visit.ITEM],
            "near_hall": self.place.near_hall,
            "far_region": self.place.far_region,
            "applicant": dict(visit.APPLICANT),
        }
        anyone = await self.stack.enter_async_context(Api(self.admin.base))
        ticket = await anyone.post("/api/tickets", body)
        self.room = str(ticket["room"])
        entry: dict[str, Json] = {
            "number": ticket["number"],
            "hall": self.place.near_hall,
            "code": ticket["code"],
            "bearer": True,
        }
        entered = await anyone.post("/api/tickets/enter", entry)
        self.told("ticket", 1, 1)
        return await self.stack.enter_async_context(Api(self.admin.base, str(entered["token"])))

    async def _connect(self, near: Api, far: Api, applicant: Api) -> None:
        # Others may wait in this hall: this one is called, whoever is next.
        await near.post(f"/api/windows/{self.place.near_window}/call", {"room": self.room})
        if (await self._at(near).state()).far is None:
            await far.post(f"/api/sessions/{self.room}/take", {})
        await self._at(near).order("ConnectSession", recording="彩排，不录制")
        consent = {"text": visit.consent(), "version": visit.CONSENT_VERSION}
        await self._at(applicant).order("GiveConsent", **consent)
        number = visit.APPLICANT["number"]
        await self._at(near).order("CaptureIdentity", method="card", kind="card", number=number)
        await self._at(far).order("CheckIdentity", likeness=True, result="passed")
        self.told("identified", 1, 1)

    async def _show_materials(self, near: Api, far: Api) -> None:
        for done, material in enumerate(visit.MATERIALS, 1):
            picture = await asyncio.to_thread(visit.picture, done)
            await self._at(near).show(visit.ITEM, material, picture)
            verdict = {"item": visit.ITEM, "material": material, "verdict": "accepted"}
            await self._at(far).order("JudgeMaterial", **verdict)
            self.told("materials", done, len(visit.MATERIALS))

    async def _fill_in(self, near: Api, applicant: Api) -> None:
        for name, value in visit.FIELDS.items():
            await self._at(near).order("FillField", item=visit.ITEM, field=name, value=value)
        await self._at(applicant).confirm(visit.ITEM)
        await self._at(applicant).sign(visit.ITEM, visit.touches())
        self.told("signed", 1, 1)

    async def _decide(self, near: Api, far: Api) -> None:
        await self._at(far).order("Decide", item=visit.ITEM, outcome="done")
        await self._at(near).order("EndSession")
        await self._at(near).order("DeliverResult", item=visit.ITEM, way="counter")

    async def _collect(self, supervisor: Api) -> None:
        """Leaves the papers: minutes, archive, root, notices."""
        path = self._at(supervisor).path
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

    async def _until(self, api: Api, come: Callable[[Sequence[str]], bool]) -> None:
        end = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < end:
            if come([event["type"] for event in await self._at(api).events()]):
                return
            await asyncio.sleep(POLL)
        raise RehearsalFailed("the session's record was not made")

    def _at(self, api: Api) -> SessionClient:
        """The present session as this person acts there."""
        return SessionClient(api, self.room)

    def _apis(self) -> tuple[Api, Api, Api]:
        near, far, supervisor = (each.api for each in self._people)
        return near, far, supervisor


def _recorded(kinds: Sequence[str]) -> bool:
    """Whether there are minutes of everything, the rating included."""
    after = kinds[kinds.index("SessionRated") :] if "SessionRated" in kinds else ()
    return "RecordPublished" in after
