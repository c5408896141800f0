"""Consent and identity: nothing of the applicant is captured before them."""

from dataclasses import dataclass

from rooms.counter.kinds import IdentityMethod, IdentityResult
from rooms.ids import Digest, PersonId


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The applicant agrees to the text with this digest. `by_hand_of` is the clerk or the agent who
    pressed the button on the applicant's word; None if the applicant did. `reuse`: pages of earlier
    sessions may be used too."""

    text: Digest
    version: str
    by_hand_of: PersonId | None
    reuse: bool


@dataclass(frozen=True, slots=True)
class ConsentRefused:
    by_hand_of: PersonId | None


@dataclass(frozen=True, slots=True)
class ReuseAllowed:
    """Pages of the applicant's earlier sessions may be used."""

    by_hand_of: PersonId | None


@dataclass(frozen=True, slots=True)
class IdentityCaptured:
    """A document was shown. `number_valid`: its number's check digit and date hold; `masked` is its
    number as records show it; `document` the salted digest of {type, number}."""

    method: IdentityMethod
    number_valid: bool
    masked: str
    document: Digest | None


@dataclass(frozen=True, slots=True)
class IdentityChecked:
    """The far clerk compared the document with the person. Only the result is kept."""

    method: IdentityMethod
    number_valid: bool
    likeness: bool
    result: IdentityResult
    masked: str
    document: Digest | None
    remark: str
