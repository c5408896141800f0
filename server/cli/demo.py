"""`yunkai demo`: a site with a tender that closes in three minutes and a counter where people wait,
and a link for every role."""

import asyncio
import signal
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from aiohttp import ClientError

from crypto.errors import CryptoError
from server.client.api import ApiRefused
from server.config import WEB_DIST
from server.demo import counter
from server.demo.links import ROLES, make_links, table
from server.demo.stage import set_up
from server.errors import BadSettings
from server.logs import set_up_logging
from server.rehearse.site import own_site


class _Stopped(Exception):
    """Ctrl-C: everything that was started ends."""


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口；0 取空闲的 free one")] = 8080,
    lead: Annotated[float, typer.Option(min=10, help="到截标的秒数 seconds to the close")] = 180,
) -> None:
    """演示：本机站点，三分钟后截标的项目和有人等候的窗口，每个角色一个链接；Ctrl-C 结束并删除数据。

    A site on 127.0.0.1 with a tender that closes in three minutes, a counter where people wait, and
    one-click links for every role. Ctrl-C ends it and removes its data.
    """
    set_up_logging("text", quiet=True)
    if not (WEB_DIST / "index.html").is_file():
        typer.echo(
            "网页尚未构建，请用 make demo。 The pages are not built: use `make demo`.", err=True
        )
    try:
        asyncio.run(_show(port, lead))
    except* _Stopped:
        typer.echo("\n已结束，演示数据已删除。 Ended; all demo data are removed.")
    except* (ApiRefused, CryptoError, BadSettings, ClientError, OSError) as group:
        for problem in group.exceptions:
            typer.echo(f"yunkai demo: {problem}", err=True)
        raise typer.Exit(1) from None


async def _show(port: int, lead: float) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    async with (
        own_site(port, hosts=ROLES) as site,
        AsyncExitStack() as stack,
        asyncio.TaskGroup() as tasks,
    ):
        # Ctrl-C reaches the group as a failure, at whatever point the preparation is.
        tasks.create_task(_stop_when(stopped))
        typer.echo("正在准备演示…… preparing the demonstration")
        halls = await counter.set_up(stack, site)
        stage = await set_up(stack, site, lead, tasks, _say)
        typer.echo(table(site, stage, await make_links(site, stage, halls)))
        counter.begin(stack, site, halls, tasks, _say)


def _say(line: str) -> None:
    """What failed in the background; the rest goes on."""
    typer.echo(line, err=True)


async def _stop_when(stopped: asyncio.Event) -> None:
    await stopped.wait()
    raise _Stopped


def add(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(demo)
