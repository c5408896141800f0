"""Numbers of identity documents: whether they hold, and what they say by themselves.

Nothing here proves who somebody is: a valid number may be anybody's. The far clerk compares the
document with the person.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from rooms import masking
from rooms.counter.values import id_number_problem


class DocumentKind(StrEnum):
    """What is shown."""

    CARD = "card"  # 居民身份证, and residence permits with an 18-digit number
    PASSPORT = "passport"
    HONG_KONG_MACAO = "hong_kong_macao"  # 港澳居民来往内地通行证
    TAIWAN = "taiwan"  # 台湾居民来往大陆通行证
    OTHER = "other"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Said:
    """What a number says. `problem` is None when it holds; what it doesn't say is None.

    `region_known`: its county is in the tables of GB/T 2260. An unknown one is a remark, no
    refusal: numbers outlive the counties that issued them.
    """

    problem: str | None
    masked: str
    birth: date | None = None
    sex: Sex | None = None
    region_known: bool | None = None


_CHINESE_PASSPORT = re.compile(
    r"E[0-9A-HJ-NP-Z]\d{7}"  # ordinary, since 2012; no I and no O
    r"|G\d{8}|1[45]\d{7}"  # ordinary, earlier ones
    r"|[DPS]E?\d{7,8}"  # diplomatic, official, service
    r"|[HK]J?\d{7,8}|MA?\d{7,8}",  # of Hong Kong and Macao
    re.ASCII,
)
_PATTERNS = {
    # ICAO 9303-4 leaves nine characters to the states; all known ones use a digit.
    DocumentKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{6,9}", re.ASCII),
    DocumentKind.HONG_KONG_MACAO: re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
    DocumentKind.TAIWAN: re.compile(r"\d{8}|\d{10}[A-Z]?", re.ASCII),
    DocumentKind.OTHER: re.compile(r"[A-Z0-9()/\-]{4,30}", re.ASCII),
}

_PERMITS = {"810000", "820000", "830000"}
"""港澳台居民居住证: Hong Kong, Macao, Taiwan instead of a county."""
_FOREIGNER = "9"
"""外国人永久居留身份证 since 2023: 9, two digits of the region of issue, three of the state."""

_MRZ = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"


def normal(number: str) -> str:
    """A number as it is compared: capitals, without blanks between its groups."""
    return re.sub(r"\s+", "", number).upper()


def check(kind: DocumentKind, number: str) -> Said:
    """What the number of a document says.

    Problems: `id_number_form`, `id_number_check_digit`, `id_number_birth_date`,
    `document_number_form`.
    """
    number = normal(number)
    masked = masking.number(number)
    if kind is DocumentKind.CARD:
        if (problem := id_number_problem(number)) is not None:
            return Said(problem, masked)
        return Said(None, masked, ric.get_birth_date(number), sex_of(number), region_known(number))
    if _PATTERNS[kind].fullmatch(number):
        return Said(None, masked)
    return Said("document_number_form", masked)


def is_chinese_passport(number: str) -> bool:
    """Whether a passport's number is built like those of China, Hong Kong and Macao."""
    return _CHINESE_PASSPORT.fullmatch(normal(number)) is not None


def sex_of(number: str) -> Sex:
    """Of a valid 18-digit number (GB 11643: odd orders for men)."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def region_known(number: str) -> bool:
    """Whether the six digits in front name a region."""
    if number[:6] in _PERMITS or number.startswith(_FOREIGNER):
        return True
    try:
        ric.get_birth_place(number)
    except (ValidationError, KeyError):
        # The library stumbles over a county it does not know in a province that it knows.
        return False
    return True


def mrz_digit(text: str) -> int:
    """The check digit of a machine-readable line's part (ICAO 9303-3, 4.9): weights 7, 3, 1."""
    # The filler stands after Z in the list and counts as nothing.
    values = (_MRZ.index(each) % 36 for each in text)
    return sum(value * (7, 3, 1)[at % 3] for at, value in enumerate(values)) % 10
