"""What the check says of minutes that people signed, and of those that somebody forged."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crypto.errors import TokenRefused
from crypto.pades import check_pdf, verify_token
from rooms.audit import Replayed, Report
from rooms.ids import Digest
from rooms.log import to_bytes
from rooms.opening import commands as c
from rooms.opening.audit.signed import Log
from rooms.opening.wire import EVENTS
from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.keys import SigningKey
from server.documents.sign import finish_signature, prepare_signature, preserve, seal
from server.documents.timestamp import LocalTimestamper
from server.minutes import Inputs, draw
from server.verify import minutes
from server.verify.check import check_file
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import ACME, BOLT, CORA, HOST, OWNER, WATCH
from tests.server.documents.person import Person
from tests.server.documents.test_conformance import validate

PASSPHRASE = b"correct horse"
PLACES = (("host-1", HOST), ("tenderer-1", OWNER), ("supervisor-1", WATCH))


def now() -> datetime:
    return datetime.now(UTC)


class Desk:
    """A hall whose minutes are sealed, and signed as its log says."""

    def __init__(self, folder: Path) -> None:
        Authority.create(folder, PASSPHRASE)
        self.authority = Authority.open(folder, PASSPHRASE)
        self.root = self.authority.root_pem
        self.stamps = LocalTimestamper(self.authority.tsa, now)
        self.fonts = Fonts.load()
        self.hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
        inputs = Inputs(
            head=self.hall.head(),
            closing_head="",
            issuer="云开公共服务平台",
            verify_url="",
            verify_hint="yunkai verify minutes.pdf",
        )
        self.drawn = draw(self.hall.entries, inputs, self.fonts)
        self.pdf = seal(self.drawn, self.authority.seal, self.stamps, self.fonts, now())
        self.hall.order(c.NoteRecord(self.digest, len(self.pdf), len(self.hall.entries)))

    @property
    def digest(self) -> Digest:
        return Digest(hashlib.sha256(self.pdf).hexdigest())

    def name(self, field: str) -> str:
        seats = {str(seat.role): seat.name for seat in self.hall.state.terms.seats}
        return seats[field.partition("-")[0]]

    def signed(self, field: str, person: Person, pdf: bytes | None = None) -> bytes:
        prepared = prepare_signature(
            pdf or self.pdf, field, person.name, person.chain[0], self.fonts, now()
        )
        return finish_signature(
            prepared, person.chain, person.sign(prepared.attributes), self.stamps
        )

    def sign_all(self) -> None:
        for field, who in PLACES:
            person = Person(self.name(field), self.authority)
            before, self.pdf = self.digest, self.signed(field, person)
            certificate = Digest(hashlib.sha256(person.chain[0]).hexdigest())
            noted = c.SignMinutes(field, certificate, before, self.digest, len(self.pdf))
            self.hall.order(noted, who)
        before = self.digest
        self.pdf = preserve(self.pdf, self.authority, self.stamps, now())
        self.hall.order(c.NotePreserved(before, self.digest, len(self.pdf)))

    @property
    def log(self) -> Log:
        entries = tuple(self.hall.entries)
        lines = tuple(to_bytes(entry, EVENTS) for entry in entries)
        return Replayed(entries, lines, self.hall.state)

    def checked(self, pdf: bytes) -> list[str]:
        """What is found in the PDF against the log that an archive has beside it."""
        report = Report()
        found = minutes.check_signatures(pdf, [self.root], report)
        minutes.check_revisions(pdf, found, self.log, report)
        minutes.check_places(found, self.log, report)
        return [each.code for each in report.findings]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Minutes with the platform's seal alone."""
    return Desk(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Minutes that everybody signed, preserved."""
    desk = Desk(tmp_path_factory.mktemp("authority"))
    desk.sign_all()
    return desk


@pytest.fixture
def alone(tmp_path: Path) -> Callable[[bytes, bytes], list[str]]:
    """What `yunkai verify minutes.pdf` finds."""

    def look(pdf: bytes, root: bytes) -> list[str]:
        (tmp_path / "minutes.pdf").write_bytes(pdf)
        return [each.code for each in check_file(tmp_path / "minutes.pdf", [root]).findings]

    return look


Alone = Callable[[bytes, bytes], list[str]]


def test_minutes_that_everybody_signed_are_faultless(complete: Desk, alone: Alone) -> None:
    assert complete.checked(complete.pdf) == []
    assert alone(complete.pdf, complete.root) == []
    assert complete.name("host-1") in [each.signer for each in check_pdf(complete.pdf, [])]


def test_the_final_file_is_archival_and_accessible(complete: Desk, tmp_path: Path) -> None:
    said = validate(tmp_path, {"minutes.pdf": complete.pdf}, "3a,ua1")
    assert said == ["minutes.pdf 3a conforms", "minutes.pdf ua1 conforms"]


def test_a_signature_that_another_authority_vouches_for_is_found(
    sealed: Desk, alone: Alone, tmp_path: Path
) -> None:
    Authority.create(tmp_path / "other", PASSPHRASE)
    other = Authority.open(tmp_path / "other", PASSPHRASE)
    forged = sealed.signed("host-1", Person(sealed.name("host-1"), other))
    assert "signature_untrusted" in alone(forged, sealed.root)


def test_a_signature_in_the_place_of_another_is_found(sealed: Desk, alone: Alone) -> None:
    watch = Person(sealed.name("supervisor-1"), sealed.authority)
    assert alone(sealed.signed("host-1", watch), sealed.root) == ["signature_of_another"]


def test_a_signature_that_the_log_does_not_name_is_found(sealed: Desk) -> None:
    host = Person(sealed.name("host-1"), sealed.authority)
    assert sealed.checked(sealed.signed("host-1", host)) == ["signature_not_in_log"]


def test_a_signature_by_another_certificate_of_the_same_name_is_found(complete: Desk) -> None:
    first = complete.hall.state.revisions[0]
    namesake = Person(complete.name("host-1"), complete.authority)
    found = complete.checked(complete.signed("host-1", namesake, complete.pdf[: first.size]))
    assert "signature_certificate" in found
    assert "revision_differs" in found


def test_a_file_cut_back_to_an_earlier_revision_is_found(complete: Desk) -> None:
    second = complete.hall.state.revisions[1]
    found = complete.checked(complete.pdf[: second.size])
    assert found.count("signature_missing") == 3
    assert found.count("revision_differs") == 3


def test_minutes_that_a_person_sealed_are_not_the_platforms(sealed: Desk, alone: Alone) -> None:
    # Whoever has a certificate for signing has one from the same root as the platform.
    host = Person(sealed.name("host-1"), sealed.authority)
    key = SigningKey(host.key, host.chain)
    forged = seal(sealed.drawn, key, sealed.stamps, sealed.fonts, now())
    assert alone(forged, sealed.root) == ["seal_of_another"]


def test_minutes_without_the_seal_are_not_the_platforms(sealed: Desk, alone: Alone) -> None:
    host = Person(sealed.name("host-1"), sealed.authority)
    assert alone(sealed.signed("host-1", host, sealed.drawn), sealed.root) == ["not_sealed"]


def test_nobody_gets_a_certificate_in_the_name_of_the_platform(sealed: Desk) -> None:
    for name in ("云开公共服务平台", " 云开公共服务平台 "):
        with pytest.raises(ValueError, match="in the name of the platform"):
            Person(name, sealed.authority)


def test_a_persons_certificate_makes_no_time_stamps(sealed: Desk) -> None:
    host = Person(sealed.name("host-1"), sealed.authority)
    clock = LocalTimestamper(SigningKey(host.key, host.chain), lambda: now() - timedelta(minutes=1))
    digest = hashlib.sha256(b"yesterday").digest()
    with pytest.raises(TokenRefused):
        verify_token(clock.token(digest), digest, [sealed.root])
