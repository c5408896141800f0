"""The check of archives and minutes as a page: the same audit that `yunkai verify` runs without a
server."""

import asyncio
import os
import tempfile
from pathlib import Path

from aiohttp import BodyPartReader, web

from crypto.encoding import Json
from rooms.audit import Fact, Finding, Report
from server.errors import Invalid, TooLarge, TooMany
from server.http import answers, reading
from server.http.parts import of
from server.store.blobs import PIECE, disk_full_named
from server.verify.check import NotCheckable, check_file


async def verify(request: web.Request) -> web.Response:
    """Checks an archive or signed minutes; anyone may ask."""
    part = await reading.single_file(request)
    slots = of(request).checks
    if slots.locked():
        raise TooMany(10)
    async with slots:
        handle, name = tempfile.mkstemp(dir=of(request).blobs.staging)
        file = Path(name)
        try:
            await _receive(part, handle, of(request).settings.verify_limit)
            own = of(request).site.authority.root_pem
            report = await asyncio.to_thread(check_file, file, fallback=(own,))
        except NotCheckable as problem:
            raise Invalid("not_checkable") from problem
        finally:
            await asyncio.to_thread(file.unlink, missing_ok=True)
    return answers.data(_told(report))


async def _receive(part: BodyPartReader, handle: int, limit: int) -> None:
    size = 0
    with os.fdopen(handle, "wb") as out:
        while piece := await part.read_chunk(PIECE):
            size += len(piece)
            if size > limit:
                raise TooLarge(limit)
            with disk_full_named():
                await asyncio.to_thread(out.write, piece)


def _told(report: Report) -> Json:
    return {
        "ok": report.ok,
        "findings": [{**_plain(each), "about": each.about} for each in report.findings],
        "facts": [{**_plain(each), "about": ""} for each in report.facts],
    }


def _plain(each: Finding | Fact) -> dict[str, Json]:
    return {"step": each.step, "code": each.code, "params": dict(each.params)}
