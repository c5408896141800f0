"""The sessions of a span as CSV, as spreadsheets open it: UTF-8 with a mark, CRLF, no formulas."""

import csv
from collections.abc import AsyncIterator
from datetime import datetime
from io import StringIO
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crypto.encoding import parse_time
from server.clock import CHINA
from server.counter.board.figures import Span
from server.store.tables import session_facts as facts

BOM = b"\xef\xbb\xbf"
"""Without it the spreadsheet program most offices have reads Chinese as something else."""
PAGE = 2000

COLUMNS = {
    "day": ("日期", "Day"),
    "room": ("会话编号", "Session"),
    "number": ("票号", "Ticket"),
    "hall": ("收件大厅", "Near hall"),
    "near_region": ("收件地", "Near region"),
    "far_hall": ("办理大厅", "Far hall"),
    "far_region": ("办理地", "Far region"),
    "items": ("事项", "Items"),
    "mode": ("方式", "Mode"),
    "phase": ("阶段", "Phase"),
    "window": ("窗口", "Window"),
    "clerk": ("收件人员", "Near clerk"),
    "far_clerk": ("办理人员", "Far clerk"),
    "booked_at": ("预约时间", "Booked at"),
    "ticket_at": ("取号时间", "Ticket at"),
    "called_at": ("叫号时间", "Called at"),
    "connected_at": ("接通时间", "Connected at"),
    "ended_at": ("结束时间", "Ended at"),
    "waited": ("等候秒数", "Waited (s)"),
    "lasted": ("办理秒数", "Lasted (s)"),
    "outcome": ("结果", "Outcome"),
    "visits": ("到场次数", "Visits"),
    "visits_saved": ("少跑次数", "Visits saved"),
    "kilometres": ("少行公里", "Kilometres saved"),
    "lapses": ("过号次数", "Missed calls"),
    "due_at": ("承诺时限", "Promised until"),
    "escalated": ("已督办", "Escalated"),
    "rating": ("评价", "Rating"),
    "case_due_at": ("差评答复期限", "Answer to rating due"),
    "case_answered_at": ("差评答复时间", "Rating answered at"),
}
"""Columns of the table of facts with their titles, Chinese and English."""


async def rows(connection: AsyncConnection, span: Span, language: str) -> AsyncIterator[bytes]:
    """The file piece by piece; times as the calendar on the wall says."""
    yield BOM + _line([title[language == "en"] for title in COLUMNS.values()])
    after: tuple[str, str] | None = None
    chosen = [facts.c[name] for name in COLUMNS]
    while True:
        query = select(*chosen).where(*span.wanted()).order_by(facts.c.day, facts.c.room)
        if after is not None:
            day, room = after
            later = and_(facts.c.day == day, facts.c.room > room)
            query = query.where(or_(facts.c.day > day, later))
        found = (await connection.execute(query.limit(PAGE))).all()
        if found:
            yield b"".join(_line([_cell(name, row) for name in COLUMNS]) for row in found)
        if len(found) < PAGE:
            return
        after = (found[-1].day, found[-1].room)


def _cell(name: str, row: Any) -> str:
    value = getattr(row, name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if name.endswith("_at"):
        return _local(parse_time(value))
    return safe(str(value))


def _local(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def safe(text: str) -> str:
    """The text as a spreadsheet shows it and never computes it."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _line(cells: list[str]) -> bytes:
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()
