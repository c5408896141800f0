"""Calendar files, octet by octet (RFC 5545)."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.clock import CHINA
from server.counter.queue.calendar import Appointment, calendar, fold

VISIT = Appointment(
    uid="s-0123456789abcdef0123@yunkai.localhost",
    made_at=datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC),
    starts_at=datetime(2026, 11, 23, 9, 30, tzinfo=CHINA),
    ends_at=datetime(2026, 11, 23, 10, 0, tzinfo=CHINA),
    summary="养老保险待遇领取, 跨域窗口; 一次办好",
    place="杭州市西湖区政务服务大厅",
    description="请携带身份证原件。\n票号 A012\\",
)


def _lines(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    lines = _lines(calendar(VISIT))
    assert "DTSTART:20261123T013000Z" in lines
    assert "DTEND:20261123T020000Z" in lines
    assert "DTSTAMP:20261120T030405Z" in lines


def test_texts_are_escaped() -> None:
    lines = _lines(calendar(VISIT))
    assert "SUMMARY:养老保险待遇领取\\, 跨域窗口\\; 一次办好" in lines
    assert "DESCRIPTION:请携带身份证原件。\\n票号 A012\\\\" in lines


def test_a_calendar_has_what_every_program_asks_for() -> None:
    lines = _lines(calendar(VISIT))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert f"UID:{VISIT.uid}" in lines
    assert [each for each in lines if each.startswith(("BEGIN", "END"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "BEGIN:VALARM",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_cancelled_visit_is_the_same_event_called_off() -> None:
    lines = _lines(calendar(replace(VISIT, cancelled=True, sequence=1)))
    assert f"UID:{VISIT.uid}" in lines
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:1"} <= set(lines)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_no_line_is_longer_than_75_octets_and_no_character_is_torn(text: str) -> None:
    folded = fold(text)
    assert folded.endswith(b"\r\n")
    pieces = folded[:-2].split(b"\r\n ")
    assert all(len(piece) <= (75 if not at else 74) for at, piece in enumerate(pieces))
    assert "".join(piece.decode() for piece in pieces) == text
