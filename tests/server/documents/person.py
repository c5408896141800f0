"""A person who signs with a key of their own."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.documents.authority import Authority


class Person:
    """Somebody whose key never leaves the browser."""

    def __init__(self, name: str, authority: Authority) -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        public = self.key.public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.chain = authority.issue(name, point)

    def sign(self, attributes: bytes) -> bytes:
        """What WebCrypto's ECDSA gives."""
        r, s = decode_dss_signature(self.key.sign(attributes, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
