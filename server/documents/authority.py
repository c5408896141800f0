"""The platform's own certificate authority: a root, the platform's seal, a time stamp authority,
and certificates for people whose keys stay in their browsers. A site with certificates from a
public authority brings those instead.

The folder: `root.pem` (what outsiders trust), `root.key`, `seal.pem`, `seal.key`, `tsa.pem`,
`tsa.key`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.documents import keys
from server.documents.keys import SigningKey

ROOT_YEARS = 30
LEAF_YEARS = 15
"""Procurement files are kept fifteen years."""
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
REVOCATIONS = "root.crl"
SKEW = timedelta(minutes=10)
DEFAULT_NAME = "云开公共服务平台"
"""Minutes of openings and records of sessions bear the same seal."""


@dataclass(frozen=True, slots=True)
class Authority:
    """An opened authority; `root_pem` is what outsiders need to check everything it vouches for."""

    root: SigningKey
    seal: SigningKey
    tsa: SigningKey
    address: str | None

    @classmethod
    def create(
        cls,
        directory: Path,
        passphrase: bytes,
        *,
        name: str = DEFAULT_NAME,
        address: str | None = None,
        at: datetime | None = None,
    ) -> "Authority":
        """Make the folder's six files, valid from `at` (now). Raises FileExistsError when there is
        an authority already.

        `name` is the platform's, as the seal shows it. `address` is the URL below which
        `revocation_list` is published as `root.crl`; without one no certificate names a list, and
        readers ask for none: a list that cannot be fetched would make every check fail.
        """
        directory.mkdir(parents=True, exist_ok=True)
        start = at or datetime.now(UTC)
        root_key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(f"{name} 根证书", name)
        root = (
            _builder(subject, subject, root_key.public_key(), start, ROOT_YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        issuer = SigningKey(root_key, (root.public_bytes(DER),))
        opened = cls(
            issuer,
            _leaf(issuer, name, name, (ExtendedKeyUsageOID.EMAIL_PROTECTION,), address, start),
            _leaf(
                issuer, f"{name} 时间戳", name, (ExtendedKeyUsageOID.TIME_STAMPING,), address, start
            ),
            address,
        )
        for label, pair in (("root", opened.root), ("seal", opened.seal), ("tsa", opened.tsa)):
            keys.store(directory / f"{label}.p12", pair, passphrase)
            (directory / f"{label}.pem").write_bytes(pair.certificate.public_bytes(PEM))
        return opened

    @classmethod
    def open(cls, directory: Path, passphrase: bytes) -> "Authority":
        """Open what `create` made. Raises KeyUnusable."""
        root, seal, tsa = (
            keys.load(directory / f"{label}.p12", passphrase) for label in ("root", "seal", "tsa")
        )
        return cls(root, seal, tsa, _address(seal.certificate))

    @property
    def root_pem(self) -> bytes:
        """The root certificate in PEM."""
        return self.root.certificate.public_bytes(PEM)

    def issue(self, person: str, key: bytes, at: datetime | None = None) -> tuple[bytes, ...]:
        """A certificate chain (DER) for a person's P-256 key, an uncompressed point of 65 bytes.

        Raises ValueError when `key` is no point of the curve, or the person has the platform's
        name: only the seal's certificate is in the organisation's own name.
        """
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        start = at or datetime.now(UTC)
        organisation = _organisation(self.seal.certificate)
        if certificate_name(person).strip() == organisation:
            raise ValueError("a person in the name of the platform")
        purposes = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
        made = _certify(self.root, public, person, organisation, purposes, self.address, start)
        return (made.public_bytes(DER), *self.root.chain)

    def revocation_list(self, at: datetime, revoked: Iterable[int] = ()) -> bytes:
        """The revocation list (DER) as of `at`, naming the serial numbers `revoked`; good for
        thirty days."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.certificate.subject)
            .last_update(at)
            .next_update(at + timedelta(days=30))
        )
        for serial in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            )
        return builder.sign(self.root.key, hashes.SHA256()).public_bytes(DER)

    def status(self, certificate: bytes, at: datetime) -> bytes:
        """An OCSP response (RFC 6960, DER) that `certificate` (DER) is good as of `at`."""
        asked = x509.load_der_x509_certificate(certificate)
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=asked,
                issuer=self.root.certificate,
                algorithm=hashes.SHA1(),  # noqa: S303 - names the certificate, secures nothing
                cert_status=ocsp.OCSPCertStatus.GOOD,
                this_update=at,
                next_update=at + timedelta(days=30),
                revocation_time=None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.root.certificate)
        )
        return builder.sign(self.root.key, hashes.SHA256()).public_bytes(DER)


def certificate_name(text: str) -> str:
    """`text` as a certificate may carry it: readers prepare names by Unicode 3.2 (RFC 4518), so
    later characters, those of rare personal names among them, become 〓."""
    old = unicodedata.ucd_3_2_0
    return "".join("〓" if old.category(each) == "Cn" else each for each in text)[:64]


def subject(key: SigningKey) -> str:
    """The name in a key's certificate."""
    names = key.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value)


def _leaf(
    issuer: SigningKey,
    name: str,
    organisation: str,
    purposes: tuple[x509.ObjectIdentifier, ...],
    address: str | None,
    start: datetime,
) -> SigningKey:
    key = ec.generate_private_key(ec.SECP256R1())
    made = _certify(issuer, key.public_key(), name, organisation, purposes, address, start)
    return SigningKey(key, (made.public_bytes(DER), *issuer.chain))


def _certify(
    issuer: SigningKey,
    public: ec.EllipticCurvePublicKey,
    name: str,
    organisation: str,
    purposes: tuple[x509.ObjectIdentifier, ...],
    address: str | None,
    start: datetime,
) -> x509.Certificate:
    above = issuer.certificate
    stamping = ExtendedKeyUsageOID.TIME_STAMPING in purposes
    builder = (
        _builder(_name(name, organisation), above.subject, public, start, LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(commitment=not stamping), critical=True)
        # RFC 3161, 2.3: the time stamp purpose stands alone and is critical
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=stamping)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
    )
    if address is not None:
        uri = x509.UniformResourceIdentifier(f"{address}/{REVOCATIONS}")
        published = x509.DistributionPoint([uri], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([published]), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    start: datetime,
    years: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - SKEW)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, certificates: bool = False, commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _address(certificate: x509.Certificate) -> str | None:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return None
    named = [name.value for point in points for name in point.full_name or ()]
    return str(named[0]).removesuffix(f"/{REVOCATIONS}") if named else None


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, certificate_name(organisation)),
            x509.NameAttribute(NameOID.COMMON_NAME, certificate_name(common)),
        ]
    )


def _organisation(certificate: x509.Certificate) -> str:
    (attribute,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(attribute.value)
