"""`yunkai rehearse`: a whole opening, over the real interfaces, with as many bidders as wanted; or
a whole session at a counter."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import ClientError

from crypto.errors import CryptoError
from server.asking import password
from server.client.api import Api, ApiRefused
from server.errors import BadSettings
from server.logs import set_up_logging
from server.rehearse import plan
from server.rehearse.cast import gather
from server.rehearse.run import Rehearsal, RehearsalFailed
from server.rehearse.session import SessionRehearsal
from server.rehearse.site import own_site

WORDS = {
    "accounts": "投标人账号 accounts",
    "published": "招标发布 published",
    "sealed": "封装递交 sealed and handed in",
    "released": "放出份额 shares released",
    "opened": "解密 opened",
    "confirmed": "确认 confirmed",
    "minutes": "记录 minutes",
    "collected": "结果 results",
    "ticket": "取号 ticket",
    "identified": "知情同意与核验 consent and identity",
    "materials": "材料 materials",
    "signed": "填报与签名 form and signature",
    "decided": "审结与评价 decided and rated",
}


def rehearse(
    out: Annotated[Path, typer.Option(help="存放结果的文件夹 where the results go")],
    bids: Annotated[int, typer.Option(min=1, max=5000, help="投标人数")] = 3,
    files: Annotated[Path | None, typer.Option(help="用此文件夹中的文件投标")] = None,
    trustees: Annotated[str, typer.Option(help="t/n：n 位受托人中需 t 位")] = "2/3",
    server: Annotated[str, typer.Option(help="站点地址；不给则自行启动一个")] = "",
    admin: Annotated[str, typer.Option(help="该站点的管理员登录名")] = "admin",
    lead: Annotated[float, typer.Option(help="发布到截标的秒数；0 则按投标人数定")] = 0,
    session: Annotated[bool, typer.Option("--session", help="彩排一次跨域通办")] = False,
) -> None:
    """彩排一次完整的开标，留下开标记录、档案、根证书和每份投标的密文、密钥与回执。

    Rehearse a whole opening; leaves minutes.pdf, archive.zip, root.pem, and per bid i bids/i.age,
    keys/i.key, receipts/i.json in OUT. With --session a whole session at a counter; leaves
    minutes.pdf, archive.zip, root.pem and notices.
    """
    set_up_logging("text", quiet=True)
    threshold, count = _trustees(trustees)
    try:
        given = sorted(each for each in files.iterdir() if each.is_file()) if files else []
        if out.exists() and any(out.iterdir()):
            raise typer.BadParameter(f"{out} 不是空文件夹 is not empty", param_hint="--out")
        out.mkdir(parents=True, exist_ok=True)
        if session:
            asyncio.run(_run_session(out, server, admin))
            typer.echo(f"{out}")
            return
        asyncio.run(
            _run(out, bids, threshold, count, given, server, admin, lead or 10 + 0.4 * bids)
        )
    except* (CryptoError, ApiRefused, RehearsalFailed, BadSettings, OSError, ClientError) as group:
        for problem in group.exceptions:
            typer.echo(f"yunkai rehearse: {problem}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{out}")


async def _run(
    out: Path,
    bids: int,
    threshold: int,
    count: int,
    files: Sequence[Path],
    server: str,
    admin: str,
    lead: float,
) -> None:
    async with _site(server, admin) as session, AsyncExitStack() as stack:
        cast = await gather(
            stack,
            session,
            bidders=[plan.bidder(number) for number in range(1, bids + 1)],
            trustees=count,
            mark=secrets.token_hex(3),
            told=_told,
        )
        await Rehearsal(
            cast=cast,
            out=out,
            threshold=threshold,
            lead=lead,
            told=_told,
            files=files,
            more={"rehearsal": True},
        ).run()


async def _run_session(out: Path, server: str, admin: str) -> None:
    async with _site(server, admin) as site, AsyncExitStack() as stack:
        await SessionRehearsal(stack, site, out, _told, mark=secrets.token_hex(3)).run()


@asynccontextmanager
async def _site(server: str, admin: str) -> AsyncIterator[Api]:
    if not server:
        async with own_site() as site:
            yield site.admin
        return
    async with Api(server) as session:
        await session.login(admin, password(admin))
        yield session


def _told(what: str, done: int, total: int) -> None:
    """One line a step; on a terminal it counts."""
    if done < total and not sys.stderr.isatty():
        return
    end = "\n" if done >= total else "\r"
    print(f"{WORDS[what]:<28} {done}/{total}", end=end, file=sys.stderr, flush=True)


def _trustees(text: str) -> tuple[int, int]:
    try:
        threshold, count = (int(part) for part in text.split("/"))
    except ValueError:
        raise typer.BadParameter("t/n", param_hint="--trustees") from None
    if not 1 <= threshold <= count <= 16:
        raise typer.BadParameter("1 ≤ t ≤ n ≤ 16", param_hint="--trustees")
    return threshold, count


def add(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(rehearse)
