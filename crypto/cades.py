"""Signature containers as PAdES wants them (CMS, RFC 5652; CAdES baseline, ETSI EN 319 122-1):
ECDSA on P-256 with SHA-256."""

import hashlib
from collections.abc import Callable, Sequence

from asn1crypto import algos, cms, pem, tsp, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from crypto.errors import PdfRefused

Token = Callable[[bytes], bytes]
"""A SHA-256 digest in, the DER of an RFC 3161 time stamp token over it out."""

DIGEST = algos.DigestAlgorithm({"algorithm": "sha256"})
MECHANISM = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})


def certificate(data: bytes) -> x509.Certificate:
    """A certificate from PEM or DER. Raises PdfRefused."""
    try:
        if pem.detect(data):
            _, _, data = pem.unarmor(data)
        return x509.Certificate.load(data, strict=True)
    except (ValueError, TypeError) as problem:
        raise PdfRefused("certificate_malformed") from problem


def attributes(own: x509.Certificate, digest: bytes) -> bytes:
    """What a PAdES signature signs (EN 319 142-1, 6.3): no time, which is the time stamp's to
    tell."""
    named = tsp.SigningCertificateV2({"certs": [{"cert_hash": own.sha256}]})
    guarded = cms.CMSAlgorithmProtection(
        {"digest_algorithm": DIGEST, "signature_algorithm": MECHANISM}
    )
    values = {
        "content_type": "data",
        "message_digest": digest,
        "signing_certificate_v2": named,
        "cms_algorithm_protection": guarded,
    }
    encoded: bytes = cms.CMSAttributes(
        [{"type": name, "values": [each]} for name, each in values.items()]
    ).dump()
    return encoded


def container(
    chain: Sequence[bytes], signed_attributes: bytes, signature: bytes, token: Token
) -> bytes:
    """The DER of a signature over `signed_attributes` with a time stamp (PAdES B-T).

    `chain` is the signer's certificate (DER) and those above it; `signature` is r and s, 32 bytes
    each. Raises PdfRefused when it is not that certificate's signature.
    """
    own = certificate(chain[0])
    value = _checked(own, signed_attributes, signature)
    # EN 319 122-1, 5.3: the stamp is over the signature's value
    stamp = cms.ContentInfo.load(token(hashlib.sha256(value).digest()))
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.IssuerAndSerialNumber(
                {"issuer": own.issuer, "serial_number": own.serial_number}
            ),
            "digest_algorithm": DIGEST,
            "signed_attrs": cms.CMSAttributes.load(signed_attributes),
            "signature_algorithm": MECHANISM,
            "signature": value,
            "unsigned_attrs": [{"type": "signature_time_stamp_token", "values": [stamp]}],
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [DIGEST],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate(each) for each in chain],
            "signer_infos": [signer],
        }
    )
    encoded: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return encoded


def _checked(own: x509.Certificate, message: bytes, signature: bytes) -> bytes:
    """The DER of `signature` (r and s), once it is known to be the one of `own` over `message`."""
    key = serialization.load_der_public_key(own.public_key.dump())
    if len(signature) != 64 or not isinstance(key, ec.EllipticCurvePublicKey):
        raise PdfRefused("signature_malformed")
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    value = encode_dss_signature(r, s)
    try:
        key.verify(value, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise PdfRefused("signature_wrong") from None
    return value
