"""What every paper of the site has in common: its issuer, its typeface, its seal."""

import hashlib
from functools import cached_property

from server.clock import Clock
from server.documents.authority import subject
from server.documents.fonts import Fonts
from server.documents.keys import SigningKey
from server.documents.sign import seal
from server.site import Site


class Sealer:
    """Seals papers of the site."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self._site = site
        self._clock = clock

    @property
    def issuer(self) -> str:
        """Whose seal it is."""
        return subject(self._site.authority.seal)

    @property
    def verify_url(self) -> str:
        """Where papers can be checked; empty without a public address."""
        return f"{self._site.public_url}/verify" if self._site.public_url else ""

    @property
    def certificates(self) -> tuple[str, ...]:
        """What records say of the root and of the seal, a line each."""
        authority = self._site.authority
        return tuple(_described(key) for key in (authority.root, authority.seal))

    @cached_property
    def fonts(self) -> Fonts:
        """The typeface; loading it takes a quarter of a second."""
        return Fonts.load()

    def seal(self, drawn: bytes) -> bytes:
        """The sealed PDF. To be called in a thread. Raises TimestampsUnavailable."""
        site = self._site
        return seal(drawn, site.authority.seal, site.timestamper, self.fonts, self._clock())


def _described(key: SigningKey) -> str:
    digest = hashlib.sha256(key.chain[0]).hexdigest()
    until = key.certificate.not_valid_after_utc.date().isoformat()
    return f"{subject(key)}，有效期至 {until}，SHA-256 {digest}"
