"""A booking as a calendar file (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, datetime

MEDIA_TYPE = "text/calendar"
FOLDED_AT = 75
"""Octets a content line has at most, without its line break (RFC 5545, 3.1)."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """What goes into somebody's calendar. `uid` is unique in the world and stays the same when the
    appointment is cancelled; `sequence` counts its changes."""

    uid: str
    made_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    description: str
    url: str = ""
    sequence: int = 0
    cancelled: bool = False


def calendar(appointment: Appointment) -> bytes:
    """A calendar with this one event; times are UTC, so that no zone has to be described."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yunkai//Counter//ZH",
        "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if appointment.cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{_text(appointment.uid)}",
        f"DTSTAMP:{_utc(appointment.made_at)}",
        f"SEQUENCE:{appointment.sequence}",
        f"STATUS:{'CANCELLED' if appointment.cancelled else 'CONFIRMED'}",
        f"DTSTART:{_utc(appointment.starts_at)}",
        f"DTEND:{_utc(appointment.ends_at)}",
        f"SUMMARY:{_text(appointment.summary)}",
        f"LOCATION:{_text(appointment.place)}",
        f"DESCRIPTION:{_text(appointment.description)}",
    ]
    if appointment.url:
        lines.append(f"URL:{appointment.url}")
    if not appointment.cancelled:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(appointment.summary)}",
            "TRIGGER:-PT30M",
            "END:VALARM",
        ]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(fold(line) for line in lines)


def fold(line: str) -> bytes:
    """A content line with its CRLF, cut where it is too long, never within a character (3.1)."""
    pieces: list[bytes] = [b""]
    for character in line:
        encoded = character.encode()
        # Lines after the first begin with a space, which counts.
        room = FOLDED_AT if len(pieces) == 1 else FOLDED_AT - 1
        if len(pieces[-1]) + len(encoded) > room:
            pieces.append(b"")
        pieces[-1] += encoded
    return b"\r\n ".join(pieces) + b"\r\n"


def _text(value: str) -> str:
    """A value of type TEXT (3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _utc(at: datetime) -> str:
    """Date with UTC time (3.3.5, form 2)."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
