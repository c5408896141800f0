"""How records write times and money in Chinese: the same in every kind of room."""

from datetime import datetime

from rooms.money import capital, figures
from rooms.texts import BEIJING

ZONE = "北京时间（UTC+8）"


def moment(at: datetime | None) -> str:
    """`2026-11-21 09:00:00` in Beijing; empty for None. Fractions of a second are cut off."""
    return "" if at is None else f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def clock(at: datetime | None) -> str:
    """The time of day alone."""
    return "" if at is None else f"{at.astimezone(BEIJING):%H:%M:%S}"


def exact(at: datetime) -> str:
    """With milliseconds, where an instant may be disputed."""
    local = at.astimezone(BEIJING)
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"


def day(at: datetime) -> str:
    """`2026年11月21日`."""
    local = at.astimezone(BEIJING)
    return f"{local.year}年{local.month}月{local.day}日"


def money(fen: int | None) -> str:
    """Figures and capital numerals of an amount."""
    return "" if fen is None else f"{figures(fen)} 元（人民币{capital(fen)}）"
