"""What people may write, checked where a text enters a room; the zone people read times in."""

import unicodedata
from datetime import timedelta, timezone

from rooms.refusals import TextHasUnknownCharacters, TextMissing, TextTooLong

BEIJING = timezone(timedelta(hours=8))
"""China has one time zone without summer time, so a fixed offset is the zone."""
MOST_NAME = 200
MOST_TEXT = 2_000
MOST_DISCIPLINE = 20_000

_NEVER = frozenset({"Cc", "Cn", "Co", "Cs"})
_NOT_IN_NAMES = _NEVER | {"Cf", "Zl", "Zp"}
"""Invisible format characters can reverse the direction of a line, or tell two equal-looking names
apart."""


def check_name(text: str, field: str) -> str:
    """A name: one line, 1 to 200 characters, every one of them visible and assigned."""
    if not text.strip():
        raise TextMissing(field=field)
    return _check(text, field, MOST_NAME, _NOT_IN_NAMES)


def check_text(text: str, field: str, most: int = MOST_TEXT) -> str:
    """What somebody said or gave as a reason: 1 to `most` characters, line feeds allowed."""
    if not text.strip():
        raise TextMissing(field=field)
    return _check(text, field, most, _NEVER)


def check_optional(text: str, field: str, most: int = MOST_TEXT) -> str:
    """Like `check_text`, but the text may be empty."""
    return check_text(text, field, most) if text else text


def _check(text: str, field: str, most: int, refused: frozenset[str]) -> str:
    if len(text) > most:
        raise TextTooLong(field=field, most=most)
    for each in text:
        if unicodedata.category(each) in refused and not _allowed(each, refused):
            raise TextHasUnknownCharacters(field=field, character=f"U+{ord(each):04X}")
    return text


def _allowed(each: str, refused: frozenset[str]) -> bool:
    if refused is _NEVER and each in "\n\t":
        return True
    # Planes 2 and 3 hold nothing but ideographs; Unicode goes on assigning them after this Python
    # was made, and people are named with them.
    return 0x20000 <= ord(each) <= 0x3FFFD and unicodedata.category(each) == "Cn"
