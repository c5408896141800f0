"""An applicant of a session who acts by themselves, unless a visitor does it in their place."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from rooms.counter.phases import WORKING, Phase
from rooms.counter.state import State
from server.client.api import ApiRefused
from server.client.session import SessionClient
from server.demo.background import pass_if_late
from server.rehearse import visit

POLL = 2.0
"""Seconds between two looks at the session."""
CONSENT = hashlib.sha256("演示：由程序扮演的办事人同意。".encode()).hexdigest()
GONE = (Phase.CANCELLED, Phase.ENDED, Phase.ARCHIVED)


@dataclass(slots=True)
class Applicant:
    """Consents, confirms, signs and rates, each after it was the applicant's turn for `patience`
    seconds. Steps back for good once somebody else acted with the same ticket."""

    at: SessionClient
    patience: float
    _turn: tuple[str, str] = ("", "")
    _since: float = 0.0
    _done: set[str] = field(default_factory=set)

    async def attend(self) -> None:
        """Until there is nothing left to do. Raises ApiRefused, ClientError."""
        while True:
            state = await self.at.state()
            if state.phase in GONE or state.rating is not None or self._replaced(state):
                return
            await self._see(state)
            await asyncio.sleep(POLL)

    async def _see(self, state: State) -> None:
        turn, now = _turn_of(state), asyncio.get_running_loop().time()
        if turn != self._turn:
            self._turn, self._since = turn, now
        elif turn[0] and now - self._since >= self.patience:
            try:
                await self._act(*turn)
            except ApiRefused as refusal:
                pass_if_late(refusal)

    async def _act(self, what: str, item: str) -> None:
        self._done.add(what)
        match what:
            case "consent":
                await self.at.order("GiveConsent", text=CONSENT, version="demo")
            case "confirm":
                await self.at.confirm(item)
            case "sign":
                await self.at.sign(item, visit.touches())
            case _:
                await self.at.order("RateSession", level=5)

    def _replaced(self, state: State) -> bool:
        """Whether a visitor has the ticket. What the near clerk did on the applicant's word tells
        nothing."""
        return any(what not in self._done for what in _by_applicant(state))


def _by_applicant(state: State) -> Iterator[str]:
    """What was done with the applicant's own hand."""
    if state.consent is not None and state.consent.by_hand_of is None:
        yield "consent"
    for case in state.cases.values():
        if any(each.confirmed and each.by_hand_of is None for each in case.fields.values()):
            yield "confirm"
        if case.signature is not None and case.signature.by_hand_of is None:
            yield "sign"


def _turn_of(state: State) -> tuple[str, str]:
    """What is the applicant's to do now, and for which item; empty while others act."""
    if state.over:
        return "rate", ""
    if state.phase is Phase.CONNECTING:
        return "consent", ""
    if state.phase in WORKING:
        for case in state.undecided():
            if case.fields and not case.unfilled():
                if case.unconfirmed():
                    return "confirm", case.item.code
                if case.signature is None:
                    return "sign", case.item.code
    return "", ""
