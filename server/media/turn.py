"""Relays for those whose network lets no packets through: coturn with credentials that expire (the
REST convention, draft-uberti-behave-turn-rest-00)."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rooms.ids import PersonId

LASTS = timedelta(hours=12)
"""An opening is over by then."""


@dataclass(frozen=True, slots=True)
class IceServer:
    """A relay as WebRTC takes it."""

    urls: tuple[str, ...]
    username: str
    credential: str


class Relays:
    """The site's relays; none without URLs."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self._urls = tuple(urls)
        self._secret = secret.encode()

    def for_person(self, person: PersonId, now: datetime) -> tuple[IceServer, ...]:
        """The relays with credentials of this person."""
        if not self._urls:
            return ()
        user = f"{int((now + LASTS).timestamp())}:{person}"
        credential = b64encode(hmac.digest(self._secret, user.encode(), "sha1")).decode()
        return (IceServer(self._urls, user, credential),)


def links(servers: Sequence[IceServer]) -> list[str]:
    """The same as Link headers of an answer (RFC 9725, 4.6)."""
    return [
        f'<{url}>; rel="ice-server"; username="{each.username}"; '
        f'credential="{each.credential}"; credential-type="password"'
        for each in servers
        for url in each.urls
    ]
