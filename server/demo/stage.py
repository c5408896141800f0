"""What a demonstration shows: a tender that closes soon, one in the future, one that is over."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from crypto.encoding import Json
from server.client.trustee import Trustee
from server.demo.background import Said, go_on
from server.demo.bystander import Bystander
from server.rehearse import plan, tender
from server.rehearse.cast import Cast, Member, enter, gather
from server.rehearse.plan import Party
from server.rehearse.run import Rehearsal
from server.rehearse.site import OwnSite

TRUSTEES = 2
SCRIPTED = 3
VISITOR = Party("visitor", "彩云建设有限公司", "彩云建设有限公司", ("bidder",))
OVER_IN = 15.0
"""Seconds from its publication to the deadline of the opening that is played at once."""

FUTURE: dict[str, Json] = {
    "project_number": "YK-2026-0123",
    "project_title": "翠湖片区老旧小区改造工程",
    "lot_number": "02",
    "lot_title": "给排水及道路",
}
PAST: dict[str, Json] = {
    "project_number": "YK-2026-0101",
    "project_title": "盘龙江生态修复工程",
    "lot_number": "01",
    "lot_title": "河道清淤",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The tender that visitors take part in, and who they may be."""

    room: str
    deadline: datetime
    cast: Cast
    visitor: Member


async def set_up(
    stack: AsyncExitStack, site: OwnSite, lead: float, tasks: asyncio.TaskGroup, said: Said
) -> Stage:
    """Everybody and everything; what goes on by itself runs in `tasks`. The tender closes after
    `lead` seconds.

    Raises ApiRefused, CryptoError, OSError.
    """
    cast = await gather(
        stack,
        site.admin,
        bidders=[plan.bidder(number) for number in range(1, SCRIPTED + 1)],
        trustees=TRUSTEES,
        told=lambda *_: None,
    )
    visitor = await enter(stack, site.admin, VISITOR)
    folder = site.folder / "demo"
    trustees = tender.trustees_of(cast)
    deadline = (tender.now() + timedelta(seconds=lead)).replace(microsecond=0)
    room = await tender.publish(cast.host, trustees, _terms(cast, deadline))
    bidders = [
        await tender.hand_in(
            room,
            member,
            number,
            folder / str(number),
            await asyncio.to_thread(plan.files_of, number, folder / "files" / str(number), ()),
        )
        for number, member in enumerate(cast.bidders, 1)
    ]
    for trustee in trustees:
        tasks.create_task(go_on(trustee.attend(_nothing), trustee.name, said))
    for bidder in bidders:
        tasks.create_task(go_on(Bystander(bidder).attend(), bidder.name, said))
    tasks.create_task(go_on(_others(cast, trustees, folder), "其他项目 other tenders", said))
    return Stage(room, deadline, cast, visitor)


async def _others(cast: Cast, trustees: Sequence[Trustee], folder: Path) -> None:
    """The tender that is still far away, and the opening that is played from start to end."""
    in_three_days = (tender.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    waiting = [replace(each) for each in trustees]
    await tender.publish(cast.host, waiting, _terms(cast, in_three_days, FUTURE))
    await Rehearsal(
        cast=cast,
        out=folder / "past",
        threshold=TRUSTEES,
        lead=OVER_IN,
        told=lambda *_: None,
        more=PAST,
    ).run()


def _terms(cast: Cast, deadline: datetime, more: dict[str, Json] | None = None) -> dict[str, Json]:
    return plan.terms(deadline=deadline, threshold=TRUSTEES, seats=cast.seats(), more=more)


def _nothing(_: str) -> None:
    pass
