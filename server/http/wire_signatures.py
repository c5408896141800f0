"""Signing the sealed minutes, on the wire."""

from typing import Annotated

from pydantic import Field

from rooms.opening.terms import Role
from server.http.wire import Digest, Id, SealedObject, Time, Wire


class FieldSigned(Wire):
    """When a field was signed, with which certificate, and the file it made."""

    at: Time
    certificate: Digest
    sha256: Digest
    size: int


class SignatureField(Wire):
    """A field prepared in the minutes; `signed` is null while it is free."""

    field: Id
    role: Role
    person: Id
    name: str
    signed: FieldSigned | None


class SigningNow(Wire):
    """Who has the next revision, until when."""

    field: Id
    person: Id
    name: str
    until: Time


class SignaturesState(Wire):
    """The minutes' signatures. `sha256` and `size` are the newest file's; `open` says whether free
    fields may still be signed, `preserved` whether the last time stamp is made."""

    sha256: Digest
    size: int
    open: bool
    preserved: bool
    fields: list[SignatureField]
    signing: SigningNow | None


class PrepareBody(Wire):
    """The field to sign, and a signer's request (docs/formats/minutes.md, 3)."""

    field: Id
    request: SealedObject


class PreparedSignature(Wire):
    """What is to be signed (b64u), and under which lease the signature is to come back."""

    lease: str
    attributes: str
    certificate: str
    expires_at: Time


class FinishBody(Wire):
    """The signature over the attributes: r and s, 64 bytes."""

    lease: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}$")]
