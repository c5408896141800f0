"""Clerks who act by themselves at either end of a session, so that a visitor can play one alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.encoding import Json
from rooms.counter.kinds import IdentityResult
from rooms.counter.phases import WORKING, Phase
from rooms.counter.state import Case, State
from server.client.api import Api, ApiRefused
from server.client.session import SessionClient
from server.demo.background import pass_if_late
from server.rehearse import visit

POLL = 1.0
"""Seconds between two looks at the desk; one thing is done at each."""
PATIENCE = 30.0
"""Seconds for which a session that wants a far clerk is left to the visitor."""


@dataclass(slots=True)
class FarClerk:
    """Sits at a far window, takes what nobody else takes, and grants what is complete."""

    api: Api
    window: str
    _asked: dict[str, float] = field(default_factory=dict)
    _left: set[str] = field(default_factory=set)

    async def attend(self) -> None:
        """As long as the demonstration goes on. Raises ApiRefused, ClientError."""
        while True:
            desk = await _desk(self.api, self.window)
            for each in desk["requests"]:
                await self._consider(each["room"])
            for each in desk["mine"]:
                if each["side"] == "far":
                    await self._serve(SessionClient(self.api, each["room"]))
            await asyncio.sleep(POLL)

    async def _consider(self, room: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._asked.setdefault(room, now) >= PATIENCE:
            try:
                await self.api.post(f"/api/sessions/{room}/take", {})
            except ApiRefused as refusal:
                pass_if_late(refusal)

    async def _serve(self, at: SessionClient) -> None:
        state = await at.state()
        order = None if state.over or at.room in self._left else _next_order(state)
        if order is None:
            return
        try:
            await at.order(order[0], **order[1])
        except ApiRefused as refusal:
            # What is late is looked at again; what a script can't decide is left to people.
            if refusal.status != 409:
                self._left.add(at.room)


@dataclass(slots=True)
class NearClerk:
    """Sits at a near window and calls somebody while a visitor plays the far clerk alone.

    `applicants` are the tickets it knows what to do with, by their sessions; all of visit.ITEM.
    """

    api: Api
    window: str
    near_hall: str
    far_hall: str
    applicants: Mapping[str, Mapping[str, Json]]

    async def attend(self) -> None:
        """As long as the demonstration goes on. Raises ApiRefused, ClientError."""
        while True:
            desk = await _desk(self.api, self.window)
            own = [each["room"] for each in desk["mine"] if each["side"] == "near"]
            try:
                busy = [await self._serve(SessionClient(self.api, room)) for room in own]
                if not any(busy) and await self._wanted():
                    await self._call(desk["waiting"])
            except ApiRefused as refusal:
                pass_if_late(refusal)
            await asyncio.sleep(POLL)

    async def _wanted(self) -> bool:
        """Whether a far window is open besides the scripted one, and no near window is."""
        near, far = [
            (await self.api.get(f"/api/halls/{hall}/queue"))["windows"]
            for hall in (self.near_hall, self.far_hall)
        ]
        return bool(near == 1 and far > 1)

    async def _call(self, waiting: list[dict[str, Any]]) -> None:
        for each in waiting:
            if each["fits"] and each["room"] in self.applicants:
                await self.api.post(f"/api/windows/{self.window}/call", {"room": each["room"]})
                return

    async def _serve(self, at: SessionClient) -> bool:
        """The next thing in a session; whether it keeps the clerk busy."""
        state = await at.state()
        applicant = self.applicants.get(at.room)
        if state.over or applicant is None:
            return False
        if state.phase is Phase.CALLED:
            await at.order("ConnectSession", recording="演示，不录制")
        elif state.phase is Phase.CONSENTED and state.identity is None:
            number = applicant["number"]
            await at.order("CaptureIdentity", method="card", kind="card", number=number)
        elif state.phase in WORKING:
            for case in state.undecided():
                await _take_in(at, case, applicant)
        elif state.phase is Phase.DECIDED:
            await at.order("EndSession")
            for case in state.cases.values():
                if case.finished:
                    await at.order("DeliverResult", item=case.item.code, way="counter")
        return True


async def _take_in(at: SessionClient, case: Case, applicant: Mapping[str, Json]) -> None:
    """A page that is not there yet, or else the whole form."""
    for number, material in enumerate(visit.MATERIALS, 1):
        if not case.pages.get(material):
            picture = await asyncio.to_thread(visit.picture, number)
            await at.show(case.item.code, material, picture)
            return
    values: dict[str, Json] = {
        **visit.FIELDS,
        "applicant_name": applicant["name"],
        "id_number": applicant["number"],
        "phone": applicant["phone"],
    }
    for name in case.unfilled():
        await at.order("FillField", item=case.item.code, field=name, value=values[name])


def _next_order(state: State) -> tuple[str, dict[str, Json]] | None:
    """What a far clerk does who finds everything in order."""
    identity = state.identity
    if identity is not None and identity.result is None:
        if identity.number_valid:
            return "CheckIdentity", {"likeness": True, "result": IdentityResult.PASSED.value}
        remark = "证件号码有误，请重新出示"
        again = IdentityResult.AGAIN.value
        return "CheckIdentity", {"likeness": True, "result": again, "remark": remark}
    if state.phase not in WORKING:
        return None
    for case in state.undecided():
        item = case.item.code
        for material, pages in case.pages.items():
            if pages and material not in case.judged:
                verdict: dict[str, Json] = {"item": item, "material": material}
                return "JudgeMaterial", {**verdict, "verdict": "accepted"}
        if _is_complete(case):
            on_the_spot = bool(case.item.rules) or case.item.promised_days == 0
            outcome = "done" if on_the_spot else "accepted"
            return "Decide", {"item": item, "outcome": outcome, "reason": "材料齐全，符合条件"}
    return None


def _is_complete(case: Case) -> bool:
    """Whether nothing is missing that a grant needs."""
    form = not case.item.fields or (case.confirmed() and case.signature is not None)
    return form and not case.lacking()


async def _desk(api: Api, window: str) -> dict[str, Any]:
    """What this clerk has to do. Looking keeps the window open; where it was closed it is opened
    again."""
    desk: dict[str, Any] = await api.get("/api/desk")
    if desk["window"] is None:
        try:
            await api.post(f"/api/windows/{window}/open", {})
        except ApiRefused as refusal:
            pass_if_late(refusal)
        desk = await api.get("/api/desk")
    return desk
