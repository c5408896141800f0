"""What several parts of a session speak of: roles, ways and results, and small things with a name.

Nothing here holds personal data: where a person's words or numbers are meant, there is their salted
digest.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rooms.counter.terms import Item, Mode
from rooms.ids import Digest, PersonId, RoomId


class Role(StrEnum):
    """What somebody is in one session."""

    NEAR = "near"  # 收件地窗口人员
    FAR = "far"  # 办理地窗口人员
    DEPARTMENT = "department"  # 联审部门
    SUPERVISOR = "supervisor"  # 监督人
    MANAGER = "manager"  # 大厅管理员
    AGENT = "agent"  # 帮办代办人员
    APPLICANT = "applicant"  # 办事人
    SYSTEM = "system"


class Side(StrEnum):
    """Which of the two windows."""

    NEAR = "near"
    FAR = "far"


class Priority(StrEnum):
    """Who is served first."""

    NONE = "none"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    MILITARY = "military"
    PREGNANT = "pregnant"


class IdentityMethod(StrEnum):
    """What somebody shows to say who they are."""

    CARD = "card"  # 居民身份证
    PASSPORT = "passport"
    OTHER = "other"
    AGENT = "agent"  # the agent's own document, with the authority


class IdentityResult(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    AGAIN = "again"  # a better picture, or another document, is asked for


class Source(StrEnum):
    """Where a page comes from."""

    CAMERA = "camera"  # 高拍仪
    PHONE = "phone"
    FILE = "file"
    REUSE = "reuse"  # captured in an earlier session


class Seen(StrEnum):
    """What a screenshot of the call shows."""

    APPLICANT = "applicant"
    NEAR = "near"
    FAR = "far"
    DEPARTMENT = "department"
    SCREEN = "screen"  # a shared desktop


class Verdict(StrEnum):
    """What the far clerk says of a material."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"


class Origin(StrEnum):
    """How a value came into a field."""

    TYPED = "typed"
    RECOGNISED = "recognised"  # read from a picture: never trusted before it is confirmed
    REUSED = "reused"


class Stance(StrEnum):
    """What an invited department thinks."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CONDITIONS = "conditions"


class Way(StrEnum):
    """How a result reaches the applicant."""

    COUNTER = "counter"
    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who comes in for an applicant. `authority` is the salted digest of what says that they may
    (whose it is, its number, until when)."""

    person: PersonId
    name: str
    organisation: str
    authority: Digest


@dataclass(frozen=True, slots=True)
class Matter:
    """What a session is about, fixed by its first entry.

    Regions are GB/T 2260 codes. `person` is the applicant's account in this one session,
    `applicant` the salted digest of {name, number, phone}. `continues` is the session before it;
    `supplemented` are the codes of items whose applicant was told there what was missing.
    """

    items: tuple[Item, ...]
    near_hall: str
    far_hall: str
    near_region: str
    far_region: str
    mode: Mode
    person: PersonId
    applicant: Digest
    agent: Agent | None = None
    language: str = "zh"
    continues: RoomId | None = None
    supplemented: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A captured page's bytes: the blob `sha256`. A PDF has `pages`, and no width and height."""

    sha256: Digest
    size: int
    media_type: str
    pages: int = 1
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field with the salted digest of what is written into it."""

    field: str
    value: Digest


@dataclass(frozen=True, slots=True)
class Revealed:
    """A field's value as it is, with the salt (b64u) of its digest. Only orders hold it, never an
    entry."""

    field: str
    value: str | int
    salt: str


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing for a decision: the material's id (or "" where the list has none), and what
    is wrong with it."""

    material: str
    what: str


@dataclass(frozen=True, slots=True)
class Interruption:
    """The platform itself was away between the instants."""

    since: datetime
    back: datetime
