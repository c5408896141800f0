"""The server as an application: what starts, in which order, and what stops."""

import asyncio
import gc
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from aiohttp import web

from server.clock import Clock, utc_now
from server.config import Settings
from server.errors import BadSettings
from server.http import parts
from server.http.middlewares import named, named_errors, same_site, stamp
from server.http.routes import add_routes
from server.parts import Parts, make_parts
from server.store.accounts import AccountRole
from server.store.migrate import is_current, migrate

RESUME_SECONDS = 60.0
"""How often abandoned uploads are looked for."""

_log = structlog.get_logger()


def make_app(settings: Settings, clock: Clock = utc_now) -> web.Application:
    """The whole server as an application that starts and stops its parts."""
    made = make_parts(settings, clock)
    app = web.Application(
        middlewares=[named, named_errors, same_site], client_max_size=settings.json_limit
    )
    app[parts.PARTS] = made
    made.gateway.attach(app)
    add_routes(app)
    app.on_response_prepare.append(stamp(clock))
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_close_sockets)
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    made = app[parts.PARTS]
    try:
        await _start(made)
        resuming = asyncio.create_task(_resume_for_ever(made), name="uploads")
        yield
        resuming.cancel()
        await asyncio.gather(resuming, return_exceptions=True)
    finally:
        await made.watches.close()
        await made.reader.close()
        await made.attendance.close()
        await made.retention.close()
        await made.queue.close()
        await made.topics.close()
        await made.hall.close()
        await made.scheduler.close()
        await made.work.close()
        await made.log.close()
        await made.database.close()


async def _start(made: Parts) -> None:
    if made.settings.embedded:
        await migrate(made.database)
    elif not await is_current(made.database):
        raise BadSettings("the database needs `yunkai migrate`")
    made.log.start()
    await _first_account(made)
    await made.scheduler.start()
    await made.uploads.resume()
    unfinished = await made.scheduler.unfinished()
    for room in unfinished:
        made.work.room_changed(room)
    await made.hall.start(unfinished)
    made.attendance.start(unfinished)
    made.queue.start()
    made.retention.start()
    made.gateway.start()
    # What lives as long as the server need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _close_sockets(app: web.Application) -> None:
    """Sockets never end by themselves; requests under way get their time."""
    await app[parts.PARTS].watches.close()
    await app[parts.PARTS].gateway.close()


async def _resume_for_ever(made: Parts) -> None:
    while True:
        await asyncio.sleep(RESUME_SECONDS)
        try:
            await made.uploads.resume()
        except Exception:
            _log.exception("uploads_not_resumed")


async def _first_account(made: Parts) -> None:
    """A new site gets an administrator, whose password is in a file only the operator can read."""
    if await made.accounts.count():
        return
    password = secrets.token_urlsafe(12)
    file = made.settings.data / "admin-password"
    _write_private(file, password + "\n")
    await made.accounts.create("admin", password, "系统管理员", "", frozenset({AccountRole.ADMIN}))
    _log.info("first_account", login="admin", password_file=str(file))


def _write_private(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
