"""Tokens with which a program or a page sends one feed by WHIP.

A token says by itself what it is for and until when, under a key that all servers of a site have,
so that nothing is kept and a hall's camera comes back after a restart.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from crypto.encoding import b64u, format_time, jcs, parse_json, parse_time, unb64u
from crypto.errors import EncodingError
from rooms.ids import PersonId, RoomId
from server.errors import NoLogin
from server.media.plane import Kind

LASTS = {
    Kind.CAMERA: timedelta(seconds=60),
    Kind.SCREEN: timedelta(seconds=60),
    Kind.HALL: timedelta(hours=12),
}
"""How long one may begin to send with a token. What is being sent goes on."""
_LONGEST = 1000


class WhipTokenExpired(NoLogin):
    """The token is none of this site's, or it is too late to begin with it."""

    def __init__(self) -> None:
        super().__init__("whip_token_expired")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows: this person may send this feed of this room."""

    room: RoomId
    person: PersonId
    kind: Kind
    expires_at: datetime


class Tokens:
    """Makes tokens and reads them again. `key` is secret, 32 bytes or more."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, room: RoomId, person: PersonId, kind: Kind, now: datetime) -> tuple[str, Grant]:
        """A token with what it says."""
        grant = Grant(room, person, kind, now + LASTS[kind])
        body = jcs(
            {
                "room": room,
                "person": person,
                "kind": kind.value,
                "until": format_time(grant.expires_at),
                "salt": secrets.token_hex(8),
            }
        )
        return f"{b64u(body)}.{b64u(self._sign(body))}", grant

    def read(self, token: str) -> Grant:
        """What a token says, however old it is. Raises WhipTokenExpired when it is not ours."""
        first, _, second = token.partition(".")
        try:
            body, signature = unb64u(first), unb64u(second)
        except EncodingError:
            raise WhipTokenExpired from None
        if len(token) > _LONGEST or not hmac.compare_digest(signature, self._sign(body)):
            raise WhipTokenExpired
        said = parse_json(body)
        if not isinstance(said, dict):
            raise WhipTokenExpired
        return Grant(
            RoomId(str(said["room"])),
            PersonId(str(said["person"])),
            Kind(str(said["kind"])),
            parse_time(str(said["until"])),
        )

    def read_fresh(self, token: str, now: datetime) -> Grant:
        """The same for beginning to send. Raises WhipTokenExpired."""
        grant = self.read(token)
        if now >= grant.expires_at:
            raise WhipTokenExpired
        return grant

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, b"yunkai/whip/v1\n" + body, "sha256")
