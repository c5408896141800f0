"""When recordings began, from an archive, a log, or a list."""

import json
from pathlib import Path

from crypto.errors import CryptoError
from rooms import archive
from rooms.log import from_bytes
from rooms.recording import RecordingStarted
from rooms.refusals import Refused
from server.machines import machine_in
from server.media.compose import CantCompose, Why

LARGEST = 1 << 30
"""Bytes of a log or a list."""


def starts(file: Path) -> dict[str, float]:
    """Seconds of each recording's beginning, all from the same moment on. Nothing is verified here:
    that is for `yunkai verify`. Raises CantCompose."""
    try:
        with file.open("rb") as data:
            if data.read(2) == b"PK":
                data.seek(0)
                return _of_log(archive.read(data).bytes("log.jsonl"))
            data.seek(0)
            text = data.read(LARGEST)
            return _of_list(text) if text.lstrip()[:1] == b"[" else _of_log(text)
    except FileNotFoundError:
        raise CantCompose(Why.FILE_MISSING, file) from None
    except (OSError, ValueError, LookupError, TypeError, CryptoError, Refused):
        raise CantCompose(Why.STARTS_UNREADABLE, file) from None


def _of_list(text: bytes) -> dict[str, float]:
    return {str(each["recording"]): float(each["start"]) for each in json.loads(text)}


def _of_log(text: bytes) -> dict[str, float]:
    lines = text.splitlines()
    events = machine_in(lines).events
    entries = (from_bytes(line, events) for line in lines)
    return {
        str(each.event.recording): each.at.timestamp()
        for each in entries
        if isinstance(each.event, RecordingStarted)
    }
