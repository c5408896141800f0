"""QR codes on the wire."""

from typing import Annotated

from pydantic import Field

from server.http.wire import Wire


class QrBody(Wire):
    """A path of this site, with what belongs behind it."""

    path: Annotated[str, Field(pattern=r"^/[\x21-\x7e]{0,400}$")]


class QrCode(Wire):
    """Rows of dark (1) and light (0) modules, without the quiet zone."""

    rows: list[str]
