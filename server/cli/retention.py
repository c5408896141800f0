"""`yunkai retention`: what becomes due for erasing, and erasing it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer
from aiohttp import ClientError

from server.asking import password
from server.client.api import Api, ApiRefused

Server = Annotated[str, typer.Option(help="站点地址 the site's address")]
Login = Annotated[str, typer.Option(help="系统管理员的登录名 an administrator's login")]

retention = typer.Typer(no_args_is_help=True, help="保存期限 retention")


@retention.callback()
def _retention() -> None:
    """保存期限：查看和删除到期的个人信息。 Retention: personal data whose time is over."""


@retention.command(name="list")
def list_due(
    server: Server,
    login: Login = "admin",
    days: Annotated[int, typer.Option(min=0, max=3660, help="今后多少天 in so many days")] = 30,
) -> None:
    """列出今后若干天内保存期满的会话。

    List the sessions whose personal data are due within the days: room, number, hall, date. The
    password comes from YUNKAI_PASSWORD, or is asked for.
    """

    async def act(api: Api) -> None:
        found = await api.get(f"/api/retention?days={days}")
        typer.echo(
            "服务 {retention_days} 天，未办理 {unserved_days} 天，自归档起 from the archiving on"
            "；办结后 {archive_days} 天归档 archived after".format_map(found)
        )
        for each in found["sessions"]:
            due = "到期 due" if each["until"] <= found["now"] else "保存至 kept until"
            typer.echo("{room}  {number}  {hall}  ".format_map(each) + f"{due} {each['until']}")

    _run(server, login, act)


@retention.command()
def erase(
    server: Server,
    login: Login = "admin",
    room: Annotated[str | None, typer.Option(help="只删除这一会话 one session")] = None,
) -> None:
    """删除保存期满的个人信息；未到期的拒绝删除。

    Erase the personal data of every session whose time is over, or of one. What is not due is
    refused. The log, the notices and the record stay and can be checked as before.
    """

    async def act(api: Api) -> None:
        done: Any = await api.post("/api/retention/erase", {"room": room} if room else {})
        for each in done["rooms"]:
            typer.echo(each)
        typer.echo(f"已删除 {len(done['rooms'])} 件 erased")

    _run(server, login, act)


def _run(server: str, login: str, act: Callable[[Api], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Api(server) as api:
            await api.login(login, password(login))
            await act(api)

    try:
        asyncio.run(run())
    except (ApiRefused, OSError, ClientError) as problem:
        typer.echo(f"yunkai retention: {problem}", err=True)
        raise typer.Exit(1) from None


def add(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(retention, name="retention")
