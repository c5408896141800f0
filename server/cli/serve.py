"""`yunkai serve`, `yunkai migrate`, `yunkai openapi`."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer
from aiohttp import web
from pydantic import ValidationError

from server.app import make_app
from server.clock import Clock, utc_now
from server.config import Settings
from server.documents.keys import KeyUnusable
from server.errors import BadSettings
from server.http.openapi import document
from server.logs import set_up_logging
from server.store.database import Database
from server.store.migrate import migrate

SHUTDOWN_SECONDS = 5.0
PORT_FILE = "port"

_log = structlog.get_logger()


def add(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(serve)
    app.command("migrate")(migrate_command)
    app.command()(openapi)


def serve(
    data: Annotated[Path | None, typer.Option(help="Folder of database, files and keys.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Serve the site until interrupted."""
    settings = _settings(data=data, host=host, port=port)
    set_up_logging(settings.log_format)
    try:
        asyncio.run(run(settings))
    except (BadSettings, KeyUnusable) as problem:
        _fail(str(problem))


def migrate_command(
    data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Bring the database up to date."""
    settings = _settings(data=data)
    settings.data.mkdir(parents=True, exist_ok=True)

    async def bring_up_to_date() -> None:
        database = Database(settings.database_url)
        await migrate(database)
        await database.close()

    asyncio.run(bring_up_to_date())


def openapi() -> None:
    """Print the description of the HTTP interface."""
    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2, sort_keys=True))


async def run(settings: Settings, clock: Clock = utc_now) -> None:
    """Serves until SIGINT or SIGTERM. The port is in the data folder's file `port` while it
    listens."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    runner = web.AppRunner(
        make_app(settings, clock), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
    )
    await runner.setup()
    port_file = settings.data / PORT_FILE
    try:
        listening = _listen(settings.host, settings.port)
        await web.SockSite(runner, listening).start()
        port = listening.getsockname()[1]
        port_file.write_text(f"{port}\n", encoding="ascii")
        _log.info("serving", url=f"http://{settings.host}:{port}", pid=os.getpid())
        await stop.wait()
        _log.info("stopping")
    finally:
        port_file.unlink(missing_ok=True)
        await runner.cleanup()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as problem:
        listening.close()
        raise BadSettings(f"can't listen on {host}:{port}: {problem.strerror}") from problem
    listening.listen(1024)
    return listening


def _settings(**given: Any) -> Settings:
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as problem:
        for each in problem.errors():
            place = ".".join(str(step) for step in each["loc"])
            typer.echo(f"{place}: {each['msg']}", err=True)
        sys.exit(2)
    except BadSettings as problem:
        _fail(str(problem))


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    sys.exit(2)
