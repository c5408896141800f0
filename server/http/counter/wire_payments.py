"""Fees on the wire."""

from typing import Annotated

from pydantic import Field

from server.http.wire import Wire

Code = Annotated[str, Field(min_length=1, max_length=64)]


class PayBody(Wire):
    """Which fee of which item is to be paid."""

    item: Code
    fee: Code


class SessionBill(Wire):
    """A bill in fen: its `link` as the rows of a QR code too, dark (1) and light (0) modules."""

    item: str
    fee: str
    amount: int
    reference: str
    link: str
    rows: list[str]
    paid: bool
