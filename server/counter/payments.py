"""Paying fees: what a provider of payments does for a session, and one that only plays.

A provider is asked for a bill, shows its own cashier where the bill's link leads, and tells the
site what was paid. Amounts are in fen.
"""

import hmac
from dataclasses import dataclass
from typing import Protocol

from crypto.encoding import b64u, jcs, parse_json, unb64u
from crypto.errors import EncodingError
from rooms.ids import RoomId
from server.errors import NotFound

LONGEST = 600


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid: a fee of an item. `reference` is the provider's, `path` where the cashier
    of this site is."""

    room: RoomId
    item: str
    fee: str
    amount: int
    reference: str
    path: str


class Provider(Protocol):
    """Somebody who takes payments."""

    def bill(self, room: RoomId, item: str, fee: str, amount: int) -> Bill:
        """The bill of a fee; the same fee always has the same one."""


class Sandbox:
    """A provider without money: whoever opens its cashier pays. `key` is secret."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def bill(self, room: RoomId, item: str, fee: str, amount: int) -> Bill:
        """As `Provider`. The bill is in its own link, signed, so that nothing is kept."""
        body = jcs({"room": room, "item": item, "fee": fee, "amount": amount})
        signature = self._sign(body)
        token = f"{b64u(body)}.{b64u(signature)}"
        reference = f"sandbox-{signature[:8].hex()}"
        return Bill(room, item, fee, amount, reference, f"/api/payments/sandbox/{token}")

    def read(self, token: str) -> Bill:
        """The bill that a link is for. Raises NotFound."""
        first, _, second = token.partition(".")
        try:
            body, signature = unb64u(first), unb64u(second)
        except EncodingError:
            raise NotFound("no_such_bill") from None
        if len(token) > LONGEST or not hmac.compare_digest(signature, self._sign(body)):
            raise NotFound("no_such_bill")
        said = parse_json(body)
        if not isinstance(said, dict) or not isinstance(said["amount"], int):
            raise NotFound("no_such_bill")
        room = RoomId(str(said["room"]))
        return self.bill(room, str(said["item"]), str(said["fee"]), said["amount"])

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, b"yunkai/payment/v1\n" + body, "sha256")
