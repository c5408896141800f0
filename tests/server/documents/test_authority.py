"""The platform's own certificates."""

import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from server.documents.authority import Authority, certificate_name
from server.documents.keys import KeyUnusable
from tests.server.documents.conftest import PASSPHRASE


def test_what_was_created_opens_again(authority_folder: Path) -> None:
    opened = Authority.open(authority_folder, PASSPHRASE)
    assert opened.root_pem == (authority_folder / "root.pem").read_bytes()
    assert opened.address is None


def test_the_address_of_the_revocation_list_is_kept(tmp_path: Path) -> None:
    made = Authority.create(tmp_path, PASSPHRASE, address="https://kaibiao.example/authority")
    assert Authority.open(tmp_path, PASSPHRASE).address == made.address
    (point,) = made.seal.certificate.extensions.get_extension_for_class(
        x509.CRLDistributionPoints
    ).value
    assert point.full_name is not None
    assert point.full_name[0].value == "https://kaibiao.example/authority/root.crl"


def test_another_passphrase_opens_nothing(authority_folder: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"root\.p12"):
        Authority.open(authority_folder, b"wrong")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"root\.p12"):
        Authority.open(tmp_path, PASSPHRASE)


def test_an_authority_is_never_written_over(authority_folder: Path) -> None:
    before = (authority_folder / "root.pem").read_bytes()
    with pytest.raises(FileExistsError):
        Authority.create(authority_folder, PASSPHRASE)
    assert (authority_folder / "root.pem").read_bytes() == before


def test_only_the_owner_may_read_the_keys(authority_folder: Path) -> None:
    for name in ("root", "seal", "tsa"):
        mode = (authority_folder / f"{name}.p12").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_openssl_finds_every_certificate_in_order(authority_folder: Path) -> None:
    root = authority_folder / "root.pem"
    for name, purpose in (("seal", "smimesign"), ("tsa", "timestampsign")):
        asked = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", root]
        leaf = authority_folder / f"{name}.pem"
        subprocess.run([*asked, leaf], check=True, capture_output=True)


def test_openssl_accepts_the_revocation_list(authority: Authority, tmp_path: Path) -> None:
    serial = authority.seal.certificate.serial_number
    (tmp_path / "root.pem").write_bytes(authority.root_pem)
    (tmp_path / "seal.pem").write_bytes(authority.seal.certificate.public_bytes(Encoding.PEM))
    for revoked, outcome in (((), 0), ((serial,), 2)):
        listed = x509.load_der_x509_crl(authority.revocation_list(datetime.now(UTC), revoked))
        (tmp_path / "root.crl").write_bytes(listed.public_bytes(Encoding.PEM))
        asked = ["openssl", "verify", "-crl_check", "-CRLfile", tmp_path / "root.crl"]
        asked += ["-CAfile", tmp_path / "root.pem", tmp_path / "seal.pem"]
        assert subprocess.run(asked, check=False, capture_output=True).returncode == outcome


def test_the_status_of_a_certificate_is_signed_by_the_root(authority: Authority) -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    answer = ocsp.load_der_ocsp_response(authority.status(authority.seal.chain[0], at))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == authority.seal.certificate.serial_number
    assert answer.next_update_utc == at + timedelta(days=30)
    assert answer.signature_hash_algorithm is not None
    authority.root.key.public_key().verify(
        answer.signature, answer.tbs_response_bytes, ec.ECDSA(answer.signature_hash_algorithm)
    )


def test_a_person_gets_a_certificate_for_a_key_the_platform_never_sees(
    authority: Authority,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    own, *_ = authority.issue("王𬭎", point)
    made = x509.load_der_x509_certificate(own)
    assert made.public_key() == key
    assert "王〓" in made.subject.rfc4514_string()
    made.verify_directly_issued_by(authority.root.certificate)


def test_a_point_off_the_curve_gets_none(authority: Authority) -> None:
    with pytest.raises(ValueError, match="Invalid EC key"):
        authority.issue("赵敏", b"\x04" + bytes(64))


def test_names_keep_what_old_readers_know() -> None:
    assert certificate_name("䶮㛃敏") == "䶮㛃敏"
    assert certificate_name("𬭎") == "〓"
    assert len(certificate_name("长" * 99)) == 64
