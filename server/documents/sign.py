"""Signing a rendered record: the platform's seal first, then people whose keys never leave them,
last the time stamp that makes the file last (PAdES B-LTA)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from asn1crypto import crl, ocsp
from pikepdf import Pdf
from pikepdf import PdfError as PikepdfError
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext

from crypto import pades
from crypto.pades import Appearance, PdfRefused, Prepared, certificate
from rooms.record import ARCHIVE_FIELD, SEAL_FIELD, Language
from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.keys import SigningKey
from server.documents.mark import name_mark, seal_mark
from server.documents.timestamp import Timestamper

OPACITY = 0.8
"""Of the seal: the date stays readable under it, as under ink."""

Place = tuple[float, float, Language]


def seal(pdf: bytes, key: SigningKey, stamps: Timestamper, fonts: Fonts, at: datetime) -> bytes:
    """`pdf` with the platform's seal over its date: a certification signature after which only
    prepared fields may be signed. The bytes of `pdf` are the beginning of the result.

    Raises PdfRefused, TimestampsUnavailable.
    """
    width, _, language = _place(pdf, SEAL_FIELD)
    mark = Appearance(seal_mark(_subject(key.chain[0]), fonts, width, language), OPACITY)
    prepared = pades.prepare(pdf, SEAL_FIELD, key.chain[0], at, mark, certify=True)
    return pades.embed(prepared, key.chain, key.sign_raw(prepared.attributes), stamps.token)


def prepare_signature(
    pdf: bytes, field: str, person: str, signer: bytes, fonts: Fonts, at: datetime
) -> Prepared:
    """The next revision of `pdf` with a hole for the signature of `person` in `field`; `chain`
    (DER) is `person`'s.

    The person signs `attributes` with ECDSA P-256 and SHA-256. Between this and `finish_signature`
    nobody else may sign. Raises PdfRefused.
    """
    width, height, language = _place(pdf, field)
    mark = Appearance(name_mark(person, at, fonts, width, height, language))
    return pades.prepare(pdf, field, signer, at, mark)


def finish_signature(
    prepared: Prepared, chain: Sequence[bytes], signature: bytes, stamps: Timestamper
) -> bytes:
    """The signed PDF; `signature` is r and s as WebCrypto gives them. Raises PdfRefused,
    TimestampsUnavailable."""
    return pades.embed(prepared, chain, signature, stamps.token)


def preserve(pdf: bytes, authority: Authority, stamps: Timestamper, at: datetime) -> bytes:
    """`pdf` with everything needed to check its signatures later, under one more time stamp (PAdES
    B-LTA).

    To be done once, after the last signature: it covers the whole file. Must not be called where an
    event loop runs.
    """
    return asyncio.run(_preserve(pdf, authority, stamps, at))


async def _preserve(pdf: bytes, authority: Authority, stamps: Timestamper, at: datetime) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    signers = [each.signer_cert for each in writer.prev.embedded_signatures]
    signers.append(certificate(authority.tsa.chain[0]))
    answers = [ocsp.OCSPResponse.load(authority.status(each.dump(), at)) for each in signers]
    lists = [crl.CertificateList.load(authority.revocation_list(at))]
    context = ValidationContext(
        trust_roots=[certificate(authority.root_pem)],
        moment=at,
        allow_fetching=False,
        ocsps=answers,
        crls=lists,
        time_tolerance=timedelta(minutes=5),
    )
    paths = [
        await CertificateValidator(each, validation_context=context).async_validate_usage(set())
        for each in signers
    ]
    DocumentSecurityStore.supply_dss_in_writer(
        writer, sig_contents=None, paths=paths, ocsps=answers, crls=lists, embed_roots=True
    )
    output = BytesIO()
    stamper = PdfTimeStamper(pades.PdfTimestamper(stamps.token), field_name=ARCHIVE_FIELD)
    await stamper.async_timestamp_pdf(
        writer, "sha256", bytes_reserved=pades.RESERVED, output=output
    )
    return output.getvalue()


def _place(pdf: bytes, field: str) -> Place:
    """Width, height and language of the signature field `field`."""
    try:
        with Pdf.open(BytesIO(pdf)) as opened:
            english = str(opened.Root.get("/Lang", "")).startswith("en")
            for each in opened.Root.AcroForm.Fields:
                if str(each.T) == field:
                    left, bottom, right, top = (float(edge) for edge in each.Rect)
                    return right - left, top - bottom, "en" if english else "zh"
    except (PikepdfError, AttributeError, ValueError) as problem:
        raise PdfRefused("pdf_unreadable", {"reason": str(problem)}) from problem
    raise PdfRefused("no_such_field", {"field": field})


def _subject(chain: bytes) -> str:
    return str(certificate(chain).subject.native["common_name"])
