"""Logs for the browser's fold: `python -m tests.rooms.counter.browser` writes them with what the
machine makes of every entry, so that `web/src/rooms/counter` can be held against it."""

import json
from pathlib import Path
from typing import Any

from rooms.counter import commands as c
from rooms.counter.kinds import Side, Verdict
from rooms.counter.machine import START, evolve
from rooms.counter.state import State
from rooms.counter.visibility import SUPERVISOR, project
from rooms.ids import PersonId
from tests.rooms.counter.window import FAR, NEAR, PENSION, Window, whole

OTHER_NEAR, OTHER_FAR = PersonId("p-other-near"), PersonId("p-other-far")
PLACE = Path(__file__).parents[3] / "web/src/rooms/counter/testing/sessions.json"


def stories() -> dict[str, Window]:
    """Sessions that between them have most of what can happen."""
    two = Window((PENSION,)).connected().materials().filled()
    return {
        "whole": whole(),
        "supplement": two.told_what_is_missing().ended(),
        "rejected": Window((PENSION,)).connected().materials().filled().rejected(),
        "waiting": _returned(),
        "handed": _handed(),
    }


def _returned() -> Window:
    """A picture that the far clerk gives back, another of the same paper, and one of a second."""
    window = Window((PENSION,)).connected()
    window.capture(PENSION.code, "id-card", b"a card, half of it")
    returned = c.JudgeMaterial(PENSION.code, "id-card", Verdict.RETURNED, "证件边缘不完整，请重拍")
    window.order(returned, FAR)
    window.capture(PENSION.code, "id-card", b"a card")
    window.capture(PENSION.code, "bank-card", b"a bank card")
    unclear = c.JudgeMaterial(PENSION.code, "bank-card", Verdict.RETURNED, "卡号反光，看不清")
    window.order(unclear, FAR)
    return window


def _handed() -> Window:
    """Both sides offered: the far one taken, the near one first withdrawn and then offered anew."""
    window = Window((PENSION,)).connected()
    window.order(c.OfferHandOver(Side.FAR, OTHER_FAR, "钱进", "c-8", "交接班"), FAR)
    window.order(c.OfferHandOver(Side.NEAR, OTHER_NEAR, "孙平", "k-4", "设备故障"), NEAR)
    window.order(c.TakeOver(Side.FAR, "c-8"), OTHER_FAR)
    window.order(c.EndHandOverOffer(Side.NEAR), NEAR)
    window.order(c.OfferHandOver(Side.NEAR, OTHER_NEAR, "孙平", "k-4", "设备故障"), NEAR)
    return window


def told(window: Window) -> dict[str, Any]:
    """A session as a supervisor's stream has it, with the phase after each entry and where each
    item ends."""
    state = START
    entries: list[dict[str, Any]] = []
    phases: list[str] = []
    for entry in window.entries:
        shown = project(state, entry, SUPERVISOR)
        state = evolve(state, entry.event)
        if shown is not None:
            entries.append({"n": len(entries) + 1, **shown})
            phases.append(state.phase.value)
    people = {digest: payload.get("value") for digest, payload in window.people.items()}
    return {"entries": entries, "phases": phases, "personal": people, "end": _end(state)}


def _end(state: State) -> dict[str, Any]:
    cases = {}
    for code, case in state.cases.items():
        cases[code] = {
            "pages": {material: list(pages) for material, pages in case.pages.items()},
            "returned": sorted(
                material
                for material, each in case.judged.items()
                if each.verdict is Verdict.RETURNED
            ),
            "lacking": list(case.lacking()),
            "unfilled": list(case.unfilled()),
            "unconfirmed": list(case.unconfirmed()),
            "signed": case.signature is not None,
            "outcome": case.decision and case.decision.outcome.value,
            "processing": case.processing,
            "finished": case.finished,
            "paid": sorted(fee for fee, each in case.fees.items() if each.paid),
            "opinions": [each.opinion and each.opinion.value for each in case.opinions.values()],
        }
    return {
        "number": state.number,
        "near": state.near and state.near.person,
        "offers": {side.value: made.to for side, made in state.offers.items()},
        "far": state.far and state.far.person,
        "absent": sorted(state.absent),
        "over": state.over,
        "rating": state.rating and state.rating.level,
        "screenshots": [each.of.value for each in state.screenshots],
        "removed": sorted(page.id for page in state.pages.values() if page.removed),
        "cases": cases,
    }


def text() -> str:
    """The file's content."""
    content = {name: told(window) for name, window in stories().items()}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_text(text(), encoding="utf-8")
