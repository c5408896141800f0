"""QR codes of the site's own addresses are read back by a program that knows nothing of them."""

from typing import Any

import cv2
import numpy
import pytest

from server.client.api import Api, ApiRefused
from tests.server.site import RunningServer

TICKET = "/ticket#hall=xishan&number=A012&code=012345"


def read(rows: list[str]) -> str:
    """What a camera reads: modules eight pixels wide, with the quiet zone around."""
    modules = numpy.array([[0 if each == "1" else 255 for each in row] for row in rows])
    framed = numpy.pad(modules, 4, constant_values=255).astype(numpy.uint8)
    text, *_ = cv2.QRCodeDetector().detectAndDecode(numpy.kron(framed, numpy.ones((8, 8), "uint8")))
    return str(text)


async def _made(api: Api, path: str) -> list[str]:
    answer: dict[str, Any] = await api.post("/api/qr", {"path": path})
    return list(answer["rows"])


async def test_a_code_leads_to_the_page_of_this_site(running_server: RunningServer) -> None:
    async with Api(running_server.url) as nobody:
        for path in ("/g/xishan", TICKET, "/visit/s-0123456789abcdef0123#code=123456"):
            rows = await _made(nobody, path)
            assert {len(row) for row in rows} == {len(rows)}
            assert read(rows) == running_server.url + path


async def test_a_code_leads_nowhere_else(running_server: RunningServer) -> None:
    async with Api(running_server.url) as nobody:
        for path in (
            "https://elsewhere.example/",
            "elsewhere",
            "",
            "/a b",
            "/a\n",
            "/" + "a" * 401,
        ):
            with pytest.raises(ApiRefused) as refused:
                await _made(nobody, path)
            assert (refused.value.status, refused.value.code) == (422, "invalid"), path
