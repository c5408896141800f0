"""Signing the sealed minutes: who may, in which order, and when it is over."""

from dataclasses import replace

import pytest

from rooms.audit import Report
from rooms.ids import Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.audit.events import check_event
from rooms.opening.machine import due
from rooms.opening.phases import Phase
from rooms.opening.signing import places
from rooms.opening.state import Revision
from rooms.refusals import (
    AlreadyDone,
    FieldOfAnother,
    MinutesChanged,
    MinutesNotReady,
    OutOfRange,
    SigningClosed,
    UnknownField,
    WrongRole,
)
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import ACME, BOLT, CORA, HOST, OWNER, WATCH

SEALED, FIRST, SECOND, THIRD, LAST = (Digest(each * 32) for each in ("ab", "bc", "cd", "de", "ef"))
CERTIFICATE = Digest("99" * 32)
HOSTS, OWNERS, WATCHES = "host-1", "tenderer-1", "supervisor-1"


@pytest.fixture
def hall() -> Hall:
    """An opening whose minutes are sealed."""
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    hall.order(c.NoteRecord(SEALED, 1000, len(hall.entries)))
    return hall


def sign(
    hall: Hall, field: str, by: PersonId, previous: Digest, sha256: Digest, size: int
) -> list[e.Event]:
    return hall.order(c.SignMinutes(field, CERTIFICATE, previous, sha256, size), by)


def works(hall: Hall) -> list[str]:
    return [each.work for each in due(hall.state, hall.now)]


def test_host_tenderer_and_supervisor_have_places_in_the_minutes(hall: Hall) -> None:
    assert [(each.field, each.person) for each in places(hall.state)] == [
        (HOSTS, HOST),
        (OWNERS, OWNER),
        (WATCHES, WATCH),
    ]


def test_the_newest_revision_is_the_record_and_the_earlier_ones_stay_known(hall: Hall) -> None:
    assert sign(hall, WATCHES, WATCH, SEALED, FIRST, 2000) == [
        e.MinutesSigned(WATCH, WATCHES, CERTIFICATE, FIRST, 2000)
    ]
    assert hall.state.phase is Phase.PUBLISHED
    assert hall.state.record == FIRST
    assert hall.state.revisions == (
        Revision(SEALED, 1000, "seal"),
        Revision(FIRST, 2000, WATCHES, WATCH, CERTIFICATE),
    )


def test_what_everybody_signed_is_preserved_and_then_closed(hall: Hall) -> None:
    assert works(hall) == []
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    sign(hall, OWNERS, OWNER, FIRST, SECOND, 2500)
    assert works(hall) == []
    sign(hall, WATCHES, WATCH, SECOND, THIRD, 3000)
    assert works(hall) == ["preserve"]
    assert hall.order(c.NotePreserved(THIRD, LAST, 4000)) == [e.MinutesPreserved(LAST, 4000)]
    assert works(hall) == []
    assert hall.state.record == LAST
    with pytest.raises(AlreadyDone):
        hall.order(c.NotePreserved(LAST, FIRST, 5000))
    with pytest.raises(SigningClosed):
        sign(hall, HOSTS, HOST, LAST, FIRST, 5000)
    hall.order(c.ArchiveRoom(), HOST)
    assert works(hall) == []


def test_archiving_ends_the_signing_and_preserves_what_is_signed(hall: Hall) -> None:
    sign(hall, WATCHES, WATCH, SEALED, FIRST, 2000)
    hall.order(c.ArchiveRoom(), HOST)
    with pytest.raises(SigningClosed):
        sign(hall, HOSTS, HOST, FIRST, SECOND, 3000)
    assert works(hall) == ["preserve"]
    hall.order(c.NotePreserved(FIRST, LAST, 4000))
    assert hall.state.phase is Phase.ARCHIVED


def test_an_archived_room_that_nobody_signed_stays_as_it_is(hall: Hall) -> None:
    hall.order(c.ArchiveRoom(), HOST)
    assert works(hall) == []
    with pytest.raises(MinutesChanged):
        hall.order(c.NotePreserved(SEALED, LAST, 4000))


def test_nobody_signs_for_another_or_twice_or_without_a_place(hall: Hall) -> None:
    with pytest.raises(FieldOfAnother):
        sign(hall, HOSTS, WATCH, SEALED, FIRST, 2000)
    with pytest.raises(WrongRole):
        sign(hall, HOSTS, ACME, SEALED, FIRST, 2000)
    with pytest.raises(UnknownField):
        sign(hall, "guest", HOST, SEALED, FIRST, 2000)
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    with pytest.raises(AlreadyDone):
        sign(hall, HOSTS, HOST, FIRST, SECOND, 3000)


def test_a_signature_made_over_an_older_revision_is_refused(hall: Hall) -> None:
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    with pytest.raises(MinutesChanged):
        sign(hall, WATCHES, WATCH, SEALED, SECOND, 2000)


def test_a_revision_only_adds(hall: Hall) -> None:
    with pytest.raises(OutOfRange):
        sign(hall, HOSTS, HOST, SEALED, FIRST, 1000)


def test_before_the_seal_there_is_nothing_to_sign() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    with pytest.raises(MinutesNotReady):
        sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)


def test_minutes_of_a_failed_opening_are_signed_too() -> None:
    hall = Hall().publish().roll()
    hall.order(c.FailOpening("无人投标"), HOST)
    hall.order(c.NoteRecord(SEALED, 1000, len(hall.entries)))
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    sign(hall, OWNERS, OWNER, FIRST, SECOND, 2500)
    sign(hall, WATCHES, WATCH, SECOND, THIRD, 3000)
    hall.order(c.NotePreserved(THIRD, LAST, 4000))
    assert hall.state.phase is Phase.FAILED


def test_reconvening_begins_again_with_new_minutes(hall: Hall) -> None:
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    hall.order(c.Reconvene("漏唱一项"), HOST)
    assert hall.state.record is None
    assert hall.state.revisions == ()


def test_the_audit_finds_a_signature_in_a_place_of_another_and_a_file_that_shrank(
    hall: Hall,
) -> None:
    sign(hall, HOSTS, HOST, SEALED, FIRST, 2000)
    entry = hall.entries[-1]
    wrong: list[e.Event] = [
        e.MinutesSigned(WATCH, HOSTS, CERTIFICATE, SECOND, 3000),
        e.MinutesSigned(WATCH, "guest", CERTIFICATE, SECOND, 3000),
        e.MinutesSigned(HOST, HOSTS, CERTIFICATE, SECOND, 3000),
        e.MinutesSigned(WATCH, WATCHES, CERTIFICATE, SECOND, 2000),
        e.MinutesPreserved(LAST, 3000),
    ]
    for event in wrong:
        report = Report()
        check_event(hall.state, replace(entry, event=event), report, "log.jsonl")
        assert [each.code for each in report.findings] == ["event_differs"], event
