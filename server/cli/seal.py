"""`yunkai seal`: seal a bid without a browser, on a machine that need not be on the network."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from aiohttp import ClientError

from crypto import acts
from crypto.encoding import Json, jcs, parse_json
from crypto.errors import CryptoError
from crypto.keyfile import (
    BidderKeys,
    SignerKey,
    read_signer_key,
    write_bidder_keys,
    write_signer_key,
)
from crypto.manifest import Manifest
from crypto.seal import EnvelopeSource, SealedBid, SourceFile, seal_bid
from crypto.signing import SigningKey
from server.asking import passphrase, password
from server.client.api import Api, ApiRefused

LARGEST_MANIFEST = 4 << 20


def seal(
    manifest: Annotated[Path, typer.Argument(help="招标清单 manifest.json")],
    files: Annotated[list[Path], typer.Argument(help="投标文件")],
    form: Annotated[Path, typer.Option(help="唱标内容 JSON：{信封: {项目: 值}}")],
    out: Annotated[Path, typer.Option(help="存放封装结果的文件夹")],
    bidder: Annotated[str, typer.Option(help="投标人编号")] = "",
    name: Annotated[str, typer.Option(help="投标人名称（首次接受招标文件时）")] = "",
    key: Annotated[Path, typer.Option(help="签名密钥文件；没有则新建")] = Path("signing-key.age"),
    previous: Annotated[str, typer.Option(help="被替换的封装头摘要（修改投标时）")] = "",
    server: Annotated[str, typer.Option(help="直接递交到这个站点")] = "",
    login: Annotated[str, typer.Option(help="递交时的登录名")] = "",
) -> None:
    """封装一份投标文件；给出 --server 时随即递交。

    Seal a bid: writes submission.json, one .age file an envelope and the key file into OUT, and an
    acceptance.json when the signing key is new. With --server also hands it in.
    """
    try:
        tender = Manifest.parse(parse_json(manifest.read_bytes(), most=LARGEST_MANIFEST))
        forms = parse_json(form.read_bytes())
        if not isinstance(forms, dict):
            raise typer.BadParameter("form: {envelope: {item: value}}")
        signer, fresh = _signer(key, tender.opening, bidder)
        out.mkdir(parents=True, exist_ok=True)
        sealed = _seal(tender, signer, forms, files, out, previous or None)
        words = passphrase("开标密钥文件的口令 passphrase of the opening key file", confirm=True)
        keys = BidderKeys(tender.opening, signer.bidder, sealed.keys)
        (out / "opening-key.age").write_bytes(write_bidder_keys(keys, words))
        (out / "submission.json").write_bytes(jcs(sealed.submission))
        acceptance = acts.accept(
            opening=tender.opening,
            manifest=tender.digest,
            bidder=signer.bidder,
            name=name or signer.bidder,
            key=signer.sign,
        ).to_json()
        if fresh:
            (out / "acceptance.json").write_bytes(jcs(acceptance))
        typer.echo(f"{sealed.header.bid}  {sealed.header.digest}")
        if server:
            asyncio.run(
                _hand_in(server, login, name or signer.bidder, acceptance if fresh else None,
                         tender.opening, sealed, out)
            )  # fmt: skip
    except (CryptoError, ApiRefused, OSError, ClientError) as problem:
        typer.echo(f"yunkai seal: {problem}", err=True)
        raise typer.Exit(1) from None


def _signer(file: Path, opening: str, bidder: str) -> tuple[SignerKey, bool]:
    """The signing key in the file, or a new one that is written there."""
    words = passphrase("签名密钥文件的口令 passphrase of the signing key file", not file.exists())
    if file.exists():
        return read_signer_key(file.read_bytes(), words), False
    if not bidder:
        raise typer.BadParameter("--bidder")
    fresh = SignerKey(opening, bidder, SigningKey.generate())
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(write_signer_key(fresh, words))
    return fresh, True


def _seal(
    tender: Manifest,
    signer: SignerKey,
    forms: dict[str, Json],
    files: list[Path],
    out: Path,
    previous: str | None,
) -> SealedBid:
    """Seals into OUT/<envelope>.age; all files go into the last envelope."""
    opened = [file.open("rb") for file in files]
    outs = [(out / f"{each.id}.age").open("wb") for each in tender.envelopes]
    try:
        sources = []
        for each, to in zip(tender.envelopes, outs, strict=True):
            form = forms.get(each.id)
            last = each.id == tender.envelopes[-1].id
            members = [
                SourceFile(file.name, file.stat().st_size, stream)
                for file, stream in zip(files, opened, strict=True)
            ]
            sources.append(
                EnvelopeSource(
                    each.id, form if isinstance(form, dict) else {}, members if last else [], to
                )
            )
        with typer.progressbar(length=max(1, 2 * sum(f.stat().st_size for f in files))) as bar:
            at = 0

            def progress(done: int, _total: int) -> None:
                nonlocal at
                bar.update(done - at)
                at = done

            return seal_bid(
                manifest=tender,
                bidder=signer.bidder,
                key=signer.sign,
                envelopes=sources,
                made_with="command",
                previous=previous,
                progress=progress,
            )
    finally:
        for each_file in (*opened, *outs):
            each_file.close()


async def _hand_in(
    server: str,
    login: str,
    name: str,
    acceptance: dict[str, Json] | None,
    room: str,
    sealed: SealedBid,
    out: Path,
) -> None:
    async with Api(server) as api:
        await api.login(login, password(login))
        if acceptance is not None:
            await api.post(
                f"/api/openings/{room}/acceptance", {"name": name, "acceptance": acceptance}
            )
        answer = await api.post(f"/api/openings/{room}/bids", sealed.submission)
        (out / "receipt.json").write_bytes(jcs(answer["receipt"]))
        for envelope, url in answer["uploads"].items():
            await api.upload(url, out / f"{envelope}.age")
    typer.echo("已递交，回执 receipt.json  handed in")


def add(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(seal)
