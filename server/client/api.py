"""One person's access to a site's HTTP interface (docs/http.md)."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, FormData

from crypto.encoding import Json, b64u, parse_json

LARGEST_ANSWER = 256 << 20
PIECE = 4 << 20
"""Bytes sent in one PATCH of an upload."""
ATTEMPTS = 8
"""How often an order is sent again when the connection breaks; its key makes that safe."""


class ApiRefused(Exception):
    """The server refused: its status, code and parameters."""

    def __init__(self, status: int, code: str, params: Mapping[str, object]) -> None:
        super().__init__(f"{code} {dict(params) or ''}".strip())
        self.status = status
        self.code = code
        self.params = params


class Api:
    """A logged-in session. Use as a context manager; `base` has no slash at its end."""

    def __init__(self, base: str, token: str | None = None) -> None:
        self.base = base.rstrip("/")
        self.token = token
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=None, sock_read=120))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def login(self, name: str, password: str) -> dict[str, Any]:
        """Logs in for a bearer token; answers who that is."""
        me: dict[str, Any] = await self.post(
            "/api/login", {"name": name, "password": password, "bearer": True}
        )
        self.token = str(me["token"])
        return me

    async def get(self, path: str) -> Any:
        """A JSON answer."""
        return parse_json(await self.fetch(path), most=LARGEST_ANSWER)

    async def fetch(self, path: str) -> bytes:
        """An answer's bytes."""
        return await self._send("GET", path, None, {})

    async def download(self, path: str, to: Path) -> None:
        """An answer's bytes into a file, however many they are."""
        async with self._open.get(self.base + path, headers=self._headers()) as answer:
            if answer.status >= 400:
                await self._check(answer.status, await answer.read())
            file = await asyncio.to_thread(to.open, "wb")
            try:
                async for piece in answer.content.iter_chunked(PIECE):
                    await asyncio.to_thread(file.write, piece)
            finally:
                await asyncio.to_thread(file.close)

    async def post(self, path: str, body: Mapping[str, Json]) -> Any:
        """Sends an order once, however often the connection breaks meanwhile."""
        key = {"Idempotency-Key": b64u(os.urandom(16))}
        answer = await self._send("POST", path, body, key)
        return parse_json(answer, most=LARGEST_ANSWER) if answer else None

    async def send_file(self, path: str, name: str, data: bytes, media_type: str) -> Any:
        """Sends a file as a form of its own."""
        form = FormData()
        form.add_field("file", data, filename=name, content_type=media_type)
        key = {"Idempotency-Key": b64u(os.urandom(16))}
        headers = {**self._headers(), **key}
        async with self._open.post(self.base + path, data=form, headers=headers) as answer:
            body = await answer.read()
            await self._check(answer.status, body)
            return parse_json(body, most=LARGEST_ANSWER)

    async def command(self, room: str, type_: str, **fields: Json) -> Any:
        """Orders something in a room."""
        return await self.post(f"/api/openings/{room}/commands", {"type": type_, **fields})

    async def upload(self, url: str, file: Path) -> None:
        """Sends a file by tus 1.0, going on where the server has got to."""
        size = await asyncio.to_thread(_size, file)
        for attempt in range(ATTEMPTS):
            try:
                offset = await self._offset(url)
                while offset < size:
                    piece = await asyncio.to_thread(_piece, file, offset)
                    offset = await self._patch(url, offset, piece)
                return
            except ClientConnectionError:
                if attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)

    async def _offset(self, url: str) -> int:
        headers = {**self._headers(), "Tus-Resumable": "1.0.0"}
        async with self._open.head(self.base + url, headers=headers) as answer:
            if answer.status >= 400:
                raise ApiRefused(answer.status, "upload_refused", {"url": url})
            return int(answer.headers["Upload-Offset"])

    async def _patch(self, url: str, offset: int, piece: bytes) -> int:
        headers = {
            **self._headers(),
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        async with self._open.patch(self.base + url, data=piece, headers=headers) as answer:
            await self._check(answer.status, await answer.read())
            return int(answer.headers["Upload-Offset"])

    async def _send(
        self, method: str, path: str, body: Mapping[str, Json] | None, headers: Mapping[str, str]
    ) -> bytes:
        for attempt in range(ATTEMPTS):
            try:
                async with self._open.request(
                    method, self.base + path, json=body, headers={**self._headers(), **headers}
                ) as answer:
                    data = await answer.read()
                    await self._check(answer.status, data)
                    return data
            except ClientConnectionError:
                if attempt == ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _check(self, status: int, data: bytes) -> None:
        if status < 400:
            return
        code, params = f"http_{status}", {}
        try:
            detail = parse_json(data)
            if isinstance(detail, dict) and isinstance(detail.get("error"), dict):
                error: Any = detail["error"]
                code, params = str(error["code"]), dict(error["params"])
        except (ValueError, KeyError, TypeError):
            pass
        raise ApiRefused(status, code, params)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    @property
    def _open(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("use Api as a context manager")
        return self._session


def _piece(file: Path, offset: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(offset)
        return opened.read(PIECE)


def _size(file: Path) -> int:
    return file.stat().st_size
