"""The server's clock, injected everywhere so that tests can hold it still."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Deadlines are dates of one country."""

Clock = Callable[[], datetime]
"""Answers the present instant as aware UTC in whole milliseconds."""


def utc_now() -> datetime:
    """The system's time, cut to the milliseconds the log writes."""
    return to_milliseconds(datetime.now(UTC))


def to_milliseconds(at: datetime) -> datetime:
    """The same instant without what lies below a millisecond."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
