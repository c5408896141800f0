"""Time stamps (RFC 3161): from the platform's own authority, or from a configured one over HTTP."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from asn1crypto import algos, cms, core, tsp, x509

from crypto.pades import verify_token
from server.documents.keys import SigningKey

__all__ = [
    "HttpTimestamper",
    "LocalTimestamper",
    "Timestamper",
    "TimestampsUnavailable",
    "verify_token",
]

POLICY = "2.25.108817284563142735390651938842713350145"
"""The local authority's policy: an identifier made from a UUID (ITU-T X.667)."""
MEDIA_QUERY = "application/timestamp-query"
MEDIA_REPLY = "application/timestamp-reply"
LARGEST_REPLY = 65_536
LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64}
"""Digests the local authority stamps, with their length in bytes."""


class TimestampsUnavailable(Exception):
    """The authority cannot be reached, refused, or answered something else than asked."""


class Reply(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """TimeStampResp (RFC 3161, 2.4.2); asn1crypto's own asks for a token in refusals too."""

    _fields = [  # noqa: RUF012 - as asn1crypto reads it
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class Timestamper(Protocol):
    """Who says when a digest existed."""

    def token(self, digest: bytes) -> bytes:
        """The DER of a token over `digest` (SHA-256). Raises TimestampsUnavailable."""


class LocalTimestamper:
    """The platform's own authority; `now` tells its time."""

    def __init__(self, key: SigningKey, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now

    def token(self, digest: bytes) -> bytes:
        """See Timestamper."""
        imprint = tsp.MessageImprint(
            {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        )
        token: bytes = self._stamp(imprint, None).dump()
        return token

    def answer(self, query: bytes) -> bytes:
        """The reply (RFC 3161, 2.4.2) to a request as it comes in the body of a POST (3.4)."""
        try:
            asked = tsp.TimeStampReq.load(query, strict=True)
            imprint = asked["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            digest = imprint["hashed_message"].native
            policy, nonce = asked["req_policy"].native, asked["nonce"].native
        except (ValueError, TypeError):
            return _refusal("bad_data_format")
        if LENGTHS.get(algorithm) != len(digest):
            return _refusal("bad_alg")
        if policy not in (None, POLICY):
            return _refusal("unaccepted_policy")
        reply: bytes = Reply(
            {"status": {"status": "granted"}, "time_stamp_token": self._stamp(imprint, nonce)}
        ).dump()
        return reply

    def _stamp(self, imprint: tsp.MessageImprint, nonce: int | None) -> cms.ContentInfo:
        certificates = [x509.Certificate.load(each) for each in self._key.chain]
        own = certificates[0]
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": imprint,
                "serial_number": secrets.randbits(128),
                "gen_time": core.GeneralizedTime(self._now().replace(microsecond=0)),
                "accuracy": {"seconds": 1},
                **({} if nonce is None else {"nonce": nonce}),
            }
        )
        content = info.dump()
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("message_digest", hashlib.sha256(content).digest()),
                # RFC 5816: names the certificate by its SHA-256, so that it cannot be exchanged
                _attribute(
                    "signing_certificate_v2",
                    tsp.SigningCertificateV2({"certs": [{"cert_hash": own.sha256}]}),
                ),
            ]
        )
        # RFC 5652, 5.4: what is signed is the attributes' encoding as a set
        signature = self._key.sign(attributes.dump())
        digest = algos.DigestAlgorithm({"algorithm": "sha256"})
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.IssuerAndSerialNumber(
                    {"issuer": own.issuer, "serial_number": own.serial_number}
                ),
                "digest_algorithm": digest,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": signature,
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [digest],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "certificates": certificates[:1],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


class HttpTimestamper:
    """An authority at `url`, asked over HTTP (RFC 3161, 3.4); `timeout` in seconds."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not the address of a time stamp authority: {url}")
        self._parts = parts
        self._timeout = timeout

    def token(self, digest: bytes) -> bytes:
        """See Timestamper."""
        nonce = secrets.randbits(63)
        asked = tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": digest,
                },
                "nonce": nonce,
                "cert_req": True,
            }
        )
        try:
            reply = Reply.load(self._post(asked.dump()), strict=True)
            status = reply["status"]["status"].native
            if status not in ("granted", "granted_with_mods"):
                raise TimestampsUnavailable(f"the authority answered: {status}")
            token = reply["time_stamp_token"]
            info = token["content"]["encap_content_info"]["content"].parsed
            same = info["nonce"].native == nonce
            imprint = info["message_imprint"]["hashed_message"].native
        except (OSError, HTTPException, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise TimestampsUnavailable(str(problem)) from problem
        if not same or imprint != digest:
            raise TimestampsUnavailable("the authority answered another question")
        data: bytes = token.dump()
        return data

    def _post(self, body: bytes) -> bytes:
        parts = self._parts
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(str(parts.hostname), parts.port, timeout=self._timeout)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Content-Type": MEDIA_QUERY})
            response = connection.getresponse()
            data = response.read(LARGEST_REPLY)
        finally:
            connection.close()
        if response.status != 200:
            raise TimestampsUnavailable(f"the authority answered HTTP {response.status}")
        return data


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _refusal(reason: str) -> bytes:
    reply: bytes = Reply({"status": {"status": "rejection", "fail_info": {reason}}}).dump()
    return reply
