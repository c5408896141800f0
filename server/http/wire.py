"""What goes over the wire apart from entries and commands (see server/http/wire_rooms.py)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from server.store.accounts import AccountRole


class Wire(BaseModel):
    """Strict and closed: unknown members are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Login = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9@._-]{0,63}$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
SealedObject = dict[str, Any]


class ErrorDetail(Wire):
    """A code the browser translates, and what fills the translation."""

    code: str
    params: dict[str, Any]


class Error(Wire):
    """What every answer from 400 on is."""

    error: ErrorDetail


class LoginBody(Wire):
    """`bearer` asks for a token in the answer in place of the cookie."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    bearer: bool = False


class Me(Wire):
    """Who is logged in. `room` is set for the guest of one room."""

    person: Id
    name: str
    organisation: str
    roles: list[AccountRole]
    room: Id | None = None
    token: str | None = None


class NewAccount(Wire):
    """An account to be made."""

    login: Login
    password: Annotated[str, Field(min_length=8, max_length=1000)]
    name: Name
    organisation: Annotated[str, Field(max_length=200)] = ""
    roles: Annotated[list[AccountRole], Field(min_length=1, max_length=5)]


class Person(Wire):
    """Somebody who can be seated."""

    person: Id
    name: str
    organisation: str
    roles: list[AccountRole]


class Now(Wire):
    """The server's clock."""

    now: Time


class Anchors(Wire):
    """What outsiders check with."""

    site: str
    log_key: str
    platform_key: str
    root: str
    gate: str


class LinkBody(Wire):
    """Whom a link lets in, where it leads, and for how many seconds it works."""

    person: Id
    path: Annotated[str, Field(max_length=300, pattern=r"^/[^\\\s]*$")] = "/"
    seconds: Annotated[int, Field(ge=60, le=30 * 86400)] = 86400


class Link(Wire):
    """An address that enters without a password."""

    url: str


class Created(Wire):
    """The id of what was made."""

    id: Id


class ObserverBody(Wire):
    """An observer to let in."""

    name: Name


class StoredDocument(Wire):
    """A tender document, as the terms name it."""

    name: str
    size: int
    sha256: Digest


class CardBody(Wire):
    card: SealedObject


class Challenge(Wire):
    """What the trustee's client has to open: b64u."""

    ciphertext: str


class AnswerBody(Wire):
    answer: SealedObject


class ReleaseBody(Wire):
    envelope: Id
    release: SealedObject


class AcceptanceBody(Wire):
    name: Name
    acceptance: SealedObject


class SubmissionBody(Wire):
    """A submission (docs/formats/seal.md, 5)."""

    header: SealedObject
    outers: dict[Id, str]


class WithdrawalBody(Wire):
    withdrawal: SealedObject


class SignInBody(Wire):
    """Who represents the bidder. The log gets a salted digest of it only."""

    name: Name
    id_number: Annotated[str, Field(max_length=40)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    authorisation: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    emergency: bool = False


class Receipted(Wire):
    """A receipt; null while the time stamp authority can't be reached: it is then in `mine`
    later."""

    receipt: SealedObject | None


class Submitted(Receipted):
    """A bid's receipt, and where its sealed files go."""

    uploads: dict[Id, str]


class Wrap(Wire):
    """One trustee's wrap of one bid, with what proves that the bid is under the closing head."""

    bid: Id
    bidder: Id
    manifest: Digest
    wrap: str
    commitment: Digest
    leaf: dict[str, Any]
    index: int
    proof: list[Digest]


class Wraps(Wire):
    """All that a trustee's client needs to release its shares."""

    checkpoint: str
    manifest: SealedObject
    index: int
    wraps: list[Wrap]


class Finding(Wire):
    """What a step of the audit found or proved (docs/formats/audit.md), and what it is about."""

    step: int
    code: str
    params: dict[str, str]
    about: str


class Report(Wire):
    """What a check says; `ok` when nothing was found."""

    ok: bool
    findings: list[Finding]
    facts: list[Finding]
