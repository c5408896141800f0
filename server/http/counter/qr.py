"""QR codes of the site's own addresses: of a hall's door, of a ticket."""

import segno
from aiohttp import web

from server.http import answers, reading
from server.http.counter.wire_qr import QrBody, QrCode
from server.http.parts import public_url


async def make(request: web.Request) -> web.Response:
    """The code of a path of this site. In the body and not in the address, because what opens a
    session may be in it."""
    asked = await reading.model(request, QrBody)
    rows = segno.make(public_url(request).rstrip("/") + asked.path, error="m", micro=False).matrix
    return answers.model(
        QrCode(rows=["".join("1" if module else "0" for module in row) for row in rows])
    )
