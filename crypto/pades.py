"""Signatures in PDF files: PAdES baseline (ETSI EN 319 142-1) over P-256 with SHA-256, and their
check.

Bytes in, bytes out: private keys and time stamp authorities are callables of the caller. The checks
trust a signature at the moment its time stamp names, so their answer never depends on today's date.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal, TypeVar

from asn1crypto import cms, tsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import ModificationInfo, SignatureCoverageLevel
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from crypto import cades
from crypto.cades import Token
from crypto.cades import certificate as certificate
from crypto.errors import PdfRefused as PdfRefused
from crypto.errors import TokenRefused as TokenRefused

# What pyHanko finds wrong is told to the caller; its log would tell it again, with tracebacks.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

RESERVED = 16_384
"""Room for the signature container in the file, in hexadecimal digits."""
WHOLE_FIELD = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID, margins=Margins.uniform(0)
)

T = TypeVar("T")
Kind = Literal["seal", "signature", "timestamp"]

# What pyHanko, asn1crypto and cryptography let out when bytes are broken.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    InvalidSignature,
    LookupError,
    NotImplementedError,
    PathError,
    PdfError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValidationError,
    ValueError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a visible signature looks like: a one-page PDF laid over the signature's field."""

    page: bytes
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A PDF waiting for a signature made elsewhere; plain values, so that it can be stored
    meanwhile.

    `attributes` are the bytes to be signed (ECDSA P-256 with SHA-256); `start` and `end` bound the
    hole in `pdf` that they leave out.
    """

    pdf: bytes
    start: int
    end: int
    attributes: bytes


def prepare(
    pdf: bytes,
    field: str,
    signer: bytes,
    at: datetime,
    appearance: Appearance,
    *,
    certify: bool = False,
) -> Prepared:
    """Open the place for a signature by the certificate `signer` (DER) in the prepared `field` of
    `pdf`.

    With `certify` it is the certification signature, the first one, after which only prepared
    fields may be signed (ISO 32000-1, 12.8.2.2). Raises PdfRefused.
    """
    own = certificate(signer)
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    style = StaticStampStyle(
        background=_Drawing(appearance.page),
        background_layout=WHOLE_FIELD,
        background_opacity=appearance.opacity,
        border_width=0,
    )
    absent = signers.ExternalSigner(own, None, signature_mechanism=cades.MECHANISM)
    output = BytesIO()
    try:
        session = signers.PdfSigner(meta, absent, stamp_style=style).init_signing_session(
            IncrementalPdfFileWriter(BytesIO(pdf)), existing_fields_only=True
        )
        session.system_time = at
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
        hole, _ = document.digest_tbs_document(output=output)
    except _BROKEN as problem:
        raise PdfRefused("pdf_unsignable", {"reason": str(problem)}) from problem
    return Prepared(
        output.getvalue(),
        hole.reserved_region_start,
        hole.reserved_region_end,
        cades.attributes(own, hole.document_digest),
    )


def embed(prepared: Prepared, chain: Sequence[bytes], signature: bytes, token: Token) -> bytes:
    """Put a signature over the prepared attributes, and a time stamp over it (PAdES B-T), into the
    place left for them.

    `chain` is the signer's certificate (DER) and those above it; `signature` is r and s, 32 bytes
    each. Raises PdfRefused when it is not that certificate's signature over the attributes.
    """
    container = cades.container(chain, prepared.attributes, signature, token)
    room = (prepared.end - prepared.start - 2) // 2
    if len(container) > room:
        raise PdfRefused("signature_too_large", {"bytes": len(container), "room": room})
    written = container.hex().ljust(2 * room, "0").encode()
    # the hole is a hexadecimal string with its angle brackets
    return prepared.pdf[: prepared.start + 1] + written + prepared.pdf[prepared.end - 1 :]


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One signature of a PDF and what was found about it. `signer` and `organisation` are the names
    in its certificate, `certificate` is that one's SHA-256.

    `intact`: the signed bytes are those that were signed. `trusted`: its certificate leads to a
    given root and its time stamp too. `unchanged`: nothing was added after it except what it
    allows. `covers_file`: not a byte follows it. `signed_at` is the time stamp's, None when there
    is none that can be trusted. `problems` are codes: `altered`, `signature_wrong`, `untrusted`,
    `no_timestamp`, `changed_afterwards`, `unreadable`.
    """

    field: str
    kind: Kind
    signer: str
    organisation: str
    certificate: str
    signed_at: datetime | None = None
    intact: bool = False
    trusted: bool = False
    unchanged: bool = False
    covers_file: bool = False
    problems: tuple[str, ...] = ("unreadable",)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with this signature."""
        return not self.problems


def check_pdf(pdf: bytes, roots: Sequence[bytes]) -> list[SignatureFinding]:
    """What can be said about every signature of `pdf`, oldest first, trusting `roots` (PEM or DER)
    and nothing else.

    No signature gives an empty list. A file whose end no signature covers was added to afterwards:
    its last finding has not `covers_file`. Raises PdfRefused for what is not a PDF.
    """
    trusted = [certificate(root) for root in roots]
    reader = _read(pdf)
    try:
        found = [(each, _kind(each)) for each in reader.embedded_signatures]
    except _BROKEN as problem:
        raise PdfRefused("signature_malformed") from problem
    return [_check(each, kind, trusted) for each, kind in found]


def attached_log(pdf: bytes) -> bytes:
    """The evidence a record carries: its first associated file (ISO 19005-3, 6.8). Raises
    PdfRefused."""
    reader = _read(pdf)
    try:
        data: bytes = reader.root["/AF"][0]["/EF"]["/F"].data
    except _BROKEN as problem:
        raise PdfRefused("no_attached_log") from problem
    return data


def attached(pdf: bytes, name: str) -> bytes:
    """The attached file of this name. Raises PdfRefused."""
    reader = _read(pdf)
    try:
        files = reader.root["/AF"]
        for place in range(len(files)):
            each = files[place]
            if str(each["/UF"]) == name:
                data: bytes = each["/EF"]["/F"].data
                return data
    except _BROKEN as problem:
        raise PdfRefused("no_attachment", {"name": name}) from problem
    raise PdfRefused("no_attachment", {"name": name})


def verify_token(token: bytes, digest: bytes, roots: Sequence[bytes]) -> datetime:
    """The time a trusted authority saw `digest` (SHA-256), per the RFC 3161 `token`. Raises
    TokenRefused."""
    try:
        content = cms.ContentInfo.load(token, strict=True)
        signed = content["content"]
        info = signed["encap_content_info"]["content"].parsed
        at: datetime = info["gen_time"].native
        algorithm = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        if not isinstance(info, tsp.TSTInfo) or at.tzinfo is None:
            raise TokenRefused("token_malformed")
    except _BROKEN as problem:
        raise TokenRefused("token_malformed") from problem
    if algorithm != "sha256" or info["message_imprint"]["hashed_message"].native != digest:
        raise TokenRefused("token_other_digest")
    context = _context([certificate(root) for root in roots], at)
    try:
        status = _run(validate_tst_signed_data(signed, context, lambda _: digest))
    except _BROKEN as problem:
        raise TokenRefused("token_malformed") from problem
    if not (status["valid"] and status["intact"]):
        raise TokenRefused("token_signature_wrong")
    if status.get("trust_problem_indic") is not None or status.get("validation_path") is None:
        raise TokenRefused("token_untrusted")
    return at


class PdfTimestamper(TimeStamper):
    """Gives pyHanko the tokens of a `Token`."""

    def __init__(self, token: Token) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
        self._token = token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        if md_algorithm != "sha256":
            raise PdfRefused("digest_algorithm", {"name": md_algorithm})
        return cms.ContentInfo.load(self._token(message_digest))


class _Drawing(PdfContent):
    """Gives pyHanko the only page of a PDF to draw."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject["/Mark"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Mark Do"


def _read(pdf: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(BytesIO(pdf))
        _ = reader.root
    except _BROKEN as problem:
        raise PdfRefused("pdf_unreadable", {"reason": str(problem)}) from problem
    return reader


def _context(roots: Sequence[x509.Certificate], at: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=list(roots), moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )


def _kind(embedded: EmbeddedPdfSignature) -> Kind:
    if embedded.sig_object_type == "/DocTimeStamp":
        return "timestamp"
    return "signature" if embedded.docmdp_level is None else "seal"


def _check(
    embedded: EmbeddedPdfSignature, kind: Kind, roots: Sequence[x509.Certificate]
) -> SignatureFinding:
    try:
        return _examine(embedded, kind, roots)
    except _BROKEN:
        # asn1crypto parses what is asked for when it is asked: any part may turn out broken.
        return SignatureFinding(embedded.field_name, kind, *_signer(embedded))


def _examine(
    embedded: EmbeddedPdfSignature, kind: Kind, roots: Sequence[x509.Certificate]
) -> SignatureFinding:
    at = next(_token_times(embedded, kind), None)
    claimed = at or embedded.self_reported_timestamp or embedded.signer_cert.not_valid_before
    context = _context(roots, claimed)
    if kind == "timestamp":
        status: Any = _run(async_validate_pdf_timestamp(embedded, context))
        stamped = status.trusted
    else:
        status = _run(async_validate_pdf_signature(embedded, context))
        token = status.timestamp_validity
        stamped = token is not None and token.valid and token.intact and token.trusted
    unchanged = _unchanged(status)
    found = {
        "altered": not status.intact,
        "signature_wrong": status.intact and not status.valid,
        "untrusted": not status.trusted,
        "no_timestamp": not stamped,
        "changed_afterwards": not unchanged,
    }
    name, organisation, digest = _signer(embedded)
    return SignatureFinding(
        field=embedded.field_name,
        kind=kind,
        signer=name,
        organisation=organisation,
        certificate=digest,
        signed_at=at if stamped else None,
        intact=status.intact and status.valid,
        trusted=status.trusted and stamped,
        unchanged=unchanged,
        covers_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        problems=tuple(problem for problem, is_so in found.items() if is_so),
    )


def _signer(embedded: EmbeddedPdfSignature) -> tuple[str, str, str]:
    """Common name, organisation and SHA-256 of the signer's certificate; empty when it is
    broken."""
    try:
        signer = embedded.signer_cert
        names = signer.subject.native
        name, organisation = (
            str(names.get(each, "")) for each in ("common_name", "organization_name")
        )
        return name, organisation, hashlib.sha256(signer.dump()).hexdigest()
    except _BROKEN:
        return "", "", ""


def _unchanged(status: ModificationInfo) -> bool:
    if status.docmdp_ok is not None:
        return status.docmdp_ok
    level = status.modification_level
    return level is not None and level <= ModificationLevel.FORM_FILLING


def _token_times(embedded: EmbeddedPdfSignature, kind: Kind) -> Iterator[datetime]:
    """The times that the tokens of a signature claim, before anybody checked them."""
    signed = [embedded.signed_data] if kind == "timestamp" else []
    attributes = embedded.signer_info["unsigned_attrs"]
    for attribute in attributes if isinstance(attributes, cms.CMSAttributes) else ():
        if attribute["type"].native == "signature_time_stamp_token":
            signed += [value["content"] for value in attribute["values"]]
    for each in signed:
        yield each["encap_content_info"]["content"].parsed["gen_time"].native


def _run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits: nothing here does input or output, so there is
    nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("a computation waits for something")
