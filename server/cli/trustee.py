"""`yunkai trustee`: a trustee that attends an opening by itself."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import ClientError

from crypto.errors import CryptoError
from crypto.keyfile import TrusteeKeys, read_trustee_keys, write_trustee_keys
from crypto.signing import SigningKey
from crypto.suite import KemKey
from server.asking import passphrase, password
from server.client.api import Api, ApiRefused
from server.client.trustee import Trustee, TrusteeCheckFailed


def trustee(
    key: Annotated[Path, typer.Argument(help="受托人密钥文件；没有则新建")],
    server: Annotated[str, typer.Option(help="站点地址")],
    room: Annotated[str, typer.Option(help="开标项目编号")],
    login: Annotated[str, typer.Option(help="登录名")],
) -> None:
    """交出公钥、彩排一次，在截标之后核对并放出全部份额，然后结束。

    Give the public keys, rehearse once, and after the close check the head, the own clock and every
    leaf, and release all shares. The password and the passphrase come from YUNKAI_PASSWORD and
    YUNKAI_PASSPHRASE, or are asked for.
    """
    try:
        asyncio.run(_attend(key, server, room, login))
    except (CryptoError, ApiRefused, TrusteeCheckFailed, OSError, ClientError) as problem:
        typer.echo(f"yunkai trustee: {problem}", err=True)
        raise typer.Exit(1) from None


async def _attend(file: Path, server: str, room: str, login: str) -> None:
    async with Api(server) as api:
        me = await api.login(login, password(login))
        keys = await asyncio.to_thread(_keys, file, str(me["person"]))
        acting = Trustee(api, room, keys, str(me["name"]), lambda: datetime.now(UTC))
        await acting.prepare(typer.echo)
        await acting.attend(typer.echo)


def _keys(file: Path, person: str) -> TrusteeKeys:
    """The keys in the file, or new ones that are written there."""
    words = passphrase("密钥文件的口令 passphrase of the key file", confirm=not file.exists())
    if file.exists():
        return read_trustee_keys(file.read_bytes(), words)
    keys = TrusteeKeys(person, KemKey.generate(), SigningKey.generate())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(write_trustee_keys(keys, words))
    return keys


def add(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(trustee)
